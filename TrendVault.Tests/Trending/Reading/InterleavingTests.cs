using TrendVault.Core.Trending;
using TrendVault.Web.Pages.Shared;

namespace TrendVault.Tests.Trending;

public sealed class InterleavingTests
{
    [Fact]
    public void All_firsts_come_before_all_seconds() =>
        Assert.Equal([(0, 0), (1, 0), (2, 0), (0, 1), (2, 1), (2, 2)], Interleaving.Positions([2, 1, 3]));

    [Fact]
    public void No_lists_and_empty_lists_give_nothing()
    {
        Assert.Empty(Interleaving.Positions([]));
        Assert.Empty(Interleaving.Positions([0, 0]));
    }

    [Fact]
    public void Every_place_of_every_list_comes_exactly_once()
    {
        var random = new Random(4);
        for (var round = 0; round < 200; round++)
        {
            var lengths = Enumerable.Range(0, random.Next(1, 5)).Select(_ => random.Next(0, 60)).ToList();
            var positions = Interleaving.Positions(lengths).ToList();

            Assert.Equal(lengths.Sum(), positions.Count);
            Assert.Equal(positions.Count, positions.Distinct().Count());
            Assert.Equal(positions.OrderBy(position => position.Index).ThenBy(position => position.List), positions);
        }
    }
}
