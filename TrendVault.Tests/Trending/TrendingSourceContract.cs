using TrendVault.Core;
using TrendVault.Core.Trending;
using TrendVault.Web.Sandbox.Faults;

namespace TrendVault.Tests.Trending;

/// <summary>What every source must do, over real HTTP.</summary>
public abstract class TrendingSourceContract(TrendingBench bench) : IClassFixture<TrendingBench>
{
    protected TrendingBench Bench { get; } = bench;

    protected abstract Platform Platform { get; }

    /// <summary>A category that it has a chart of its own for.</summary>
    protected abstract string Category { get; }

    /// <summary>The beginning of the paths that it calls.</summary>
    protected abstract string ApiPath { get; }

    [Fact]
    public async Task A_chart_has_each_video_once_with_all_that_a_card_needs()
    {
        var chart = await FetchAsync("US");

        Assert.InRange(chart.Videos.Count, 20, 200);
        Assert.Equal(chart.Videos.Count, chart.Videos.Select(video => video.PlatformVideoId).Distinct().Count());
        Assert.All(chart.Videos, video =>
        {
            Assert.Equal(Platform, video.Platform);
            Assert.NotEmpty(video.Title);
            Assert.NotEmpty(video.CreatorName);
            Assert.StartsWith("http", video.VideoUrl, StringComparison.Ordinal);
            Assert.StartsWith("http", video.ThumbnailUrl, StringComparison.Ordinal);
            Assert.True(video.PublishedAt < DateTimeOffset.UtcNow);
        });
        Assert.Contains(chart.Videos, video => video.ViewCount > int.MaxValue || video.ViewCount > 0);
        Assert.NotEmpty(chart.Source);
    }

    [Fact]
    public async Task Regions_have_charts_of_their_own()
    {
        var (france, japan) = (await FetchAsync("FR"), await FetchAsync("JP"));

        Assert.NotEqual(france.Videos.Select(video => video.PlatformVideoId), japan.Videos.Select(video => video.PlatformVideoId));
    }

    [Theory]
    [InlineData(500, PlatformRemedy.Retry)]
    [InlineData(503, PlatformRemedy.Retry)]
    [InlineData(429, PlatformRemedy.Retry)]
    public async Task A_fault_that_passes_says_so(int status, PlatformRemedy remedy)
    {
        Bench.Sandbox.Faults.Order(new FaultOrder { Path = ApiPath, Status = status, Reason = status == 429 ? "rateLimitExceeded" : null });

        var e = await Assert.ThrowsAsync<PlatformException>(() => FetchAsync("US"));

        Assert.Equal(remedy, e.Remedy);
    }

    [Fact]
    public async Task An_answer_of_html_is_a_fault_of_the_platform()
    {
        Bench.Sandbox.Faults.Order(new FaultOrder { Path = ApiPath, Status = 502, Body = "<html><b>Bad gateway</b></html>" });

        var e = await Assert.ThrowsAsync<PlatformException>(() => FetchAsync("US"));

        Assert.Equal(PlatformRemedy.Retry, e.Remedy);
        Assert.DoesNotContain("<", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_that_is_not_json_is_a_fault_of_the_platform()
    {
        Bench.Sandbox.Faults.Order(new FaultOrder { Path = ApiPath, Status = 200, Body = "{ \"items\": [ { \"id\": ", ContentType = "application/json" });

        var e = await Assert.ThrowsAsync<PlatformException>(() => FetchAsync("US"));

        Assert.Equal(PlatformRemedy.Retry, e.Remedy);
    }

    [Fact]
    public async Task A_connection_that_breaks_off_is_a_fault_that_passes()
    {
        Bench.Sandbox.Faults.Order(new FaultOrder { Path = ApiPath, CutResponseAfter = 100 });

        var e = await Assert.ThrowsAsync<PlatformException>(() => FetchAsync("US"));

        Assert.Equal(PlatformRemedy.Retry, e.Remedy);
    }

    [Fact]
    public async Task A_caller_that_leaves_is_no_fault_of_the_platform()
    {
        using var left = new CancellationTokenSource();
        await left.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Bench.SourceOf(Platform).FetchAsync("US", Category, [], left.Token));
    }

    protected Task<FetchedChart> FetchAsync(string region) =>
        Bench.SourceOf(Platform).FetchAsync(region, Category, [], TestContext.Current.CancellationToken);
}
