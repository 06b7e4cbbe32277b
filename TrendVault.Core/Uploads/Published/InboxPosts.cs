using Microsoft.Extensions.Options;
using TrendVault.Core.TikTok;
using TrendVault.Core.Work;

namespace TrendVault.Core.Uploads;

/// <summary>What users say of the posts that their drafts in TikTok's inbox became.</summary>
internal sealed class InboxPosts(
    InboxStore inbox, UploadStore uploads, TikTokShares shares, IProgressSink progress, IOptions<TikTokOptions> options)
{
    /// <summary>
    /// The post that was shown as the likely one is what became of the draft. Not now when another one is likely by then, or none.
    /// </summary>
    public async Task<OrderOutcome> ConfirmAsync(Guid userId, Guid uploadId, string postId, CancellationToken cancellationToken)
    {
        if (await inbox.ConfirmAsync(userId, uploadId, postId, options.Value.PostUrl(postId), cancellationToken) is not { } publishId)
            return await uploads.FindAsync(userId, uploadId, cancellationToken) is null ? OrderOutcome.NotFound : OrderOutcome.NotNow;

        await shares.FinishAsync(publishId, cancellationToken);
        // One that its user has taken off the list has no row to renew.
        if (await uploads.FindAsync(userId, uploadId, cancellationToken) is { } row)
            await progress.PublishAsync(row.Tell(WorkEvent.FollowUp), cancellationToken);
        return OrderOutcome.Done;
    }
}
