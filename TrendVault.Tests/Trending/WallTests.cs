using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using TrendVault.Core;
using TrendVault.Core.Trending;
using TrendVault.Tests.App;
using TrendVault.Tests.Browser;

namespace TrendVault.Tests.Trending;

/// <summary>The wall in a browser: what scrolling, Back, a reload and a dialog do to it.</summary>
public sealed class WallTests(TrendingApp app, BrowserFixture browser) : IClassFixture<TrendingApp>
{
    private const string Wall = "/trending?platform=youtube&category=Music&region=GB";

    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Who_scrolled_three_pages_finds_the_same_cards_at_the_same_place_after_Back_and_a_reload()
    {
        await using var visit = await browser.OpenAsync(app.Address);
        var page = visit.Page;
        await page.GotoAsync(Wall);
        await ScrollToAsync(page, 116);
        var (ids, place) = (await IdsAsync(page), await PlaceAsync(page));
        Assert.Equal(ids.Distinct(), ids);

        await page.ReloadAsync();
        Assert.Equal(ids, await IdsAsync(page));
        await Eventually.TrueAsync(async () => Math.Abs(await PlaceAsync(page) - place) < 50, "the place is the same after a reload");

        await page.GotoAsync("/register");
        await page.GoBackAsync();
        Assert.Equal(ids, (await IdsAsync(page))[..ids.Length]);
        await Eventually.TrueAsync(async () => Math.Abs(await PlaceAsync(page) - place) < 50, "the place is the same after Back");
        Assert.Empty(visit.Errors);
    }

    [Fact]
    public async Task Nothing_moves_while_pictures_and_pages_arrive()
    {
        await using var visit = await browser.OpenAsync(app.Address);
        var page = visit.Page;
        await page.AddInitScriptAsync("window.shift = 0; new PerformanceObserver((list) => { for (const entry of list.getEntries()) window.shift += entry.value; }).observe({ type: 'layout-shift', buffered: true });");
        await page.GotoAsync(Wall);

        await ScrollToAsync(page, 68);

        Assert.InRange(await page.EvaluateAsync<double>("window.shift"), 0, 0.02);
    }

    [Fact]
    public async Task While_the_next_page_is_fetched_its_place_is_held_and_a_platform_that_fails_leaves_a_way_to_try_again()
    {
        await using var visit = await browser.OpenAsync(app.Address);
        var page = visit.Page;
        var hold = new TaskCompletionSource();
        await page.RouteAsync("**/trending?*page=2*", async route =>
        {
            await hold.Task;
            await route.FulfillAsync(new() { Status = 502, ContentType = "text/plain", Body = "" });
        });
        await page.GotoAsync(Wall);
        await page.Locator(".more").ScrollIntoViewIfNeededAsync();
        await Assertions.Expect(page.Locator(".more .skeleton").First).ToBeVisibleAsync();

        hold.SetResult();
        await Assertions.Expect(page.Locator(".more").GetByRole(AriaRole.Alert)).ToContainTextAsync("did not come");
        await Assertions.Expect(page.Locator(".more .skeleton").First).ToBeHiddenAsync();

        await page.UnrouteAllAsync();
        await page.Locator(".more .button").ClickAsync();
        await Eventually.TrueAsync(async () => (await IdsAsync(page)).Length >= 68, "the next page is there");
    }

    [Fact]
    public async Task Details_open_over_the_wall_under_an_address_of_their_own()
    {
        await using var visit = await browser.OpenAsync(app.Address);
        var page = visit.Page;
        await page.GotoAsync(Wall);
        var wall = page.Url;
        var link = page.Locator(".card__link").Nth(2);
        var (title, address) = (await link.TextContentAsync(), await link.GetAttributeAsync("href"));

        await link.ClickAsync();
        await Assertions.Expect(page.Locator("#dialog h2")).ToHaveTextAsync(title!);
        await Assertions.Expect(page).ToHaveURLAsync(new Uri(app.Address, address!).ToString());

        // Back closes it, and so does its cross.
        await page.GoBackAsync();
        await Assertions.Expect(page.Locator("#dialog")).ToBeHiddenAsync();
        Assert.Equal(wall, page.Url);
        await link.ClickAsync();
        await Assertions.Expect(page.Locator("#dialog")).ToBeVisibleAsync();
        await page.Keyboard.PressAsync("Escape");
        await Assertions.Expect(page).ToHaveURLAsync(wall);

        // A reload shows the page of its own, and Back from there the wall.
        await link.ClickAsync();
        await Assertions.Expect(page).ToHaveURLAsync(new Uri(app.Address, address!).ToString());
        await page.ReloadAsync();
        await Assertions.Expect(page.Locator("h1")).ToHaveTextAsync(title!);
        await page.GoBackAsync();
        await Assertions.Expect(page.Locator(".grid .card").First).ToBeVisibleAsync();
        Assert.Equal(wall, page.Url);
        Assert.Empty(visit.Errors);
    }

    [Theory]
    [InlineData("/trending?platform=youtube&category=Gaming&region=US", "/embed/")]
    [InlineData("/trending?platform=tiktok&region=US", "/player/v1/")]
    public async Task The_platforms_player_comes_when_it_is_asked_for_and_not_before(string wall, string player)
    {
        await using var visit = await browser.OpenAsync(app.Address);
        var page = visit.Page;
        await page.GotoAsync(wall);
        await page.Locator(".card__link").First.ClickAsync();
        var play = page.Locator("#dialog").GetByRole(AriaRole.Link, new() { Name = "Play here" });
        await Assertions.Expect(play).ToBeVisibleAsync();
        Assert.Empty(page.Frames.Skip(1));

        await play.ClickAsync();

        await Assertions.Expect(page.Locator("#dialog iframe")).ToBeVisibleAsync();
        Assert.Contains(player, await page.Locator("#dialog iframe").GetAttributeAsync("src"), StringComparison.Ordinal);
        await Assertions.Expect(page.FrameLocator("#dialog iframe").Locator("video, .pending")).ToBeVisibleAsync();
        Assert.Empty(visit.Errors);
    }

    [Fact]
    public async Task What_is_new_is_shown_when_the_reader_wants_it_with_the_same_filters()
    {
        await using var visit = await browser.OpenAsync(app.Address);
        var page = visit.Page;
        await page.GotoAsync("/trending?platform=youtube&category=Music&region=FR&sort=newest");
        var old = page.Url + "&v=youtube-1";
        await GivenNewVideosAsync(new ChartKey(Platform.YouTube, "FR", "Music"));

        await page.GotoAsync(old); // as a reader who came before the refresh and reloads
        var before = await IdsAsync(page);
        var news = page.Locator("#trending-news a");
        await Assertions.Expect(news).ToBeVisibleAsync();
        Assert.Equal(before, await IdsAsync(page));
        Assert.Equal("2 new — show", await news.TextContentAsync());
        await news.ClickAsync();

        await page.WaitForURLAsync("**/trending?platform=youtube&region=FR&category=Music&sort=newest");
        Assert.Equal(["video-youtube-new1", "video-youtube-new2"], (await IdsAsync(page))[..2].Order());
    }

    /// <summary>The next version of a chart, with two new ones at its top.</summary>
    private async Task GivenNewVideosAsync(ChartKey key)
    {
        var (store, now) = (app.Services.GetRequiredService<TrendingStore>(), DateTimeOffset.UtcNow);
        var chart = await store.FindAsync(key, _ct);
        var videos = await store.ListVideosAsync(chart!.Id, chart.Version, _ct);
        TrendingVideo[] added = [.. new[] { "new1", "new2" }.Select(id => videos[0] with { PlatformVideoId = id, PublishedAt = now })];
        await store.SaveAsync(key, new FetchedChart([.. added, .. videos.SkipLast(2)], "YouTube mostPopular", 0), now, _ct);
        await app.Services.GetRequiredService<TrendingCache>().RemoveAsync(key);
    }

    private static async Task ScrollToAsync(IPage page, int cards) => await Eventually.TrueAsync(
        async () =>
        {
            await page.Mouse.WheelAsync(0, 900);
            return (await IdsAsync(page)).Length >= cards;
        },
        $"{cards} cards are there",
        TimeSpan.FromMinutes(1));

    private static Task<string[]> IdsAsync(IPage page) =>
        page.EvaluateAsync<string[]>("[...document.querySelectorAll('#trending-list > .card')].map((card) => card.id)");

    private static Task<double> PlaceAsync(IPage page) => page.EvaluateAsync<double>("scrollY");
}
