namespace TrendVault.Core.Trending;

/// <summary>Makes the plan of the charts from what is known now.</summary>
internal sealed class TrendingPlanner(IEnumerable<ITrendingSource> sources, TrendingQuota quota, ChartHeat heat, TimeProvider time)
{
    // Every reader of an old chart asks.
    private static readonly TimeSpan Kept = TimeSpan.FromSeconds(5);

    private volatile Made? _made;

    /// <summary>The plan, a few seconds old at most; a look that makes a chart hot is in it.</summary>
    public async Task<ChartPlan> ReadAsync()
    {
        if (Find() is { } known)
            return known;

        var (now, turned) = (time.GetUtcNow(), heat.Turned);
        var plan = await MakeAsync(now);
        _made = new Made(plan, now, turned);
        return plan;
    }

    /// <summary>The plan that <see cref="ReadAsync"/> gives without making one, or null.</summary>
    public ChartPlan? Find() =>
        _made is { } made && made.Turned == heat.Turned && time.GetUtcNow() - made.At is var age && age >= TimeSpan.Zero && age < Kept ? made.Plan : null;

    /// <summary>The plan of this very moment.</summary>
    public Task<ChartPlan> MakeAsync() => MakeAsync(time.GetUtcNow());

    private async Task<ChartPlan> MakeAsync(DateTimeOffset now)
    {
        var heats = await heat.ReadAsync();
        var charts =
            from source in sources
            from region in Regions.All
            from category in source.Categories
            let key = new ChartKey(source.Platform, region, category)
            let parts = source.PartsOf(category).Select(part => key with { Category = part }).ToList()
            select new PlannedChart(key, source.CostOf(category), parts, heats.GetValueOrDefault(key, Heat.None), source.WhyOff is not null);
        return new ChartPlan([.. charts], await quota.ReadForChartsAsync(), now);
    }

    private sealed record Made(ChartPlan Plan, DateTimeOffset At, int Turned);
}
