using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using TrendVault.Core.Accounts;
using TrendVault.Core.Jobs;
using TrendVault.Core.Settings;
using TrendVault.Core.TikTok;
using TrendVault.Core.YouTube;

namespace TrendVault.Core.Uploads;

internal static class UploadsModule
{
    /// <summary>Adds the feature and its settings. It needs Accounts, Channels, Downloads, Jobs and Storage.</summary>
    public static IServiceCollection AddUploads(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSettings<UploadOptions>(configuration);
        services.AddYouTube(configuration);
        services.AddTikTok(configuration);
        services.AddSingleton<UploadStore>();
        services.AddSingleton<UploadOrders>();
        services.AddSingleton<UploadRows>();
        services.AddSingleton<PublishedRows>();
        services.AddSingleton<ISealedRows, UploadSecrets>();
        services.AddSingleton<PublishedStore>();
        services.AddSingleton<UploadService>();
        services.AddSingleton<UploadPauses>();
        services.AddSingleton<YouTubeChannelLimits>();
        services.AddSingleton<TikTokShares>();
        services.AddSingleton<TikTokDrafts>();
        services.AddSingleton<InboxStore>();
        services.AddSingleton<TikTokInbox>();
        services.AddSingleton<InboxPosts>();
        services.AddSingleton<UploadAllowances>();
        services.AddSingleton<IPlatformUploader, YouTubeUploader>();
        services.AddSingleton<IPlatformUploader, TikTokUploader>();
        services.AddSingleton<PublishPictures>();
        services.AddSingleton<DraftStore>();
        services.AddJobHandler<UploadJobHandler>();
        services.AddJobHandler<FollowUpJobHandler>();
        services.AddJobHandler<UploadSweep>();
        services.AddRecurringJob(UploadSweep.JobKind, UploadSweep.Every);
        return services;
    }
}
