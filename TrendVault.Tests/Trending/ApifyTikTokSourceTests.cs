using TrendVault.Core;
using TrendVault.Tests.App;
using TrendVault.Web.Sandbox.Faults;

namespace TrendVault.Tests.Trending;

public sealed class ApifyTikTokSourceTests(TrendingBench bench) : TrendingSourceContract(bench)
{
    protected override Platform Platform => Platform.TikTok;

    protected override string Category => "";

    protected override string ApiPath => "/v2/actor";

    [Fact]
    public async Task Error_rows_and_slideshows_are_skipped_and_counted()
    {
        var chart = await FetchAsync("BR");

        Assert.True(chart.Skipped > 0);
        Assert.All(chart.Videos, video => Assert.Contains("/video/", video.VideoUrl, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_run_that_takes_too_long_is_started_anew_and_polled()
    {
        Bench.Sandbox.Faults.Order(new FaultOrder { Path = "/v2/actors/clockworks~tiktok-scraper/run-sync", Status = 408, Reason = "run-timeout-exceeded" });
        Bench.Sandbox.Faults.Order(new FaultOrder { Path = "/v2/actor-runs/", Status = 200, Body = """{"data":{"id":"slow","status":"RUNNING"}}""", ContentType = "application/json" });

        var fetching = FetchAsync("IN");
        await Eventually.TrueAsync(
            () =>
            {
                Bench.Time.Advance(TimeSpan.FromSeconds(1)); // the pause between two polls
                return fetching.IsCompleted;
            },
            "the run is polled to its end");

        Assert.NotEmpty((await fetching).Videos);
        Assert.Empty(Bench.Sandbox.Faults.Orders);
    }

    [Theory]
    [InlineData(401, "invalid-token", "APIFY_API_KEY")]
    [InlineData(404, "actor-not-found", "APIFY_ACTOR")]
    [InlineData(402, "not-enough-usage-to-run-paid-actor", "credit")]
    public async Task What_the_operator_must_do_is_said(int status, string type, string word)
    {
        Bench.Sandbox.Faults.Order(new FaultOrder { Path = ApiPath, Status = status, Reason = type });

        var e = await Assert.ThrowsAsync<PlatformException>(() => FetchAsync("US"));

        Assert.NotEqual(PlatformRemedy.Retry, e.Remedy);
        Assert.Contains(word, e.Message, StringComparison.Ordinal);
    }
}
