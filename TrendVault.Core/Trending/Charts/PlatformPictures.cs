using Microsoft.Extensions.Options;
using TrendVault.Core.YouTube;

namespace TrendVault.Core.Trending;

/// <summary>Takes pictures from the platforms' own hosts only: where their pages are, and where <see cref="ImageOptions"/> says their pictures are.</summary>
internal sealed class PlatformPictures(IOptions<ImageOptions> images, IOptions<YouTubeOptions> youtube, IOptions<TrendingOptions> tiktok)
{
    /// <summary>The picture's address, or null for one that is elsewhere or no address at all.</summary>
    public string? Of(string? url) =>
        CleanText.WebUrl(url) is { } address && new Uri(address) is var uri && (images.Value.Allows(uri) || IsOwn(uri)) ? address : null;

    private bool IsOwn(Uri uri) => IsAt(uri, new Uri(youtube.Value.WatchUrl)) || IsAt(uri, tiktok.Value.TikTokWebUrl);

    private static bool IsAt(Uri uri, Uri page) =>
        Uri.Compare(uri, page, UriComponents.SchemeAndServer, UriFormat.SafeUnescaped, StringComparison.OrdinalIgnoreCase) == 0;
}
