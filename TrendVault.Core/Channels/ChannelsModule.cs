using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using TrendVault.Core.Egress;
using TrendVault.Core.TikTok;
using TrendVault.Core.YouTube;

namespace TrendVault.Core.Channels;

internal static class ChannelsModule
{
    /// <summary>Adds the feature and its settings. It needs Egress and Storage.</summary>
    public static IServiceCollection AddChannels(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddYouTube(configuration);
        services.AddTikTok(configuration);
        services.AddSingleton<ChannelStore>();
        services.AddSingleton<YouTubeChannels>();
        services.AddSingleton<TikTokCreators>();
        services.AddSingleton<ChannelPictures>();
        services.AddHttpClient(ChannelPictures.ClientName, client =>
            {
                client.Timeout = TimeSpan.FromSeconds(5);
                client.MaxResponseContentBufferSize = ChannelPictures.MostBytes;
            })
            .RemoveAllLoggers() // the addresses are signed
            .ConfigurePrimaryHttpMessageHandler(provider => provider.GetRequiredService<GuardedHttp>().CreateHandler());
        return services;
    }
}
