using System.Net;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
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
        services.AddSettings<ImageOptions>(configuration);
        services.AddYouTube(configuration);
        services.AddTikTok(configuration.ReadSettings<TrendingOptions>().TikTokSource);

        services.AddSingleton<TrendingStore>();
        services.AddSingleton<TrendingCache>();
        services.AddSingleton<PlatformPictures>();
        services.AddSingleton(typeof(SourceGate<>));
        services.AddSingleton<ITrendingSource, YouTubeTrendingSource>();
        services.AddSingleton<ChartHeat>();
        services.AddSingleton<SearchPlan>();
        services.AddSingleton<TrendingPlanner>();
        services.AddSingleton<ChartRefresher>();
        services.AddSingleton<RefreshRounds>();
        services.AddSingleton(provider => new TrendingQuota(
            provider.GetRequiredService<YouTubeQuota>(),
            provider.GetRequiredService<DailyBudget>(),
            provider.GetRequiredService<IOptions<YouTubeOptions>>()));
        services.AddSingleton(provider => new TrendingService(
            provider.GetRequiredService<TrendingStore>(),
            provider.GetRequiredService<TrendingCache>(),
            provider.GetRequiredService<ChartRefresher>(),
            provider.GetRequiredService<TrendingPlanner>(),
            provider.GetRequiredService<ChartHeat>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<TrendingService>>()));
        services.AddSingleton(provider => new RefreshDesk(
            provider.GetRequiredService<RefreshRounds>(),
            provider.GetRequiredService<TrendingStore>(),
            provider.GetRequiredService<TrendingPlanner>(),
            provider.GetRequiredService<TrendingQuota>(),
            provider.GetRequiredService<JobQueue>(),
            provider.GetRequiredService<NpgsqlDataSource>(),
            provider.GetRequiredService<TimeProvider>()));

        services.AddJobHandler<TrendingRefresh>();
        services.AddRecurringJob(TrendingRefresh.JobKind, TrendingRefresh.Every);
        return services;
    }

    private static void AddTikTok(this IServiceCollection services, TikTokSource source)
    {
        if (source == TikTokSource.Research)
        {
            services.AddSingleton<ITrendingSource, TikTokResearchSource>();
            services.AddSingleton<TikTokResearchClient>();
            services.AddSingleton<TikTokResearchBudget>();
            services.AddSingleton<DailyBudget>(provider => provider.GetRequiredService<TikTokResearchBudget>());
            services.AddPlatformClient(TikTokResearchClient.HttpName, TimeSpan.FromSeconds(30), longestAnswer: 8 * 1024 * 1024);
        }
        else
        {
            services.AddSingleton<ITrendingSource, ApifyTikTokSource>();
            services.AddSingleton<ApifyClient>();
            services.AddSingleton<ApifyBudget>();
            services.AddSingleton<DailyBudget>(provider => provider.GetRequiredService<ApifyBudget>());
            // Apify itself waits 300 s for a run.
            services.AddPlatformClient(ApifyClient.HttpName, TimeSpan.FromSeconds(310), longestAnswer: 64 * 1024 * 1024);
        }
    }

    private static void AddPlatformClient(this IServiceCollection services, string name, TimeSpan timeout, long longestAnswer) =>
        services
            .AddHttpClient(name, client =>
            {
                client.Timeout = timeout;
                client.MaxResponseContentBufferSize = longestAnswer;
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
