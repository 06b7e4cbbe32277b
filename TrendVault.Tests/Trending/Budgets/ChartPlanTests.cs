using System.Globalization;
using TrendVault.Core;
using TrendVault.Core.Trending;
using TrendVault.Tests.App;
using TrendVault.Web.Pages.Shared;

namespace TrendVault.Tests.Trending;

public sealed class ChartPlanTests
{
    private const string WithTheDayOf25Hours = "2026-10-25T09:13:00Z";
    private const string WithTheDayOf23Hours = "2027-03-07T22:40:00Z";

    private static readonly TimeSpan HalfAnHour = TimeSpan.FromMinutes(30);
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private static readonly DateTimeOffset Now = new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);
    private static readonly ChartKey Music = new(Platform.YouTube, "US", "Music");
    private static readonly ChartKey General = new(Platform.YouTube, "US", "");
    private static readonly ChartKey TikTok = new(Platform.TikTok, "US", "");

    private readonly Random _random = Seeded.Random();

    [Theory]
    [InlineData(WithTheDayOf25Hours)]
    [InlineData(WithTheDayOf23Hours)]
    public void In_fourteen_days_no_call_is_refused_no_hot_chart_is_old_and_the_searches_are_used(string begin)
    {
        var simulation = Simulate(new SimulatedBudgets(), begin, days: 14);

        Assert.Equal(0, simulation.Refused);
        Assert.InRange(simulation.OldestHot, BudgetPlan.Shortest, HalfAnHour);
        Assert.InRange(simulation.OldestSeen, TimeSpan.Zero, HalfAnHour);
        Assert.All(WholeDays(simulation, "search"), used => Assert.InRange(used, 80, 100));
        // After the first minute, in which everything is missing, the work of a half hour is spread over it.
        Assert.InRange(simulation.Fetched.Skip(60).Max(), 1, 10);
    }

    [Fact]
    public void With_less_than_it_takes_hot_charts_stay_young_and_the_rest_of_the_day_is_not_forgotten()
    {
        var simulation = Simulate(new SimulatedBudgets(Units: 3000, Searches: 50, Runs: 24), "2027-03-12T22:40:00Z", days: 4);

        Assert.Equal(0, simulation.Refused);
        Assert.InRange(simulation.OldestHot, TimeSpan.Zero, HalfAnHour);
        Assert.InRange(simulation.OldestSeen, TimeSpan.Zero, HalfAnHour);
        Assert.All(WholeDays(simulation, "search"), used => Assert.InRange(used, 40, 50));
        Assert.All(WholeDays(simulation, "general"), used => Assert.InRange(used, 2400, 3000));
        Assert.InRange(simulation.LongestIdle, TimeSpan.Zero, TimeSpan.FromHours(3));
    }

    [Fact]
    public void A_project_with_a_shared_pool_pays_searches_and_uploads_from_it_and_is_never_refused()
    {
        var simulation = Simulate(new SimulatedBudgets(SharedPool: true), "2026-10-30T09:13:00Z", days: 4);

        Assert.Equal(0, simulation.Refused);
        Assert.InRange(simulation.OldestHot, TimeSpan.Zero, HalfAnHour);
        Assert.InRange(simulation.Searches, 4 * 10, 4 * 90);
    }

    [Fact]
    public void Most_is_spent_on_the_charts_that_are_looked_at_and_that_move()
    {
        var simulation = new RefreshSimulation(new SimulatedBudgets(Units: 3000), DateTimeOffset.Parse(WithTheDayOf25Hours, CultureInfo.InvariantCulture), _random) { LooksPerHour = 2 };
        foreach (var chart in simulation.Moved.Keys)
            simulation.Moved[chart] = chart.Category == "Gaming" ? 1 : 0;
        simulation.Run(TimeSpan.FromDays(3));

        var byRegion = simulation.Spent.Where(one => one.Key.Platform == Platform.YouTube).ToLookup(one => one.Key.Region, one => one.Value);
        Assert.True(byRegion["US"].Sum() > 3 * byRegion["VN"].Sum(), "Most readers look at the first region, fewest at the last.");
        var quiet = Regions.All.Skip(6).ToList();
        Assert.True(SpentOn("Gaming") > 1.5 * SpentOn("Movies"), "Where nobody looks, what moves is fetched more often than what stands still.");

        long SpentOn(string category) => simulation.Spent.Where(one => one.Key.Category == category && quiet.Contains(one.Key.Region)).Sum(one => one.Value);
    }

    [Fact]
    public void With_nothing_left_nothing_is_due_until_the_budget_renews()
    {
        var plan = PlanOf(affordable: 0);

        Assert.Empty(plan.Due(Fetched(Now.AddHours(-20)), Minute));
        Assert.Equal(Now.AddHours(12), plan.NextOf(Music, Now.AddHours(-20)));
        Assert.Empty(plan.All(Fetched(Now.AddHours(-20))));
        // Asking costs nothing, and tells why.
        Assert.Equal(HalfAnHour, plan.PatienceOf(Music));
    }

    [Fact]
    public void What_was_never_seen_is_due_at_once_and_parts_before_the_wholes_made_of_them()
    {
        var due = PlanOf(affordable: 10_000).Due(new Dictionary<ChartKey, ChartAge>(), Minute);

        Assert.Equal(5, due.Count);
        Assert.True(due.ToList().IndexOf(General) > due.ToList().IndexOf(Music));
    }

    [Fact]
    public void A_step_never_plans_more_than_the_budget_affords()
    {
        var due = PlanOf(affordable: 9).Due(new Dictionary<ChartKey, ChartAge>(), Minute);

        Assert.InRange(due.Where(chart => chart.Platform == Platform.YouTube).Sum(chart => chart.Category.Length > 0 ? 4 : 1), 1, 9);
    }

    [Fact]
    public void A_chart_that_failed_waits_for_its_time_and_its_platform_to_be_on()
    {
        var ages = Fetched(Now.AddHours(-5));
        ages[Music] = new ChartAge(Now.AddHours(-5), RetryAt: Now.AddMinutes(4));

        var due = PlanOf(affordable: 10_000, isHot: true, tiktokIsOff: true).Due(ages, Minute);

        Assert.DoesNotContain(Music, due);
        Assert.DoesNotContain(TikTok, due);
        Assert.Contains(General, due);
    }

    [Fact]
    public void A_whole_is_not_made_anew_more_often_than_its_parts()
    {
        var plan = PlanOf(affordable: 40);

        Assert.True(plan.IntervalOf(Music) > TimeSpan.FromHours(1));
        Assert.True(plan.IntervalOf(General) >= plan.IntervalOf(Music));
    }

    [Fact]
    public void Whoever_looks_at_the_general_chart_looks_at_its_parts()
    {
        var charts = Charts(isHot: false, tiktokIsOff: false)
            .Select(chart => chart.Key == General ? chart with { Heat = new Heat(Now.AddMinutes(-5), null) } : chart).ToList();

        var plan = new ChartPlan(charts, Allowances(1000), Now);

        Assert.Equal(BudgetPlan.Shortest, plan.IntervalOf(Music));
        Assert.Equal(BudgetPlan.Shortest, plan.IntervalOf(General));
    }

    [Fact]
    public void Charts_of_one_age_do_not_stay_in_step()
    {
        var ages = Fetched(Now);
        var most = 0;
        for (var minute = 1; minute <= 28; minute++)
        {
            var due = PlanOf(affordable: 10_000, now: Now.AddMinutes(minute)).Due(ages, Minute);
            most = Math.Max(most, due.Count);
            foreach (var chart in due)
                ages[chart] = new ChartAge(Now.AddMinutes(minute), null);
        }

        Assert.All(ages.Values, age => Assert.True(age.FetchedAt > Now));
        Assert.True(most < ages.Count, "They would all be fetched in the same minute.");
    }

    private RefreshSimulation Simulate(SimulatedBudgets budgets, string begin, int days)
    {
        var simulation = new RefreshSimulation(budgets, DateTimeOffset.Parse(begin, CultureInfo.InvariantCulture), _random);
        simulation.Run(TimeSpan.FromDays(days));
        return simulation;
    }

    /// <summary>What was used on each day but the first and the last, which are not whole.</summary>
    private static IEnumerable<long> WholeDays(RefreshSimulation simulation, string bucket)
    {
        var days = simulation.Counted.Where(one => one.Key.Bucket == bucket).OrderBy(one => one.Key.Day).Select(one => one.Value).ToList();
        Assert.InRange(days.Count, 4, 16);
        return days[1..^1];
    }

    private static ChartPlan PlanOf(double affordable, bool isHot = false, bool tiktokIsOff = false, DateTimeOffset? now = null) =>
        new(Charts(isHot, tiktokIsOff), Allowances(affordable), now ?? Now);

    private static List<PlannedChart> Charts(bool isHot, bool tiktokIsOff)
    {
        var heat = isHot ? new Heat(Now, null) : Heat.None;
        var parts = Categories.All.Where(category => category.Length > 0).Select(category => General with { Category = category }).ToList();
        return
        [
            new PlannedChart(General, new ChartCost("general", 1), parts, heat),
            .. parts.Select(part => new PlannedChart(part, new ChartCost("general", 4), [], heat)),
            new PlannedChart(TikTok, new ChartCost("runs", 1), [], heat, tiktokIsOff),
        ];
    }

    private static Allowance[] Allowances(double affordable) =>
    [
        new(Platform.YouTube, "general", affordable, affordable, 9000, Now.AddHours(12)),
        new(Platform.TikTok, "runs", affordable, affordable, 90, Now.AddHours(12)),
    ];

    private static Dictionary<ChartKey, ChartAge> Fetched(DateTimeOffset at) =>
        Charts(false, false).ToDictionary(chart => chart.Key, _ => new ChartAge(at, null));
}
