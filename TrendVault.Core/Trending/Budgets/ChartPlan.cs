namespace TrendVault.Core.Trending;

/// <summary>A chart as the plan sees it.</summary>
/// <param name="Key">Which.</param>
/// <param name="Cost">Of fetching it.</param>
/// <param name="Parts">The charts that it is made from.</param>
/// <param name="Heat">By what it gets its part.</param>
/// <param name="IsOff">Its platform cannot be asked.</param>
internal sealed record PlannedChart(ChartKey Key, ChartCost Cost, IReadOnlyList<ChartKey> Parts, Heat Heat, bool IsOff = false);

/// <summary>What a bucket affords.</summary>
/// <param name="Platform">Whose.</param>
/// <param name="Bucket">Its name.</param>
/// <param name="Refreshes">What is left for refreshes.</param>
/// <param name="Readers">What is left for charts that a reader waits for.</param>
/// <param name="Daily">For refreshes, on a day of its own.</param>
/// <param name="RenewsAt">When the next day begins.</param>
internal sealed record Allowance(Platform Platform, string Bucket, double Refreshes, double Readers, double Daily, DateTimeOffset RenewsAt);

/// <summary>When a chart was fetched, and when it may be tried again after it failed.</summary>
internal sealed record ChartAge(DateTimeOffset? FetchedAt, DateTimeOffset? RetryAt);

/// <summary>
/// How often each chart is fetched, and which are fetched now, so that every budget lasts until it renews. Pure: the same charts,
/// budgets and moment make the same plan.
/// </summary>
internal sealed class ChartPlan
{
    /// <summary>From this age on a chart is old for a reader, if the budget affords a younger one.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(30);

    // After a night without TrendVault, or when a budget renews, charts that nobody looks at need not be fetched in one minute.
    private static readonly TimeSpan SpreadOver = TimeSpan.FromMinutes(15);

    private readonly DateTimeOffset _now;
    private readonly Dictionary<ChartKey, Entry> _entries = [];

    public ChartPlan(IReadOnlyList<PlannedChart> charts, IReadOnlyList<Allowance> allowances, DateTimeOffset now)
    {
        _now = now;
        var heats = HeatOf(charts);
        foreach (var allowance in allowances)
            Divide(allowance, [.. charts.Where(chart => chart.Key.Platform == allowance.Platform && chart.Cost.Bucket == allowance.Bucket)], heats);

        // Made of the same parts a whole would be no newer.
        foreach (var whole in _entries.Values.Where(entry => entry.Chart.Parts.Count > 0).ToList())
        {
            var oftenest = whole.Chart.Parts.Min(part => _entries[part].Interval);
            _entries[whole.Chart.Key] = whole with { Interval = whole.Interval > oftenest ? whole.Interval : oftenest };
        }
    }

    /// <summary>How long a chart waits for its next refresh.</summary>
    public TimeSpan IntervalOf(ChartKey chart) => _entries[chart].Interval;

    /// <summary>
    /// How old a chart may be before a reader's request has it fetched. With nothing left it is the usual age: then asking costs
    /// nothing and tells why.
    /// </summary>
    public TimeSpan PatienceOf(ChartKey chart) =>
        _entries[chart] is { Allowance.Readers: > 0, ForReaders: var interval } && interval > Patience ? interval : Patience;

    /// <summary>When a chart that was fetched then is due again.</summary>
    public DateTimeOffset NextOf(ChartKey chart, DateTimeOffset fetchedAt)
    {
        var (entry, soonest) = (_entries[chart], fetchedAt + _entries[chart].Tomorrow);
        var renewed = soonest > entry.Allowance.RenewsAt ? soonest : entry.Allowance.RenewsAt;
        return fetchedAt + entry.Interval < renewed ? fetchedAt + entry.Interval : renewed;
    }

    /// <summary>
    /// The fewest charts to fetch now so that none is late and no later step has more to do than this one; of what is not late only
    /// what is three quarters of the way there. Parts come before the wholes that are made of them.
    /// </summary>
    /// <param name="ages">Of those that were ever asked for.</param>
    /// <param name="step">Until this is asked again.</param>
    public IReadOnlyList<ChartKey> Due(IReadOnlyDictionary<ChartKey, ChartAge> ages, TimeSpan step)
    {
        var waiting = SpreadLate(On.Select(entry => WaitingOf(entry, ages.GetValueOrDefault(entry.Chart.Key), step)).Where(one => one.From <= _now));
        var pace = 0.0;
        for (var i = 0; i < waiting.Count; i++)
            pace = Math.Max(pace, (i + 1) * Math.Min(1, waiting[i].Due > _now ? step / (waiting[i].Due - _now) : 1));

        // A whole is fetched with those of its parts that are as old as it.
        var due = waiting.Take((int)pace).SelectMany(one => one.Chart.Parts.Append(one.Chart.Key)).ToHashSet();
        return Afford(waiting.Where(one => due.Contains(one.Chart.Key)).Select(one => one.Chart));
    }

    /// <summary>All charts that the budgets afford at once, those that are looked at first and then the oldest.</summary>
    public IReadOnlyList<ChartKey> All(IReadOnlyDictionary<ChartKey, ChartAge> ages) => Afford(On
        .OrderByDescending(entry => entry.IsHot)
        .ThenBy(entry => ages.GetValueOrDefault(entry.Chart.Key)?.FetchedAt ?? DateTimeOffset.MinValue)
        .Select(entry => entry.Chart));

    /// <summary>How many charts were fetched since <paramref name="since"/> or are due before <paramref name="until"/>.</summary>
    public int CountDue(IReadOnlyDictionary<ChartKey, ChartAge> ages, DateTimeOffset since, DateTimeOffset until) =>
        On.Count(entry => ages.GetValueOrDefault(entry.Chart.Key)?.FetchedAt is not { } fetchedAt || fetchedAt >= since || NextOf(entry.Chart.Key, fetchedAt) < until);

    /// <summary>What these charts cost, for each bucket that pays for any chart.</summary>
    public IReadOnlyList<RefreshCost> Offer(IReadOnlyList<ChartKey> charts, IReadOnlyList<QuotaBucket> buckets) =>
    [
        .. from bucket in buckets
           let all = On.Where(entry => entry.Chart.Key.Platform == bucket.Platform && entry.Chart.Cost.Bucket == bucket.Bucket).ToList()
           where all.Count > 0
           let paid = all.Where(entry => charts.Contains(entry.Chart.Key)).ToList()
           select new RefreshCost(bucket, paid.Count, all.Count, paid.Sum(entry => entry.Chart.Cost.Units), (long)Math.Max(0, all[0].Allowance.Refreshes)),
    ];

    private IEnumerable<Entry> On => _entries.Values.Where(entry => !entry.Chart.IsOff);

    /// <summary>What is looked at, or has a part in what is.</summary>
    private static Dictionary<ChartKey, Heat> HeatOf(IReadOnlyList<PlannedChart> charts)
    {
        var heats = charts.ToDictionary(chart => chart.Key, chart => chart.Heat);
        foreach (var whole in charts)
        {
            foreach (var part in whole.Parts)
                heats[part] = heats[part].Through(whole.Heat);
        }

        return heats;
    }

    private void Divide(Allowance allowance, List<PlannedChart> charts, Dictionary<ChartKey, Heat> heats)
    {
        var spenders = charts.Select(chart => new Spender(chart.Cost.Units, heats[chart.Key].IsHot(_now), heats[chart.Key].Weight(_now))).ToList();
        var left = allowance.RenewsAt - _now;
        var today = BudgetPlan.Intervals(spenders, allowance.Refreshes, left);
        var forReaders = BudgetPlan.Intervals(spenders, allowance.Readers, left);
        var tomorrow = BudgetPlan.Intervals(spenders, allowance.Daily, TimeSpan.FromDays(1));
        for (var i = 0; i < charts.Count; i++)
            _entries[charts[i].Key] = new Entry(charts[i], allowance, spenders[i].IsHot, spenders[i].Weight, today[i], forReaders[i], tomorrow[i]);
    }

    private Waiting WaitingOf(Entry entry, ChartAge? age, TimeSpan step)
    {
        var (from, due) = age?.FetchedAt is { } fetchedAt
            ? (fetchedAt + (entry.Interval * 0.75), NextOf(entry.Chart.Key, fetchedAt))
            : (_now, _now); // there is nothing to show in its place
        // What came due since the last step is not late, whatever the queue took from one step to the other.
        var late = age?.FetchedAt is not null && !entry.IsHot && due < _now - (2 * step);
        return age?.RetryAt is { } retryAt && retryAt > _now
            ? new Waiting(entry.Chart, retryAt, retryAt, false, entry.Weight)
            : new Waiting(entry.Chart, from, due, late, entry.Weight);
    }

    private List<Waiting> SpreadLate(IEnumerable<Waiting> waiting)
    {
        var all = waiting.ToList();
        var late = all.Where(one => one.IsLate).OrderByDescending(one => one.Weight).ThenBy(one => one.Due).ToList();
        return [.. late.Select((one, i) => one with { Due = _now + (SpreadOver * i / late.Count) }).Concat(all.Where(one => !one.IsLate)).OrderBy(one => one.Due)];
    }

    private List<ChartKey> Afford(IEnumerable<PlannedChart> charts)
    {
        var left = _entries.Values.Select(entry => entry.Allowance).Distinct().ToDictionary(allowance => allowance, allowance => allowance.Refreshes);
        var afforded = new List<PlannedChart>();
        foreach (var chart in charts)
        {
            var allowance = _entries[chart.Key].Allowance;
            if (left[allowance] < chart.Cost.Units)
                continue;
            left[allowance] -= chart.Cost.Units;
            afforded.Add(chart);
        }

        return [.. afforded.OrderBy(chart => chart.Parts.Count).Select(chart => chart.Key)];
    }

    private sealed record Entry(
        PlannedChart Chart, Allowance Allowance, bool IsHot, double Weight, TimeSpan Interval, TimeSpan ForReaders, TimeSpan Tomorrow);

    private sealed record Waiting(PlannedChart Chart, DateTimeOffset From, DateTimeOffset Due, bool IsLate, double Weight);
}
