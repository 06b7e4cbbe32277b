using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Serialization;
using TrendVault.Web.Pages.Shared;
using TrendVault.Web.Sandbox.Catalogue;

namespace TrendVault.Web.Sandbox.TikTok;

/// <summary>Answers queries page by page. A search is of one moment, so that its pages fit together.</summary>
internal sealed class ResearchDesk(TimeProvider time)
{
    // Videos are found up to two days after they were posted, and their counts are behind.
    private static readonly TimeSpan LongestDelay = TimeSpan.FromHours(48);
    private static readonly TimeSpan CountsBehind = TimeSpan.FromHours(6);

    private readonly ConcurrentDictionary<string, (string Subject, DateTimeOffset Moment)> _searches = new();

    public Found Answer(ResearchQuery query, IReadOnlyList<string> fields)
    {
        var (searchId, moment) = SearchOf(query);
        var all = PostsOf(query, moment).ToList();
        var window = all.Skip(query.Cursor).Take(query.MaxCount).ToList();
        // Fewer than asked for may come, although there is more.
        var shown = window.Where(post => !post.Dice.OneIn(40, "withheld"));
        var next = query.Cursor + window.Count;
        return new Found(
            [.. shown.Select(post => ResearchVideos.Describe(post, TikTokCatalogue.CountsOf(post, moment - CountsBehind), fields))],
            next,
            searchId,
            next < all.Count);
    }

    private (string Id, DateTimeOffset Moment) SearchOf(ResearchQuery query)
    {
        if (query.SearchId is { } known)
        {
            return _searches.TryGetValue(known, out var search) && search.Subject == query.Subject
                ? (known, search.Moment)
                : throw TikTokRefusal.Params("Search Id is invalid or expired, or belongs to another query.");
        }

        var id = RandomNumberGenerator.GetInt32(1_000_000_000).ToString("'7213'000000000'000000'", CultureInfo.InvariantCulture);
        var moment = time.GetUtcNow();
        _searches[id] = (query.Subject, moment);
        return (id, moment);
    }

    // In no order that means anything.
    private static IEnumerable<Post> PostsOf(ResearchQuery query, DateTimeOffset moment)
    {
        var from = new DateTimeOffset(query.Start.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero);
        var to = new DateTimeOffset(query.End.AddDays(1).ToDateTime(TimeOnly.MinValue), TimeSpan.Zero);
        return query.Regions()
            .SelectMany(region => TikTokCatalogue.Posted(region, from, to < moment ? to : moment))
            .Where(post => !post.IsSlideshow && post.CreatedAt + (LongestDelay * post.Dice.Unit("delay")) <= moment && query.Wants(post))
            .OrderBy(post => post.Dice.Roll("order"));
    }

    public sealed record Found(
        IReadOnlyList<Dictionary<string, object>> Videos,
        int Cursor,
        [property: JsonPropertyName("search_id")] string SearchId,
        [property: JsonPropertyName("has_more")] bool HasMore);
}
