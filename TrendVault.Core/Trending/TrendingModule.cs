using System.Net;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TrendVault.Core.Jobs;
using TrendVault.Core.Settings;
using TrendVault.Core.YouTube;

namespace TrendVault.Core.Trending;

/// <summary>Registers what Trending is made of.</summary>
public static class TrendingModule
{
    /// <summary>Adds the feature and its settings.</summary>
    public static IServiceCollection AddTrending(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSettings<TrendingOptions>(configuration);
        services.AddYouTube(configuration);
        services.AddApify();

        services.AddSingleton<TrendingStore>();
        services.AddSingleton<TrendingMemory>();
        services.AddSingleton<TrendingCache>();
        services.AddSingleton<ITrendingSource, YouTubeTrendingSource>();
        services.AddSingleton<ITrendingSource, ApifyTikTokSource>();
        services.AddSingleton<ChartRefresher>();
        services.AddSingleton(provider => new TrendingQuota(
            provider.GetRequiredService<YouTubeQuota>(),
            provider.GetRequiredService<ApifyBudget>(),
            provider.GetRequiredService<IOptions<TrendingOptions>>(),
            provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(provider => new TrendingService(
            provider.GetRequiredService<TrendingStore>(),
            provider.GetRequiredService<TrendingCache>(),
            provider.GetRequiredService<ChartRefresher>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<TrendingService>>()));

        services.AddJobHandler<TrendingRefresh>();
        services.AddRecurringJob(TrendingRefresh.JobKind, TrendingRefresh.Every);
        return services;
    }

    private static void AddApify(this IServiceCollection services)
    {
        services.AddSingleton<ApifyClient>();
        services.AddSingleton<ApifyBudget>();
        services
            .AddHttpClient(ApifyClient.HttpName, client =>
            {
                client.Timeout = TimeSpan.FromSeconds(310); // Apify itself waits 300 s for a run
                client.MaxResponseContentBufferSize = 64 * 1024 * 1024;
            })
            .ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler
            {
                AllowAutoRedirect = false,
                UseCookies = false,
                AutomaticDecompression = DecompressionMethods.All,
                ConnectTimeout = TimeSpan.FromSeconds(5),
                PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            });
    }
}
