namespace TrendVault.Core.Trending;

/// <summary>What costs part of a budget whenever it is done.</summary>
/// <param name="Cost">Of doing it once.</param>
/// <param name="IsHot">Somebody looks at it now.</param>
/// <param name="Weight">Its part of what the hot ones leave, beside that of the others.</param>
internal readonly record struct Spender(int Cost, bool IsHot, double Weight);

/// <summary>Divides what a budget still affords, so that it lasts until it renews. Pure.</summary>
internal static class BudgetPlan
{
    /// <summary>Nothing is done more often. With a minute between two looks at the plan a chart stays younger than 30 minutes.</summary>
    public static readonly TimeSpan Shortest = TimeSpan.FromMinutes(28);

    /// <summary>Stands for "not from this budget".</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromDays(30);

    // What the hot ones leave to the others in any case.
    private const double OthersShare = 0.25;

    /// <summary>
    /// How long each waits from one time to the next. The hot ones come first, each as often as the others of them; what they leave
    /// goes by weight, whatever the cost.
    /// </summary>
    /// <param name="spenders">All who are paid from the budget.</param>
    /// <param name="affordable">What they may still spend.</param>
    /// <param name="left">Until it renews.</param>
    public static TimeSpan[] Intervals(IReadOnlyList<Spender> spenders, double affordable, TimeSpan left)
    {
        var useful = spenders.Select(spender => spender.Cost * (left / Shortest)).ToArray();
        var grants = new double[spenders.Count];
        var hot = Enumerable.Range(0, spenders.Count).Where(i => spenders[i].IsHot).ToList();
        var others = Enumerable.Range(0, spenders.Count).Except(hot).ToList();

        var forHot = affordable - Math.Min(affordable * OthersShare, others.Sum(i => useful[i]));
        Grant(hot, i => spenders[i].Cost, forHot);
        Grant(others, i => spenders[i].Weight, affordable - hot.Sum(i => grants[i]));
        return [.. grants.Select((grant, i) => IntervalOf(spenders[i].Cost * left, grant))];

        // By weight, but nobody gets more than is useful: whoever needs least of his part is served first, and the rest is divided anew.
        void Grant(List<int> who, Func<int, double> weight, double amount)
        {
            var weights = who.Sum(weight);
            foreach (var i in who.OrderBy(i => useful[i] / weight(i)))
            {
                grants[i] = Math.Clamp(amount * weight(i) / weights, 0, useful[i]);
                amount -= grants[i];
                weights -= weight(i);
            }
        }
    }

    private static TimeSpan IntervalOf(TimeSpan spending, double grant)
    {
        var interval = grant > 0 ? spending.TotalMinutes / grant : double.MaxValue;
        return interval < Longest.TotalMinutes ? TimeSpan.FromMinutes(Math.Max(interval, Shortest.TotalMinutes)) : Longest;
    }
}
