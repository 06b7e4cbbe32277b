using System.Collections.Concurrent;

namespace TrendVault.Core.Trending;

/// <summary>
/// How often each of YouTube's charts that needs a search may have a new one: the day's few searches are divided as the budget of the
/// charts is, most to those that are looked at and that move.
/// </summary>
internal sealed class SearchPlan(TrendingQuota quota, ChartHeat heat, TimeProvider time)
{
    private static readonly TimeSpan Remembered = TimeSpan.FromDays(1);

    // Beside the General charts those searched for whose own chart a region does not have; they are known once they ask.
    private readonly ConcurrentDictionary<ChartKey, DateTimeOffset> _searching = [];

    /// <summary>How old the finds for a chart may grow.</summary>
    public async Task<TimeSpan> IntervalAsync(string region, string category)
    {
        var (now, chart) = (time.GetUtcNow(), new ChartKey(Platform.YouTube, region, category));
        _searching[chart] = now;
        var charts = Regions.All.Select(one => new ChartKey(Platform.YouTube, one, Categories.General))
            .Union(_searching.Where(one => one.Value > now - Remembered).Select(one => one.Key))
            .ToList();

        var heats = await heat.ReadAsync();
        var (searches, renewsAt) = await quota.ReadForSearchesAsync();
        return IntervalOf(chart, charts.ToDictionary(one => one, one => heats.GetValueOrDefault(one, Heat.None)), searches, renewsAt, now);
    }

    /// <summary>The same from what is known. Pure.</summary>
    public static TimeSpan IntervalOf(
        ChartKey chart, IReadOnlyDictionary<ChartKey, Heat> charts, double searches, DateTimeOffset renewsAt, DateTimeOffset now)
    {
        var keys = charts.Keys.ToList();
        var spenders = keys.Select(key => new Spender(1, IsHot: false, charts[key].Weight(now))).ToList();
        return BudgetPlan.Intervals(spenders, searches, renewsAt - now)[keys.IndexOf(chart)];
    }
}
