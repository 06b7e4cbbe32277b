using System.Net;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using TrendVault.Core.Jobs;
using TrendVault.Core.Settings;
using TrendVault.Core.YouTube;

namespace TrendVault.Core.Trending;

internal static class TrendingModule
{
    public static IServiceCollection AddTrending(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSettings<TrendingOptions>(configuration);
        services.AddSettings<ImageOptions>(configuration);
        services.AddYouTube(configuration);
        services.AddTikTok(configuration.ReadSettings<TrendingOptions>().TikTokSource);

        services.AddSingleton<TrendingStore>();
        services.AddSingleton<ChartRows>();
        services.AddSingleton<TrendingCache>();
        services.AddSingleton<PlatformPictures>();
        services.AddSingleton(typeof(SourceGate<>));
        services.AddSingleton<ITrendingSource, YouTubeTrendingSource>();
        services.AddSingleton<ChartHeat>();
        services.AddSingleton<SearchPlan>();
        services.AddSingleton<TrendingPlanner>();
        services.AddSingleton<ChartRefresher>();
        services.AddSingleton<RefreshRounds>();
        services.AddSingleton<TrendingQuota>();
        services.AddSingleton<TrendingService>();
        services.AddSingleton<RefreshDesk>();

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
