using System.Text.Json;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TrendVault.Core.Accounts;
using TrendVault.Core.TikTok;

namespace TrendVault.Core.Uploads;

/// <summary>Begins drafts at TikTok, within the places that each account has, and finds those that attempts before have begun.</summary>
internal sealed class TikTokDrafts(
    TikTokApi api,
    TikTokShares shares,
    AccountTokens tokens,
    IOptions<UploadOptions> uploads,
    IOptions<TikTokOptions> options,
    TimeProvider time,
    ILogger<TikTokDrafts> log)
{
    /// <summary>
    /// The handle while nobody knows whether there is a draft: saved before it is begun, gone with the answer. No byte has left for it, and
    /// a draft without bytes reaches no inbox, so whoever finds it begins another.
    /// </summary>
    private const string Asked = "asked";

    // Places are few, and each is asked for at most.
    private const int MostPlacesAsked = 10;

    private static readonly TimeSpan AddressLife = TimeSpan.FromHours(1);

    /// <summary>The draft to go on with; null when none has begun, or its address has ended before the last byte was sent.</summary>
    public TikTokHandle? Find(UploadOrder order, UploadJournal journal)
    {
        if (journal.Handle is not { } saved)
            return null;
        if (saved == Asked)
        {
            log.LogWarning("An attempt at upload {UploadId} ended before TikTok said whether it has begun a draft; another is begun", order.Upload.Id);
            return null;
        }

        var draft = JsonSerializer.Deserialize<TikTokHandle>(saved)!;
        if (journal.LastByteSent || time.GetUtcNow() - draft.BegunAt < AddressLife)
            return draft;
        log.LogInformation("The address of upload {UploadId} ended while it waited; another draft is begun", order.Upload.Id);
        return null;
    }

    /// <summary>Begins one.</summary>
    /// <exception cref="PlatformException">TikTok refuses, or does not say, or takes no other now.</exception>
    public async Task<TikTokHandle> BeginAsync(UploadOrder order, UploadJournal journal, CancellationToken cancellationToken)
    {
        var (userId, accountId) = (order.Upload.UserId, order.Channel.ConnectedAccountId);
        // Should TikTok be away, this finds out: a draft that is asked for then takes a place, whether it has begun or not.
        await tokens.UseAsync(userId, accountId, token => api.ReadUserAsync(token, cancellationToken), cancellationToken);
        var share = await TakeShareAsync(order, cancellationToken);
        var chunks = TikTokChunks.Of(order.File.FileSize!.Value, options.Value.ChunkBytes);
        try
        {
            await journal.SaveHandleAsync(Asked, cancellationToken);
            // Not given up half way, not even by a shutdown: a draft that is begun and not heard of takes a place for nothing.
            var begun = await tokens.UseAsync(
                userId, accountId, token => api.BeginAsync(token, chunks, CancellationToken.None), CancellationToken.None);
            var draft = new TikTokHandle(begun.PublishId, begun.UploadUrl, time.GetUtcNow(), chunks.ChunkSize);
            await journal.SaveHandleAsync(JsonSerializer.Serialize(draft), CancellationToken.None);
            await shares.NameAsync(share, draft.PublishId);
            return draft;
        }
        catch (PlatformException e) when (e.Code is "tiktok_unanswered" or "tiktok_silent" or "tiktok_unavailable" or "tiktok_unreadable")
        {
            log.LogWarning(e, "TikTok did not say whether it has begun a draft for upload {UploadId}; it counts as one", order.Upload.Id);
            await journal.ForgetHandleAsync(cancellationToken);
            throw TikTokErrors.DraftUnanswered(uploads.Value.LookAgain);
        }
        catch (PlatformException e)
        {
            // A draft whose address is refused has begun all the same.
            if (e.Code != TikTokApi.AddressRefused)
                await shares.GiveBackAsync(share);
            await journal.ForgetHandleAsync(cancellationToken);
            throw;
        }
        catch (OperationCanceledException) when (journal.Handle is null)
        {
            await shares.GiveBackAsync(share);
            throw;
        }
    }

    private async Task<Guid> TakeShareAsync(UploadOrder order, CancellationToken cancellationToken)
    {
        var (userId, accountId) = (order.Upload.UserId, order.Channel.ConnectedAccountId);
        try
        {
            return await shares.TakeAsync(userId, accountId, cancellationToken);
        }
        catch (PlatformException e) when (e.Code == "too_many_drafts")
        {
            if (!await FreeSharesAsync(order, cancellationToken))
                throw;
        }

        return await shares.TakeAsync(userId, accountId, cancellationToken);
    }

    /// <summary>Asks what became of the drafts that take the places: some may have been posted since they were last looked at.</summary>
    private async Task<bool> FreeSharesAsync(UploadOrder order, CancellationToken cancellationToken)
    {
        var freed = 0;
        foreach (var publishId in await shares.ListOpenAsync(order.Channel.ConnectedAccountId, MostPlacesAsked, cancellationToken))
        {
            try
            {
                if (await ReadStatusAsync(order, publishId, cancellationToken) is { IsPosted: true } or { HasFailed: true })
                    freed += await shares.FinishAsync(publishId, cancellationToken);
            }
            catch (PlatformException e)
            {
                log.LogInformation("TikTok does not say what became of a draft, which goes on taking a place: {Reason}", e.Message);
            }
        }

        return freed > 0;
    }

    /// <summary>As they were announced, whatever the plan has become since: once it was the longest chunks, and not kept.</summary>
    public TikTokChunks ChunksOf(UploadOrder order, TikTokHandle draft)
    {
        var size = order.File.FileSize!.Value;
        var chunk = draft.ChunkSize ?? Math.Min(size, options.Value.ChunkBytes);
        return new TikTokChunks(size, chunk, (int)(size / chunk));
    }

    /// <summary>How far one is, whichever of the account's it is.</summary>
    /// <exception cref="PlatformException">TikTok refuses, or does not answer.</exception>
    public Task<TikTokDraftStatus> ReadStatusAsync(UploadOrder order, string publishId, CancellationToken cancellationToken) => tokens.UseAsync(
        order.Upload.UserId,
        order.Channel.ConnectedAccountId,
        token => api.ReadStatusAsync(token, publishId, cancellationToken),
        cancellationToken);
}

/// <summary>A draft that has begun, as it is saved.</summary>
/// <param name="PublishId">By which its status is asked for.</param>
/// <param name="UploadUrl">Takes the bytes.</param>
/// <param name="BegunAt">When its address began to live.</param>
/// <param name="ChunkSize">As announced.</param>
internal sealed record TikTokHandle(string PublishId, Uri UploadUrl, DateTimeOffset BegunAt, long? ChunkSize);
