using Microsoft.Extensions.Options;
using TrendVault.Core;
using TrendVault.Core.Trending;
using TrendVault.Core.YouTube;

namespace TrendVault.Web;

/// <summary>The platforms' own players, the only pages of others that one of ours may frame.</summary>
internal sealed class PlatformPlayers(IOptions<YouTubeOptions> youtube, IOptions<TrendingOptions> tiktok)
{
    /// <summary>As the Content-Security-Policy lists them.</summary>
    public IReadOnlyList<string> Origins { get; } =
        [.. new[] { new Uri(youtube.Value.EmbedUrl), tiktok.Value.TikTokWebUrl }.Select(uri => uri.GetLeftPart(UriPartial.Authority)).Distinct()];

    /// <summary>The player of a video; null when its platform does not let others show it.</summary>
    public string? UrlOf(ChartVideo video)
    {
        var id = Uri.EscapeDataString(video.PlatformVideoId);
        return video switch
        {
            { Embeddable: false } => null,
            { Platform: Platform.YouTube } => youtube.Value.EmbedUrl + id,
            _ => new Uri(tiktok.Value.TikTokWebUrl, $"player/v1/{id}").AbsoluteUri,
        };
    }
}
