using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using TrendVault.Core.Settings;

namespace TrendVault.Core.YouTube;

/// <summary>Registers the client of the YouTube Data API.</summary>
internal static class YouTubeModule
{
    /// <summary>Adds the client and its settings; every feature that calls YouTube may add it.</summary>
    public static IServiceCollection AddYouTube(this IServiceCollection services, IConfiguration configuration)
    {
        if (services.Any(service => service.ServiceType == typeof(YouTubeServices)))
            return services;

        services.AddSettings<YouTubeOptions>(configuration);
        services.AddSingleton<YouTubeServices>();
        services.AddSingleton<YouTubeQuota>();
        services.AddHttpClient(YouTubeServices.HandlerName)
            .RemoveAllLoggers() // the key is part of the address
            .ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler
            {
                AllowAutoRedirect = false,
                UseCookies = false,
                ConnectTimeout = TimeSpan.FromSeconds(5),
                PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            });
        return services;
    }
}
