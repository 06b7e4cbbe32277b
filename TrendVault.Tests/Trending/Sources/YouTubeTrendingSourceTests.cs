using Microsoft.Extensions.DependencyInjection;
using TrendVault.Core;
using TrendVault.Core.Data;
using TrendVault.Core.Trending;
using TrendVault.Core.YouTube;
using TrendVault.Tests.App;
using TrendVault.Web.Pages.Shared;
using TrendVault.Web.Sandbox.Faults;

namespace TrendVault.Tests.Trending;

public sealed class YouTubeTrendingSourceTests(TrendingBench bench) : TrendingSourceContract(bench)
{
    private const string Search = "/youtube/v3/search";

    protected override Platform Platform => Platform.YouTube;

    protected override string Category => "Music";

    protected override string ApiPath => "/youtube/v3/videos";

    protected override (string Name, string Value)[] Settings => [];

    protected override (string Name, string Value) WrongKey => ("YOUTUBE_API_KEY", "AIzaWrong");

    protected override (string Name, string Value) SmallBudget => ("YOUTUBE_QUOTA_UNITS", "4");

    protected override (int Status, string Reason) Exhausted => (403, "quotaExceeded");

    protected override string SlowDown => "rateLimitExceeded";

    protected override string BodyOf(params IEnumerable<string> items) =>
        $$"""{ "kind": "youtube#videoListResponse", "pageInfo": { "totalResults": 1 }, "items": [{{string.Join(',', items)}}] }""";

    protected override string ItemOf(int number, string title, string? picture = null) =>
        Json(new { id = $"video{number:000000}", snippet = new { title, channelTitle = "C", thumbnails = new { medium = new { url = picture } } } });

    [Theory]
    [InlineData("Music")]
    [InlineData("Movies")]
    [InlineData("Gaming")]
    public async Task A_chart_is_read_to_its_end_in_pages_of_fifty(string category)
    {
        var before = Bench.UnitsUsed;

        var chart = await Source.FetchAsync("DE", category, [], TestContext.Current.CancellationToken);

        Assert.Equal(200, chart.Videos.Count);
        Assert.Equal(4, Bench.UnitsUsed - before);
        Assert.Equal(0, chart.Skipped);
        Assert.All(chart.Videos, video => Assert.Equal(category, video.Category));
        Assert.All(chart.Videos, video => Assert.True(video.Embeddable));
    }

    [Fact]
    public async Task All_kinds_of_videos_are_read()
    {
        // No chart of a single day is sure to have one of each kind; those of all regions together are.
        var videos = new List<TrendingVideo>();
        foreach (var region in Regions.All)
            videos.AddRange((await FetchAsync(region)).Videos);

        Assert.Equal([false, true], videos.Select(video => video.IsVertical).OfType<bool>().Distinct().Order());
        Assert.Contains(videos, video => video.DurationSeconds is null); // live
        Assert.Contains(videos, video => video.LikeCount is null);
        Assert.Contains(videos, video => video.CommentCount is null);
        Assert.Contains(videos, video => video.Licence == "creativeCommon");
        Assert.Contains(videos, video => video.ViewCount > int.MaxValue);
    }

    [Fact]
    public async Task A_chart_that_never_ends_is_cut_off()
    {
        var page = BodyOf(ItemOf(1, "Again")).Replace("\"items\"", "\"nextPageToken\": \"CAUQAA\", \"items\"", StringComparison.Ordinal);
        Order(new FaultOrder { Path = ApiPath, Status = 200, Body = page, ContentType = "application/json", Times = 1000 });

        Assert.Single((await FetchAsync("US")).Videos);

        Assert.Equal(8, 1000 - Bench.Sandbox.Faults.Orders[0].Times);
    }

    [Fact]
    public async Task One_malformed_item_is_skipped_and_counted()
    {
        Answer(BodyOf(
            """{ "id": "good0000001", "snippet": { "title": "Good", "channelTitle": "C", "publishedAt": "2026-11-18T16:00:12Z" }, "statistics": { "viewCount": "7" } }""",
            """{ "id": "bad00000001", "snippet": "none today" }""",
            """{ "id": "bad00000002", "snippet": { "title": "Bad", "channelTitle": "C" }, "statistics": { "likeCount": "many" } }""",
            """{ "id": "good0000002", "snippet": { "title": "Also good", "channelTitle": "C", "unheardOf": {} }, "contentDetails": { "duration": "soon" } }"""));

        var chart = await FetchAsync("US");

        Assert.Equal(["Good", "Also good"], chart.Videos.Select(video => video.Title));
        Assert.Equal(7, chart.Videos[0].ViewCount);
        Assert.Equal(new DateTimeOffset(2026, 11, 18, 16, 0, 12, TimeSpan.Zero), chart.Videos[0].PublishedAt);
        Assert.Equal(2, chart.Skipped);
    }

    [Theory]
    [InlineData(404)]
    [InlineData(400)]
    public async Task A_chart_that_a_region_does_not_have_is_searched_for_and_not_asked_for_again(int status)
    {
        Order(new FaultOrder { Path = ApiPath, Status = status, Reason = "videoChartNotFound" });
        var (units, searches) = (Bench.UnitsUsed, Bench.SearchesUsed);

        var first = await FetchAsync("KR");
        await using var other = BuildServices();
        var second = await FetchAsync(SourceOf(other), "KR");

        Assert.Contains("search", first.Source, StringComparison.Ordinal);
        Assert.NotEmpty(second.Videos);
        Assert.Equal(1, Bench.SearchesUsed - searches);
        Assert.Equal(2, Bench.UnitsUsed - units);
    }

    [Fact]
    public async Task A_region_without_a_chart_and_without_finds_says_so_and_is_left_alone_for_an_hour()
    {
        Order(new FaultOrder { Path = ApiPath, Status = 404, Reason = "videoChartNotFound" });
        Order(new FaultOrder { Path = Search, Status = 200, Body = BodyOf(), ContentType = "application/json" });

        var e = await FailAsync("BR");
        Count("/youtube/");
        Time.Advance(TimeSpan.FromMinutes(59));
        await FailAsync("BR");

        Assert.Equal((Remedy.GiveUp, "chart_not_found"), (e.Remedy, e.Code));
        Assert.Equal(0, Counted());
        Assert.Null(Source.WhyOff);
        Assert.NotEmpty((await FetchAsync("GB")).Videos);
    }

    [Fact]
    public async Task The_general_chart_stands_without_its_search()
    {
        Order(new FaultOrder { Path = Search, Status = 429, Reason = "Search Queries per day" });
        var parts = new[] { (await FetchAsync("MX")).Videos };

        var chart = await FetchGeneralAsync("MX", parts);

        Assert.Equal(parts[0].Select(video => video.PlatformVideoId), chart.Videos.Select(video => video.PlatformVideoId));
        // YouTube has said that the bucket is empty: nobody asks it again today, and the other bucket is untouched.
        Count(Search);
        await FetchGeneralAsync("JP", parts);
        Assert.Equal(0, Counted());
        Assert.NotEmpty((await FetchAsync("JP")).Videos);
    }

    [Fact]
    public async Task Titles_are_those_of_the_videos_and_not_the_escaped_ones_of_the_search()
    {
        var random = Seeded.Random();
        var titles = Enumerable.Range(0, 50).Select(number => $"{number} {random.Text(80)}").ToList();
        Order(new FaultOrder
        {
            Path = Search,
            Status = 200,
            ContentType = "application/json",
            Body = BodyOf(titles.Select((title, number) => Json(new { id = new { kind = "youtube#video", videoId = $"video{number:000000}" }, snippet = new { title = System.Net.WebUtility.HtmlEncode(title) } }))),
        });
        Answer(BodyOf(titles.Select((title, number) => ItemOf(number, title))));

        var chart = await FetchGeneralAsync("US", []);

        Assert.Equal(titles.Select(title => CleanText.OneLine(title)), chart.Videos.Select(video => video.Title));
    }

    [Theory]
    [InlineData("API_KEY_INVALID", "api_key_refused", "Check YOUTUBE_API_KEY")]
    [InlineData("API_KEY_HTTP_REFERRER_BLOCKED", "api_key_referrer_blocked", "web pages only")]
    [InlineData("API_KEY_IP_ADDRESS_BLOCKED", "api_key_address_blocked", "IP addresses")]
    [InlineData("API_KEY_SERVICE_BLOCKED", "api_key_service_blocked", "API restrictions")]
    [InlineData("API_KEY_ANDROID_APP_BLOCKED", "api_key_app_blocked", "apps on phones")]
    [InlineData("API_KEY_IOS_APP_BLOCKED", "api_key_app_blocked", "apps on phones")]
    [InlineData("SERVICE_DISABLED", "api_not_enabled", "is not enabled in the Google project of YOUTUBE_API_KEY")]
    [InlineData("accessNotConfigured", "api_not_enabled", "is not enabled in the Google project of YOUTUBE_API_KEY")]
    [InlineData("ipRefererBlocked", "api_key_address_blocked", "IP addresses")]
    [InlineData("keyInvalid", "api_key_refused", "Check YOUTUBE_API_KEY")]
    [InlineData("keyExpired", "api_key_expired", "Make a new one")]
    public async Task What_is_wrong_with_the_key_or_its_project_is_told_with_the_remedy_and_asked_once_an_hour(string reason, string code, string remedy)
    {
        Order(new FaultOrder { Path = ApiPath, Status = 403, Reason = reason });

        var e = await FailAsync();

        Assert.Equal((Remedy.Configure, code, TimeSpan.FromHours(1)), (e.Remedy, e.Code, e.RetryAfter));
        Assert.Contains("YOUTUBE_API_KEY", e.Message, StringComparison.Ordinal);
        Assert.Contains(remedy, e.Message, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(e.Message, Source.WhyOff);
        await using var other = BuildServices();
        Assert.Equal(e.Message, await SourceOf(other).ReadWhyOffAsync());
        Count("/youtube/");
        Time.Advance(TimeSpan.FromMinutes(59));
        await Assert.ThrowsAsync<PlatformException>(() => FetchAsync(SourceOf(other), "GB"));
        await FailAsync("FR");
        Assert.Equal(0, Counted());
        Time.Advance(TimeSpan.FromMinutes(2));
        Assert.NotEmpty((await FetchAsync("US")).Videos);
        Assert.Null(await SourceOf(other).ReadWhyOffAsync());
    }

    [Fact]
    public async Task However_many_charts_are_wanted_at_once_a_wrong_key_is_shown_once()
    {
        Bench.Sandbox.Faults.Switches = new SandboxSwitches { ApiKeyFault = "API_KEY_SERVICE_BLOCKED" };
        Count("/youtube/");

        for (var hour = 1; hour <= 2; hour++)
        {
            await Task.WhenAll(Regions.All.SelectMany(region => new[] { "Music", "Movies", "Gaming" }.Select(async category =>
                Assert.Equal("api_key_service_blocked", (await Assert.ThrowsAsync<PlatformException>(() => Source.FetchAsync(region, category, [], TestContext.Current.CancellationToken))).Code))));
            Assert.Equal(hour, Counted());
            Time.Advance(TimeSpan.FromMinutes(61));
        }
    }

    [Theory]
    [InlineData("""{ "error": { "code": 403, "status": "PERMISSION_DENIED", "details": [ { "reason": "API_KEY_IP_ADDRESS_BLOCKED" } ] } }""", "api_key_address_blocked")]
    [InlineData("""{ "error": { "code": 403, "message": "<b>no</b>", "errors": [ { "reason": "forbidden" } ], "details": [ null, 7, { "reason": null }, { "reason": 7 }, { "reason": "API_KEY_SERVICE_BLOCKED" } ] } }""", "api_key_service_blocked")]
    [InlineData("""{ "error": { "code": 403, "errors": {}, "details": [ { "reason": "SERVICE_DISABLED" } ] } }""", "api_not_enabled")]
    [InlineData("""{ "error": { "code": 403, "message": { "text": "no" }, "details": [ { "reason": "API_KEY_INVALID" } ] } }""", "api_key_refused")]
    [InlineData("""{ "error": { "errors": [ { "reason": "accessNotConfigured" } ], "details": "none" } }""", "api_not_enabled")]
    [InlineData("""{ "error": { "code": 403, "errors": [ null, { "reason": "keyInvalid" } ] } }""", "api_key_refused")]
    [InlineData("""{ "error": { "code": 403, "errors": [ { "reason": "half of an emoji: \ud83d" } ], "details": [ { "reason": "\ud83d" } ] } }""", "youtube_refused")]
    [InlineData("""{ "error": "forbidden" }""", "youtube_refused")]
    [InlineData("[]", "youtube_refused")]
    [InlineData("<html><h1>403 Forbidden</h1> <b>per day</b></html>", "youtube_refused")]
    [InlineData("", "youtube_refused")]
    public async Task An_error_is_read_by_whatever_of_it_can_be_read(string body, string code)
    {
        Order(new FaultOrder { Path = ApiPath, Status = 403, ContentType = "application/json", Body = body });

        var e = await FailAsync();

        Assert.Equal(code, e.Code);
        Assert.DoesNotContain("<", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(429, """{ "error": { "code": 429, "message": "Quota exceeded for quota metric 'Search Queries' and limit 'Search Queries per day' of service 'youtube.googleapis.com'.", "errors": [ { "domain": "global", "reason": "rateLimitExceeded" } ], "status": "RESOURCE_EXHAUSTED" } }""", "search")]
    [InlineData(429, """{ "error": { "code": 429, "message": "…", "details": [ { "reason": "RATE_LIMIT_EXCEEDED", "metadata": { "quota_limit": "defaultSearchListPerDayPerProject", "quota_unit": "1/d/{project}" } } ] } }""", "search")]
    [InlineData(429, """{ "error": { "code": 429, "message": "Quota exceeded for quota metric 'Search Queries' and limit 'Search Queries per day'", "errors": [ { "reason": "quotaExceeded" } ] } }""", "search")]
    [InlineData(429, """{ "error": { "code": 429, "message": "Quota exceeded for quota metric 'Queries' and limit 'Queries per day' of service 'youtube.googleapis.com'.", "errors": [ { "reason": "rateLimitExceeded" } ] } }""", "general")]
    [InlineData(403, """{ "error": { "code": 403, "message": "You have exceeded your <a href=\"/youtube/v3/getting-started#quota\">quota</a>.", "errors": [ { "domain": "youtube.quota", "reason": "quotaExceeded" } ] } }""", "general")]
    [InlineData(403, """{ "error": { "code": 403, "errors": [ { "domain": "usageLimits", "reason": "dailyLimitExceeded" } ] } }""", "general")]
    [InlineData(429, """{ "error": { "code": 429, "message": "Quota exceeded for quota metric 'Search Queries' and limit 'Search Queries per minute'", "errors": [ { "reason": "rateLimitExceeded" } ], "details": [ { "reason": "RATE_LIMIT_EXCEEDED", "metadata": { "quota_unit": "1/min/{project}" } } ] } }""", "")]
    [InlineData(403, """{ "error": { "code": 403, "errors": [ { "reason": "userRateLimitExceeded" } ] } }""", "")]
    public async Task Only_the_bucket_that_youtube_calls_spent_is_empty(int status, string body, string spent)
    {
        Order(new FaultOrder { Path = Search, Status = status, ContentType = "application/json", Body = body });

        await FetchGeneralAsync("DE", [(await FetchAsync("DE")).Videos]);

        var buckets = await Quota.ReadAsync();
        Assert.Equal(spent, string.Join(',', buckets.Where(bucket => bucket.Used == bucket.Limit).Select(bucket => EnumText<YouTubeBucket>.Of(bucket.Bucket))));
    }

    [Fact]
    public async Task A_newer_error_without_a_list_of_errors_is_understood()
    {
        Order(new FaultOrder
        {
            Path = ApiPath,
            Status = 400,
            ContentType = "application/json",
            Body = """
                { "error": { "code": 400, "message": "API key not valid.", "status": "INVALID_ARGUMENT",
                  "details": [ { "@type": "type.googleapis.com/google.rpc.Help" }, { "@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "API_KEY_INVALID" } ] } }
                """,
        });

        Assert.Equal("api_key_refused", (await FailAsync()).Code);
    }

    [Theory]
    [InlineData(400, "invalidRegionCode")]
    [InlineData(400, "invalidPageToken")]
    [InlineData(403, "forbidden")]
    public async Task A_chart_that_is_refused_is_left_alone_for_an_hour_and_the_others_are_not(int status, string reason)
    {
        Order(new FaultOrder { Path = ApiPath, Status = status, Reason = reason });

        var e = await FailAsync();
        Count();
        Time.Advance(TimeSpan.FromMinutes(59));
        await FailAsync();

        Assert.Equal((Remedy.GiveUp, reason), (e.Remedy, e.Code));
        Assert.Equal(0, Counted());
        Assert.NotEmpty((await FetchAsync("GB")).Videos);
        Time.Advance(TimeSpan.FromMinutes(2));
        Assert.NotEmpty((await FetchAsync("US")).Videos);
    }

    [Theory]
    [InlineData(403, "rateLimitExceeded")]
    [InlineData(403, "userRateLimitExceeded")]
    [InlineData(429, "servingLimitExceeded")]
    [InlineData(429, "")]
    public async Task Every_wish_to_slow_down_is_heard(int status, string reason)
    {
        Order(new FaultOrder { Path = ApiPath, Status = status, Reason = reason });

        Assert.Equal((Remedy.Retry, "rate_limited"), await FailAsync() is var e ? (e.Remedy, e.Code) : default);
    }

    [Fact]
    public async Task Odd_and_missing_fields_are_read_as_the_api_writes_them()
    {
        Answer(BodyOf(
            Video("duration000", contentDetails: """{ "duration": "P1DT2H" }"""),
            Video("fraction000", snippet: """ "publishedAt": "2026-11-18T16:00:12.345Z" """),
            Video("nostats0000", statistics: "{}"),
            Video("hiddenlikes", statistics: """{ "viewCount": "1932607", "favoriteCount": "0", "commentCount": "7107" }"""),
            Video("commentsoff", statistics: """{ "viewCount": "1932607", "likeCount": "53170", "favoriteCount": "0" }"""),
            Video("hugecounts0", statistics: """{ "viewCount": "9223372036854775807", "likeCount": 4, "commentCount": "0" }"""),
            Video("live0000000", snippet: """ "liveBroadcastContent": "live" """, contentDetails: """{ "duration": "P0D" }"""),
            Video("live0000001", snippet: """ "liveBroadcastContent": "live" """, contentDetails: """{ "duration": "PT0S" }"""),
            Video("upcoming000", snippet: """ "liveBroadcastContent": "upcoming" """, contentDetails: """{ "duration": "PT3M" }"""),
            Video("noduration0", contentDetails: "{}"),
            Video("creative000", status: """{ "license": "creativeCommon", "embeddable": false, "madeForKids": true }"""),
            Video("nopictures0", snippet: """ "thumbnails": {} """),
            Video("newpictures", snippet: """ "thumbnails": { "uhd": { "url": "https://i.ytimg.com/vi/x/uhd.jpg", "width": 3840, "height": 2160 } } """),
            Video("onlydefault", snippet: """ "thumbnails": { "default": { "url": "https://i.ytimg.com/vi/x/default.jpg" }, "high": {} } """),
            Video("tall0000000", player: """{ "embedHtml": "<iframe>", "embedHeight": "720", "embedWidth": "405" }"""),
            Video("wide0000000", player: """{ "embedHtml": "<iframe>", "embedHeight": "720", "embedWidth": "1280" }"""),
            Video("noshape0000", player: """{ "embedHtml": "<iframe>" }"""),
            Video("oddcategory", snippet: """ "categoryId": "4711" """),
            Video("movies00000", snippet: """ "categoryId": "30", "tags": ["one", "", " two\n", "<b>"] """),
            Video("restricted0", contentDetails: """{ "duration": "PT5S", "caption": "false", "regionRestriction": { "blocked": ["KP"] }, "contentRating": {} }""")));

        var chart = await FetchAsync("US");
        var videos = chart.Videos.ToDictionary(video => video.PlatformVideoId);

        Assert.Equal(93_600, videos["duration000"].DurationSeconds);
        Assert.Equal(new DateTimeOffset(2026, 11, 18, 16, 0, 12, 345, TimeSpan.Zero), videos["fraction000"].PublishedAt);
        Assert.Equal((null, null, null), Counts("nostats0000"));
        Assert.Equal((1_932_607, null, 7107), Counts("hiddenlikes"));
        Assert.Equal((1_932_607, 53_170, null), Counts("commentsoff"));
        Assert.Equal((long.MaxValue, 4, 0), Counts("hugecounts0"));
        Assert.Null(videos["live0000000"].DurationSeconds);
        Assert.Null(videos["live0000001"].DurationSeconds);
        Assert.Null(videos["noduration0"].DurationSeconds);
        Assert.Equal(("creativeCommon", false), (videos["creative000"].Licence, videos["creative000"].Embeddable));
        Assert.Null(videos["nopictures0"].ThumbnailUrl);
        Assert.Equal("https://i.ytimg.com/vi/x/uhd.jpg", videos["newpictures"].ThumbnailUrl);
        Assert.Equal("https://i.ytimg.com/vi/x/default.jpg", videos["onlydefault"].ThumbnailUrl);
        Assert.Equal((true, false, null), (videos["tall0000000"].IsVertical, videos["wide0000000"].IsVertical, videos["noshape0000"].IsVertical));
        Assert.Null(videos["oddcategory"].Category);
        Assert.Equal("Movies", videos["movies00000"].Category);
        Assert.Equal(["one", "two", "<b>"], videos["movies00000"].Tags);
        Assert.Equal(5, videos["restricted0"].DurationSeconds);
        // What is yet to be shown cannot be downloaded.
        Assert.DoesNotContain("upcoming000", videos.Keys);
        Assert.Equal(1, chart.Skipped);

        (long?, long?, long?) Counts(string id) => (videos[id].ViewCount, videos[id].LikeCount, videos[id].CommentCount);
    }

    [Fact]
    public async Task Without_a_key_it_says_which_setting_turns_it_on()
    {
        await using var services = BuildServices(("YOUTUBE_API_KEY", ""));

        Assert.Equal("YouTube is off: set YOUTUBE_API_KEY.", SourceOf(services).WhyOff);
    }

    private YouTubeQuota Quota => Services.GetRequiredService<YouTubeQuota>();

    private Task<FetchedChart> FetchGeneralAsync(string region, IReadOnlyList<IReadOnlyList<TrendingVideo>> parts) =>
        Source.FetchAsync(region, "", parts, TestContext.Current.CancellationToken);

    /// <summary>A video with the least, and what is said of the part in question.</summary>
    private static string Video(string id, string? snippet = null, string contentDetails = "{}", string statistics = "{}", string status = "{}", string player = "{}") =>
        $$"""
        { "kind": "youtube#video", "etag": "x1", "id": "{{id}}",
          "snippet": { "title": "T", "channelTitle": "C", "channelId": "UC0123456789abcdefABCDEF"{{(snippet is null ? "" : "," + snippet)}} },
          "contentDetails": {{contentDetails}}, "statistics": {{statistics}}, "status": {{status}}, "player": {{player}} }
        """;
}
