using TrendVault.Core.Trending;
using TrendVault.Tests.App;

namespace TrendVault.Tests.Trending;

public sealed class BudgetPlanTests
{
    private readonly Random _random = Seeded.Random();

    [Fact]
    public void A_budget_is_never_overspent_and_never_left_while_somebody_could_use_it()
    {
        for (var i = 0; i < 2000; i++)
        {
            var (spenders, affordable, left) = (Spenders(), _random.NextDouble() * _random.Next(20_000), TimeSpan.FromMinutes(_random.Next(1, 1500)));

            var intervals = BudgetPlan.Intervals(spenders, affordable, left);

            var spending = spenders.Zip(intervals).Sum(one => one.First.Cost * (left / one.Second));
            // Who gets next to nothing is not planned for at all.
            Assert.InRange(spending, 0, affordable + (spenders.Sum(spender => spender.Cost) * (left / BudgetPlan.Longest)) + 1e-6);
            Assert.All(intervals, interval => Assert.InRange(interval, BudgetPlan.Shortest, BudgetPlan.Longest));
            if (intervals.Any(interval => interval > BudgetPlan.Shortest + TimeSpan.FromSeconds(1)))
                Assert.True(spending > (affordable * 0.999) - 1e-6, "Something is left that could be used.");
        }
    }

    [Fact]
    public void What_is_hot_comes_first_and_as_often_as_possible_while_three_quarters_of_the_budget_pay_for_it()
    {
        for (var i = 0; i < 2000; i++)
        {
            var (spenders, left) = (Spenders(), TimeSpan.FromMinutes(_random.Next(1, 1500)));
            var forHot = spenders.Where(spender => spender.IsHot).Sum(spender => spender.Cost * (left / BudgetPlan.Shortest));
            var affordable = (forHot / 0.75) + 0.001 + _random.Next(1000);

            var intervals = BudgetPlan.Intervals(spenders, affordable, left);

            Assert.All(spenders.Zip(intervals).Where(one => one.First.IsHot), one => Assert.Equal(BudgetPlan.Shortest, one.Second));
        }
    }

    [Fact]
    public void When_even_what_is_hot_is_too_much_it_shares_and_leaves_something_to_the_others()
    {
        Spender[] spenders = [new(1, true, 1), new(1, true, 1), new(1, false, 1), new(1, false, 1)];

        var intervals = BudgetPlan.Intervals(spenders, affordable: 40, left: TimeSpan.FromDays(1));

        Assert.Equal([96, 96, 288, 288], intervals.Select(interval => Math.Round(interval.TotalMinutes)));
    }

    [Fact]
    public void What_is_left_goes_by_weight()
    {
        Spender[] spenders = [new(1, false, 3), new(1, false, 1)];

        var intervals = BudgetPlan.Intervals(spenders, affordable: 16, left: TimeSpan.FromDays(1));

        Assert.Equal([120, 360], intervals.Select(interval => Math.Round(interval.TotalMinutes)));
    }

    private List<Spender> Spenders() =>
        [.. Enumerable.Range(0, _random.Next(1, 70)).Select(_ => new Spender(_random.Pick([1, 1, 3, 4, 100]), _random.Next(4) == 0, 0.5 + (_random.NextDouble() * 10)))];
}
