using Microsoft.Extensions.Options;
using TrendVault.Core.Trending;
using TrendVault.Core.YouTube;

namespace TrendVault.Tests.Trending;

/// <summary>The real platforms' hosts.</summary>
internal static class Pictures
{
    public static PlatformPictures OfThePlatforms { get; } =
        new(Options.Create(new ImageOptions()), Options.Create(new YouTubeOptions()), Options.Create(new TrendingOptions()));
}
