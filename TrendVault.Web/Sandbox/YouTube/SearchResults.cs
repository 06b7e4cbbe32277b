using System.Globalization;
using TrendVault.Web.Sandbox.Catalogue;

namespace TrendVault.Web.Sandbox.YouTube;

/// <summary>The catalogue, filtered and ordered as a search asks.</summary>
internal static class SearchResults
{
    // The real search gives out no more, however many pages are asked for.
    private const int Depth = 500;

    public static IReadOnlyList<Video> Of(YouTubeCall call, Region region, DateTimeOffset now)
    {
        int? category = call.Text("videoCategoryId") is { } id and not "0"
            ? Category.Find(id)?.Id ?? throw YouTubeError.Invalid("videoCategoryId", "The video category does not exist.", "invalidSearchFilter")
            : null;
        var (after, before) = (Moment(call, "publishedAfter"), Moment(call, "publishedBefore"));
        var words = (call.Text("q") ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var (shortest, longest) = Lengths(call.Text("videoDuration"));

        var found = YouTubeCatalogue.Recent(region, category, now)
            .Where(video => (after is null || video.PublishedAt >= after) && (before is null || video.PublishedAt < before))
            .Where(video => video.Duration >= shortest && video.Duration < longest)
            .Where(video => call.Text("videoLicense") != "creativeCommon" || video.CreativeCommons)
            .Where(video => call.Text("channelId") is not { } channel || video.Channel.Id == channel)
            .Where(video => words.All(word => video.Title.Contains(word, StringComparison.OrdinalIgnoreCase)));
        return [.. InOrder(found, call.Text("order") ?? "relevance", now).Take(Depth)];
    }

    private static IEnumerable<Video> InOrder(IEnumerable<Video> found, string order, DateTimeOffset now) => order switch
    {
        "date" => found.OrderByDescending(video => video.PublishedAt),
        "title" => found.OrderBy(video => video.Title, StringComparer.Ordinal),
        "viewCount" => found.OrderByDescending(video => YouTubeCatalogue.CountsOf(video, now).Views),
        "rating" => found.OrderByDescending(video => YouTubeCatalogue.CountsOf(video, now).Likes),
        "relevance" or "videoCount" => found.OrderBy(video => video.Id, StringComparer.Ordinal),
        _ => throw YouTubeError.Invalid("order", $"Invalid value '{order}' for order."),
    };

    private static (TimeSpan Shortest, TimeSpan Longest) Lengths(string? name) => name switch
    {
        null or "any" => (TimeSpan.Zero, TimeSpan.MaxValue),
        "short" => (TimeSpan.Zero, TimeSpan.FromMinutes(4)),
        "medium" => (TimeSpan.FromMinutes(4), TimeSpan.FromMinutes(20)),
        "long" => (TimeSpan.FromMinutes(20), TimeSpan.MaxValue),
        _ => throw YouTubeError.Invalid("videoDuration", $"Invalid value '{name}' for videoDuration."),
    };

    private static DateTimeOffset? Moment(YouTubeCall call, string name)
    {
        if (call.Text(name) is not { } text)
            return null;
        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var moment) && text.Contains('T', StringComparison.Ordinal)
            ? moment
            : throw YouTubeError.Invalid(name, $"Invalid value '{text}'. It must be an RFC 3339 date and time.");
    }
}
