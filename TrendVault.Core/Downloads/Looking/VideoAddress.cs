using System.Text.RegularExpressions;

namespace TrendVault.Core.Downloads;

/// <summary>Where a video is, and which it is at its platform: one video has many addresses there.</summary>
/// <param name="Url">Canonical.</param>
/// <param name="Platform">Null for other sites, and for addresses that do not tell the id.</param>
/// <param name="PlatformVideoId">The video's id there.</param>
internal sealed partial record VideoAddress(string Url, Platform? Platform = null, string? PlatformVideoId = null)
{
    /// <summary>Reads the id from the address.</summary>
    public static VideoAddress Of(string url) =>
        YouTube().Match(url) is { Success: true } video ? new VideoAddress(url, Core.Platform.YouTube, video.Groups["id"].Value)
        : TikTok().Match(url) is { Success: true } post ? new VideoAddress(url, Core.Platform.TikTok, post.Groups["id"].Value)
        : new VideoAddress(url);

    [GeneratedRegex(@"^https?://((www\.|m\.|music\.)?youtube\.com/(watch\?([^#]*&)?v=|shorts/|live/|embed/)|youtu\.be/)(?<id>[A-Za-z0-9_-]{11})([?&/]|$)", RegexOptions.ExplicitCapture)]
    private static partial Regex YouTube();

    [GeneratedRegex(@"^https?://(www\.|m\.)?tiktok\.com/@[^/?]*/video/(?<id>[0-9]{5,25})([?/]|$)", RegexOptions.ExplicitCapture)]
    private static partial Regex TikTok();
}
