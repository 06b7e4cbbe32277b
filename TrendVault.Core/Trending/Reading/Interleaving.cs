namespace TrendVault.Core.Trending;

/// <summary>Several ranked lists as one: all firsts, then all seconds, and so on; a list that ends is passed over.</summary>
internal static class Interleaving
{
    /// <summary>Which list and which place in it (from 0) each position of the whole has.</summary>
    /// <param name="lengths">Of the lists, in the order in which they stand at equal rank.</param>
    public static IEnumerable<(int List, int Index)> Positions(IReadOnlyList<int> lengths)
    {
        for (var index = 0; index < lengths.DefaultIfEmpty(0).Max(); index++)
        {
            for (var list = 0; list < lengths.Count; list++)
            {
                if (index < lengths[list])
                    yield return (list, index);
            }
        }
    }

    /// <summary>The lists as one, each video where it stands first, at most <paramref name="limit"/> of them.</summary>
    public static IReadOnlyList<TrendingVideo> Merge(IReadOnlyList<IReadOnlyList<TrendingVideo>> lists, int limit) =>
        [.. Positions([.. lists.Select(list => list.Count)])
            .Select(position => lists[position.List][position.Index])
            .DistinctBy(video => video.PlatformVideoId)
            .Take(limit)];
}
