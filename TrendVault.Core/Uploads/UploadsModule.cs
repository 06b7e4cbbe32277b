using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using TrendVault.Core.Jobs;
using TrendVault.Core.Settings;
using TrendVault.Core.TikTok;
using TrendVault.Core.YouTube;

namespace TrendVault.Core.Uploads;

/// <summary>Registers what Uploads is made of.</summary>
public static class UploadsModule
{
    /// <summary>Adds the feature and its settings. It needs Accounts, Channels, Downloads, Jobs and Storage.</summary>
    public static IServiceCollection AddUploads(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSettings<UploadOptions>(configuration);
        services.AddYouTube(configuration);
        services.AddTikTok(configuration);
        services.AddSingleton<UploadStore>();
        services.AddSingleton<PublishedStore>();
        services.AddSingleton<UploadService>();
        services.AddSingleton<UploadPauses>();
        services.AddSingleton<YouTubeChannelLimits>();
        services.AddSingleton<TikTokShares>();
        services.AddSingleton<TikTokDrafts>();
        services.AddSingleton<InboxStore>();
        services.AddSingleton<TikTokInbox>();
        services.AddSingleton(provider => new InboxPosts(
            provider.GetRequiredService<InboxStore>(),
            provider.GetRequiredService<UploadStore>(),
            provider.GetRequiredService<TikTokShares>(),
            provider.GetRequiredService<IProgressSink>(),
            provider.GetRequiredService<IOptions<TikTokOptions>>()));
        services.AddSingleton(provider => new UploadAllowances(
            provider.GetRequiredService<YouTubeQuota>(),
            provider.GetRequiredService<IOptions<YouTubeOptions>>(),
            provider.GetRequiredService<YouTubeChannelLimits>(),
            provider.GetRequiredService<TikTokShares>(),
            provider.GetRequiredService<IOptions<TikTokOptions>>()));
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
