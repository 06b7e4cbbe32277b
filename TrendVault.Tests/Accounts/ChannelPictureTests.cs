using System.Net;
using Microsoft.Extensions.DependencyInjection;
using TrendVault.Core.Accounts;
using TrendVault.Core.Auth;
using TrendVault.Core.Channels;
using TrendVault.Core.Storage;
using TrendVault.Tests.App;

namespace TrendVault.Tests.Accounts;

/// <summary>Channels' pictures are copied, since TikTok's addresses of them end.</summary>
public sealed class ChannelPictureTests : IClassFixture<ConnectApp>
{
    private readonly ConnectApp _app;

    public ChannelPictureTests(ConnectApp app)
    {
        _app = app;
        app.Sandbox.Faults.Clear();
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_creators_picture_is_shown_from_its_copy_and_to_its_user_alone()
    {
        var user = await _app.GivenUserAsync();
        var channel = await _app.GivenChannelAsync(user, "tiktok");
        using var browser = await _app.SignInAsync(user);
        using var stranger = await _app.SignInAsync();
        var address = $"/channels/{channel.Id}/picture";

        Assert.Contains($"src=\"{address}\"", await browser.GetStringAsync("/accounts", Token), StringComparison.Ordinal);
        using var picture = await browser.GetAsync(address, Token);
        Assert.Equal((HttpStatusCode.OK, "image/jpeg"), (picture.StatusCode, picture.Content.Headers.ContentType!.MediaType));
        using var original = _app.CreateBareClient();
        Assert.Equal(await original.GetByteArrayAsync(channel.AvatarUrl, Token), await picture.Content.ReadAsByteArrayAsync(Token));
        Assert.Equal(HttpStatusCode.NotFound, (await stranger.GetAsync(address, Token)).StatusCode);
    }

    [Fact]
    public async Task Reading_the_channels_again_copies_the_picture_again()
    {
        var user = await _app.GivenUserAsync();
        var channel = await _app.GivenChannelAsync(user, "tiktok");
        var objects = _app.Services.GetRequiredService<IObjectStore>();
        await objects.DeleteAsync($"faces/{user.Id}/{channel.Id}", Token);
        using var browser = await _app.SignInAsync(user);
        Assert.Equal(HttpStatusCode.NotFound, (await browser.GetAsync($"/channels/{channel.Id}/picture", Token)).StatusCode);

        await _app.Services.GetRequiredService<AccountService>().RefreshChannelsAsync(user.Id, Token);

        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync($"/channels/{channel.Id}/picture", Token)).StatusCode);
    }

    [Fact]
    public async Task A_channel_that_is_missing_keeps_its_picture_until_its_account_goes()
    {
        var user = await _app.GivenUserAsync();
        var channel = await _app.GivenChannelAsync(user, "tiktok");
        using var browser = await _app.SignInAsync(user);

        await _app.Services.GetRequiredService<ChannelStore>().UpdateAsync(user.Id, channel.ConnectedAccountId, channel.Platform, [], Token);

        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync($"/channels/{channel.Id}/picture", Token)).StatusCode);
        await _app.Services.GetRequiredService<AccountService>().DisconnectAsync(user.Id, channel.ConnectedAccountId, Token);
        Assert.Empty(await CopiesAsync(user));
    }

    [Fact]
    public async Task Disconnecting_leaves_no_copy()
    {
        var user = await _app.GivenUserAsync();
        var channel = await _app.GivenChannelAsync(user, "tiktok");
        Assert.Single(await CopiesAsync(user));

        await _app.Services.GetRequiredService<AccountService>().DisconnectAsync(user.Id, channel.ConnectedAccountId, Token);

        Assert.Empty(await CopiesAsync(user));
    }

    [Fact]
    public async Task What_is_no_picture_is_not_copied_and_keeps_nobody_from_connecting()
    {
        var user = await _app.GivenUserAsync();

        // Google's is drawn in SVG here, which may hold a script.
        var channel = await _app.GivenChannelAsync(user);

        Assert.Null(channel.PictureType);
        Assert.Empty(await CopiesAsync(user));
    }

    private async Task<List<string>> CopiesAsync(User user) =>
        await _app.Services.GetRequiredService<IObjectStore>().ListAsync($"faces/{user.Id}/", Token).ToListAsync(Token);
}

/// <summary>An address inside the network is not asked, whoever names it.</summary>
public sealed class ChannelPictureAddressTests(TestDatabase database, GoogleSandbox sandbox) : IClassFixture<TestDatabase>, IClassFixture<GoogleSandbox>
{
    [Fact]
    public async Task A_picture_inside_the_network_is_not_fetched()
    {
        sandbox.Reset();
        await using var services = sandbox.Services(database);
        var userId = await database.GivenUserAsync();

        await sandbox.ConnectAsync(services, userId, "tiktok");

        var channel = Assert.Single(await services.GetRequiredService<ChannelStore>().ListAsync(userId, TestContext.Current.CancellationToken));
        Assert.StartsWith(sandbox.Server.Address.ToString(), channel.AvatarUrl, StringComparison.Ordinal);
        Assert.Null(channel.PictureType);
    }
}
