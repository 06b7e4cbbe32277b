using TrendVault.Core;
using TrendVault.Core.YouTube;
using TrendVault.Web.Sandbox.Faults;

namespace TrendVault.Tests.Trending;

public sealed class YouTubeTrendingSourceTests(TrendingBench bench) : TrendingSourceContract(bench)
{
    protected override Platform Platform => Platform.YouTube;

    protected override string Category => "Music";

    protected override string ApiPath => "/youtube/v3/videos";

    [Fact]
    public async Task A_chart_is_read_to_its_end_in_pages_of_fifty()
    {
        var before = Bench.UnitsUsed;

        var chart = await FetchAsync("DE");

        Assert.Equal(200, chart.Videos.Count);
        Assert.Equal(4, Bench.UnitsUsed - before);
        Assert.Equal(0, chart.Skipped);
    }

    [Fact]
    public async Task One_malformed_item_is_skipped_and_counted()
    {
        Order(
            """
            { "items": [
                { "id": "good0000001", "snippet": { "title": "Good", "channelTitle": "C", "publishedAt": "2026-11-18T16:00:12Z" }, "statistics": { "viewCount": "7" } },
                { "id": "bad00000001", "snippet": "none today" },
                { "id": "bad00000002", "snippet": { "title": "Bad", "channelTitle": "C" }, "statistics": { "likeCount": "many" } },
                null,
                "what is this",
                { "id": "good0000002", "snippet": { "title": "Also good", "channelTitle": "C", "unheardOf": {} }, "contentDetails": { "duration": "soon" } } ] }
            """);

        var chart = await FetchAsync("US");

        Assert.Equal(["Good", "Also good"], chart.Videos.Select(video => video.Title));
        Assert.Equal(7, chart.Videos[0].ViewCount);
        Assert.Equal(new DateTimeOffset(2026, 11, 18, 16, 0, 12, TimeSpan.Zero), chart.Videos[0].PublishedAt);
        Assert.Equal(4, chart.Skipped);
    }

    [Fact]
    public async Task A_chart_that_a_region_does_not_have_is_searched_for_and_not_asked_for_again()
    {
        // Another Pacific day: a test before this one may have used up today's searches.
        Bench.Time.Advance(TimeSpan.FromDays(1));
        Bench.Sandbox.Faults.Order(new FaultOrder { Path = ApiPath, Status = 404, Reason = "videoChartNotFound" });
        var (units, searches) = (Bench.UnitsUsed, Bench.SearchesUsed);

        var first = await FetchAsync("KR");
        var second = await FetchAsync("KR");

        Assert.Contains("search", first.Source, StringComparison.Ordinal);
        Assert.NotEmpty(second.Videos);
        Assert.Equal(1, Bench.SearchesUsed - searches);
        Assert.Equal(2, Bench.UnitsUsed - units);
    }

    [Fact]
    public async Task The_general_chart_stands_without_its_search()
    {
        Bench.Sandbox.Faults.Order(new FaultOrder { Path = "/youtube/v3/search", Status = 403, Reason = "quotaExceeded" });
        var parts = new[] { (await FetchAsync("MX")).Videos };

        var chart = await Bench.SourceOf(Platform).FetchAsync("MX", "", parts, TestContext.Current.CancellationToken);

        Assert.Equal(parts[0].Select(video => video.PlatformVideoId), chart.Videos.Select(video => video.PlatformVideoId));
        // YouTube has said that the bucket is empty: nobody asks it again today.
        Assert.False(await Bench.Quota.TrySpendAsync(YouTubeBucket.Search));
    }

    [Fact]
    public async Task A_wrong_key_names_its_setting()
    {
        Bench.Sandbox.Faults.Order(new FaultOrder { Path = ApiPath, Status = 400, Reason = "keyInvalid" });

        var e = await Assert.ThrowsAsync<PlatformException>(() => FetchAsync("US"));

        Assert.Equal(PlatformRemedy.GiveUp, e.Remedy);
        Assert.Contains("YOUTUBE_API_KEY", e.Message, StringComparison.Ordinal);
    }

    private void Order(string body) =>
        Bench.Sandbox.Faults.Order(new FaultOrder { Path = ApiPath, Status = 200, Body = body, ContentType = "application/json; charset=utf-8" });
}
