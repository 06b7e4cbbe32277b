using System.Text.Json;

namespace TrendVault.Core.Trending;

/// <summary>An item of a TikTok actor's dataset as TrendVault's video, and TrendVault's own order of them.</summary>
internal static class TikTokMapping
{
    /// <summary>Null for what is no video to keep: error rows, slideshows, advertisements, private accounts.</summary>
    public static TrendingVideo? ToTrendingVideo(JsonElement item, PlatformPictures pictures, Uri web)
    {
        var author = item.Find("authorMeta");
        if (item.Text("id") is not { Length: > 0 and <= 64 } id
            || !id.All(char.IsAsciiDigit)
            || CleanText.Line(author.Text("name"), 100) is not { } handle
            || item.IsTrue("isSlideshow") || item.IsTrue("isAd") || item.IsTrue("isSponsored") || author.IsTrue("privateAccount"))
        {
            return null;
        }

        var profile = ProfileOf(handle, web);
        var text = CleanText.Lines(item.Text("text"), 5000);
        var video = item.Find("videoMeta");
        return new TrendingVideo
        {
            Platform = Platform.TikTok,
            PlatformVideoId = id,
            // A caption may be empty; a card needs a name all the same.
            Title = CleanText.Line(text, 300) ?? $"Video by @{handle}",
            Description = text,
            ThumbnailUrl = pictures.Of(video.Text("coverUrl")) ?? pictures.Of(video.Text("originalCoverUrl")),
            CreatorName = CleanText.Line(author.Text("nickName"), 200) ?? handle,
            CreatorId = CleanText.Line(author.Text("id"), 100),
            CreatorUrl = CleanText.WebUrl(author.Text("profileUrl")) ?? profile,
            VideoUrl = CleanText.WebUrl(item.Text("webVideoUrl")) ?? $"{profile}/video/{id}",
            DurationSeconds = video.Seconds("duration"),
            PublishedAt = YouTubeMapping.DateOf(item.Text("createTimeISO")) ?? item.UnixSeconds("createTime"),
            IsVertical = video.Number("width") is { } width and > 0 && video.Number("height") is { } height and > 0 ? height > width : null,
            Tags = [.. item.List("hashtags").Select(tag => CleanText.Line(tag.Text("name"), 100)).OfType<string>()],
            ViewCount = item.Count("playCount"),
            LikeCount = item.Count("diggCount"),
            CommentCount = item.Count("commentCount"),
        };
    }

    /// <summary>Page of an account.</summary>
    public static string ProfileOf(string handle, Uri web) => new Uri(web, "@" + Uri.EscapeDataString(handle)).AbsoluteUri;

    /// <summary>
    /// TikTok tells no ranking: the order is views per hour of life, then likes. A video that several hashtags brought is kept once,
    /// with its highest counts.
    /// </summary>
    public static IReadOnlyList<TrendingVideo> Rank(IEnumerable<TrendingVideo> videos, DateTimeOffset now) =>
        [.. videos
            .GroupBy(video => video.PlatformVideoId)
            .Select(Newest)
            .OrderByDescending(video => ViewsPerHour(video, now))
            .ThenByDescending(video => video.LikeCount ?? 0)
            .ThenBy(video => video.PlatformVideoId, StringComparer.Ordinal)];

    // The first hour counts as a whole one, or a clip of one minute with ten views would lead.
    private static double ViewsPerHour(TrendingVideo video, DateTimeOffset now) =>
        video is { ViewCount: { } views, PublishedAt: { } published } ? views / Math.Max(1, (now - published).TotalHours) : 0;

    private static TrendingVideo Newest(IEnumerable<TrendingVideo> same)
    {
        var copies = same.ToList();
        return copies[0] with
        {
            ViewCount = copies.Max(video => video.ViewCount),
            LikeCount = copies.Max(video => video.LikeCount),
            CommentCount = copies.Max(video => video.CommentCount),
        };
    }
}
