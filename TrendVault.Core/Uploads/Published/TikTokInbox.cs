using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TrendVault.Core.Accounts;
using TrendVault.Core.Channels;
using TrendVault.Core.Jobs;
using TrendVault.Core.TikTok;

namespace TrendVault.Core.Uploads;

/// <summary>
/// Follows a draft in TikTok's inbox, hourly for a day and then daily for a week, until its creator has posted it: then it takes no place
/// any more. Where TikTok does not name the post and the creator lets TrendVault see posts, the one that fits by time and length is found
/// for its user to confirm.
/// </summary>
internal sealed class TikTokInbox(
    TikTokApi api,
    TikTokShares shares,
    InboxStore store,
    AccountTokens tokens,
    AccountStore accounts,
    ChannelStore channels,
    IOptions<TikTokOptions> options,
    TimeProvider time,
    ILogger<TikTokInbox> log)
{
    // TikTok tells whole seconds, rounded in a way of its own.
    private const double LengthSlack = 1;

    // TikTok tells whole seconds, of a clock of its own.
    private static readonly TimeSpan ClockSlack = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan Hourly = TimeSpan.FromHours(1);
    private static readonly TimeSpan Daily = TimeSpan.FromDays(1);
    private static readonly TimeSpan Patience = Daily + TimeSpan.FromDays(7);

    /// <summary>One look at what became of it.</summary>
    public async Task<JobOutcome> FollowAsync(Job job, UploadRow row, CancellationToken cancellationToken)
    {
        if (row is { Inbox: InboxState.Posted, PostId: not null })
            return new JobOutcome.Completed();

        var age = time.GetUtcNow() - job.CreatedAt;
        var (seen, isOver) = await LookAsync(row, cancellationToken);
        if (!isOver && age >= Patience)
            (seen, isOver) = (seen with { Inbox = OrUnknown(seen) }, true);
        await store.SaveAsync(job, seen, cancellationToken);
        return isOver
            ? new JobOutcome.Completed()
            : new JobOutcome.Parked("The draft is looked at again later.", time.GetUtcNow() + (age < Daily ? Hourly : Daily));
    }

    // What is known to be posted stays so, whatever else nobody says.
    private static InboxState OrUnknown(UploadRow row) => row.Inbox == InboxState.Posted ? InboxState.Posted : InboxState.Unknown;

    private async Task<(UploadRow Row, bool IsOver)> LookAsync(UploadRow row, CancellationToken cancellationToken)
    {
        var seconds = await store.ReadSecondsAsync(row.Id, cancellationToken);
        // Once the channel is disconnected there is nobody to ask.
        if (row.ChannelId is not { } channelId || await channels.FindAsync(row.UserId, channelId, cancellationToken) is not { } channel)
            return (row with { Inbox = OrUnknown(row) }, true);

        try
        {
            var status = await tokens.UseAsync(
                row.UserId, channel.ConnectedAccountId, token => api.ReadStatusAsync(token, row.PlatformVideoId!, cancellationToken), cancellationToken);
            if (status.IsPosted || status.HasFailed)
                await shares.FinishAsync(row.PlatformVideoId!, cancellationToken);
            var told = Tell(row, status);
            return told.PostId is null && !status.HasFailed
                ? (await WithLikelyPostAsync(told, channel, seconds, cancellationToken), false)
                : (told, true);
        }
        catch (PlatformException e) when (e.Code is "invalid_publish_id" or "token_not_authorized_for_specified_publish_id" or "account_gone")
        {
            return (row with { Inbox = OrUnknown(row) }, true);
        }
        catch (PlatformException e)
        {
            log.LogInformation("TikTok does not say what became of the draft of upload {UploadId}: {Reason}", row.Id, e.Message);
            return (row, false);
        }
    }

    private UploadRow Tell(UploadRow row, TikTokDraftStatus status) => status switch
    {
        { HasFailed: true } => row with
        {
            Inbox = InboxState.Ended,
            InboxError = TikTokErrors.OfFailedDraft(status.FailReason ?? "").Message,
            LikelyPostId = null,
            LikelyPostedAt = null,
        },
        { IsPosted: true, PostId: { } postId } => row with
        {
            Inbox = InboxState.Posted,
            PostId = postId,
            Url = options.Value.PostUrl(postId),
            LikelyPostId = null,
            LikelyPostedAt = null,
        },
        { IsPosted: true } => row with { Inbox = InboxState.Posted },
        _ => row with { Inbox = InboxState.Waiting },
    };

    /// <summary>
    /// The one post that fits: younger than the draft, as long as its file, and not known to be another upload's. Of two that fit
    /// neither is it.
    /// </summary>
    private async Task<UploadRow> WithLikelyPostAsync(UploadRow row, PublishingChannel channel, double? seconds, CancellationToken cancellationToken)
    {
        if (seconds is not { } length
            || row.LastByteAt is not { } sentAt
            || await accounts.FindAsync(row.UserId, channel.ConnectedAccountId, cancellationToken) is not { } account
            || !account.Scopes.Contains(TikTokAccounts.ListScope))
        {
            return row;
        }

        try
        {
            var posts = await tokens.UseAsync(
                row.UserId, channel.ConnectedAccountId, token => api.ListPostsAsync(token, sentAt - ClockSlack, cancellationToken), cancellationToken);
            var fitting = posts.Where(post => Math.Abs(post.Seconds - length) <= LengthSlack).DistinctBy(post => post.Id).ToList();
            var known = await store.FindKnownPostsAsync([.. fitting.Select(post => post.Id)], cancellationToken);
            var likely = fitting.Where(post => !known.Contains(post.Id)).ToList() is [var only] ? only : null;
            return row with { LikelyPostId = likely?.Id, LikelyPostedAt = likely?.At };
        }
        catch (PlatformException e)
        {
            // What TikTok has just said of the draft is kept all the same.
            log.LogInformation("TikTok does not list the posts for upload {UploadId}: {Reason}", row.Id, e.Message);
            return row;
        }
    }
}
