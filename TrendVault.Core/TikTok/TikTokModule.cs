using System.Net;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using TrendVault.Core.Settings;

namespace TrendVault.Core.TikTok;

/// <summary>Registers the client of TikTok's Login Kit and Content Posting API.</summary>
internal static class TikTokModule
{
    /// <summary>Adds the client and its settings; every feature that calls TikTok may add it.</summary>
    public static IServiceCollection AddTikTok(this IServiceCollection services, IConfiguration configuration)
    {
        if (services.Any(service => service.ServiceType == typeof(TikTokApi)))
            return services;

        services.AddSettings<TikTokOptions>(configuration);
        services.AddSingleton<TikTokLine>();
        services.AddSingleton<TikTokApi>();
        services.AddTikTokClient(TikTokLine.ClientName, client =>
        {
            client.Timeout = TimeSpan.FromSeconds(30);
            client.MaxResponseContentBufferSize = TikTokLine.LongestAnswer;
        });
        // A chunk takes as long as the network needs; whoever sends it sets the limit.
        services.AddTikTokClient(TikTokApi.UploadClientName, client => client.Timeout = Timeout.InfiniteTimeSpan);
        return services;
    }

    private static void AddTikTokClient(this IServiceCollection services, string name, Action<HttpClient> configure) =>
        services.AddHttpClient(name, configure)
            .RemoveAllLoggers() // bodies hold tokens, and the address of an upload is one
            .ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler
            {
                AllowAutoRedirect = false,
                UseCookies = false,
                AutomaticDecompression = DecompressionMethods.All,
                ConnectTimeout = TimeSpan.FromSeconds(5),
                PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            });
}
