using System.Globalization;
using System.Net;
using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using StackExchange.Redis;
using TrendVault.Core;
using TrendVault.Core.Data;
using TrendVault.Core.Embedded;
using TrendVault.Core.Trending;
using TrendVault.Tests.App;
using TrendVault.Web.Sandbox.Faults;

namespace TrendVault.Tests.Trending;

public sealed class TrendingPageTests(TrendingApp app, TestServers servers) : IClassFixture<TrendingApp>
{
    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Home_is_the_wall()
    {
        using var client = app.CreateBareClient();

        var answer = await client.GetAsync(new Uri("/", UriKind.Relative), _ct);

        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        Assert.Equal("/trending", answer.Headers.Location!.ToString());
    }

    [Fact]
    public async Task Without_a_script_the_wall_is_walked_page_by_page_to_its_end()
    {
        var seen = new List<string>();
        var url = "/trending?platform=youtube&category=Music&region=DE";
        while (url is not null)
        {
            var page = await OpenAsync(url);
            seen.AddRange(page.QuerySelectorAll(".card").Select(card => card.Id!));
            url = page.QuerySelector(".more a")?.GetAttribute("href");
        }

        Assert.Equal(200, seen.Count);
        Assert.Equal(200, seen.Distinct().Count());
    }

    [Theory]
    [InlineData("/trending")]
    [InlineData("/trending?region=JP")]
    [InlineData("/trending?region=IN&platform=tiktok")]
    public async Task A_page_of_cards_is_light_and_has_no_script_or_style_of_its_own(string url)
    {
        using var client = app.CreateBareClient();
        var html = await client.GetStringAsync(new Uri(url, UriKind.Relative), _ct);
        var page = Parse(html);

        Assert.Equal(20, page.QuerySelectorAll(".card").Length);
        Assert.InRange(System.Text.Encoding.UTF8.GetByteCount(html), 1, 58 * 1024);
        Assert.Empty(page.QuerySelectorAll("[style], style, script:not([src])"));
        Assert.Single(page.QuerySelectorAll("h1"));
    }

    [Fact]
    public async Task A_card_has_what_a_reader_needs()
    {
        var page = await OpenAsync("/trending?platform=youtube&category=Gaming");
        // What is live has no length.
        var card = page.QuerySelectorAll(".card").First(one => one.QuerySelector(".card__duration") is not null);

        Assert.StartsWith("/trending/youtube/", card.QuerySelector(".card__link")!.GetAttribute("href"), StringComparison.Ordinal);
        Assert.Contains("1", page.QuerySelector(".card .card__rank")!.TextContent, StringComparison.Ordinal);
        Assert.Equal("YT", card.QuerySelector(".card__platform")!.TextContent);
        Assert.Contains(":", card.QuerySelector(".card__duration")!.TextContent, StringComparison.Ordinal);
        Assert.NotNull(card.QuerySelector(".card__by time[datetime]"));
        Assert.Contains("views", card.QuerySelector(".card__numbers li")!.GetAttribute("title"), StringComparison.Ordinal);
        var download = card.QuerySelector(".card__actions a[data-dialog]")!.GetAttribute("href")!;
        Assert.StartsWith("/downloads/new?url=", download, StringComparison.Ordinal);
        Assert.Contains("platform=YOUTUBE", download, StringComparison.Ordinal);
        Assert.Contains("YouTube mostPopular", page.QuerySelector(".page-head__note")!.TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Filters_are_links_and_a_form_that_keep_each_other()
    {
        var page = await OpenAsync("/trending?platform=youtube&region=FR&category=Music&sort=views&q=a&cc=true");

        Assert.Equal(["YouTube", "Music", "Views"], page.QuerySelectorAll(".segmented__item[aria-current]").Select(link => link.TextContent.Trim()));
        Assert.Equal("FR", ((IHtmlSelectElement)page.QuerySelector("select[name=region]")!).Value);
        Assert.Equal("a", ((IHtmlInputElement)page.QuerySelector("input[name=q]")!).Value);
        Assert.True(((IHtmlInputElement)page.QuerySelector("input[name=cc]")!).IsChecked);
        Assert.Equal("/trending?platform=youtube&region=FR&category=Gaming&sort=views&cc=true&q=a",
            page.QuerySelectorAll(".segmented__item").Single(link => link.TextContent.Trim() == "Gaming").GetAttribute("href"));
        var form = (IHtmlFormElement)page.QuerySelector("form[role=search]")!;
        Assert.Equal(["category", "platform", "sort"], form.QuerySelectorAll("input[type=hidden]").Select(input => input.GetAttribute("name")).Order());
    }

    [Fact]
    public async Task Search_and_licence_narrow_the_wall()
    {
        var all = await OpenAsync("/trending?platform=youtube&category=Music&region=US");
        var creator = all.QuerySelector(".card__by bdi")!.TextContent;

        var found = await OpenAsync($"/trending?platform=youtube&category=Music&region=US&q={Uri.EscapeDataString(creator)}");
        Assert.NotEmpty(found.QuerySelectorAll(".card"));
        Assert.All(found.QuerySelectorAll(".card"), card => Assert.Contains(creator, card.TextContent, StringComparison.OrdinalIgnoreCase));

        var free = await OpenAsync("/trending?platform=youtube&category=Music&region=US&cc=true");
        Assert.NotEmpty(free.QuerySelectorAll(".card"));
        Assert.All(free.QuerySelectorAll(".card"), card => Assert.Equal("CC", card.QuerySelector(".card__badges .badge:last-child")!.TextContent));

        var none = await OpenAsync("/trending?q=no-title-has-these-words");
        Assert.Equal("/trending", none.QuerySelector(".empty .button--primary")!.GetAttribute("href"));
    }

    [Fact]
    public async Task Hostile_texts_are_shown_and_never_run()
    {
        const string Title = "<script>alert('t')</script><img src=x onerror=alert(1)> \" ' & {{x}}";
        app.Sandbox.Faults.Order(new FaultOrder
        {
            Path = "/youtube/v3/videos",
            Status = 200,
            ContentType = "application/json",
            Body = System.Text.Json.JsonSerializer.Serialize(new
            {
                items = new[]
                {
                    new
                    {
                        id = "x\" onclick=\"alert(1)",
                        snippet = new
                        {
                            title = Title,
                            channelTitle = "\"><svg onload=alert(2)>",
                            description = "<iframe src=https://evil.example></iframe>",
                            tags = new[] { "<b onmouseover=alert(3)>" },
                            thumbnails = new { medium = new { url = "https://evil.example/track.gif" } },
                        },
                    },
                },
            }),
        });

        var page = await OpenAsync("/trending?platform=youtube&category=Movies&region=VN");

        Assert.Equal(Title, page.QuerySelector(".card__link")!.TextContent);
        Assert.Empty(page.QuerySelectorAll(".card script, .card svg[onload], .card [onclick], .card img, .card [onerror]"));
        var details = await OpenAsync(page.QuerySelector(".card__link")!.GetAttribute("href")!);
        Assert.Equal(Title, details.QuerySelector("h1")!.TextContent);
        Assert.Empty(details.QuerySelectorAll("main iframe, main script, main img"));
        Assert.Contains("<b onmouseover=alert(3)>", details.QuerySelector(".facts")!.TextContent, StringComparison.Ordinal);
        Assert.Equal(Title, details.QuerySelector("meta[property='og:title']")!.GetAttribute("content"));
        Assert.Equal("<iframe src=https://evil.example></iframe>", details.QuerySelector(".stack p")!.TextContent);
    }

    [Fact]
    public async Task Names_that_nobody_can_see_have_others_on_card_and_page_and_for_screen_readers()
    {
        app.Sandbox.Faults.Order(new FaultOrder
        {
            Path = "/youtube/v3/videos",
            Status = 200,
            ContentType = "application/json",
            Body = """{ "items": [ { "id": "unseen00000", "snippet": { "title": "\u3164\udb40", "channelTitle": "\u200b\u2800", "channelId": "UC1" } } ] }""",
        });

        var page = await OpenAsync("/trending?platform=youtube&category=Movies&region=AU");
        var details = await OpenAsync(page.QuerySelector(".card__link")!.GetAttribute("href")!);

        Assert.Equal("Untitled video", page.QuerySelector(".card__link")!.TextContent);
        Assert.Contains("Unnamed channel", page.QuerySelector(".card")!.TextContent, StringComparison.Ordinal);
        Assert.Equal("Untitled video", details.QuerySelector("h1")!.TextContent);
        Assert.StartsWith("Untitled video", details.Title, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Details_are_a_page_and_a_dialog()
    {
        var link = (await OpenAsync("/trending?platform=tiktok")).QuerySelector(".card__link")!;

        var page = await OpenAsync(link.GetAttribute("href")!);
        Assert.Equal(link.TextContent, page.QuerySelector("h1.sheet__title")!.TextContent);
        Assert.NotNull(page.QuerySelector("meta[property='og:title']"));

        var fragment = await GetAsync(link.GetAttribute("href")!, htmx: true);
        Assert.StartsWith("<section class=\"sheet\">", (await fragment.Content.ReadAsStringAsync(_ct)).TrimStart(), StringComparison.Ordinal);
        Assert.Contains("HX-Request", fragment.Headers.Vary);
        Assert.Equal(HttpStatusCode.NotFound, (await GetAsync("/trending/youtube/no-such-video", htmx: false)).StatusCode);
    }

    [Fact]
    public async Task A_fragment_is_the_same_cards_without_the_frame()
    {
        var page = await OpenAsync("/trending?platform=youtube&category=Music&region=US");
        var next = page.QuerySelector(".more a")!.GetAttribute("href")!;

        var cards = Parse("<ul>" + await (await GetAsync(next, htmx: true)).Content.ReadAsStringAsync(_ct) + "</ul>");
        var plain = await OpenAsync(next);

        Assert.Empty(cards.QuerySelectorAll("h1, header"));
        Assert.Equal(plain.QuerySelectorAll(".card").Select(card => card.Id), cards.QuerySelectorAll(".card").Select(card => card.Id));
        Assert.Contains("v=youtube-", next, StringComparison.Ordinal);
    }

    [Fact]
    public async Task News_are_told_only_when_there_are_some()
    {
        var page = await OpenAsync("/trending?platform=youtube&category=Music&region=US");
        var url = page.QuerySelector("#trending-news")!.GetAttribute("hx-get")!;

        Assert.Equal(HttpStatusCode.NoContent, (await GetAsync(url, htmx: true)).StatusCode);

        // A reader from before the first version has everything to see.
        var old = await GetAsync("/trending?platform=youtube&category=Music&region=US&v=youtube-0&handler=News", htmx: true);
        Assert.Contains("200 new", await old.Content.ReadAsStringAsync(_ct), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Readers_of_one_kept_page_have_names_counters_and_tokens_of_their_own()
    {
        const string Url = "/trending?region=BR";
        await Eventually.TrueAsync(async () => (await GetAsync(Url, htmx: false)).IsSuccessStatusCode, "the chart is there", TimeSpan.FromMinutes(1));
        var (ada, bob) = (await app.GivenUserAsync(), await app.GivenUserAsync());
        await ExecuteAsync("update users set name = 'Ada <b>' where id = @Id", new { ada.Id });
        await ExecuteAsync("update users set name = 'Bob' where id = @Id", new { bob.Id });
        await ExecuteAsync("insert into jobs (id, kind, user_id, subject_id, state) values (@id, 'download', @userId, @id, 'queued')", new { id = Guid.CreateVersion7(), userId = bob.Id });
        using var adas = await app.SignInAsync(ada);
        using var bobs = await app.SignInAsync(bob);

        foreach (var _ in new[] { "made", "kept" })
        {
            var (first, second) = (await adas.GetStringAsync(new Uri(Url, UriKind.Relative), _ct), await bobs.GetStringAsync(new Uri(Url, UriKind.Relative), _ct));

            Assert.Equal(("Ada <b>", "0"), (Parse(first).QuerySelector(".menu__head")!.TextContent, Parse(first).QuerySelector("[data-counter=waiting]")!.TextContent));
            Assert.Equal(("Bob", "1"), (Parse(second).QuerySelector(".menu__head")!.TextContent, Parse(second).QuerySelector("[data-counter=waiting]")!.TextContent));
            Assert.DoesNotContain(TokenOf(first), second, StringComparison.Ordinal);
            Assert.Equal(HttpStatusCode.NoContent, (await SetThemeAsync(adas, TokenOf(first))).StatusCode);
            Assert.Equal(HttpStatusCode.BadRequest, (await SetThemeAsync(adas, TokenOf(second))).StatusCode);
        }
    }

    [Fact]
    public async Task Themes_and_fragments_are_kept_apart()
    {
        const string Url = "/trending?region=CA";
        foreach (var _ in new[] { "made", "kept" })
        {
            Assert.Equal("", Parse(await OpenWithAsync("")).DocumentElement.GetAttribute("data-theme"));
            Assert.Equal("dark", Parse(await OpenWithAsync("tv_theme=dark")).DocumentElement.GetAttribute("data-theme"));
            Assert.Equal("light", Parse(await OpenWithAsync("tv_theme=light")).DocumentElement.GetAttribute("data-theme"));
            var fragment = await (await GetAsync(Url, htmx: true)).Content.ReadAsStringAsync(_ct);
            Assert.StartsWith("<section id=\"trending\"", fragment.TrimStart(), StringComparison.Ordinal);
            Assert.DoesNotContain("RequestVerificationToken", fragment, StringComparison.Ordinal);
        }

        async Task<string> OpenWithAsync(string cookie)
        {
            using var client = app.CreateBareClient();
            client.DefaultRequestHeaders.TryAddWithoutValidation("Cookie", cookie);
            return await client.GetStringAsync(new Uri(Url, UriKind.Relative), _ct);
        }
    }

    [Fact]
    public async Task What_is_kept_for_all_holds_nothing_of_one_reader()
    {
        const string Url = "/trending?region=JP&platform=youtube&category=Gaming";
        var (owner, other) = (await app.GivenUserAsync(), await app.GivenUserAsync());
        await OpenAsync(Url);
        await OwnFirstAsync(owner.Id, (await OpenAsync(Url)).QuerySelector(".card__link")!.GetAttribute("href")!.Split('/')[^1]);

        foreach (var _ in new[] { "made", "kept" })
        {
            using var first = await app.SignInAsync(owner);
            using var second = await app.SignInAsync(other);
            using var mine = await first.GetAsync(new Uri(Url, UriKind.Relative), _ct);
            using var theirs = await second.GetAsync(new Uri(Url, UriKind.Relative), _ct);
            var strangers = await OpenAsync(Url);

            Assert.Equal("no-store", mine.Headers.CacheControl!.ToString());
            Assert.Single(Parse(await mine.Content.ReadAsStringAsync(_ct)).QuerySelectorAll(".card__badges [data-kind=good]"));
            Assert.Empty(Parse(await theirs.Content.ReadAsStringAsync(_ct)).QuerySelectorAll(".card__badges [data-kind=good]"));
            Assert.Empty(strangers.QuerySelectorAll(".card__badges [data-kind=good], .menu__head, .counters"));
        }
    }

    [Fact]
    public async Task A_new_version_is_on_the_page_at_once()
    {
        const string Url = "/trending?region=AU&platform=youtube&category=Music";
        var before = (await OpenAsync(Url)).QuerySelector("#trending-news")!.GetAttribute("hx-get");

        await app.Services.GetRequiredService<ChartRefresher>().RefreshAsync(new ChartKey(Platform.YouTube, "AU", "Music"), TimeSpan.Zero, _ct);

        Assert.NotEqual(before, (await OpenAsync(Url)).QuerySelector("#trending-news")!.GetAttribute("hx-get"));
    }

    [Fact]
    public async Task After_the_first_page_come_forty_eight_cards_at_a_time()
    {
        var next = (await OpenAsync("/trending?region=GB")).QuerySelector(".more a")!.GetAttribute("href")!;

        var more = Parse("<ul>" + await (await GetAsync(next, htmx: true)).Content.ReadAsStringAsync(_ct) + "</ul>");

        Assert.Equal(48, more.QuerySelectorAll(".card").Length);
    }

    [Theory]
    [InlineData("region=ZZ")]
    [InlineData("category=Sports")]
    [InlineData("platform=vimeo")]
    [InlineData("sort=luck")]
    [InlineData("page=0")]
    public async Task What_no_link_of_ours_asks_for_is_refused(string query) =>
        Assert.Equal(HttpStatusCode.BadRequest, (await GetAsync("/trending?" + query, htmx: false)).StatusCode);

    [Fact]
    public async Task A_chart_that_cannot_be_had_says_what_to_do()
    {
        app.Sandbox.Faults.Order(new FaultOrder { Path = "/v2/actors", Status = 500, Times = 10 });
        var answer = await GetAsync("/trending?platform=tiktok&region=MX", htmx: false);
        app.Sandbox.Faults.Clear();

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        var page = Parse(await answer.Content.ReadAsStringAsync(_ct));
        Assert.Equal("Try again", page.QuerySelector(".empty .button--primary")!.TextContent);
    }

    private Task OwnFirstAsync(Guid userId, string platformVideoId) => ExecuteAsync(
        """
        insert into downloads (id, user_id, source_video_url, title, format, status, storage_key, sha256, file_size, platform, platform_video_id)
        values (@id, @userId, 'https://example.org/', 'T', 'best', 'completed', 'k', 's', 1, 'YOUTUBE', @platformVideoId)
        """,
        new { id = Guid.CreateVersion7(), userId, platformVideoId });

    private async Task ExecuteAsync(string sql, object parameters)
    {
        await using var db = NpgsqlDataSource.Create(DatabaseUrl.ToConnectionString(app.DatabaseUrl));
        await db.ExecuteAsync(sql, parameters, _ct);
    }

    private async Task<HttpResponseMessage> SetThemeAsync(HttpClient reader, string token)
    {
        using var client = app.CreateBareClient(); // the reader's adds a token by itself
        using var form = new FormUrlEncodedContent(new Dictionary<string, string> { ["theme"] = "dark", ["returnUrl"] = "/trending" });
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri("/theme", UriKind.Relative)) { Content = form };
        request.Headers.Add("Cookie", reader.DefaultRequestHeaders.GetValues("Cookie"));
        request.Headers.Add("RequestVerificationToken", token);
        request.Headers.Add("HX-Request", "true");
        return await client.SendAsync(request, _ct);
    }

    private static string TokenOf(string page) => Parse(page).QuerySelector("input[name=__RequestVerificationToken]")!.GetAttribute("value")!;

    /// <summary>What a platform does on a bad day, and what the page says of it beside the chart from before.</summary>
    [Theory]
    [InlineData("GB", 429, "application/json", """{"error":{"code":429,"errors":[{"reason":"rateLimitExceeded"}]}}""", "YouTube asks to slow down.")]
    [InlineData("CA", 500, "application/json", "{}", "YouTube has a fault of its own right now.")]
    [InlineData("AU", 200, "text/html", "<!DOCTYPE html><h1>Sign in to the network</h1>", "YouTube answered something that cannot be read.")]
    [InlineData("BR", 200, "application/json", """{"items":[{"id":"half""", "YouTube answered something that cannot be read.")]
    [InlineData("IN", 403, "application/json", """{"error":{"code":403,"errors":[{"reason":"quotaExceeded"}]}}""", "Today's quota of YouTube's API is used up; it renews at midnight in California.")]
    [InlineData("DE", 400, "application/json", """{"error":{"code":400,"errors":[{"reason":"keyInvalid"}]}}""", "YouTube refuses the API key. Check YOUTUBE_API_KEY.")]
    public async Task A_bad_day_shows_the_last_chart_with_its_age_and_one_sentence(string region, int status, string contentType, string body, string sentence)
    {
        await using var bad = new TrendingApp(servers);
        await bad.InitializeAsync();
        await GivenChartAsync(bad, new ChartKey(Platform.YouTube, region, "Music"), TimeSpan.FromHours(3), Film(1), Film(2));
        bad.Sandbox.Faults.Order(new FaultOrder { Path = "/youtube/v3/", Status = status, ContentType = contentType, Body = body, RetryAfter = status == 429 ? 600 : null, Times = 100 });
        using var client = bad.CreateBareClient();
        var url = new Uri($"/trending?platform=youtube&category=Music&region={region}", UriKind.Relative);

        var page = Parse(await client.GetStringAsync(url, _ct));

        Assert.Equal(2, page.QuerySelectorAll(".card").Length);
        Assert.Equal($"YouTube as of 3 h ago: {sentence}", page.QuerySelector("aside.note p")!.TextContent);
        var left = Assert.Single(bad.Sandbox.Faults.Orders);
        Assert.Equal(2, Parse(await client.GetStringAsync(url, _ct)).QuerySelectorAll(".card").Length);
        Assert.Equal(left, Assert.Single(bad.Sandbox.Faults.Orders)); // not asked again before it makes sense
    }

    [Fact]
    public async Task A_platform_that_takes_too_long_costs_a_reader_seconds_and_no_chart()
    {
        await using var slow = new TrendingApp(servers);
        await slow.InitializeAsync();
        await GivenChartAsync(slow, new ChartKey(Platform.YouTube, "KR", "Music"), TimeSpan.FromHours(3), Film(1));
        slow.Sandbox.Faults.Order(new FaultOrder { Path = "/youtube/v3/videos", DelayMs = 20_000 });
        using var client = slow.CreateBareClient();

        var page = Parse(await client.GetStringAsync(new Uri("/trending?platform=youtube&category=Music&region=KR", UriKind.Relative), _ct));

        Assert.Equal(
            "YouTube as of 3 h ago: YouTube's chart is being fetched right now. Load the page again in a few seconds.",
            page.QuerySelector("aside.note p")!.TextContent);
    }

    [Fact]
    public async Task A_dead_Redis_leaves_the_wall_standing()
    {
        await using var alone = new TrendingApp(servers);
        await alone.InitializeAsync();
        await GivenChartAsync(alone, new ChartKey(Platform.YouTube, "US", "Music"), TimeSpan.FromMinutes(1), Film(1), Film(2));
        using var client = alone.CreateBareClient();
        await StopAsync(alone.Redis);

        var page = Parse(await client.GetStringAsync(new Uri("/trending?platform=youtube&category=Music&region=US", UriKind.Relative), _ct));

        Assert.Equal(2, page.QuerySelectorAll(".card").Length);
        Assert.Contains("1 min ago", page.QuerySelector(".page-head__note")!.TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rising_stands_first_what_won_most_places_and_newcomers_come_from_below_the_end()
    {
        var key = new ChartKey(Platform.YouTube, "AU", "Gaming");
        var tiktok = new ChartKey(Platform.TikTok, "AU", "");
        await GivenChartAsync(app, key, TimeSpan.FromMinutes(2), [.. Enumerable.Range(1, 30).Select(Film)]);
        // 30 wins 28 places, the newcomer 31 wins 30, 1 and 2 lose, the rest moves by two.
        int[] now = [31, 30, 1, 2, .. Enumerable.Range(3, 27)];
        await GivenChartAsync(app, key, TimeSpan.FromMinutes(1), [.. now.Select(Film)]);

        var page = await OpenAsync("/trending?platform=youtube&category=Gaming&region=AU&sort=rising");
        Assert.Equal(["Film 31", "Film 30", "Film 1", "Film 2", "Film 3"], page.QuerySelectorAll(".card__link").Take(5).Select(link => link.TextContent));
        var rest = await OpenAsync(page.QuerySelector(".more a")!.GetAttribute("href")!);
        Assert.Equal(31, page.QuerySelectorAll(".card[id]").Concat(rest.QuerySelectorAll(".card[id]")).Select(card => card.Id).Distinct().Count());

        // A first version has nothing to rise from.
        var first = await OpenAsync("/trending?platform=youtube&category=Gaming&region=AU&sort=rising&v=youtube-1");
        Assert.Equal(["Film 1", "Film 2"], first.QuerySelectorAll(".card__link").Take(2).Select(link => link.TextContent));

        await GivenChartAsync(app, key with { Category = "" }, TimeSpan.FromMinutes(2), Film(1), Film(2), Film(3));
        await GivenChartAsync(app, key with { Category = "" }, TimeSpan.FromMinutes(1), Film(3), Film(1), Film(2));
        await GivenChartAsync(app, tiktok, TimeSpan.FromMinutes(2), Clip(1), Clip(2));
        await GivenChartAsync(app, tiktok, TimeSpan.FromMinutes(1), Clip(2), Clip(1));
        var both = await OpenAsync("/trending?region=AU&sort=rising");
        Assert.Equal(["Film 3", "Clip 2", "Film 1", "Clip 1", "Film 2"], both.QuerySelectorAll(".card__link").Select(link => link.TextContent));
    }

    [Fact]
    public async Task A_card_tells_its_reader_and_nobody_else_what_is_kept_and_published()
    {
        var key = new ChartKey(Platform.YouTube, "MX", "Movies");
        await GivenChartAsync(app, key, TimeSpan.FromMinutes(1), Film(1), Film(2), Film(3));
        var user = await app.GivenUserAsync();
        await GivenKeptAsync(user.Id, 1, isPublished: false);
        await GivenKeptAsync(user.Id, 2, isPublished: true);
        const string Url = "/trending?platform=youtube&category=Movies&region=MX";
        using var reader = await app.SignInAsync(user);
        using var other = await app.SignInAsync();

        var page = Parse(await reader.GetStringAsync(new Uri(Url, UriKind.Relative), _ct));
        Assert.Equal(["In library", "In libraryPublished", null], page.QuerySelectorAll(".card[id]").Select(card => card.QuerySelector(".card__badges")?.TextContent));
        var details = Parse(await reader.GetStringAsync(new Uri("/trending/youtube/film-2", UriKind.Relative), _ct));
        Assert.Equal(["In library", "Published"], details.QuerySelectorAll(".facts .badge").Select(badge => badge.TextContent));
        Assert.Empty(Parse(await other.GetStringAsync(new Uri(Url, UriKind.Relative), _ct)).QuerySelectorAll(".card__badges"));
    }

    [Fact]
    public async Task Details_show_description_tags_stats_and_a_player_where_the_owner_allows_one()
    {
        var key = new ChartKey(Platform.YouTube, "JP", "Movies");
        await GivenChartAsync(app, key, TimeSpan.FromMinutes(1), Film(1) with { Description = "One.\nTwo.", Tags = ["rally", "ice & snow"], ViewCount = 5_000_000_000, LikeCount = 7 }, Film(2) with { Embeddable = false });

        var page = await OpenAsync("/trending/youtube/film-1");
        Assert.Equal(["One.", "Two."], page.QuerySelectorAll(".stack p").Select(line => line.TextContent));
        Assert.Contains("rally, ice & snow", page.QuerySelectorAll(".facts dd").Select(fact => fact.TextContent));
        Assert.Equal("5,000,000,000", page.QuerySelector(".stat__value")!.GetAttribute("title"));
        Assert.StartsWith("/downloads/new?url=", page.QuerySelector(".sheet__foot .button--primary")!.GetAttribute("href"), StringComparison.Ordinal);
        Assert.Empty(page.QuerySelectorAll("iframe"));
        var play = page.QuerySelector(".sheet__foot [hx-get]")!;
        Assert.Equal(new Uri(app.Sandbox.Address, "embed/film-1").ToString(), play.GetAttribute("href"));
        Assert.Equal(play.GetAttribute("href"), (await OpenAsync(play.GetAttribute("hx-get")!)).QuerySelector("iframe")!.GetAttribute("src"));
        Assert.Empty((await OpenAsync("/trending/youtube/film-2")).QuerySelectorAll(".sheet__foot [hx-get]"));
    }

    private static async Task StopAsync(EmbeddedRedis server)
    {
        var options = RedisUrl.Parse(server.Url);
        options.AllowAdmin = true;
        await using var redis = await ConnectionMultiplexer.ConnectAsync(options);
        redis.GetServers()[0].Shutdown(ShutdownMode.Never);
    }

    private static Task<Chart> GivenChartAsync(TrendingApp app, ChartKey key, TimeSpan age, params TrendingVideo[] videos) =>
        app.Services.GetRequiredService<ChartRows>().SaveAsync(
            key, new FetchedChart(videos, "YouTube mostPopular", 0), DateTimeOffset.UtcNow - age, TestContext.Current.CancellationToken);

    private async Task GivenKeptAsync(Guid userId, int number, bool isPublished)
    {
        var db = app.Services.GetRequiredService<NpgsqlDataSource>();
        await db.ExecuteAsync(
            """
            with kept as (
                insert into downloads (id, user_id, source_video_url, platform, platform_video_id, title, format, status, storage_key, sha256, file_size)
                values (gen_random_uuid(), @userId, 'https://elsewhere.example/', 'YOUTUBE', 'film-' || @number, 'Film', 'best', 'completed', 'key', 'hash', 1)
                returning id
            ),
            sent as (
                insert into upload_jobs (id, user_id, download_id, platform, channel_name, title, privacy, rights_statement, status)
                select gen_random_uuid(), @userId, id, 'YOUTUBE', 'Mine', 'Film', 'public', 'Mine', 'completed'
                from kept
                where @isPublished
                returning id
            )
            insert into published_videos (id, user_id, upload_job_id, platform, platform_video_id, title, url, privacy)
            select gen_random_uuid(), @userId, id, 'YOUTUBE', 'mine', 'Film', 'https://www.youtube.com/watch?v=mine', 'public'
            from sent
            """,
            new { userId, number = number.ToString(CultureInfo.InvariantCulture), isPublished },
            _ct);
    }

    private static TrendingVideo Film(int number) => new()
    {
        Platform = Platform.YouTube,
        PlatformVideoId = $"film-{number}",
        Title = $"Film {number}",
        CreatorName = "Somebody",
        VideoUrl = $"https://www.youtube.com/watch?v=film-{number}",
    };

    private static TrendingVideo Clip(int number) => Film(number) with
    {
        Platform = Platform.TikTok,
        PlatformVideoId = $"{number}",
        Title = $"Clip {number}",
        VideoUrl = $"https://www.tiktok.com/@somebody/video/{number}",
    };

    private async Task<IHtmlDocument> OpenAsync(string url)
    {
        var answer = await GetAsync(url, htmx: false);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return Parse(await answer.Content.ReadAsStringAsync(_ct));
    }

    private async Task<HttpResponseMessage> GetAsync(string url, bool htmx)
    {
        using var client = app.CreateBareClient();
        if (htmx)
            client.DefaultRequestHeaders.Add("HX-Request", "true");
        return await client.GetAsync(new Uri(url, UriKind.Relative), _ct);
    }

    private static IHtmlDocument Parse(string html) => new HtmlParser().ParseDocument(html);
}
