using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using TrendVault.Core.Jobs;
using TrendVault.Core.Media;
using TrendVault.Core.Settings;

namespace TrendVault.Core.Downloads;

internal static class DownloadsModule
{
    public static IServiceCollection AddDownloads(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSettings<DownloadOptions>(configuration);
        services.AddMedia(configuration);
        services.AddSingleton<YtDlp>();
        services.AddSingleton<FormatCache>();
        services.AddSingleton<DownloadQueue>();
        services.AddSingleton<DownloadStore>();
        services.AddSingleton<DownloadRows>();
        services.AddSingleton<StorageShare>();
        services.AddSingleton<DownloadBin>();
        services.AddSingleton<DownloadService>();
        services.AddHostedService<DownloadSweep>();
        services.AddJobHandler<DownloadJobHandler>();
        services.AddJobHandler<DeletionHandler>();
        services.AddJobHandler<ObjectSweep>();
        services.AddRecurringJob(ObjectSweep.JobKind, ObjectSweep.Every);
        return services;
    }
}
