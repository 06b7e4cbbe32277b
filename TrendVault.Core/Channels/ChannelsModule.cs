using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using TrendVault.Core.TikTok;
using TrendVault.Core.YouTube;

namespace TrendVault.Core.Channels;

/// <summary>Registers what Channels is made of.</summary>
public static class ChannelsModule
{
    /// <summary>Adds the feature and its settings.</summary>
    public static IServiceCollection AddChannels(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddYouTube(configuration);
        services.AddTikTok(configuration);
        services.AddSingleton<ChannelStore>();
        services.AddSingleton<YouTubeChannels>();
        services.AddSingleton<TikTokCreators>();
        return services;
    }
}
