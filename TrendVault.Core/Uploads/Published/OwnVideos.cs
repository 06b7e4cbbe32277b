using TrendVault.Core.Trending;
using TrendVault.Core.YouTube.Data;

namespace TrendVault.Core.Uploads;

/// <summary>Which videos of a channel may be what an upload became. Pure.</summary>
internal static class OwnVideos
{
    // YouTube tells whole seconds, and its clock is not ours.
    private static readonly TimeSpan ClockSlack = TimeSpan.FromSeconds(5);

    // What YouTube measures of a file and what ffprobe does differ by a frame and by rounding.
    private const double LengthSlack = 2;

    /// <summary>Of the same title, channel and length, and not there before the upload began.</summary>
    /// <param name="videos">With their parts snippet and contentDetails.</param>
    /// <param name="order">The upload.</param>
    /// <param name="begunAt">When its session was there.</param>
    public static IReadOnlyList<Video> ThatFit(IEnumerable<Video> videos, UploadOrder order, DateTimeOffset begunAt) =>
    [
        .. videos.Where(video =>
            video is { Id: not null, Snippet: { } snippet }
            && snippet.Title == order.Upload.Title
            && snippet.ChannelId == order.Channel.PlatformChannelId
            && YouTubeMapping.DateOf(snippet.PublishedAtRaw) >= begunAt - ClockSlack
            && HasLength(video, order.File.DurationSeconds)),
    ];

    /// <summary>As long as a video is being processed it has no length, which proves nothing.</summary>
    private static bool HasLength(Video video, double? seconds) =>
        YouTubeMapping.DurationOf(video.ContentDetails?.Duration) is not { } length
        || seconds is not { } expected
        || Math.Abs(length - expected) <= LengthSlack;
}
