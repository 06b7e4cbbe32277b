using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using TrendVault.Core.Auth;
using TrendVault.Core.Downloads;
using TrendVault.Core.Work;
using TrendVault.Tests.App;
using TrendVault.Tests.Browser;
using static Microsoft.Playwright.Assertions;

namespace TrendVault.Tests.Downloads;

/// <summary>One choice among several videos, pasted or of a playlist.</summary>
public sealed class SeveralVideosTests(DownloadsApp app, BrowserFixture browser) : IClassFixture<DownloadsApp>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private DownloadService Downloads => app.Services.GetRequiredService<DownloadService>();

    [Fact]
    public async Task Pasted_lines_are_looked_at_each_on_its_own_and_those_that_stay_ticked_start_at_once()
    {
        var user = await app.GivenUserAsync();
        await using var visit = await browser.OpenAsync(app.Address);
        var page = visit.Page;
        await visit.SignInAsync(user, "/downloads");
        await Downloads.PauseAsync(user.Id, Token);
        var had = await StartAsync(user, app.Site.Url("clip2.mp4"));

        await page.Locator("#paste").FocusAsync();
        await page.Keyboard.InsertTextAsync(string.Join('\n', new[] { "master.m3u8", "text.html", "clip.mp4", "master.m3u8", "feed.xml?items=3", "clip2.mp4" }.Select(app.Site.Url)));
        await page.Keyboard.PressAsync("Enter");

        var rows = page.Locator(".batch .row");
        await Expect(rows).ToHaveCountAsync(5);
        await Expect(rows.Nth(0)).ToContainTextAsync("master");
        await Expect(rows.Nth(1)).ToContainTextAsync("found no video");
        await Expect(rows.Nth(1).Locator("input")).ToHaveCountAsync(0);
        await Expect(rows.Nth(3)).ToContainTextAsync("This is a list of videos.");
        await Expect(rows.Nth(4)).ToContainTextAsync("You already have this");
        await Expect(rows.Nth(4).Locator("a")).ToHaveAttributeAsync("href", $"/downloads/{had}");
        await Expect(rows.Nth(4).Locator("input")).Not.ToBeCheckedAsync();
        await Expect(page.Locator(".batch [aria-busy]")).ToHaveCountAsync(0);
        await rows.Nth(2).Locator("input").UncheckAsync();
        await page.GetByLabel("Keep each as").SelectOptionAsync("audio");
        await page.Locator(".batch .button--primary").ClickAsync();

        await Expect(page.Locator("#flash")).ToContainTextAsync("1 download has started.");
        var started = Assert.Single(await RowsAsync(user), row => row.Id != had);
        Assert.Equal((app.Site.Url("master.m3u8"), "audio", "master"), (started.SourceVideoUrl, started.Format, started.Title));
        Assert.Empty(visit.Errors);
    }

    [Fact]
    public async Task A_list_offers_its_first_videos_and_one_order_starts_them_all_without_the_script()
    {
        var user = await app.GivenUserAsync();
        await using var visit = await browser.OpenAsync(app.Address, javaScript: false);
        var page = visit.Page;
        await visit.SignInAsync(user, "/downloads");
        await Downloads.PauseAsync(user.Id, Token);

        await page.GotoAsync($"/downloads/new?url={Uri.EscapeDataString(app.Site.Url("feed.xml?items=60"))}");
        await page.GetByRole(AriaRole.Link, new() { Name = "Choose a format" }).ClickAsync();
        await Expect(page.Locator("#picker")).ToContainTextAsync("The first 50 of 60 videos");
        await Expect(page.Locator(".batch .row")).ToHaveCountAsync(50);
        await page.Locator(".batch .button--primary").ClickAsync();

        await Expect(page.Locator("#flash")).ToContainTextAsync("50 downloads have started.");
        var rows = await RowsAsync(user);
        Assert.Equal(Enumerable.Range(1, 50).Select(n => $"Film {n}").Order(), rows.Select(row => row.Title).Order());
    }

    [Fact]
    public async Task A_double_click_starts_each_once()
    {
        var user = await app.GivenUserAsync();
        using var client = await app.SignInAsync(user);
        await Downloads.PauseAsync(user.Id, Token);
        KeyValuePair<string, string>[] form =
        [
            new("Several", "true"), new("Key", Guid.NewGuid().ToString()), new("VideoFormat", "best"),
            new("items", app.Site.Url("clip.mp4?a")), new("items", app.Site.Url("clip.mp4?b")), new("items", "http://127.0.0.1/private"),
        ];

        var answers = await Task.WhenAll(PostAsync(client, form), PostAsync(client, form));

        Assert.All(answers, answer => Assert.Equal("/downloads", answer.Headers.Location?.ToString()));
        Assert.Equal(2, (await RowsAsync(user)).Count);
    }

    [Theory]
    [InlineData(0, "Tick at least one video.")]
    [InlineData(51, "Tick 50 videos at most.")]
    public async Task An_order_of_none_or_too_many_is_refused_beside_the_choice(int ticked, string sentence)
    {
        using var client = await app.SignInAsync();
        var list = app.Site.Url("feed.xml?items=2");

        var answer = await PostAsync(client, [new("Several", "true"), new("url", list), .. Enumerable.Range(0, ticked).Select(n => KeyValuePair.Create("items", $"{list}&n={n}"))]);

        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        Assert.Contains(sentence, await answer.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
    }

    [Fact]
    public async Task More_than_twenty_pasted_addresses_are_refused_before_any_is_looked_at()
    {
        using var client = await app.SignInAsync();
        var lines = string.Join('\n', Enumerable.Range(0, 21).Select(n => app.Site.Url($"clip.mp4?many={n}")));

        var page = await client.GetStringAsync(new Uri($"/downloads/new?show=1&url={Uri.EscapeDataString(lines)}", UriKind.Relative), Token);

        Assert.Contains("These are 21 URLs: paste 20 at most at a time.", page, StringComparison.Ordinal);
        Assert.DoesNotContain(app.Site.Requests, request => request.Query.Contains("many=", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("https://example.org/a b.mp4", 1)]
    [InlineData("  https://example.org/1\r\n\r\nhttps://EXAMPLE.org/1\nhttps://example.org/2 ", 2)]
    [InlineData("https://example.org/1 https://example.org/2\thttp://example.org/3", 3)]
    [InlineData("nonsense\nmore of it", 2)]
    [InlineData(" \n ", 0)]
    public void A_paste_holds_an_address_a_line_or_one_behind_the_other_and_each_once(string text, int count) =>
        Assert.Equal(count, Downloads.AddressesIn(text).Count);

    [Theory]
    [InlineData("Wow! https://vm.tiktok.com/ZM123/ copy this", "https://vm.tiktok.com/ZM123/")]
    [InlineData("Check out Ada's video! #TikTok https://vm.tiktok.com/ZM123/\nSent from my phone", "https://vm.tiktok.com/ZM123/")]
    [InlineData("7.99 复制打开抖音，看看【Ada】https://v.example/iRN/复制此链接。", "https://v.example/iRN/%E5%A4%8D%E5%88%B6%E6%AD%A4%E9%93%BE%E6%8E%A5")]
    [InlineData("看看「https://v.example/iRN/」，好", "https://v.example/iRN/")]
    [InlineData("(see https://example.org/wiki/A_(film)).", "https://example.org/wiki/A_(film)")]
    [InlineData("“https://example.org/1”, they said", "https://example.org/1")]
    [InlineData("<a href=\"https://example.org/1\">", "https://example.org/1")]
    [InlineData("\u2068https://example.org/1\u2069 \u2014 A title", "https://example.org/1")]
    [InlineData("HTTPS://Example.org/1... and https://example.org/app to get the app", "https://example.org/1")]
    [InlineData("https://example.org/watch?v=abc_-.", "https://example.org/watch?v=abc_-")]
    [InlineData("first https://example.org/1\nhttps://example.org/2 second\nhttps://example.org/1!", "https://example.org/1 https://example.org/2")]
    [InlineData("https://example.org/1\nhtps://example.org/2", "https://example.org/1 htps://example.org/2")]
    public void Of_what_a_telephone_shares_the_address_is_taken(string text, string addresses) =>
        Assert.Equal(addresses.Split(' '), Downloads.AddressesIn(text));

    private static async Task<HttpResponseMessage> PostAsync(HttpClient client, KeyValuePair<string, string>[] form)
    {
        using var content = new FormUrlEncodedContent(form);
        return await client.PostAsync(new Uri("/downloads/new", UriKind.Relative), content, Token);
    }

    private async Task<Guid> StartAsync(User user, string url) =>
        Assert.IsType<StartOutcome.Started>(await Downloads.StartAsync(user.Id, new DownloadRequest { Url = url, Format = "best" }, Token)).DownloadId;

    private Task<IReadOnlyList<DownloadRow>> RowsAsync(User user) =>
        app.Services.GetRequiredService<DownloadStore>().ListAsync(user.Id, WorkFilter.None, null, 100, Token);
}
