using System.Globalization;
using TrendVault.Web.Pages.Shared;
using TrendVault.Web.Sandbox.Catalogue;

namespace TrendVault.Web.Sandbox.YouTube;

/// <summary>
/// The method <c>videos.batchGetStats</c>: the numbers of many videos in one call. What is not to be seen is left out without a word.
/// </summary>
internal static class VideoStats
{
    private const int MostIds = 50;

    public static object Of(YouTubeCall call, UploadDesk uploads, TimeProvider time)
    {
        call.Expecting(["contentDetails", "id", "snippet", "statistics"], "id", "onBehalfOfContentOwner");
        var ids = call.List("id");
        if (ids.Count is 0 or > MostIds)
            throw YouTubeError.Invalid("id", $"The request must name 1 to {MostIds} videos.");

        var now = time.GetUtcNow();
        return new
        {
            kind = "youtube#batchGetStatsResponse",
            etag = YouTubeResources.Etag(ids[0], ids.Count),
            items = ids.Distinct().Select(id => StatsOf(id, call, uploads, now)).OfType<object>().ToList(),
        };
    }

    private static object? StatsOf(string id, YouTubeCall call, UploadDesk uploads, DateTimeOffset now)
    {
        if (uploads.Find(id) is { } uploaded)
        {
            var owner = call.Caller is { } caller
                && caller.ChannelId == uploaded.ChannelId
                && caller.Scopes.Any(YouTubeApi.ReadScopes.Contains);
            return owner || uploaded.PrivacyAt(now) != "private"
                ? Stats(id, uploaded.UploadedAt, uploaded.Duration ?? TimeSpan.FromSeconds(1), new Counts(0, 0, 0), call)
                : null;
        }

        return YouTubeCatalogue.Find(id, now) is { } video
            ? Stats(
                id, video.PublishedAt, video.Duration, YouTubeCatalogue.CountsOf(video, now), call, video.LikesHidden, video.CommentsOff)
            : null;
    }

    private static object Stats(
        string id,
        DateTimeOffset published,
        TimeSpan duration,
        Counts counts,
        YouTubeCall call,
        bool likesHidden = false,
        bool commentsOff = false) => new
        {
            kind = "youtube#videoStats",
            etag = YouTubeResources.Etag(id, counts.Views),
            id,
            snippet = call.Part("snippet", () => (object)new { publishTime = YouTubeResources.Rfc3339(published) }),
            // Not the "PT3M33S" of videos.list, but seconds.
            contentDetails = call.Part("contentDetails", () => (object)new { duration = Text((long)duration.TotalSeconds) + "s" }),
            statistics = call.Part("statistics", () => (object)new
            {
                viewCount = Text(counts.Views),
                likeCount = likesHidden ? null : Text(counts.Likes),
                commentCount = commentsOff ? null : Text(counts.Comments),
            }),
        };

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
