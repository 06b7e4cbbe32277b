using TrendVault.Core;
using TrendVault.Core.Data;
using TrendVault.Core.Trending;
using TrendVault.Tests.App;

namespace TrendVault.Tests.Trending;

public sealed class TrendingSavingTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;
    private readonly TrendingStore _store = new(database.Db);
    private readonly ChartRows _rows = new(database.Db);

    [Fact]
    public async Task What_a_refresh_changes_stays_heap_only()
    {
        var now = DateTimeOffset.UtcNow;
        for (var round = 0; round < 12; round++)
        {
            foreach (var region in Regions.All)
                await _rows.SaveAsync(new ChartKey(Platform.YouTube, region, "Music"), Chart(region, round), now.AddMinutes(30 * round), _ct);
        }

        // PostgreSQL counts when a connection has been idle for a while.
        await Eventually.TrueAsync(
            async () => await CountAsync("videos", "n_tup_upd") >= 11 * 12 * 50 && await CountAsync("charts", "n_tup_upd") >= 11 * 12,
            "all updates are counted",
            TimeSpan.FromMinutes(1));
        foreach (var table in new[] { "videos", "charts" })
            Assert.InRange(await HeapOnlyShareAsync(table), 0.95, 1);
    }

    [Fact]
    public async Task Versions_that_nobody_scrolls_through_and_videos_that_no_chart_has_had_for_a_month_are_deleted()
    {
        var (key, now) = (new ChartKey(Platform.TikTok, "JP", ""), DateTimeOffset.UtcNow);
        var old = Chart("old", 0) is var chart ? chart with { Videos = [.. chart.Videos.Select(video => video with { Platform = Platform.TikTok })] } : null!;
        await _rows.SaveAsync(key, old, now.AddDays(-40), _ct);
        await database.Db.ExecuteAsync("update videos set id = @id where platform_video_id = 'old0'", new { id = Guid.CreateVersion7(now.AddDays(-40)) }, _ct);
        for (var version = 0; version < 104; version++)
            await _rows.SaveAsync(key, new FetchedChart([old.Videos[1]], "test", 0), now.AddMinutes(-version), _ct);

        await _rows.CleanUpAsync(now, _ct);

        Assert.Equal((6, 105), (await VersionAsync("min"), await VersionAsync("max")));
        Assert.Null(await _store.FindVideoAsync(Platform.TikTok, "old0", null, _ct));
        Assert.NotNull(await _store.FindVideoAsync(Platform.TikTok, "old1", null, _ct));

        Task<long> VersionAsync(string which) => database.ScalarAsync<long>($"select {which}(version) from chart_entries join charts on charts.id = chart_id where region = 'JP' and platform = 'TIKTOK'");
    }

    private static FetchedChart Chart(string region, int round) => new(
        [.. Enumerable.Range(0, 50).Select(number => new TrendingVideo
        {
            Platform = Platform.YouTube,
            PlatformVideoId = $"{region}{number}",
            Title = $"Video {number}",
            Description = string.Concat(Enumerable.Range(0, 100).Select(word => $"{region} {number} {word * 7919 % 1000} ")),
            CreatorName = "Creator",
            VideoUrl = $"https://www.youtube.com/watch?v={region}{number}",
            ViewCount = 1000 + round,
        })],
        "test",
        0);

    // One reading of both counters: more may be counted between two.
    private Task<double> HeapOnlyShareAsync(string table) =>
        database.ScalarAsync<double>("select n_tup_hot_upd::float8 / n_tup_upd from pg_stat_user_tables where relname = @table", new { table });

    private Task<long> CountAsync(string table, string counter) =>
        database.ScalarAsync<long>($"select {counter} from pg_stat_user_tables where relname = @table", new { table });
}
