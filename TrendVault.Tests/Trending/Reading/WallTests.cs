using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using TrendVault.Core;
using TrendVault.Core.Trending;
using TrendVault.Tests.App;
using TrendVault.Tests.Browser;
using static Microsoft.Playwright.Assertions;

namespace TrendVault.Tests.Trending;

/// <summary>What the wall does in a browser: its scroll, its dialog, its waiting and its bad moments.</summary>
public sealed class WallTests(TrendingApp app, BrowserFixture browser) : IClassFixture<TrendingApp>
{
    private const string Music = "/trending?platform=youtube&category=Music&region=US";

    private static readonly Regex OwnAddress = new("/trending/youtube/[^?]+$");

    [Fact]
    public async Task A_reader_who_scrolled_stands_where_he_was_after_a_reload_and_after_Back()
    {
        await using var visit = await browser.OpenAsync(app.Address);
        var page = visit.Page;
        await page.GotoAsync(Music);
        await ScrollToAsync(page, 60);
        var cards = await CardsAsync(page);
        Assert.Equal(cards.Distinct(), cards);
        var card = page.Locator(".card[id]").Nth(45);
        await card.ScrollIntoViewIfNeededAsync();
        var place = await page.EvaluateAsync<double>("scrollY");
        Assert.True(place > 1000);

        await page.ReloadAsync();
        await StandsAsync(page, place, cards);

        await page.GotoAsync("/downloads/new?url=x");
        await page.GoBackAsync();
        await StandsAsync(page, place, cards);

        // A filter is a step in the same document.
        await page.Locator("#trending-Gaming").EvaluateAsync("link => link.click()");
        await Expect(page).ToHaveURLAsync(new Regex("category=Gaming"));
        await Expect(page.Locator("#trending-Gaming")).ToHaveAttributeAsync("aria-current", "true");
        await page.GoBackAsync();
        await StandsAsync(page, place, cards);
        Assert.Empty(visit.Errors);
    }

    [Fact]
    public async Task Details_open_over_the_wall_with_a_URL_of_their_own()
    {
        await using var visit = await browser.OpenAsync(app.Address);
        var page = visit.Page;
        var dialog = page.Locator("#dialog");
        await page.GotoAsync(Music);
        await ScrollToAsync(page, 40);
        var wall = new Regex("category=Music.*&pages=");
        var cards = await CardsAsync(page);
        var link = page.Locator(".card__link").Nth(30);
        await link.ScrollIntoViewIfNeededAsync();
        var place = await page.EvaluateAsync<double>("scrollY");
        var title = await link.InnerTextAsync();
        await page.EvaluateAsync("window.same = true");

        await link.ClickAsync();
        await Expect(dialog.Locator("h2")).ToHaveTextAsync(title);
        await Expect(page).ToHaveURLAsync(OwnAddress);
        await page.GoBackAsync();
        await Expect(dialog).ToBeHiddenAsync();
        await Expect(page).ToHaveURLAsync(wall);
        await StandsAsync(page, place, cards);

        await page.GoForwardAsync();
        await Expect(dialog.Locator("h2")).ToHaveTextAsync(title);
        await page.Keyboard.PressAsync("Escape");
        await Expect(page).ToHaveURLAsync(wall);
        await StandsAsync(page, place, cards);
        Assert.True(await page.EvaluateAsync<bool>("window.same === true"), "Nothing was loaded anew.");

        await link.ClickAsync();
        await Expect(page).ToHaveURLAsync(OwnAddress);
        await page.ReloadAsync();
        await Expect(page.Locator("h1")).ToHaveTextAsync(title);
        // Another dialog over this page has no place in the history.
        await page.Keyboard.PressAsync("?");
        await page.Keyboard.PressAsync("Escape");
        await Expect(dialog).ToBeHiddenAsync();
        await Expect(page).ToHaveURLAsync(OwnAddress);
        await page.GoBackAsync();
        await StandsAsync(page, place, cards);
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
        await Expect(play).ToBeVisibleAsync();
        Assert.Empty(page.Frames.Skip(1));

        await play.ClickAsync();

        await Expect(page.Locator("#dialog iframe")).ToBeVisibleAsync();
        Assert.Contains(player, await page.Locator("#dialog iframe").GetAttributeAsync("src"), StringComparison.Ordinal);
        await Expect(page.FrameLocator("#dialog iframe").Locator("video, .pending")).ToBeVisibleAsync();
        Assert.Empty(visit.Errors);
    }

    [Fact]
    public async Task While_cards_are_on_their_way_their_places_are_drawn_and_nothing_shifts()
    {
        await using var visit = await browser.OpenAsync(app.Address);
        var page = visit.Page;
        var held = new TaskCompletionSource();
        await page.AddInitScriptAsync(
            """
            window.shift = 0;
            window.shifted = [];
            const told = ({ node, previousRect, currentRect }) => `${node?.nodeName}.${node?.className} from ${previousRect.top} to ${currentRect.top}`;
            new PerformanceObserver((list) => {
              for (const entry of list.getEntries().filter((entry) => !entry.hadRecentInput)) {
                window.shift += entry.value;
                window.shifted.push(`${entry.value}: ${entry.sources.map(told).join(', ')}`);
              }
            }).observe({ type: 'layout-shift', buffered: true });
            """);
        await page.GotoAsync(Music);
        await page.RouteAsync("**/trending?**", async route =>
        {
            await held.Task;
            await route.ContinueAsync();
        });

        var before = await page.Locator(".card").First.BoundingBoxAsync();
        await page.Locator("#trending-Gaming").ClickAsync();
        await Expect(page.Locator("#trending")).ToHaveClassAsync(new Regex("htmx-request"));
        await Expect(page.Locator(".card .icon").First).ToHaveCSSAsync("visibility", "hidden");
        Assert.Equal(before!.Height, (await page.Locator(".card").First.BoundingBoxAsync())!.Height);
        held.SetResult();
        await Expect(page).ToHaveURLAsync(new Regex("category=Gaming"));

        held = new TaskCompletionSource();
        await page.Locator(".more").ScrollIntoViewIfNeededAsync();
        await Expect(page.Locator(".more .skeleton").First).ToBeVisibleAsync();
        var skeleton = (await page.Locator(".more .skeleton .card__picture").First.BoundingBoxAsync())!;
        var picture = (await page.Locator(".card[id] .card__picture").First.BoundingBoxAsync())!;
        Assert.Equal((picture.Width, picture.Height), (skeleton.Width, skeleton.Height));
        held.SetResult();
        await Expect(page.Locator(".card[id]")).ToHaveCountAsync(68);
        Assert.True(await page.EvaluateAsync<bool>("window.shift <= 0.02"), string.Join('\n', await page.EvaluateAsync<string[]>("window.shifted")));
    }

    [Fact]
    public async Task What_does_not_come_is_told_in_its_place_with_a_way_to_ask_again()
    {
        await using var visit = await browser.OpenAsync(app.Address);
        var page = visit.Page;
        await page.GotoAsync(Music);
        await page.RouteAsync("**/trending?**", route => route.FulfillAsync(new() { Status = 500, ContentType = "text/html", Body = "<!DOCTYPE html><title>Fault</title>" }));

        await page.Locator(".more").ScrollIntoViewIfNeededAsync();
        var more = page.Locator(".more");
        await Expect(more.GetByRole(AriaRole.Alert)).ToContainTextAsync("The next page did not come.");
        Assert.Equal(20, await page.Locator(".card[id]").CountAsync());
        await page.UnrouteAsync("**/trending?**");
        await more.GetByText("Try again").ClickAsync();
        await Expect(page.Locator(".card[id]")).ToHaveCountAsync(68);

        await page.RouteAsync("**/trending?**", route => route.AbortAsync());
        await page.Locator("#trending-Movies").EvaluateAsync("link => link.click()");
        var told = page.Locator("#trending > .failure");
        await Expect(told).ToBeVisibleAsync();
        Assert.Equal(68, await page.Locator(".card[id]").CountAsync());
        await page.UnrouteAsync("**/trending?**");
        await told.GetByText("Try again").ClickAsync();
        await Expect(page.Locator("#trending-Movies")).ToHaveAttributeAsync("aria-current", "true");
        await Expect(page.Locator(".toast")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task News_are_counted_under_the_filters_and_shown_when_asked_for()
    {
        var key = new ChartKey(Platform.YouTube, "FR", "Gaming");
        var rows = app.Services.GetRequiredService<ChartRows>();
        await SaveAsync(rows, key, Enumerable.Range(1, 40));
        await SaveAsync(rows, key, Enumerable.Range(31, 40)); // 41 to 70 are new, and 10 of them are free
        await using var visit = await browser.OpenAsync(app.Address);
        var page = visit.Page;
        const string Url = "/trending?platform=youtube&region=FR&category=Gaming&cc=true";

        await page.GotoAsync(Url + "&v=youtube-1");
        await Expect(page.Locator(".card__link").First).ToHaveTextAsync("Film 3");
        await page.GetByText("10 new — show").ClickAsync();

        await Expect(page).ToHaveURLAsync(new Regex(Regex.Escape("region=FR&category=Gaming&cc=true") + "$"));
        await Expect(page.Locator(".card__link").First).ToHaveTextAsync("Film 33");
        await Expect(page.Locator(".news__link")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task Hostile_texts_run_nothing()
    {
        var rows = app.Services.GetRequiredService<ChartRows>();
        var key = new ChartKey(Platform.YouTube, "KR", "Movies");
        string[] hostile =
        [
            "<script>window.owned = 1</script>", "<img src=x onerror=\"window.owned = 1\">", "\"><svg onload=window.owned=1>", "' autofocus onfocus=window.owned=1 x='",
            "</title></script></template><iframe srcdoc='<script>parent.owned=1</script>'></iframe>", "javascript:window.owned=1", "\u202egpj.exe\u200b\u2066", "{{constructor.constructor('window.owned=1')()}}",
        ];
        var videos = hostile.Select((text, i) => Film(i) with
        {
            Title = text,
            CreatorName = text,
            Description = text + "\n" + text,
            Tags = [text],
            CreatorUrl = "javascript:window.owned=1",
            VideoUrl = "javascript:window.owned=1//https://example.org/",
            ThumbnailUrl = "data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' onload='window.owned=1'/>",
        });
        await rows.SaveAsync(key, new FetchedChart([.. videos], "test", 0), DateTimeOffset.UtcNow, TestContext.Current.CancellationToken);
        await using var visit = await browser.OpenAsync(app.Address);
        var page = visit.Page;
        page.Dialog += (_, dialog) => Assert.Fail(dialog.Message);

        await page.GotoAsync("/trending?platform=youtube&region=KR&category=Movies");
        Assert.Equal(hostile, await page.Locator(".card__link").AllTextContentsAsync());
        for (var i = 0; i < hostile.Length; i++)
        {
            await page.Locator(".card__link").Nth(i).ClickAsync();
            await Expect(page.Locator("#dialog h2")).ToHaveTextAsync(hostile[i]);
            await page.Keyboard.PressAsync("Escape");
            await Expect(page.Locator("#dialog")).ToBeHiddenAsync();
        }

        await page.GotoAsync("/trending/youtube/film-4");
        Assert.Equal(hostile[4], await page.Locator("h1").TextContentAsync());
        Assert.Equal(hostile[4], await page.Locator("meta[property='og:title']").GetAttributeAsync("content"));
        Assert.Equal(0, await page.Locator("a[href^='javascript:'], iframe, main img, main [onload], main [onerror], main [onfocus], main [autofocus]").CountAsync());
        Assert.False(await page.EvaluateAsync<bool>("'owned' in window"));
        Assert.Empty(visit.Errors);
    }

    private static async Task ScrollToAsync(IPage page, int cards)
    {
        await Eventually.TrueAsync(
            async () =>
            {
                await page.EvaluateAsync("document.querySelector('.more')?.scrollIntoView()");
                return await page.Locator(".card[id]").CountAsync() >= cards;
            },
            $"{cards} cards are there",
            TimeSpan.FromSeconds(60));
        await Expect(page).ToHaveURLAsync(new Regex("pages="));
    }

    private static async Task StandsAsync(IPage page, double place, IReadOnlyList<string> cards)
    {
        await Eventually.TrueAsync(
            async () => Math.Abs(await page.EvaluateAsync<double>("scrollY") - place) < 50 && await page.Locator(".card[id]").CountAsync() >= cards.Count,
            $"the reader stands at {place} again",
            TimeSpan.FromSeconds(30));
        Assert.Equal(cards, (await CardsAsync(page)).Take(cards.Count));
    }

    private static async Task<IReadOnlyList<string>> CardsAsync(IPage page) =>
        await page.EvaluateAsync<string[]>("[...document.querySelectorAll('.card[id]')].map(({ id }) => id)");

    private static Task<Chart> SaveAsync(ChartRows rows, ChartKey key, IEnumerable<int> films) =>
        rows.SaveAsync(key, new FetchedChart([.. films.Select(Film)], "test", 0), DateTimeOffset.UtcNow, TestContext.Current.CancellationToken);

    // Every third is free.
    private static TrendingVideo Film(int number) => new()
    {
        Platform = Platform.YouTube,
        PlatformVideoId = $"film-{number}",
        Title = $"Film {number}",
        CreatorName = "Somebody",
        VideoUrl = $"https://www.youtube.com/watch?v=film-{number}",
        Licence = number % 3 == 0 ? "creativeCommon" : "youtube",
    };
}
