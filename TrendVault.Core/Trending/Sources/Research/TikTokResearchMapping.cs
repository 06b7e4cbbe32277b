using System.Text.Json;

namespace TrendVault.Core.Trending;

/// <summary>A video of TikTok's Research API as TrendVault's. It has no picture and no shape.</summary>
internal static class TikTokResearchMapping
{
    /// <summary>What is asked of each video.</summary>
    public const string Fields = "id,video_description,create_time,region_code,username,view_count,like_count,comment_count,hashtag_names,video_duration";

    /// <summary>Null for an item without an id or an account.</summary>
    public static TrendingVideo? ToTrendingVideo(JsonElement item, Uri web)
    {
        if (item.Text("id") is not { Length: > 0 and <= 64 } id || !id.All(char.IsAsciiDigit) || CleanText.Line(item.Text("username"), 100) is not { } handle)
            return null;

        var profile = TikTokMapping.ProfileOf(handle, web);
        var text = CleanText.Lines(item.Text("video_description"), 5000);
        return new TrendingVideo
        {
            Platform = Platform.TikTok,
            PlatformVideoId = id,
            Title = CleanText.Line(text, 300) ?? $"Video by @{handle}",
            Description = text,
            CreatorName = handle,
            CreatorUrl = profile,
            VideoUrl = $"{profile}/video/{id}",
            DurationSeconds = item.Seconds("video_duration"),
            PublishedAt = item.UnixSeconds("create_time"),
            Tags = [.. item.List("hashtag_names").Select(tag => tag.ValueKind == JsonValueKind.String ? CleanText.Line(tag.GetString(), 100) : null).OfType<string>()],
            ViewCount = item.Count("view_count"),
            LikeCount = item.Count("like_count"),
            CommentCount = item.Count("comment_count"),
        };
    }
}
