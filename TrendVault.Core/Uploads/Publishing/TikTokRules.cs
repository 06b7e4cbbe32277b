using TrendVault.Core.Downloads;

namespace TrendVault.Core.Uploads;

/// <summary>TikTok's rules for files, as far as the file's facts are known; what is not known is left to TikTok.</summary>
/// <remarks><see href="https://developers.tiktok.com/doc/content-posting-api-media-transfer-guide"/></remarks>
internal static class TikTokRules
{
    private const long FileBytes = 4L << 30;
    private const int LeastSide = 360;
    private const int LongestSide = 4096;
    private const double LeastFrames = 23;
    private const double MostFrames = 60;

    private static readonly TimeSpan LongestVideo = TimeSpan.FromMinutes(10);
    private static readonly string[] Types = ["video/mp4", "video/quicktime", "video/webm"];
    private static readonly string[] Codecs = ["h264", "hevc", "vp8", "vp9"];

    /// <summary>What TikTok would refuse of a finished file.</summary>
    public static IReadOnlyList<RuleBreak> Check(DownloadRow file)
    {
        if (!Types.Contains(file.ContentType))
            return [Broken("tiktok_format", "TikTok takes MP4, MOV and WebM only. Download the video again as MP4.")];
        if (file.FileSize > FileBytes)
            return [Broken("tiktok_too_large", "TikTok takes files of 4 GB at most. Download a smaller format.")];
        if (file.DurationSeconds > LongestVideo.TotalSeconds)
            return [Broken("tiktok_too_long", "TikTok takes videos of 10 minutes at most.")];
        if (file.VideoCodec is { } codec && !Codecs.Contains(codec))
            return [Broken("tiktok_codec", "TikTok takes H.264, H.265, VP8 and VP9 only. Download the video again as MP4 with H.264.")];
        if (file is { Width: { } width, Height: { } height } && (Math.Min(width, height) < LeastSide || Math.Max(width, height) > LongestSide))
            return [Broken("tiktok_picture_size", $"TikTok takes pictures whose sides have {LeastSide} to {LongestSide} pixels, and this one has {width} × {height}.")];
        if (file.FrameRate is < LeastFrames or > MostFrames)
            return [Broken("tiktok_frame_rate", $"TikTok takes {LeastFrames} to {MostFrames} frames a second. Download another format.")];
        return [];
    }

    private static RuleBreak Broken(string code, string message) => new(nameof(UploadRequest.DownloadId), code, message);
}
