using System.Globalization;
using Microsoft.Extensions.Options;
using TrendVault.Core.Channels;
using TrendVault.Core.TikTok;
using TrendVault.Core.YouTube;

namespace TrendVault.Core.Uploads;

/// <summary>How much the platforms take today. What is beyond it is not refused: it waits.</summary>
internal sealed class UploadAllowances(
    YouTubeQuota quota, IOptions<YouTubeOptions> youTube, YouTubeChannelLimits channelLimits, TikTokShares shares, IOptions<TikTokOptions> tikTok)
{
    /// <summary>A line for each platform or account of the channels, for the preflight list.</summary>
    public async Task<IReadOnlyList<PreflightItem>> CheckAsync(Guid userId, IReadOnlyList<PublishingChannel> targets, CancellationToken cancellationToken)
    {
        var items = new List<PreflightItem>();
        if (targets.Where(target => target.Platform == Platform.YouTube).ToList() is { Count: > 0 } channels)
        {
            items.Add(await CheckYouTubeAsync(channels.Count));
            items.AddRange(await CheckLimitsAsync(channels, cancellationToken));
        }

        if (targets.Where(target => target.Platform == Platform.TikTok).ToList() is { Count: > 0 } creators)
        {
            var begun = await shares.CountAsync(userId, cancellationToken);
            items.AddRange(creators.Select(creator => CheckTikTok(creator, begun.GetValueOrDefault(creator.ConnectedAccountId))));
        }

        return items;
    }

    private async Task<PreflightItem> CheckYouTubeAsync(int uploads)
    {
        var budget = await quota.ReadAsync(YouTubeBucket.Upload);
        var left = (budget.Limit - budget.Used) / youTube.Value.CostOf(YouTubeBucket.Upload);
        return left >= uploads
            ? new(PreflightState.Ok, string.Create(CultureInfo.InvariantCulture, $"Today's quota of YouTube's API takes {left} more {(left == 1 ? "upload" : "uploads")}."))
            : new(PreflightState.Warn, string.Create(CultureInfo.InvariantCulture, $"Today's quota of YouTube's API takes {(left == 0 ? "no" : $"only {left}")} more {(left == 1 ? "upload" : "uploads")}: the rest waits until midnight in California."));
    }

    private async Task<IEnumerable<PreflightItem>> CheckLimitsAsync(IReadOnlyList<PublishingChannel> targets, CancellationToken cancellationToken)
    {
        var limits = await channelLimits.FindAsync([.. targets.Select(target => target.PlatformChannelId)], cancellationToken);
        return
            from target in targets
            join limit in limits on target.PlatformChannelId equals limit.PlatformChannelId
            select new PreflightItem(PreflightState.Warn, $"{target.ChannelName} waits: {limit.Reason}");
    }

    private PreflightItem CheckTikTok(PublishingChannel target, int begun)
    {
        var left = tikTok.Value.PendingLimit - begun;
        return left switch
        {
            <= 0 => new(PreflightState.Warn, string.Create(CultureInfo.InvariantCulture, $"{target.ChannelName} has {begun} unfinished drafts of these 24 hours: this one waits until TikTok takes another. Finish some in the app.")),
            1 => new(PreflightState.Warn, string.Create(CultureInfo.InvariantCulture, $"{target.ChannelName} has {begun} unfinished drafts of these 24 hours, and TikTok takes {tikTok.Value.PendingLimit}: after this one the next waits. Finish them in the app.")),
            _ => new(PreflightState.Ok, string.Create(CultureInfo.InvariantCulture, $"TikTok takes {left} more drafts for {target.ChannelName} in these 24 hours.")),
        };
    }
}
