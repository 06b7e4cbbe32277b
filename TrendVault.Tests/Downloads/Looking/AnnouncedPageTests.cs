using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using TrendVault.Core.Downloads;
using TrendVault.Core.Work;
using TrendVault.Tests.App;
using TrendVault.Tests.Browser;
using static Microsoft.Playwright.Assertions;

namespace TrendVault.Tests.Downloads;

/// <summary>The app, with a program in yt-dlp's place to which every video is announced for the day after tomorrow.</summary>
public sealed class AnnouncedApp(TestServers servers) : DownloadsApp(servers)
{
    private StandIn? _ytDlp;

    public DateTimeOffset Begins { get; } = DateTimeOffset.FromUnixTimeSeconds(DateTimeOffset.UtcNow.AddDays(2).ToUnixTimeSeconds());

    public string Hour => Begins.ToString("d MMM yyyy HH:mm 'UTC'", CultureInfo.InvariantCulture);

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _ytDlp?.Dispose();
    }

    protected override void Configure()
    {
        base.Configure();
        _ytDlp = new StandIn($$"""echo '{"title":"A premiere","live_status":"is_upcoming","release_timestamp":{{Begins.ToUnixTimeSeconds()}},"formats":[]}'""");
        Set("YTDLP_PATH", _ytDlp.Path);
    }
}

public sealed class AnnouncedPageTests(AnnouncedApp app, BrowserFixture browser) : IClassFixture<AnnouncedApp>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_api_tells_when_it_begins_and_lets_it_be_started_all_the_same()
    {
        var user = await app.GivenUserAsync();
        using var client = await app.ApiClientAsync(user);
        var video = new { videoUrl = app.Site.Url("clip.mp4") };

        using var told = await client.PostAsJsonAsync(new Uri("/api/downloads/formats", UriKind.Relative), video, Token);
        var error = (await told.Content.ReadFromJsonAsync<JsonElement>(Token)).GetProperty("error");
        Assert.Equal((HttpStatusCode.UnprocessableEntity, "not_yet"), (told.StatusCode, error.GetProperty("code").GetString()));
        Assert.Contains(app.Hour, error.GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Equal(app.Begins, error.GetProperty("details").GetProperty("begins").GetDateTimeOffset());

        using var accepted = await client.PostAsJsonAsync(new Uri("/api/downloads", UriKind.Relative), video, Token);
        Assert.Equal(HttpStatusCode.Accepted, accepted.StatusCode);
        await WaitsAsync(user.Id);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_picker_tells_it_too_and_starts_a_download_that_waits(bool hasScript)
    {
        var user = await app.GivenUserAsync();
        await using var visit = await browser.OpenAsync(app.Address, javaScript: hasScript);
        var page = visit.Page;
        await visit.SignInAsync(user, "/downloads");

        await page.GotoAsync($"/downloads/new?url={Uri.EscapeDataString(app.Site.Url("clip.mp4"))}");
        if (!hasScript)
            await page.GetByRole(AriaRole.Link, new() { Name = "Choose a format" }).ClickAsync();
        await Expect(page.Locator("#picker")).ToContainTextAsync(app.Hour);
        await page.GetByLabel("What to keep").SelectOptionAsync("720p");
        await page.GetByRole(AriaRole.Button, new() { Name = "Download when it is out" }).ClickAsync();

        await Expect(page.Locator("#flash")).ToContainTextAsync("The download has started.");
        await WaitsAsync(user.Id);
        await page.GotoAsync("/downloads");
        await Expect(page.Locator(".row__why")).ToContainTextAsync(app.Hour);
        Assert.Empty(visit.Errors);
    }

    [Fact]
    public async Task Among_several_it_can_be_ticked_like_any_other()
    {
        var user = await app.GivenUserAsync();
        await using var visit = await browser.OpenAsync(app.Address);
        await visit.SignInAsync(user, "/downloads");

        await visit.Page.GotoAsync($"/downloads/new?url={Uri.EscapeDataString(app.Site.Url("clip.mp4") + "\n" + app.Site.Url("clip2.mp4"))}");

        var rows = visit.Page.Locator(".batch .row");
        await Expect(rows).ToHaveCountAsync(2);
        await Expect(rows.Nth(0)).ToContainTextAsync(app.Hour);
        await Expect(rows.Nth(1).Locator("input")).ToBeCheckedAsync();
        Assert.Empty(visit.Errors);
    }

    private async Task WaitsAsync(Guid userId)
    {
        var store = app.Services.GetRequiredService<DownloadStore>();
        await Eventually.TrueAsync(
            async () => (await store.PageAsync(userId, WorkFilter.None, 1, 1, Token)).Rows is [{ Status: WorkStatus.Pending, WaitReason: { } why }]
                && why.Contains(app.Hour, StringComparison.Ordinal),
            "it waits");
    }
}
