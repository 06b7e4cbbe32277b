using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using System.Xml;
using Microsoft.Extensions.Time.Testing;
using TrendVault.Tests.App;
using TrendVault.Web.Pages.Shared;

namespace TrendVault.Tests.Sandbox;

public sealed class YouTubeChartTests : IAsyncLifetime
{
    private const string All = "part=snippet,contentDetails,statistics,status";

    private static readonly string[] Regions = ["US", "GB", "JP", "KR", "BR", "IN", "DE", "FR", "AU", "CA", "MX", "VN"];

    private static readonly (string Call, int Status, string Reason)[] WrongCalls =
    [
        ("videos?chart=mostPopular", 400, "missingRequiredParameter"),
        ("videos?part=snippet", 400, "missingRequiredParameter"),
        ("videos?part=nonsense&chart=mostPopular", 400, "invalidParameter"),
        ("videos?part=snippet&chart=mostPopular&id=abc", 400, "invalidCriteria"),
        ("videos?part=snippet&chart=newest", 400, "invalidParameter"),
        ("videos?part=snippet&chart=mostPopular&maxResults=51", 400, "invalidParameter"),
        ("videos?part=snippet&id=abc&maxResults=5", 400, "invalidParameter"),
        ("videos?part=snippet&id=abc&regionCode=US", 400, "invalidParameter"),
        ("videos?part=snippet&chart=mostPopular&pageToken=CAUQAA", 400, "invalidPageToken"),
        ("videos?part=snippet&chart=mostPopular&pageToken=a+b/c", 400, "invalidPageToken"),
        ("videos?part=snippet&chart=mostPopular&regionCode=XYZ", 400, "invalidRegionCode"),
        ("videos?part=snippet&chart=mostPopular&regionCode=NO", 400, "unsupportedRegionCode"),
        ("videos?part=snippet&chart=mostPopular&videoCategoryId=19", 404, "videoChartNotFound"),
        ("videos?part=snippet&chart=mostPopular&colour=red", 400, "invalidParameter"),
        ("search?part=snippet&videoCategoryId=10", 400, "invalidSearchFilter"),
        ("channels?part=snippet&mine=true&id=UC", 400, "invalidCriteria"),
        ("channels?part=snippet&mine=true", 401, "required"),
    ];

    private FakeTimeProvider _time = new(TestDay.Now);
    private TestSandbox _sandbox = null!;

    public async ValueTask InitializeAsync() => _sandbox = await TestSandbox.StartAsync(_time);

    public ValueTask DisposeAsync() => _sandbox.DisposeAsync();

    [Fact]
    public async Task A_chart_is_paged_to_its_end_without_a_repeat_even_while_it_moves()
    {
        var ids = new List<string>();
        string? token = null;
        var pages = 0;
        do
        {
            var page = await _sandbox.YouTubeAsync($"videos?{All}&chart=mostPopular&regionCode=KR&maxResults=50{(token is null ? "" : "&pageToken=" + token)}");
            Assert.Equal(HttpStatusCode.OK, page.Status);
            Assert.Equal(pages > 0, page.Json["prevPageToken"] is not null);
            ids.AddRange(page.Items.Select(item => item!["id"]!.GetValue<string>()));
            token = page.Json["nextPageToken"]?.GetValue<string>();
            pages++;
            _time.Advance(TimeSpan.FromMinutes(5));
        }
        while (token is not null);

        Assert.Equal(4, pages);
        Assert.Equal(200, ids.Distinct().Count());
    }

    [Fact]
    public async Task Every_region_has_charts_of_music_gaming_and_films()
    {
        foreach (var region in Regions)
        {
            foreach (var category in new[] { "0", "10", "20", "30" })
            {
                var chart = await _sandbox.YouTubeAsync($"videos?part=id&chart=mostPopular&regionCode={region}&videoCategoryId={category}&maxResults=50");

                Assert.Equal(50, chart.Items.Count);
                Assert.Equal(200, chart.Json["pageInfo"]!["totalResults"]!.GetValue<int>());
            }
        }
    }

    [Fact]
    public async Task Videos_are_written_as_the_api_writes_them()
    {
        // No chart of a single day is sure to have one of each kind; all of them together are.
        var videos = new List<JsonNode>();
        foreach (var region in Regions)
            videos.AddRange(await ChartOfAsync(region));

        Assert.All(videos, video =>
        {
            Assert.Equal(11, Text(video, "id").Length);
            Assert.InRange(Text(video["snippet"]!, "title").Length, 1, 100);
            Assert.True(ulong.TryParse(Text(video["statistics"]!, "viewCount"), out _));
            Assert.Equal(Text(video["snippet"]!, "liveBroadcastContent") == "live", XmlConvert.ToTimeSpan(Text(video["contentDetails"]!, "duration")) == TimeSpan.Zero);
            Assert.InRange(_time.GetUtcNow() - DateTimeOffset.Parse(Text(video["snippet"]!, "publishedAt"), CultureInfo.InvariantCulture), TimeSpan.Zero, TimeSpan.FromDays(7));
            Assert.DoesNotContain(": null", video.ToJsonString(), StringComparison.Ordinal);
        });
        Assert.Contains(videos, video => video["statistics"]!["likeCount"] is null);
        Assert.Contains(videos, video => video["snippet"]!["thumbnails"]!["maxres"] is null);
        Assert.Contains(videos, video => video["snippet"]!["thumbnails"]!["uhd"] is not null);
        Assert.Contains(videos, video => Text(video["snippet"]!, "liveBroadcastContent") == "live");
        Assert.Contains(videos, video => video["contentDetails"]!["regionRestriction"]?["blocked"] is not null);
        Assert.Contains(videos, video => Text(video["status"]!, "license") == "creativeCommon");
        Assert.Contains(videos, video => ulong.Parse(Text(video["statistics"]!, "viewCount"), CultureInfo.InvariantCulture) > int.MaxValue);
        Assert.Contains(videos, video => Text(video["snippet"]!, "title").Contains("<b>", StringComparison.Ordinal) || Text(video["snippet"]!, "title").Contains('"', StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_player_has_the_shape_of_its_video_when_a_size_is_asked_for()
    {
        var shapes = (await _sandbox.YouTubeAsync("videos?part=player&chart=mostPopular&maxResults=50&maxHeight=720")).Items
            .Select(video => (Text(video!["player"]!, "embedWidth"), Text(video["player"]!, "embedHeight"))).Distinct().Order();
        Assert.Equal([("1280", "720"), ("405", "720")], shapes);

        Assert.All((await _sandbox.YouTubeAsync("videos?part=player&chart=mostPopular")).Items, video => Assert.Null(video!["player"]!["embedWidth"]));
        Assert.Equal("invalidParameter", (await _sandbox.YouTubeAsync("videos?part=player&chart=mostPopular&maxHeight=71")).Reason);
    }

    [Fact]
    public async Task Counts_grow_ranks_change_and_new_videos_enter()
    {
        var before = await ChartOfAsync("BR");
        _time.Advance(TimeSpan.FromMinutes(30));
        var after = await ChartOfAsync("BR");

        var (oldIds, newIds) = (Ids(before), Ids(after));
        Assert.NotEqual(oldIds, newIds);
        Assert.NotEmpty(newIds.Except(oldIds));
        var stayed = oldIds.Intersect(newIds).ToList();
        Assert.True(stayed.Count > 150);
        Assert.All(stayed, id => Assert.True(Views(after, id) > Views(before, id)));
    }

    [Fact]
    public async Task Charts_are_the_same_in_every_process()
    {
        await using var other = await TestSandbox.StartAsync(_time);

        var here = (await _sandbox.YouTubeAsync("videos?part=id&chart=mostPopular&regionCode=VN&maxResults=50")).Items;
        var there = (await other.YouTubeAsync("videos?part=id&chart=mostPopular&regionCode=VN&maxResults=50")).Items;

        Assert.Equal(Ids(here!), Ids(there!));
    }

    [Fact]
    public async Task Ids_find_their_videos_in_both_spellings_and_unknown_ones_are_dropped()
    {
        var ids = Ids(await ChartOfAsync("DE")).Take(3).ToList();

        var found = await _sandbox.YouTubeAsync($"videos?part=snippet&part=statistics&id={ids[0]},{ids[1]}&id={ids[2]}&id=AAAAAAAAAAA,nonsense");

        Assert.Equal(ids, Ids(found.Items!));
        Assert.NotNull(found.Items[0]!["snippet"]);
        Assert.NotNull(found.Items[0]!["statistics"]);
        Assert.Null(found.Items[0]!["contentDetails"]);
    }

    [Fact]
    public async Task What_is_wrong_with_a_request_is_told_in_the_envelope()
    {
        foreach (var (call, status, reason) in WrongCalls)
        {
            var answer = await _sandbox.YouTubeAsync(call);

            Assert.Equal((call, status, reason), (call, (int)answer.Status, answer.Reason));
            Assert.Equal(status, answer.Json["error"]!["code"]!.GetValue<int>());
        }
    }

    [Fact]
    public async Task A_wrong_key_and_no_key_are_refused()
    {
        var wrong = await _sandbox.SendAsync(HttpMethod.Get, "youtube/v3/videos?part=id&chart=mostPopular&key=wrong");
        var none = await _sandbox.SendAsync(HttpMethod.Get, "youtube/v3/videos?part=id&chart=mostPopular");

        Assert.Equal((HttpStatusCode.BadRequest, "badRequest"), (wrong.Status, wrong.Reason));
        Assert.Equal("API_KEY_INVALID", wrong.Json["error"]!["details"]![0]!["reason"]!.GetValue<string>());
        Assert.Equal((HttpStatusCode.Forbidden, "forbidden"), (none.Status, none.Reason));
    }

    [Theory]
    [InlineData("API_KEY_HTTP_REFERRER_BLOCKED", "forbidden")]
    [InlineData("API_KEY_IP_ADDRESS_BLOCKED", "forbidden")]
    [InlineData("API_KEY_SERVICE_BLOCKED", "forbidden")]
    [InlineData("SERVICE_DISABLED", "accessNotConfigured")]
    public async Task A_restricted_key_is_named_in_the_details(string detail, string reason)
    {
        _sandbox.Server.Faults.Switches = new() { ApiKeyFault = detail };

        var refused = await _sandbox.YouTubeAsync("videos?part=id&chart=mostPopular");

        Assert.Equal((HttpStatusCode.Forbidden, reason), (refused.Status, refused.Reason));
        Assert.Equal(detail, refused.Json["error"]!["details"]![0]!["reason"]!.GetValue<string>());
        Assert.Equal(0, _sandbox.Server.Quota["other"].Used);
    }

    [Fact]
    public async Task An_api_that_is_not_enabled_answers_nobody()
    {
        _sandbox.Server.Faults.Switches = new() { ApiDisabled = true };

        var refused = await _sandbox.SendAsync(HttpMethod.Get, "youtube/v3/channels?part=id&mine=true", bearer: "any");

        Assert.Equal((HttpStatusCode.Forbidden, "accessNotConfigured"), (refused.Status, refused.Reason));
    }

    [Fact]
    public async Task Search_escapes_titles_has_no_statistics_and_keeps_its_order()
    {
        var after = _time.GetUtcNow().AddDays(-2).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        var titles = new List<string>();
        var ids = new List<string>();
        string? token = null;
        for (var page = 0; page < 4; page++)
        {
            var found = await _sandbox.YouTubeAsync($"search?part=snippet&type=video&order=viewCount&publishedAfter={after}&regionCode=US&maxResults=50{(token is null ? "" : "&pageToken=" + token)}");
            titles.AddRange(found.Items.Select(item => item!["snippet"]!["title"]!.GetValue<string>()));
            ids.AddRange(found.Items.Select(item => item!["id"]!["videoId"]!.GetValue<string>()));
            Assert.All(found.Items, item => Assert.Null(item!["statistics"]));
            token = found.Json["nextPageToken"]!.GetValue<string>();
        }

        Assert.Equal(200, ids.Distinct().Count());
        Assert.Contains(titles, title => title.Contains("&amp;", StringComparison.Ordinal) || title.Contains("&#39;", StringComparison.Ordinal) || title.Contains("&quot;", StringComparison.Ordinal));
        Assert.DoesNotContain(titles, title => title.Contains('<', StringComparison.Ordinal));
        var first = await _sandbox.YouTubeAsync($"videos?part=statistics,snippet&id={string.Join(',', ids.Take(50))}");
        var views = first.Items.Select(item => ulong.Parse(Text(item!["statistics"]!, "viewCount"), CultureInfo.InvariantCulture)).ToList();
        // A minute may pass between the two calls, in which neighbours may overtake each other by a hair.
        Assert.True(views[0] > views[49]);
    }

    [Fact]
    public async Task Categories_say_which_of_them_an_upload_may_name()
    {
        var categories = await _sandbox.YouTubeAsync("videoCategories?part=snippet&regionCode=US&hl=en_US");

        var assignable = categories.Items.ToDictionary(item => Text(item!, "id"), item => item!["snippet"]!["assignable"]!.GetValue<bool>());
        Assert.True(assignable["10"]);
        Assert.True(assignable["29"]);
        Assert.False(assignable["30"]);
        Assert.DoesNotContain((await _sandbox.YouTubeAsync("videoCategories?part=snippet&regionCode=JP")).Items, item => Text(item!, "id") == "29");
    }

    [Fact]
    public async Task Searches_have_a_bucket_of_their_own_that_fills_again_at_midnight_in_California()
    {
        // 23:58 in Los Angeles, in winter.
        await BeginAsync(new DateTimeOffset(2035, 1, 15, 7, 58, 0, TimeSpan.Zero));
        for (var call = 0; call < 100; call++)
            Assert.Equal(HttpStatusCode.OK, (await _sandbox.YouTubeAsync("search?part=snippet&type=video&maxResults=1&videoCategoryId=10")).Status);

        var refused = await _sandbox.YouTubeAsync("search?part=snippet&type=video&maxResults=1");
        Assert.Equal((HttpStatusCode.TooManyRequests, "rateLimitExceeded"), (refused.Status, refused.Reason));
        Assert.Equal("RESOURCE_EXHAUSTED", refused.Json["error"]!["status"]!.GetValue<string>());
        Assert.Contains("limit 'Search Queries per day'", refused.Json["error"]!["message"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await _sandbox.YouTubeAsync("videos?part=id&chart=mostPopular")).Status);
        Assert.Equal(1, _sandbox.Server.Quota["other"].Used);

        _time.Advance(TimeSpan.FromMinutes(3));
        Assert.Equal(HttpStatusCode.OK, (await _sandbox.YouTubeAsync("search?part=snippet&type=video&maxResults=1")).Status);
    }

    [Fact]
    public async Task Wrong_requests_cost_as_well_and_a_bucket_can_be_emptied_by_order()
    {
        await _sandbox.YouTubeAsync("videos?part=snippet");
        Assert.Equal(1, _sandbox.Server.Quota["other"].Used);

        Assert.Equal(HttpStatusCode.NoContent, (await _sandbox.SendAsync(HttpMethod.Post, "_sandbox/quota/other?used=10000")).Status);
        Assert.Equal("quotaExceeded", (await _sandbox.YouTubeAsync("videos?part=snippet&chart=mostPopular")).Reason);
    }

    // A clock does not go back, to whatever day this one stands on.
    private async Task BeginAsync(DateTimeOffset moment)
    {
        await _sandbox.DisposeAsync();
        _time = new FakeTimeProvider(moment);
        await InitializeAsync();
    }

    private async Task<IReadOnlyList<JsonNode>> ChartOfAsync(string region)
    {
        var videos = new List<JsonNode>();
        var token = "";
        while (token is not null)
        {
            var page = await _sandbox.YouTubeAsync($"videos?{All}&chart=mostPopular&regionCode={region}&maxResults=50{(token.Length == 0 ? "" : "&pageToken=" + token)}");
            videos.AddRange(page.Items!);
            token = page.Json["nextPageToken"]?.GetValue<string>();
        }

        return videos;
    }

    private static IReadOnlyList<string> Ids(IEnumerable<JsonNode?> videos) => [.. videos.Select(video => Text(video!, "id"))];

    private static ulong Views(IEnumerable<JsonNode> videos, string id) =>
        ulong.Parse(Text(videos.First(video => Text(video, "id") == id)["statistics"]!, "viewCount"), CultureInfo.InvariantCulture);

    private static string Text(JsonNode node, string name) => node[name]!.GetValue<string>();
}
