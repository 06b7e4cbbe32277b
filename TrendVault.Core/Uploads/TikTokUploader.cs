using System.Net;
using System.Net.Http.Headers;
using System.Runtime.ExceptionServices;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TrendVault.Core.Accounts;
using TrendVault.Core.Channels;
using TrendVault.Core.Storage;
using TrendVault.Core.TikTok;

namespace TrendVault.Core.Uploads;

/// <summary>
/// Puts a draft into a creator's inbox: a draft is begun, its address is saved, then chunks in order, then questions until it is there.
/// The creator writes the caption and posts it in the TikTok app.
/// </summary>
/// <remarks><see href="https://developers.tiktok.com/doc/content-posting-api-media-transfer-guide"/></remarks>
internal sealed class TikTokUploader(
    TikTokApi api,
    TikTokShares shares,
    AccountTokens tokens,
    IObjectStore objects,
    UploadPauses pauses,
    IOptions<UploadOptions> uploads,
    IOptions<TikTokOptions> options,
    TimeProvider time,
    ILogger<TikTokUploader> log) : IPlatformUploader
{
    private const string Uploading = "PROCESSING_UPLOAD";

    /// <summary>The handle while nobody knows whether there is a draft: saved before it is begun, gone with the answer.</summary>
    private const string Asked = "asked";

    private const string Expired = "upload_expired";

    // Cancelled is to be on the row within two seconds.
    private static readonly TimeSpan AskPatience = TimeSpan.FromSeconds(1);

    public Platform Platform => Platform.TikTok;

    public string Name => "TikTok";

    public string WhereToLook => "the inbox of the TikTok app";

    public bool HasFollowUps => false;

    public async Task<AcceptedVideo> UploadAsync(UploadOrder order, UploadJournal journal, CancellationToken cancellationToken)
    {
        journal.Report("connect", order.Upload.SentBytes ?? 0);
        if (journal.Handle is { } saved)
        {
            try
            {
                return await BringAsync(order, journal, Read(saved), isNew: false, cancellationToken);
            }
            catch (PlatformException e) when (e.Code == Expired)
            {
                log.LogWarning("The address of upload {UploadId} ended while it waited; it begins again", order.Upload.Id);
            }
        }

        return await BringAsync(order, journal, await BeginAsync(order, journal, cancellationToken), isNew: true, cancellationToken);
    }

    private async Task<AcceptedVideo> BringAsync(
        UploadOrder order, UploadJournal journal, TikTokDraft draft, bool isNew, CancellationToken cancellationToken)
    {
        try
        {
            var status = isNew ? null : await StatusAsync(order, journal, draft, cancellationToken);
            if (status is null or { Status: Uploading })
                await SendAsync(order, journal, draft, status?.UploadedBytes ?? 0, cancellationToken);
            return await SettleAsync(order, journal, draft, cancellationToken);
        }
        catch (OperationCanceledException) when (journal.LastByteSent)
        {
            // A cancel that comes too late must not be told as one: the draft is in the inbox, or will be.
            if (await WillArriveAsync(order, draft))
                return Accepted(draft);
            throw;
        }
    }

    public Task<VideoState?> ReadStateAsync(UploadRow upload, PublishingChannel channel, string videoId, CancellationToken cancellationToken) =>
        Task.FromResult<VideoState?>(null);

    public Task SetWatermarkAsync(UploadRow upload, PublishingChannel channel, ReadOnlyMemory<byte> picture, CancellationToken cancellationToken) =>
        Task.CompletedTask;

    // The creator chooses a cover in the app.
    public Task SetThumbnailAsync(
        UploadRow upload, PublishingChannel channel, string videoId, ReadOnlyMemory<byte> picture, CancellationToken cancellationToken) =>
        Task.CompletedTask;

    private TikTokChunks ChunksOf(UploadOrder order) => TikTokChunks.Of(order.File.FileSize!.Value, options.Value.ChunkBytes);

    private static TikTokDraft Read(string handle) =>
        handle == Asked ? throw new OutcomeUnknownException() : JsonSerializer.Deserialize<TikTokDraft>(handle)!;

    /// <summary>Begins a draft once. Whoever finds the question saved but no answer cannot tell whether there is one.</summary>
    private async Task<TikTokDraft> BeginAsync(UploadOrder order, UploadJournal journal, CancellationToken cancellationToken)
    {
        var (userId, accountId) = (order.Upload.UserId, order.Channel.ConnectedAccountId);
        // Should TikTok be away, this finds out: of a draft that is asked for nobody could tell then.
        await tokens.UseAsync(userId, accountId, token => api.ReadUserAsync(token, cancellationToken), cancellationToken);
        var share = await shares.TakeAsync(userId, accountId, cancellationToken);
        try
        {
            await journal.SaveHandleAsync(Asked, cancellationToken);
            // Not given up half way, not even by a shutdown: a draft that is begun and not heard of is one that nobody can finish.
            var draft = await tokens.UseAsync(
                userId, accountId, token => api.BeginAsync(token, ChunksOf(order), CancellationToken.None), CancellationToken.None);
            await journal.SaveHandleAsync(JsonSerializer.Serialize(draft), CancellationToken.None);
            return draft;
        }
        catch (PlatformException e) when (e.Code is "tiktok_unanswered" or "tiktok_unavailable" or "tiktok_unreadable")
        {
            log.LogWarning(e, "TikTok did not say whether it has begun a draft for upload {UploadId}", order.Upload.Id);
            throw new OutcomeUnknownException();
        }
        catch (PlatformException)
        {
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

    /// <summary>Sends chunk after chunk, with a pause after each failure, until TikTok has all of them.</summary>
    private async Task SendAsync(UploadOrder order, UploadJournal journal, TikTokDraft draft, long stored, CancellationToken cancellationToken)
    {
        var chunks = ChunksOf(order);
        var next = chunks.From(stored);
        journal.Report("send", next);
        await using var file = new ObjectStream(objects, order.File.StorageKey!, chunks.Size, journal.MarkLastByteAsync);
        for (var failures = 0; next < chunks.Size;)
        {
            var before = next;
            PlatformException? failure = null;
            try
            {
                next = await SendChunkAsync(order, journal, draft, file, next, cancellationToken);
            }
            catch (PlatformException e)
            {
                failure = e;
            }

            failures = next > before ? 0 : failures + 1;
            if (failures > 0)
                await pauses.AfterAsync(failure ?? TikTokErrors.Unavailable(), failures, cancellationToken);
        }
    }

    /// <summary>Sends the chunk that begins at <paramref name="start"/>. Answers where the next one begins.</summary>
    private async Task<long> SendChunkAsync(
        UploadOrder order, UploadJournal journal, TikTokDraft draft, ObjectStream file, long start, CancellationToken cancellationToken)
    {
        var chunks = ChunksOf(order);
        // The address takes bytes without a token: a creator who has disconnected wants no draft any more.
        await tokens.GetAsync(order.Upload.UserId, order.Channel.ConnectedAccountId, cancellationToken);
        var answer = await PutAsync(order, journal, draft, file, start, cancellationToken);
        switch (answer.Status)
        {
            case HttpStatusCode.OK or HttpStatusCode.Created or HttpStatusCode.PartialContent:
                return chunks.EndOf(start);
            case HttpStatusCode.RequestedRangeNotSatisfiable:
                return chunks.From(answer.Stored ?? (await StatusAsync(order, journal, draft, cancellationToken)).UploadedBytes);
            case HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError:
                throw TikTokErrors.Unavailable();
        }

        // The address is dead; what it took may still be a whole video.
        var status = await StatusAsync(order, journal, draft, cancellationToken);
        if (status.Status != Uploading || chunks.From(status.UploadedBytes) == chunks.Size)
            return chunks.Size;
        await journal.ForgetHandleAsync(cancellationToken);
        throw answer.Status is HttpStatusCode.Forbidden or HttpStatusCode.NotFound
            ? new PlatformException(PlatformRemedy.GiveUp, Expired, "TikTok's address for this upload has ended: it works for an hour. Retry begins a new draft.")
            : new PlatformException(PlatformRemedy.GiveUp, "tiktok_refused", "TikTok does not take this file piece by piece. Retry begins a new draft.");
    }

    private async Task<TikTokChunkAnswer> PutAsync(
        UploadOrder order, UploadJournal journal, TikTokDraft draft, ObjectStream file, long start, CancellationToken cancellationToken)
    {
        var chunks = ChunksOf(order);
        var end = chunks.EndOf(start);
        using var content = new ChunkContent(file, start, end, sent => journal.Report("send", sent));
        content.Headers.ContentType = new MediaTypeHeaderValue(order.File.ContentType!);
        content.Headers.ContentRange = new ContentRangeHeaderValue(start, end - 1, chunks.Size);
        using var patience = new CancellationTokenSource(uploads.Value.ChunkTimeout * Math.Max(1, (end - start) / uploads.Value.ChunkBytes), time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            return await api.PutAsync(draft.UploadUrl, content, either.Token);
        }
        catch (Exception) when (content.ReadFailure is not null && !either.IsCancellationRequested)
        {
            ExceptionDispatchInfo.Throw(content.ReadFailure);
            throw;
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested && patience.IsCancellationRequested)
        {
            throw new PlatformException(PlatformRemedy.Retry, "tiktok_unanswered", "TikTok did not take a piece of the file in time.", inner: e);
        }
    }

    /// <summary>Asks until the draft is in the inbox.</summary>
    private async Task<AcceptedVideo> SettleAsync(UploadOrder order, UploadJournal journal, TikTokDraft draft, CancellationToken cancellationToken)
    {
        journal.Report("confirm", order.File.FileSize!.Value);
        var began = time.GetTimestamp();
        for (var asked = 0; time.GetElapsedTime(began) < options.Value.ProcessingPatience; asked++)
        {
            var status = await StatusAsync(order, journal, draft, cancellationToken);
            if (HasArrived(status))
                return Accepted(draft);
            if (status.Status == "FAILED")
                throw await FailedAsync(order, journal, status.FailReason ?? "", cancellationToken);
            await Task.Delay(options.Value.Polls[Math.Min(asked, options.Value.Polls.Count - 1)], time, cancellationToken);
        }

        throw new PlatformException(PlatformRemedy.Park, "processing", "TikTok has the video and is still processing it.", uploads.Value.LookAgain);
    }

    /// <summary>The draft is dead, so that nothing keeps a later attempt from beginning another one.</summary>
    private async Task<PlatformException> FailedAsync(UploadOrder order, UploadJournal journal, string reason, CancellationToken cancellationToken)
    {
        await journal.ForgetHandleAsync(cancellationToken);
        if (reason == "auth_removed")
        {
            var token = await tokens.GetAsync(order.Upload.UserId, order.Channel.ConnectedAccountId, cancellationToken);
            await tokens.GiveUpAsync(order.Upload.UserId, order.Channel.ConnectedAccountId, token, cancellationToken);
        }

        return TikTokErrors.OfFailedDraft(reason);
    }

    /// <summary>Asks once and briefly; false when no draft can come of what TikTok has.</summary>
    /// <exception cref="OutcomeUnknownException">It is still being processed, or TikTok does not say.</exception>
    private async Task<bool> WillArriveAsync(UploadOrder order, TikTokDraft draft)
    {
        using var patience = new CancellationTokenSource(AskPatience, time);
        try
        {
            var status = await ReadStatusAsync(order, draft, patience.Token);
            if (HasArrived(status))
                return true;
            if (status.Status == "FAILED" || (status.Status == Uploading && ChunksOf(order).From(status.UploadedBytes) < order.File.FileSize))
                return false;
        }
        catch (Exception e) when (e is OperationCanceledException or PlatformException)
        {
            log.LogInformation("TikTok does not say what became of upload {UploadId}: {Reason}", order.Upload.Id, e.Message);
        }

        throw new OutcomeUnknownException { MayBeAskedAgain = true };
    }

    private async Task<TikTokDraftStatus> StatusAsync(UploadOrder order, UploadJournal journal, TikTokDraft draft, CancellationToken cancellationToken)
    {
        for (var failures = 1; ; failures++)
        {
            try
            {
                return await ReadStatusAsync(order, draft, cancellationToken);
            }
            catch (PlatformException e) when (e.Code is "invalid_publish_id" or "token_not_authorized_for_specified_publish_id")
            {
                if (journal.LastByteSent)
                    throw new OutcomeUnknownException();
                await journal.ForgetHandleAsync(cancellationToken);
                throw;
            }
            catch (PlatformException e)
            {
                await pauses.AfterAsync(e, failures, cancellationToken);
            }
        }
    }

    private Task<TikTokDraftStatus> ReadStatusAsync(UploadOrder order, TikTokDraft draft, CancellationToken cancellationToken) => tokens.UseAsync(
        order.Upload.UserId,
        order.Channel.ConnectedAccountId,
        token => api.ReadStatusAsync(token, draft.PublishId, cancellationToken),
        cancellationToken);

    private static bool HasArrived(TikTokDraftStatus status) => status.Status is "SEND_TO_USER_INBOX" or "PUBLISH_COMPLETE";

    // Only its creator sees a draft, and it has no page of its own.
    private AcceptedVideo Accepted(TikTokDraft draft) => new(draft.PublishId, options.Value.WebUrl.AbsoluteUri, VideoPrivacy.Private);
}
