using System.Net;
using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using TrendVault.Core;
using TrendVault.Core.Data;
using TrendVault.Core.Trending;
using TrendVault.Tests.App;
using TrendVault.Web.Sandbox.Faults;

namespace TrendVault.Tests.Trending;

public sealed class TrendingPageTests(TrendingApp app) : IClassFixture<TrendingApp>
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
        var card = page.QuerySelector(".card")!;

        Assert.StartsWith("/trending/youtube/", card.QuerySelector(".card__link")!.GetAttribute("href"), StringComparison.Ordinal);
        Assert.Contains("1", card.QuerySelector(".card__rank")!.TextContent, StringComparison.Ordinal);
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
    public async Task Each_stranger_gets_the_same_page_with_a_token_of_his_own()
    {
        await Eventually.TrueAsync(async () => (await GetAsync("/trending?region=BR", htmx: false)).IsSuccessStatusCode, "the chart is there", TimeSpan.FromMinutes(1));
        using var one = await GetAsync("/trending?region=BR", htmx: false);
        using var other = await GetAsync("/trending?region=BR", htmx: false);
        var (first, second) = (await one.Content.ReadAsStringAsync(_ct), await other.Content.ReadAsStringAsync(_ct));

        Assert.NotEqual(TokenOf(first), TokenOf(second));
        Assert.Equal(first.Replace(TokenOf(first), "", StringComparison.Ordinal), second.Replace(TokenOf(second), "", StringComparison.Ordinal));
        Assert.DoesNotContain(TokenOf(first), second, StringComparison.Ordinal);
        foreach (var (answer, token) in new[] { (one, TokenOf(first)), (other, TokenOf(second)) })
            Assert.Equal(HttpStatusCode.NoContent, (await SetThemeAsync(answer, token)).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await SetThemeAsync(one, TokenOf(second))).StatusCode);
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
            Assert.StartsWith("<section id=\"trending\">", fragment.TrimStart(), StringComparison.Ordinal);
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

    private async Task OwnFirstAsync(Guid userId, string platformVideoId)
    {
        await using var db = NpgsqlDataSource.Create(DatabaseUrl.ToConnectionString(app.DatabaseUrl));
        await db.ExecuteAsync(
            """
            insert into downloads (id, user_id, source_video_url, title, format, status, storage_key, sha256, file_size, platform, platform_video_id)
            values (@id, @userId, 'https://example.org/', 'T', 'best', 'completed', 'k', 's', 1, 'YOUTUBE', @platformVideoId)
            """,
            new { id = Guid.CreateVersion7(), userId, platformVideoId },
            _ct);
    }

    private async Task<HttpResponseMessage> SetThemeAsync(HttpResponseMessage page, string token)
    {
        using var client = app.CreateBareClient();
        client.DefaultRequestHeaders.Add("Cookie", page.Headers.GetValues("Set-Cookie").Single(cookie => cookie.StartsWith("tv_xsrf", StringComparison.Ordinal)).Split(';')[0]);
        client.DefaultRequestHeaders.Add("RequestVerificationToken", token);
        client.DefaultRequestHeaders.Add("HX-Request", "true");
        using var form = new FormUrlEncodedContent(new Dictionary<string, string> { ["theme"] = "dark", ["returnUrl"] = "/trending" });
        return await client.PostAsync(new Uri("/theme", UriKind.Relative), form, _ct);
    }

    private static string TokenOf(string page) => Parse(page).QuerySelector("input[name=__RequestVerificationToken]")!.GetAttribute("value")!;

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
