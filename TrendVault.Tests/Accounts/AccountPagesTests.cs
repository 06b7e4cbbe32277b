using System.Net;
using System.Net.Http.Json;
using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using TrendVault.Core;
using TrendVault.Core.Accounts;
using TrendVault.Core.Data;
using TrendVault.Core.Trending;
using TrendVault.Tests.App;
using TrendVault.Tests.Uploads;
using TrendVault.Web.Sandbox.Faults;

namespace TrendVault.Tests.Accounts;

/// <summary>What the pages say of what does not work, and what to do.</summary>
public sealed class AccountPagesTests : IClassFixture<ConnectApp>
{
    private readonly ConnectApp _app;

    public AccountPagesTests(ConnectApp app)
    {
        _app = app;
        app.Sandbox.Faults.Clear();
        app.Sandbox.Faults.Switches = new SandboxSwitches { ConsentAs = GoogleSandbox.Ada };
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_missing_channel_is_shown_as_such_and_cannot_be_chosen()
    {
        var given = await _app.GivenVideoAsync();
        using var browser = await _app.SignInAsync(given.User);
        using var api = await _app.ApiClientAsync(given.User);
        _app.Sandbox.Faults.Switches = _app.Sandbox.Faults.Switches with { NoChannels = true };
        await _app.Services.GetRequiredService<AccountService>().RefreshChannelsAsync(given.User.Id, Token);

        var accounts = (await browser.ParseAsync("/accounts")).QuerySelector("#account-list")!.TextContent;
        var box = (IHtmlInputElement)(await browser.ParseAsync($"/uploads/new?download={given.DownloadId}")).QuerySelector("input[name=ChannelIds]")!;
        using var refused = await api.PostAsJsonAsync(
            "/api/uploads",
            new { downloadedVideoId = given.DownloadId, channelId = given.ChannelId, title = "T", privacy = "private", rightsStatement = "It is mine." },
            Token);

        Assert.Contains("YouTube no longer shows this channel: first noticed", accounts, StringComparison.Ordinal);
        Assert.Equal((true, false), (box.IsDisabled, box.IsChecked));
        Assert.Contains("does not show this channel", box.ParentElement!.TextContent, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Contains("does not show this channel", await refused.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
        Assert.Contains("missingSince", await api.GetStringAsync("/api/channels", Token), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_status_page_says_that_a_client_is_refused_and_by_which_setting()
    {
        var user = await _app.GivenUserAsync();
        var channel = await _app.GivenChannelAsync(user);
        using var browser = await _app.SignInAsync(user);
        await _app.Services.GetRequiredService<NpgsqlDataSource>().ExecuteAsync(
            "update connected_accounts set token_expires_at = now() where id = @ConnectedAccountId", new { channel.ConnectedAccountId }, Token);
        _app.Sandbox.Faults.Switches = _app.Sandbox.Faults.Switches with { RefuseClient = true };
        await Assert.ThrowsAsync<PlatformException>(() => _app.Services.GetRequiredService<AccountTokens>().GetAsync(user.Id, channel.ConnectedAccountId, Token));

        var status = (await browser.ParseAsync("/status")).Body!.TextContent;

        Assert.Contains("Google refuses TrendVault's own credentials. Check GOOGLE_CLIENT_ID and GOOGLE_CLIENT_SECRET.", status, StringComparison.Ordinal);
        _app.Sandbox.Faults.Switches = _app.Sandbox.Faults.Switches with { RefuseClient = false };
        await _app.GivenChannelAsync(user);
        Assert.DoesNotContain("refuses TrendVault's own credentials", (await browser.ParseAsync("/status")).Body!.TextContent, StringComparison.Ordinal);
    }
}

/// <summary>A restricted key, before anybody has asked with it.</summary>
public sealed class RestrictedKeyPagesTests(TestServers servers)
{
    [Theory]
    [InlineData("API_KEY_HTTP_REFERRER_BLOCKED", "works from web pages only")]
    [InlineData("API_KEY_IP_ADDRESS_BLOCKED", "does not work from this server's address")]
    [InlineData("SERVICE_DISABLED", "is not enabled in the Google project of YOUTUBE_API_KEY")]
    public async Task The_status_page_and_the_failing_chart_tell_the_remedy(string fault, string sentence)
    {
        await using var app = new Trending.TrendingApp(servers);
        await app.InitializeAsync();
        app.Sandbox.Faults.Switches = new SandboxSwitches { ApiKeyFault = fault };
        using var browser = await app.SignInAsync();
        await Assert.ThrowsAsync<PlatformException>(() => app.Services.GetRequiredService<ChartRefresher>()
            .RefreshAsync(new ChartKey(Platform.YouTube, "FR", "Music"), TimeSpan.Zero, TestContext.Current.CancellationToken));

        var status = await browser.ParseAsync("/status");
        using var wall = await browser.GetAsync("/trending?platform=youtube&category=Music&region=FR", TestContext.Current.CancellationToken);
        using var text = new HtmlParser().ParseDocument(await wall.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));

        Assert.Contains(status.QuerySelectorAll(".facts dd"), line => line.TextContent.Contains(sentence, StringComparison.Ordinal) && line.QuerySelector(".badge")!.TextContent == "Off");
        Assert.Contains(status.QuerySelectorAll("#refresh .facts dd"), line => line.TextContent.Contains(sentence, StringComparison.Ordinal));
        Assert.Contains(sentence, text.Body!.TextContent, StringComparison.Ordinal);
    }
}
