using Microsoft.Extensions.Options;
using TrendVault.Core.Jobs;
using TrendVault.Core.TikTok;

namespace TrendVault.Core.Uploads;

/// <summary>What users say of the posts that their drafts in TikTok's inbox became.</summary>
public sealed class InboxPosts
{
    private readonly InboxStore _inbox;
    private readonly UploadStore _uploads;
    private readonly TikTokShares _shares;
    private readonly IProgressSink _progress;
    private readonly TikTokOptions _options;

    internal InboxPosts(InboxStore inbox, UploadStore uploads, TikTokShares shares, IProgressSink progress, IOptions<TikTokOptions> options) =>
        (_inbox, _uploads, _shares, _progress, _options) = (inbox, uploads, shares, progress, options.Value);

    /// <summary>
    /// The post that was shown as the likely one is what became of the draft. Not now when another one is likely by then, or none.
    /// </summary>
    public async Task<UploadOrderOutcome> ConfirmAsync(Guid userId, Guid uploadId, string postId, CancellationToken cancellationToken)
    {
        if (await _inbox.ConfirmAsync(userId, uploadId, postId, _options.PostUrl(postId), cancellationToken) is not { } publishId)
            return await _uploads.FindAsync(userId, uploadId, cancellationToken) is null ? UploadOrderOutcome.NotFound : UploadOrderOutcome.NotNow;

        await _shares.FinishAsync(publishId, cancellationToken);
        // One that its user has taken off the list has no row to renew.
        if (await _uploads.FindAsync(userId, uploadId, cancellationToken) is { } row)
            await _progress.PublishAsync(new ProgressEvent("upload:followup", userId, row), cancellationToken);
        return UploadOrderOutcome.Done;
    }
}
