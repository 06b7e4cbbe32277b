using System.Net;
using System.Net.Http.Headers;
using System.Runtime.ExceptionServices;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TrendVault.Core.Accounts;
using TrendVault.Core.Channels;
using TrendVault.Core.Storage;
using TrendVault.Core.TikTok;
using TrendVault.Core.Work;

namespace TrendVault.Core.Uploads;

/// <summary>
/// Puts a draft into a creator's inbox: a draft is begun, its address is saved, then chunks in order, then questions until it is there.
/// The creator writes the caption and posts it in the TikTok app.
/// </summary>
/// <remarks><see href="https://developers.tiktok.com/doc/content-posting-api-media-transfer-guide"/></remarks>
internal sealed class TikTokUploader(
    TikTokApi api,
    TikTokDrafts drafts,
    TikTokShares shares,
    AccountTokens tokens,
    IObjectStore objects,
    UploadPauses pauses,
    IOptions<UploadOptions> uploads,
    IOptions<TikTokOptions> options,
    TimeProvider time,
    ILogger<TikTokUploader> log) : IPlatformUploader
{
    private const string Expired = "upload_expired";

    // An address has ended by then, and processing takes minutes: what is still missing does not come any more.
    private static readonly TimeSpan WithoutHope = TimeSpan.FromHours(2);

    // Cancelled is to be on the row within two seconds.
    private static readonly TimeSpan AskPatience = TimeSpan.FromSeconds(1);

    public Platform Platform => Platform.TikTok;

    public string Name => "TikTok";

    public string WhereToLook => "the inbox of the TikTok app";

    public async Task<AcceptedVideo> UploadAsync(UploadOrder order, UploadJournal journal, CancellationToken cancellationToken)
    {
        journal.Report(WorkPhase.Connect, order.Upload.DoneBytes ?? 0);
        if (drafts.Find(order, journal) is { } saved)
        {
            try
            {
                return await BringAsync(order, journal, saved, isNew: false, cancellationToken);
            }
            catch (PlatformException e) when (e.Code == Expired)
            {
                log.LogWarning("The address of upload {UploadId} ended while it waited; it begins again", order.Upload.Id);
            }
        }

        return await BringAsync(order, journal, await drafts.BeginAsync(order, journal, cancellationToken), isNew: true, cancellationToken);
    }

    private async Task<AcceptedVideo> BringAsync(
        UploadOrder order, UploadJournal journal, TikTokHandle draft, bool isNew, CancellationToken cancellationToken)
    {
        try
        {
            var status = isNew ? null : await StatusAsync(order, journal, draft, cancellationToken);
            if (status is null || LacksBytes(order, journal, draft, status))
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

    /// <summary>True when bytes are to be sent. Once the last one has been, silence about how many have come says nothing.</summary>
    private bool LacksBytes(UploadOrder order, UploadJournal journal, TikTokHandle draft, TikTokDraftStatus status) =>
        status.IsUploading && (status.UploadedBytes is { } stored ? drafts.ChunksOf(order, draft).From(stored) < order.File.FileSize : !journal.LastByteSent);

    /// <summary>Sends chunk after chunk, with a pause after each failure, until TikTok has all of them.</summary>
    private async Task SendAsync(UploadOrder order, UploadJournal journal, TikTokHandle draft, long stored, CancellationToken cancellationToken)
    {
        var chunks = drafts.ChunksOf(order, draft);
        var next = chunks.From(stored);
        journal.Report(WorkPhase.Send, next);
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
        UploadOrder order, UploadJournal journal, TikTokHandle draft, ObjectStream file, long start, CancellationToken cancellationToken)
    {
        var chunks = drafts.ChunksOf(order, draft);
        // The address takes bytes without a token: a creator who has disconnected wants no draft any more.
        await tokens.GetAsync(order.Upload.UserId, order.Channel.ConnectedAccountId, cancellationToken);
        var answer = await PutAsync(order, journal, draft, file, start, cancellationToken);
        switch (answer.Status)
        {
            case HttpStatusCode.OK or HttpStatusCode.Created or HttpStatusCode.PartialContent:
                return chunks.EndOf(start);
            case HttpStatusCode.RequestedRangeNotSatisfiable when answer.Stored is { } told:
                return chunks.From(told);
            case HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError:
                throw TikTokErrors.Unavailable();
        }

        // What the address took may be a whole video, also when it takes no more.
        var status = await StatusAsync(order, journal, draft, cancellationToken);
        if (!LacksBytes(order, journal, draft, status))
            return chunks.Size;
        if (answer.Status == HttpStatusCode.RequestedRangeNotSatisfiable && status.UploadedBytes is { } stored)
            return chunks.From(stored);
        if (journal.LastByteSent)
            throw Undecided(order);
        await journal.ForgetHandleAsync(cancellationToken);
        throw answer.Status is HttpStatusCode.Forbidden or HttpStatusCode.NotFound or HttpStatusCode.RequestedRangeNotSatisfiable
            ? new PlatformException(Remedy.GiveUp, Expired, "TikTok's address for this upload has ended: it works for an hour. Retry begins a new draft.")
            : new PlatformException(Remedy.GiveUp, "tiktok_refused", "TikTok does not take this file piece by piece. Retry begins a new draft.");
    }

    private async Task<TikTokChunkAnswer> PutAsync(
        UploadOrder order, UploadJournal journal, TikTokHandle draft, ObjectStream file, long start, CancellationToken cancellationToken)
    {
        var chunks = drafts.ChunksOf(order, draft);
        var end = chunks.EndOf(start);
        // Not a limit of the whole: a chunk takes as long as the network needs, but none stands still.
        using var silence = new CancellationTokenSource(options.Value.Silence, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(silence.Token, cancellationToken);
        using var content = new ChunkContent(file, start, end, sent =>
        {
            silence.CancelAfter(options.Value.Silence);
            journal.Report(WorkPhase.Send, sent);
        });
        content.Headers.ContentType = new MediaTypeHeaderValue(order.File.ContentType!);
        content.Headers.ContentRange = new ContentRangeHeaderValue(start, end - 1, chunks.Size);
        try
        {
            return await api.PutAsync(draft.UploadUrl, content, either.Token);
        }
        catch (Exception) when (content.ReadFailure is not null && !either.IsCancellationRequested)
        {
            ExceptionDispatchInfo.Throw(content.ReadFailure);
            throw;
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested && silence.IsCancellationRequested)
        {
            throw TikTokErrors.Silent(e);
        }
    }

    /// <summary>
    /// Asks until the draft is in the inbox, for a short while; then the queue waits, as long again as has passed since the last
    /// byte.
    /// </summary>
    private async Task<AcceptedVideo> SettleAsync(UploadOrder order, UploadJournal journal, TikTokHandle draft, CancellationToken cancellationToken)
    {
        journal.Report(WorkPhase.Confirm, order.File.FileSize!.Value);
        var began = time.GetTimestamp();
        for (var asked = 0; ; asked++)
        {
            var status = await StatusAsync(order, journal, draft, cancellationToken);
            if (status.HasArrived)
                return Accepted(draft);
            if (status.HasFailed)
                throw await FailedAsync(order, journal, draft, status.FailReason ?? "", cancellationToken);
            if (time.GetElapsedTime(began) >= options.Value.ProcessingPatience)
                throw status.UploadedBytes is not null && !LacksBytes(order, journal, draft, status) ? Processing(order) : Undecided(order);
            await Task.Delay(options.Value.Polls[Math.Min(asked, options.Value.Polls.Count - 1)], time, cancellationToken);
        }
    }

    /// <summary>TikTok has the whole video, and may take its time.</summary>
    private Exception Processing(UploadOrder order) => SinceLastByte(order) > uploads.Value.OutagePatience ? new OutcomeUnknownException() : LookLater(order);

    /// <summary>
    /// TikTok does not say that it has the whole video. It is asked for as long as an answer may come, and nothing begins anew by
    /// itself.
    /// </summary>
    private Exception Undecided(UploadOrder order) => SinceLastByte(order) > WithoutHope ? new OutcomeUnknownException() : LookLater(order);

    private PlatformException LookLater(UploadOrder order)
    {
        var (since, least, most) = (SinceLastByte(order), options.Value.ProcessingPatience, uploads.Value.LookAgain);
        return new(
            Remedy.Wait,
            "processing",
            "The whole video has been sent, and TikTok has not said yet that it is in the inbox.",
            since < least ? least : since < most ? since : most);
    }

    // In the attempt that sends it, nothing has passed.
    private TimeSpan SinceLastByte(UploadOrder order) => order.Upload.LastByteAt is { } at ? time.GetUtcNow() - at : TimeSpan.Zero;

    /// <summary>The draft is dead, so that nothing keeps a later attempt from beginning another one.</summary>
    private async Task<PlatformException> FailedAsync(
        UploadOrder order, UploadJournal journal, TikTokHandle draft, string reason, CancellationToken cancellationToken)
    {
        await shares.FinishAsync(draft.PublishId, cancellationToken);
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
    private async Task<bool> WillArriveAsync(UploadOrder order, TikTokHandle draft)
    {
        using var patience = new CancellationTokenSource(AskPatience, time);
        try
        {
            var status = await drafts.ReadStatusAsync(order, draft.PublishId, patience.Token);
            if (status.HasArrived)
                return true;
            if (status.HasFailed || (status is { IsUploading: true, UploadedBytes: { } stored } && drafts.ChunksOf(order, draft).From(stored) < order.File.FileSize))
                return false;
        }
        catch (Exception e) when (e is OperationCanceledException or PlatformException)
        {
            log.LogInformation("TikTok does not say what became of upload {UploadId}: {Reason}", order.Upload.Id, e.Message);
        }

        throw new OutcomeUnknownException { MayBeAskedAgain = true };
    }

    private async Task<TikTokDraftStatus> StatusAsync(UploadOrder order, UploadJournal journal, TikTokHandle draft, CancellationToken cancellationToken)
    {
        for (var failures = 1; ; failures++)
        {
            try
            {
                return await drafts.ReadStatusAsync(order, draft.PublishId, cancellationToken);
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

    // Only its creator sees a draft, and it has no page of its own.
    private AcceptedVideo Accepted(TikTokHandle draft) => new(draft.PublishId, options.Value.WebUrl.AbsoluteUri, VideoPrivacy.Private);
}
