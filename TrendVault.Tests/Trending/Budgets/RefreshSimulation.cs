using TrendVault.Core;
using TrendVault.Core.Trending;
using TrendVault.Core.YouTube;
using TrendVault.Web.Pages.Shared;

namespace TrendVault.Tests.Trending;

/// <summary>A day's budgets, as the platforms have them.</summary>
internal sealed record SimulatedBudgets(long Units = 10_000, long Searches = 100, long Uploads = 100, long Runs = 96, bool SharedPool = false)
{
    public int SearchCost => SharedPool ? 100 : 1;

    public int UploadCost => SharedPool ? 100 : 1;
}

/// <summary>
/// Days of the refresh in a moment: the plan decides, a minute at a time, readers look and users upload by chance, and platforms that
/// know nothing of the plan count each call by their own midnight and refuse what is too much.
/// </summary>
internal sealed class RefreshSimulation
{
    private static readonly TimeSpan Step = TimeSpan.FromMinutes(1);

    private readonly Random _random;
    private readonly SimulatedBudgets _budgets;
    private readonly List<PlannedChart> _charts;
    private readonly Dictionary<ChartKey, PlannedChart> _byKey;
    private readonly Dictionary<ChartKey, ChartKey> _wholes;
    private readonly Dictionary<ChartKey, ChartAge> _ages = [];
    private readonly Dictionary<ChartKey, DateTimeOffset> _lookedAt = [];
    private readonly Dictionary<ChartKey, DateTimeOffset> _hotSince = [];
    private readonly Dictionary<ChartKey, DateTimeOffset> _searchedAt = [];
    private readonly Dictionary<string, DateTimeOffset> _shortAt = [];
    private DateTimeOffset _busyAt;

    public RefreshSimulation(SimulatedBudgets budgets, DateTimeOffset begin, Random random)
    {
        (_budgets, _random, Now, _busyAt) = (budgets, random, begin, begin);
        _charts =
        [
            .. from region in Regions.All
               from category in Categories.All
               let key = new ChartKey(Platform.YouTube, region, category)
               let parts = category.Length > 0 ? [] : Categories.All.Where(part => part.Length > 0).Select(part => key with { Category = part }).ToList()
               select new PlannedChart(key, new ChartCost("general", category.Length > 0 ? 4 : 1), parts, Heat.None),
            .. Regions.All.Select(region => new PlannedChart(new ChartKey(Platform.TikTok, region, ""), new ChartCost("runs", 1), [], Heat.None)),
        ];
        _byKey = _charts.ToDictionary(chart => chart.Key);
        _wholes = _charts.SelectMany(chart => chart.Parts.Select(part => (Part: part, Whole: chart.Key))).ToDictionary(pair => pair.Part, pair => pair.Whole);
        Moved = _charts.ToDictionary(chart => chart.Key, _ => random.NextDouble());
    }

    public DateTimeOffset Now { get; private set; }

    /// <summary>How much each chart moves.</summary>
    public Dictionary<ChartKey, double> Moved { get; }

    /// <summary>Looks an hour, by region; the first regions get most of them.</summary>
    public double LooksPerHour { get; init; } = 6;

    /// <summary>What the platforms have counted, by day and bucket.</summary>
    public Dictionary<(DateOnly Day, string Bucket), long> Counted { get; } = [];

    /// <summary>Calls that a platform refused.</summary>
    public int Refused { get; private set; }

    /// <summary>The oldest that a chart became that was looked at within the hour, while its budget lasted.</summary>
    public TimeSpan OldestHot { get; private set; }

    /// <summary>The oldest that a reader was shown while its budget lasted.</summary>
    public TimeSpan OldestSeen { get; private set; }

    /// <summary>Searches made.</summary>
    public int Searches { get; private set; }

    /// <summary>The longest that the refresh fetched nothing.</summary>
    public TimeSpan LongestIdle { get; private set; }

    /// <summary>Charts fetched by the refresh, minute by minute.</summary>
    public List<int> Fetched { get; } = [];

    /// <summary>Units spent on each chart by the refresh.</summary>
    public Dictionary<ChartKey, long> Spent { get; } = [];

    public void Run(TimeSpan time)
    {
        for (var end = Now + time; Now < end;)
            RunMinute();
    }

    private void RunMinute()
    {
        // The queue is looked at every five seconds, and a step takes a moment.
        Now += Step + TimeSpan.FromSeconds(_random.Next(10));
        var plan = Plan();
        var due = plan.Due(_ages, Step);
        foreach (var chart in due)
        {
            Fetch(chart);
            Spent[chart] = Spent.GetValueOrDefault(chart) + CostOf(chart);
        }

        Fetched.Add(due.Count);
        _busyAt = due.Count > 0 ? Now : _busyAt;
        LongestIdle = Now - _busyAt > LongestIdle ? Now - _busyAt : LongestIdle;
        foreach (var region in Regions.All.Select((region, i) => (Region: region, Share: 1.0 / (1 + (i * i)))).Where(one => Happens(LooksPerHour * one.Share)).Select(one => one.Region))
            Look(new ChartKey(_random.Next(3) > 0 ? Platform.YouTube : Platform.TikTok, region, ""));
        if (Happens(LooksPerHour / 4))
            Look(_charts[_random.Next(_charts.Count)].Key);
        if (Happens(0.15))
            Upload();
        Watch();
    }

    private bool Happens(double perHour) => _random.NextDouble() < perHour / 60;

    private void Look(ChartKey chart)
    {
        if (!HeatOf(chart).IsHot(Now))
            _hotSince[chart] = Now;
        _lookedAt[chart] = Now;
        var plan = Plan();
        if (AgeOf(chart) >= plan.PatienceOf(chart))
        {
            var parts = _byKey[chart].Parts.Where(part => AgeOf(part) >= plan.IntervalOf(part) / 2);
            foreach (var one in parts.Append(chart).Where(MayReader))
                Fetch(one);
        }

        MeasureBudgets();
        if (BudgetLasts(chart, Now) && AgeOf(chart) > OldestSeen)
            OldestSeen = AgeOf(chart);
    }

    /// <summary>As the sources ask the ledger: a reader leaves half of YouTube's reserve to uploads.</summary>
    private bool MayReader(ChartKey chart) => BucketOf(chart) switch
    {
        "general" => Used("general") + CostOf(chart) <= _budgets.Units - QuotaBucket.ReserveOf(_budgets.Units) / 2,
        _ => Used("runs") + 1 <= _budgets.Runs,
    };

    /// <summary>With a thumbnail, and what else it takes to begin.</summary>
    private void Upload()
    {
        Charge(_budgets.SharedPool ? "general" : "upload", _budgets.UploadCost);
        Charge("general", 52);
    }

    private void Fetch(ChartKey chart)
    {
        Charge(BucketOf(chart), CostOf(chart));
        if (chart is { Platform: Platform.YouTube, Category: "" } && Now - _searchedAt.GetValueOrDefault(chart) >= SearchInterval(chart))
        {
            Charge(_budgets.SharedPool ? "general" : "search", _budgets.SearchCost);
            _searchedAt[chart] = Now;
            Searches++;
        }

        Note(chart, Now);
        _ages[chart] = new ChartAge(Now, null);
    }

    private void Charge(string bucket, long units)
    {
        var key = (DayOf(bucket), bucket);
        if ((Counted[key] = Counted.GetValueOrDefault(key) + units) > LimitOf(bucket))
            Refused++;
    }

    private TimeSpan SearchInterval(ChartKey chart)
    {
        var bucket = _budgets.SharedPool ? "general" : "search";
        var share = _budgets.SharedPool ? TrendingQuota.SearchesPart : 1;
        var searches = (LimitOf(bucket) - Used(bucket) - QuotaBucket.ReserveOf(LimitOf(bucket))) * share / _budgets.SearchCost;
        var charts = _charts.Where(one => one.Parts.Count > 0).ToDictionary(one => one.Key, one => HeatOf(one.Key));
        return SearchPlan.IntervalOf(chart, charts, searches, RenewsAt(bucket), Now);
    }

    /// <summary>Keeps what the promise is about: the age of hot charts whose bucket can pay for all that is hot.</summary>
    private void Watch()
    {
        MeasureBudgets();
        foreach (var chart in _charts.Where(IsHot))
            Note(chart.Key, Now);
    }

    private void MeasureBudgets()
    {
        foreach (var allowance in Allowances())
        {
            var hot = _charts.Where(chart => chart.Cost.Bucket == allowance.Bucket && IsHot(chart)).Sum(chart => chart.Cost.Units);
            if (hot * ((allowance.RenewsAt - Now) / BudgetPlan.Shortest) > 0.75 * allowance.Refreshes)
                _shortAt[allowance.Bucket] = Now;
        }
    }

    private void Note(ChartKey chart, DateTimeOffset now)
    {
        // What has just become hot has until the next step to be fetched; its reader was shown something young enough, or waited.
        var isHot = HeatOf(chart).IsHot(now) && _hotSince[chart] < now - (2 * Step);
        if (isHot && BudgetLasts(chart, now) && AgeOf(chart) is var age && age > OldestHot)
            OldestHot = age;
    }

    private bool BudgetLasts(ChartKey chart, DateTimeOffset now) => _shortAt.GetValueOrDefault(BucketOf(chart)) < now - TimeSpan.FromMinutes(35);

    private bool IsHot(PlannedChart chart) =>
        HeatOf(chart.Key).IsHot(Now) || (_wholes.TryGetValue(chart.Key, out var whole) && HeatOf(whole).IsHot(Now));

    private ChartPlan Plan() => new([.. _charts.Select(chart => chart with { Heat = HeatOf(chart.Key) })], Allowances(), Now);

    private Heat HeatOf(ChartKey chart) => new(_lookedAt.TryGetValue(chart, out var at) ? at : null, Moved[chart]);

    private IReadOnlyList<Allowance> Allowances()
    {
        var part = _budgets.SharedPool ? 1 - TrendingQuota.SearchesPart : 1;
        return TrendingQuota.Allow([Bucket(Platform.YouTube, "general"), Bucket(Platform.TikTok, "runs")], part);
    }

    private QuotaBucket Bucket(Platform platform, string bucket) => new(platform, bucket, Math.Min(Used(bucket), LimitOf(bucket)), LimitOf(bucket), RenewsAt(bucket));

    private long Used(string bucket) => Counted.GetValueOrDefault((DayOf(bucket), bucket));

    private long LimitOf(string bucket) => bucket switch
    {
        "general" => _budgets.Units,
        "search" => _budgets.Searches,
        "upload" => _budgets.Uploads,
        _ => _budgets.Runs,
    };

    private DateOnly DayOf(string bucket) => bucket == "runs" ? DateOnly.FromDateTime(Now.UtcDateTime) : PacificDay.Of(Now);

    private DateTimeOffset RenewsAt(string bucket) =>
        bucket == "runs" ? new DateTimeOffset(Now.UtcDateTime.Date.AddDays(1), TimeSpan.Zero) : PacificDay.EndOf(Now);

    private TimeSpan AgeOf(ChartKey chart) => _ages.GetValueOrDefault(chart)?.FetchedAt is { } fetchedAt ? Now - fetchedAt : TimeSpan.MaxValue;

    private static string BucketOf(ChartKey chart) => chart.Platform == Platform.YouTube ? "general" : "runs";

    private static int CostOf(ChartKey chart) => chart is { Platform: Platform.YouTube, Category.Length: > 0 } ? 4 : 1;
}
