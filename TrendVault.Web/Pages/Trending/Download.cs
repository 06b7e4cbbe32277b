using TrendVault.Core.Trending;

namespace TrendVault.Web.Pages.Trending;

/// <summary>The way from a video to its download.</summary>
internal static class Download
{
    /// <summary>The page that offers the video's formats; it opens in place where the script runs.</summary>
    public static string UrlOf(ChartVideo video) =>
        $"/downloads/new?url={Uri.EscapeDataString(video.VideoUrl)}"
        + $"&platform={TrendingQuery.PlatformWord(video.Platform).ToUpperInvariant()}&id={Uri.EscapeDataString(video.PlatformVideoId)}";
}
