using System.Globalization;
using System.Xml;
using TrendVault.Core.YouTube;
using TrendVault.Core.YouTube.Data;

namespace TrendVault.Core.Trending;

/// <summary>YouTube's video as TrendVault's.</summary>
internal static class YouTubeMapping
{
    // The card is 320 wide; larger ones cost more than they show.
    private static readonly string[] ThumbnailsByFitness = ["medium", "high", "standard", "maxres", "default"];

    /// <summary>Null for an item without what a video cannot be shown without (an id, a title, a channel), and for what is yet to be shown.</summary>
    public static TrendingVideo? ToTrendingVideo(Video? video, PlatformPictures pictures, Func<string, string> watchUrlOf)
    {
        if (video is not { Id: { Length: > 0 and <= 64 } id, Snippet: { LiveBroadcastContent: not "upcoming", Title: not null, ChannelTitle: not null } snippet }
            || CleanText.OneLine(id) != id)
        {
            return null;
        }

        return new TrendingVideo
        {
            Platform = Platform.YouTube,
            PlatformVideoId = id,
            // What nobody can see is a title to YouTube; a card needs a name all the same.
            Title = CleanText.Line(snippet.Title, 300) ?? "Untitled video",
            Description = CleanText.Lines(snippet.Description, 5000),
            ThumbnailUrl = ThumbnailOf(snippet.Thumbnails, pictures),
            CreatorName = CleanText.Line(snippet.ChannelTitle, 200) ?? "Unnamed channel",
            CreatorId = CleanText.Line(snippet.ChannelId, 100),
            CreatorUrl = snippet.ChannelId is { Length: > 0 } channelId ? "https://www.youtube.com/channel/" + Uri.EscapeDataString(channelId) : null,
            VideoUrl = watchUrlOf(id),
            DurationSeconds = DurationOf(video.ContentDetails?.Duration),
            PublishedAt = DateOf(snippet.PublishedAtRaw),
            Licence = CleanText.Line(video.Status?.License, 40),
            Category = YouTubeCategories.NameOf(snippet.CategoryId),
            Embeddable = video.Status?.Embeddable,
            IsVertical = video.Player is { EmbedWidth: > 0 and var width, EmbedHeight: > 0 and var height } ? height > width : null,
            Tags = [.. (snippet.Tags ?? []).Select(tag => CleanText.Line(tag, 100)).OfType<string>()],
            ViewCount = CountOf(video.Statistics?.ViewCount),
            LikeCount = CountOf(video.Statistics?.LikeCount),
            CommentCount = CountOf(video.Statistics?.CommentCount),
        };
    }

    /// <summary>ISO 8601 to whole seconds; null for what is live (P0D, PT0S) or no duration at all.</summary>
    public static int? DurationOf(string? text)
    {
        try
        {
            var seconds = string.IsNullOrEmpty(text) ? 0 : XmlConvert.ToTimeSpan(text).TotalSeconds;
            return seconds is >= 1 and <= int.MaxValue ? (int)seconds : null;
        }
        catch (Exception e) when (e is FormatException or OverflowException)
        {
            return null;
        }
    }

    /// <summary>RFC 3339 to UTC; null for no date at all.</summary>
    public static DateTimeOffset? DateOf(string? text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var date)
            ? date
            : null;

    private static long? CountOf(ulong? count) => count <= long.MaxValue ? (long)count : null;

    private static string? ThumbnailOf(IDictionary<string, Thumbnail>? thumbnails, PlatformPictures pictures) =>
        thumbnails is null
            ? null
            : ThumbnailsByFitness
                .Concat(thumbnails.Keys.Order(StringComparer.Ordinal))
                .Select(size => thumbnails.TryGetValue(size, out var thumbnail) ? pictures.Of(thumbnail?.Url) : null)
                .FirstOrDefault(url => url is not null);
}
