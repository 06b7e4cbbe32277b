using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using TrendVault.Core.Auth;
using TrendVault.Core.Downloads;
using TrendVault.Core.Work;
using TrendVault.Tests.App;
using TrendVault.Tests.Browser;
using static Microsoft.Playwright.Assertions;

namespace TrendVault.Tests.Downloads;

/// <summary>What the history does in a browser: its scroll, its undo, and what it says while nothing is pushed.</summary>
public sealed class HistoryTests(DownloadsApp app, BrowserFixture browser) : IClassFixture<DownloadsApp>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("List")]
    [InlineData("Grid")]
    public async Task A_reader_who_scrolled_stands_where_he_was_after_a_reload_and_after_Back(string view)
    {
        var user = await app.GivenUserAsync();
        await GivenRowsAsync(user, 90);
        await using var visit = await browser.OpenAsync(app.Address);
        var page = visit.Page;
        await visit.SignInAsync(user, "/settings");
        await page.GotoAsync("/downloads?status=failed");
        await page.GetByRole(AriaRole.Button, new() { Name = view, Exact = true }).ClickAsync();
        await Expect(page.Locator("#download-list")).ToHaveClassAsync(view == "Grid" ? "grid" : "rows");
        await Expect(page).ToHaveURLAsync(new Regex(@"/downloads\?status=failed$"));
        await ScrollToAsync(page, 60);
        var rows = await RowsAsync(page);
        Assert.Equal(rows.Distinct(), rows);
        await page.Locator(".row").Nth(45).ScrollIntoViewIfNeededAsync();
        var place = await page.EvaluateAsync<double>("scrollY");

        await page.ReloadAsync();
        await StandsAsync(page, place, rows);

        await page.Locator(".row").Nth(45).Locator(".row__title a").ClickAsync();
        await Expect(page).ToHaveURLAsync(new Regex("/downloads/[0-9a-f-]{36}$"));
        await page.GoBackAsync();
        await StandsAsync(page, place, rows);
        Assert.Empty(visit.Errors);
    }

    [Fact]
    public async Task Without_the_socket_rows_refresh_by_polling_and_the_page_says_so()
    {
        var user = await app.GivenUserAsync();
        await GivenRowsAsync(user, 45);
        var started = (StartOutcome.Started)await app.Services.GetRequiredService<DownloadService>()
            .StartAsync(user.Id, new DownloadRequest { Url = app.Site.SlowUrl(out var name), Format = "best" }, Token);
        await app.BecomesAsync(user.Id, started.DownloadId, WorkStatus.Running);
        await using var visit = await browser.OpenAsync(app.Address);
        var page = visit.Page;
        await page.RouteAsync("**/hubs/**", route => route.AbortAsync());
        await visit.SignInAsync(user, "/settings");
        await page.GotoAsync("/downloads");
        var mark = page.Locator("[data-live-mark]");
        var row = page.Locator($"#download-{started.DownloadId}");
        await Expect(mark).ToHaveTextAsync("polling");
        await Expect(mark).ToHaveAttributeAsync("data-state", "polling");
        await Expect(row).ToHaveAttributeAsync("data-state", "running");
        await ScrollToAsync(page, 46);
        await page.EvaluateAsync("window.same = true");

        app.Site.OpenGate(name);

        await Expect(row).ToHaveAttributeAsync("data-state", "done");
        Assert.True(await page.EvaluateAsync<bool>("window.same"), "Nothing was loaded anew.");
        Assert.Equal(46, (await RowsAsync(page)).Distinct().Count());
        var html = await row.InnerHTMLAsync();
        await page.UnrouteAsync("**/hubs/**");
        await Expect(mark).ToHaveTextAsync("live");
        await page.ReloadAsync();
        Assert.Equal(Plain(html), Plain(await row.InnerHTMLAsync()));
    }

    [Fact]
    public async Task What_was_pushed_is_what_a_reload_shows()
    {
        var user = await app.GivenUserAsync();
        await using var visit = await browser.OpenAsync(app.Address);
        var page = visit.Page;
        await visit.SignInAsync(user, "/settings");
        var started = (StartOutcome.Started)await app.Services.GetRequiredService<DownloadService>()
            .StartAsync(user.Id, new DownloadRequest { Url = app.Site.SlowUrl(out var name), Format = "best" }, Token);
        await app.BecomesAsync(user.Id, started.DownloadId, WorkStatus.Running);
        await page.GotoAsync("/downloads");
        await Expect(page.Locator("[data-live-mark]")).ToHaveTextAsync("live");
        app.Site.OpenGate(name);
        var row = page.Locator($"#download-{started.DownloadId}");
        await Expect(row).ToHaveAttributeAsync("data-state", "done");
        await Expect(row.Locator("img")).ToHaveAttributeAsync("src", $"/downloads/{started.DownloadId}/poster");
        var pushed = await row.InnerHTMLAsync();

        await page.ReloadAsync();

        Assert.Equal(Plain(pushed), Plain(await row.InnerHTMLAsync()));
        Assert.Empty(visit.Errors);
    }

    [Fact]
    public async Task A_deleted_row_vanishes_at_once_and_comes_back_by_its_toast()
    {
        var user = await app.GivenUserAsync();
        await GivenRowsAsync(user, 3);
        var done = await app.GivenDownloadAsync(user.Id, "A film of mine");
        await using var visit = await browser.OpenAsync(app.Address);
        var page = visit.Page;
        await visit.SignInAsync(user, "/settings");
        await page.GotoAsync("/downloads?q=mine");
        var row = page.Locator($"#download-{done.Id}");

        await page.GetByLabel("More for A film of mine").ClickAsync();
        await row.GetByRole(AriaRole.Button, new() { Name = "Delete" }).ClickAsync();
        await Expect(row).ToBeHiddenAsync();
        await Expect(page.Locator("#space")).ToHaveTextAsync("0 B used");
        await page.Locator("#toasts").GetByRole(AriaRole.Button, new() { Name = "Undo" }).ClickAsync();

        await Expect(row).ToBeVisibleAsync();
        await Expect(page.Locator("#flash")).ToContainTextAsync("The download is back.");
        await Expect(page).ToHaveURLAsync(new Regex(@"/downloads\?q=mine$"));
        await Expect(page.Locator("#space")).Not.ToHaveTextAsync("0 B used");
        Assert.Empty(visit.Errors);
    }

    private Task GivenRowsAsync(User user, int count) => app.ExecuteAsync(
        $"""
        insert into downloads (id, user_id, source_video_url, title, format, status, error, created_at)
        select gen_random_uuid(), $1, 'https://example.org/v', 'Video ' || n, 'best', 'failed', 'The site could not be reached.', now() - make_interval(mins => n)
        from generate_series(1, {count}) as n
        """,
        user.Id);

    private static async Task ScrollToAsync(IPage page, int rows)
    {
        await Eventually.TrueAsync(
            async () =>
            {
                await page.EvaluateAsync("document.querySelector('.more')?.scrollIntoView()");
                return await page.Locator(".row").CountAsync() >= rows;
            },
            $"{rows} rows are there",
            TimeSpan.FromSeconds(60));
        await Expect(page).ToHaveURLAsync(new Regex("pages="));
    }

    private static async Task StandsAsync(IPage page, double place, IReadOnlyList<string> rows)
    {
        await Eventually.TrueAsync(
            async () => Math.Abs(await page.EvaluateAsync<double>("scrollY") - place) < 50 && await page.Locator(".row").CountAsync() >= rows.Count,
            $"the reader stands at {place} again",
            TimeSpan.FromSeconds(30));
        Assert.Equal(rows, (await RowsAsync(page)).Take(rows.Count));
    }

    private static async Task<IReadOnlyList<string>> RowsAsync(IPage page) =>
        await page.EvaluateAsync<string[]>("[...document.querySelectorAll('.row')].map(({ id }) => id)");

    // Ages and their exact times are kept true by the script; blanks between elements are nothing to see.
    private static string Plain(string html) => Regex.Replace(Regex.Replace(html, "<time[^>]*>[^<]*</time>", ""), @"\s+", " ").Trim();
}
