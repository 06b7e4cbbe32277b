using StackExchange.Redis;
using TrendVault.Core;
using TrendVault.Core.Trending;

namespace TrendVault.Tests.Trending;

/// <summary>On servers of its own, since it takes them away.</summary>
public sealed class TrendingWithoutRedisTests(TrendingBench bench) : IClassFixture<TrendingBench>
{
    [Fact]
    public async Task A_flushed_and_then_a_dead_Redis_cost_no_chart()
    {
        var ct = TestContext.Current.CancellationToken;
        var chart = new ChartKey(Platform.YouTube, "US", "Music");
        var (first, _) = await bench.Trending.ReadPageAsync(chart, 1, ct);
        var units = bench.UnitsUsed;

        await using (var redis = await ConnectionMultiplexer.ConnectAsync(Options()))
            await redis.GetServers()[0].FlushAllDatabasesAsync();
        bench.Time.Advance(TimeSpan.FromSeconds(10)); // past what this process keeps parsed
        var (flushed, _) = await bench.Trending.ReadPageAsync(chart, 1, ct);
        Assert.Equal(first.Chart.Version, flushed.Chart.Version);
        Assert.Equal(units, bench.UnitsUsed);

        await using (var redis = await ConnectionMultiplexer.ConnectAsync(Options()))
            redis.GetServers()[0].Shutdown(ShutdownMode.Never);
        bench.Time.Advance(TimeSpan.FromSeconds(10));
        var (alone, _) = await bench.Trending.ReadPageAsync(chart, 2, ct);
        Assert.Equal(first.Chart.Version, alone.Chart.Version);

        // Even a refresh goes on, and counts what it spends.
        var (cold, _) = await bench.Trending.ReadPageAsync(chart with { Region = "GB" }, 1, ct);
        Assert.Equal(50, cold.Videos.Count);
        Assert.True((await bench.Quota.ReadAsync())[0].Used >= 8);
    }

    private ConfigurationOptions Options()
    {
        var options = Core.Data.RedisUrl.Parse(bench.Database.Redis.Url);
        options.AllowAdmin = true;
        return options;
    }
}
