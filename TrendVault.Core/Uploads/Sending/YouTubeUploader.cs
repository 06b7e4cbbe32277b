using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using Google;
using Google.Apis.Requests;
using Google.Apis.Upload;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TrendVault.Core.Accounts;
using TrendVault.Core.Channels;
using TrendVault.Core.Storage;
using TrendVault.Core.Work;
using TrendVault.Core.YouTube;
using TrendVault.Core.YouTube.Data;
using SendStatus = Google.Apis.Upload.UploadStatus;

namespace TrendVault.Core.Uploads;

/// <summary>Uploads to YouTube by its resumable protocol: a session, whose address is saved, then chunks, then the video.</summary>
/// <remarks><see href="https://developers.google.com/youtube/v3/guides/using_resumable_upload_protocol"/></remarks>
internal sealed class YouTubeUploader(
    YouTubeServices services,
    YouTubeQuota quota,
    AccountTokens tokens,
    UploadRows rows,
    YouTubeChannelLimits limits,
    IObjectStore objects,
    UploadPauses pauses,
    IOptions<UploadOptions> options,
    IOptions<YouTubeOptions> youTube,
    TimeProvider time,
    ILogger<YouTubeUploader> log) : IPlatformUploader
{
    // Cancelled is to be on the row within two seconds.
    private static readonly TimeSpan AskPatience = TimeSpan.FromSeconds(1);

    private const string Parts = "snippet,status";

    // Of a list call, which thumbnails and watermarks cost 50 times.
    private const int PicturePrice = 50;

    private const string Unverified = "YouTube takes pictures from channels only that are verified with a telephone number: do so at youtube.com/verify, then set it in YouTube Studio.";

    public Platform Platform => Platform.YouTube;

    public string Name => "YouTube";

    public string WhereToLook => "the channel's videos in YouTube Studio";

    public async Task<AcceptedVideo> UploadAsync(UploadOrder order, UploadJournal journal, CancellationToken cancellationToken)
    {
        await using var file = new ObjectStream(objects, order.File.StorageKey!, order.File.FileSize!.Value, journal.MarkLastByteAsync);
        var session = await SessionAsync(order, journal, file, cancellationToken);
        try
        {
            return await SendAsync(order, journal, file, session, cancellationToken);
        }
        catch (SessionGoneException) when (!journal.LastByteSent)
        {
            log.LogWarning("The session of upload {UploadId} has expired before its last byte; it begins again", order.Upload.Id);
        }
        catch (SessionGoneException)
        {
            return await FindAsync(order, cancellationToken) ?? throw new OutcomeUnknownException();
        }
        catch (OperationCanceledException) when (journal.LastByteSent)
        {
            // A cancel that comes too late must not be told as one: the video is on the channel, or may be.
            return await AskAsync(order, session) ?? throw new OperationCanceledException(cancellationToken);
        }

        await journal.ForgetHandleAsync(cancellationToken);
        session = await SessionAsync(order, journal, file, cancellationToken);
        try
        {
            return await SendAsync(order, journal, file, session, cancellationToken);
        }
        catch (SessionGoneException)
        {
            throw new PlatformException(Remedy.Retry, "session_lost", "YouTube forgot this upload twice.");
        }
    }

    public async Task<VideoState?> ReadStateAsync(UploadRow upload, PublishingChannel channel, string videoId, CancellationToken cancellationToken)
    {
        using var client = services.Create(CredentialOf(upload, channel));
        var request = client.Videos.List("status,processingDetails");
        request.Id = videoId;
        try
        {
            await quota.SpendAsync(YouTubeBucket.General);
            var answer = await request.ExecuteAsync(cancellationToken);
            return answer.Items?.FirstOrDefault() is { } video ? YouTubeProcessing.StateOf(video) : null;
        }
        catch (Exception e) when (YouTubeErrors.ToPlatformException(e, time.GetUtcNow(), cancellationToken) is { } problem)
        {
            throw await quota.NoteAsync(problem, YouTubeBucket.General);
        }
    }

    public Task SetThumbnailAsync(
        UploadRow upload, PublishingChannel channel, string videoId, ReadOnlyMemory<byte> picture, CancellationToken cancellationToken) =>
        SetPictureAsync(upload, channel, client => client.Thumbnails.Set(videoId, picture, PictureHeader.ContentTypeOf(picture.Span)!), cancellationToken);

    public Task SetWatermarkAsync(UploadRow upload, PublishingChannel channel, ReadOnlyMemory<byte> picture, CancellationToken cancellationToken) =>
        SetPictureAsync(upload, channel, client => client.Watermarks.Set(channel.PlatformChannelId, picture, PictureHeader.ContentTypeOf(picture.Span)!), cancellationToken);

    private async Task SetPictureAsync(
        UploadRow upload, PublishingChannel channel, Func<YouTubeService, IClientServiceRequest<string>> set, CancellationToken cancellationToken)
    {
        var credential = CredentialOf(upload, channel);
        using var client = services.Create(credential);
        try
        {
            await quota.SpendAsync(YouTubeBucket.General, PicturePrice);
            await set(client).ExecuteAsync(cancellationToken);
        }
        catch (Exception e) when (Judge(e, credential, cancellationToken) is { } problem)
        {
            throw problem.Code == "forbidden"
                ? new PlatformException(problem.Remedy, problem.Code, Unverified, inner: e)
                : await quota.NoteAsync(problem, YouTubeBucket.General);
        }
    }

    private AccountCredential CredentialOf(UploadOrder order) => CredentialOf(order.Upload, order.Channel);

    private AccountCredential CredentialOf(UploadRow upload, PublishingChannel channel) => new(tokens, upload.UserId, channel.ConnectedAccountId);

    /// <summary>The saved session, or a new one, saved.</summary>
    private async Task<Uri> SessionAsync(UploadOrder order, UploadJournal journal, Stream file, CancellationToken cancellationToken)
    {
        if (journal.Handle is { } saved)
            return new Uri(saved);

        journal.Report(WorkPhase.Connect, 0);
        return await limits.BeginAsync(order.Channel, () => BeginAsync(order, journal, file, cancellationToken), cancellationToken);
    }

    private async Task<Uri> BeginAsync(UploadOrder order, UploadJournal journal, Stream file, CancellationToken cancellationToken)
    {
        var credential = CredentialOf(order);
        using var client = services.Create(credential);
        await RequireAnswerAsync(client, credential, cancellationToken);
        await quota.SpendAsync(YouTubeBucket.Upload);
        var insert = client.Videos.Insert(Describe(order.Upload), Parts, file, order.File.ContentType!);
        try
        {
            // A session without bytes is no video: one that is lost here costs a unit of quota and nothing else.
            var session = await insert.InitiateSessionAsync(cancellationToken)
                ?? throw new PlatformException(Remedy.Retry, "youtube_unreadable", "YouTube answered something that cannot be read.");
            await journal.SaveHandleAsync(session.AbsoluteUri, cancellationToken);
            return session;
        }
        catch (Exception e) when (Judge(e, credential, cancellationToken) is { } problem)
        {
            throw await quota.NoteAsync(problem, YouTubeBucket.Upload);
        }
    }

    /// <summary>
    /// Each session that is asked for costs one of the day's uploads: should YouTube be away, this finds out for a unit. Without a unit left
    /// the uploads of the day still go on.
    /// </summary>
    private async Task RequireAnswerAsync(YouTubeService client, AccountCredential credential, CancellationToken cancellationToken)
    {
        if (!await quota.TrySpendAsync(YouTubeBucket.General))
            return;
        var request = client.Channels.List("id");
        request.Mine = true;
        try
        {
            await request.ExecuteAsync(cancellationToken);
        }
        catch (Exception e) when (Judge(e, credential, cancellationToken) is { } problem)
        {
            problem = await quota.NoteAsync(problem, YouTubeBucket.General);
            if (problem.Code != "quota_exceeded")
                throw problem;
        }
    }

    /// <summary>Asks the session how far it is and goes on from there, with a pause after each failure, until it is done.</summary>
    /// <exception cref="SessionGoneException">YouTube does not know the session any more.</exception>
    private async Task<AcceptedVideo> SendAsync(
        UploadOrder order, UploadJournal journal, Stream file, Uri session, CancellationToken cancellationToken)
    {
        var credential = CredentialOf(order);
        using var client = services.Create(credential, options.Value.ChunkTimeout);
        journal.Report(WorkPhase.Send, order.Upload.DoneBytes ?? 0);
        var failures = 0;
        for (long farthest = 0; ;)
        {
            var upload = client.Videos.Insert(Describe(order.Upload), Parts, file, order.File.ContentType!);
            upload.ChunkSize = options.Value.ChunkBytes;
            upload.ProgressChanged += progress => journal.Report(PhaseOf(progress), progress.BytesSent);

            var (sent, failure) = await ResumeAsync(upload, session, cancellationToken);
            if (failure is null)
                return upload.ResponseBody is { Id: not null } video
                    ? Accepted(video)
                    : throw new PlatformException(Remedy.Retry, "youtube_unreadable", "YouTube answered something that cannot be read.");

            if (failure is GoogleApiException { HttpStatusCode: HttpStatusCode.NotFound or HttpStatusCode.Gone })
                throw new SessionGoneException();
            failures = sent > farthest ? 1 : failures + 1;
            farthest = Math.Max(sent, farthest);
            await pauses.AfterAsync(Judge(failure, credential, cancellationToken) ?? Unwrap(failure), failures, cancellationToken);
        }
    }

    /// <summary>The library throws when it is cancelled or out of time, and tells everything else.</summary>
    private static async Task<(long Sent, Exception? Failure)> ResumeAsync(ResumableUpload upload, Uri session, CancellationToken cancellationToken)
    {
        try
        {
            var progress = await upload.ResumeAsync(session, cancellationToken);
            cancellationToken.ThrowIfCancellationRequested();
            // The journal's no: not a time-out, which is a TaskCanceledException.
            if (progress.Exception is OperationCanceledException and not TaskCanceledException)
                throw progress.Exception;
            return (progress.BytesSent, progress.Status == SendStatus.Completed ? null : progress.Exception);
        }
        catch (TaskCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            return (upload.GetProgress()?.BytesSent ?? 0, e);
        }
    }

    /// <summary>Asks the session for its video, once and briefly; null when the session still waits for bytes.</summary>
    /// <exception cref="OutcomeUnknownException">It does not say.</exception>
    private async Task<AcceptedVideo?> AskAsync(UploadOrder order, Uri session)
    {
        using var patience = new CancellationTokenSource(AskPatience, time);
        using var client = services.Create(CredentialOf(order));
        using var request = new HttpRequestMessage(HttpMethod.Put, session) { Content = new ByteArrayContent([]) };
        request.Content.Headers.ContentRange = new ContentRangeHeaderValue(order.File.FileSize!.Value);
        try
        {
            using var answer = await client.HttpClient.SendAsync(request, patience.Token);
            if (answer.StatusCode == HttpStatusCode.PermanentRedirect)
                return null;
            if (answer.IsSuccessStatusCode && await client.DeserializeResponse<Video>(answer) is { Id: not null } video)
                return Accepted(video);
        }
        catch (Exception e) when (e is OperationCanceledException || YouTubeErrors.ToPlatformException(e, time.GetUtcNow(), CancellationToken.None) is not null)
        {
            log.LogInformation("The session of upload {UploadId} does not say what became of it: {Reason}", order.Upload.Id, e.Message);
        }

        throw new OutcomeUnknownException { MayBeAskedAgain = true };
    }

    /// <summary>The session is gone and its last byte may have arrived: is there a video that can only be this one?</summary>
    private async Task<AcceptedVideo?> FindAsync(UploadOrder order, CancellationToken cancellationToken)
    {
        if (await rows.FindHandleTimeAsync(order.Upload.Id, cancellationToken) is not { } begunAt || await rows.HasRivalAsync(order, cancellationToken))
            return null;
        var credential = CredentialOf(order);
        using var client = services.Create(credential);
        try
        {
            var unknown = await UnknownVideosAsync(client, order, cancellationToken);
            return OwnVideos.ThatFit(unknown, order, begunAt) is [var only] ? Accepted(only) : null;
        }
        catch (Exception e) when (Judge(e, credential, cancellationToken) is { } problem)
        {
            throw await quota.NoteAsync(problem, YouTubeBucket.General);
        }
    }

    /// <summary>The channel's newest videos of the upload's title that no upload is known to have made.</summary>
    private async Task<IEnumerable<Video>> UnknownVideosAsync(YouTubeService client, UploadOrder order, CancellationToken cancellationToken)
    {
        await quota.SpendAsync(YouTubeBucket.General, 3);
        var channels = client.Channels.List("contentDetails");
        channels.Mine = true;
        var own = (await channels.ExecuteAsync(cancellationToken)).Items?.FirstOrDefault(channel => channel.Id == order.Channel.PlatformChannelId);
        if (own?.ContentDetails?.RelatedPlaylists?.TryGetValue("uploads", out var playlist) is not true)
            return [];

        var uploads = client.PlaylistItems.List("snippet,contentDetails");
        uploads.PlaylistId = playlist;
        uploads.MaxResults = 50;
        var items = (await uploads.ExecuteAsync(cancellationToken)).Items ?? [];
        string[] named = [.. items.Where(item => item.Snippet?.Title == order.Upload.Title).Select(item => item.ContentDetails?.VideoId).OfType<string>()];
        string[] unknown = [.. named.Except(await rows.FindKnownVideosAsync(Platform, named, cancellationToken))];
        if (unknown.Length == 0)
            return [];

        var videos = client.Videos.List("snippet,contentDetails,status");
        videos.Id = unknown;
        return (await videos.ExecuteAsync(cancellationToken)).Items ?? [];
    }

    private PlatformException? Judge(Exception e, AccountCredential credential, CancellationToken cancellationToken)
    {
        var problem = YouTubeErrors.ToPlatformException(Unwrap(e), time.GetUtcNow(), cancellationToken);
        return problem switch
        {
            { Remedy: Remedy.Retry, RetryAfter: null } when credential.RetryAfter is { } wish =>
                new PlatformException(problem.Remedy, problem.Code, problem.Message, wish, e),
            { Remedy: Remedy.GiveUp } when FieldSentence(problem.Code) is { } sentence =>
                new PlatformException(problem.Remedy, problem.Code, sentence, inner: e),
            _ => problem,
        };
    }

    private static string? FieldSentence(string reason) => reason switch
    {
        "invalidImage" or "imageFormatUnsupported" => "YouTube cannot read the picture.",
        "videoNotFound" => "The video is no longer on YouTube.",
        "invalidTitle" => "YouTube does not accept the title.",
        "invalidDescription" => "YouTube does not accept the description.",
        "invalidTags" => "YouTube does not accept the tags.",
        "invalidCategoryId" => "YouTube does not accept the category.",
        "invalidPublishAt" => "YouTube does not accept the time to publish.",
        "invalidVideoMetadata" or "invalidFilename" => "YouTube does not accept what is said of the video.",
        "forbiddenPrivacySetting" => "YouTube does not allow this channel that privacy.",
        "forbiddenLicenseSetting" => "YouTube does not allow this channel that licence.",
        "insufficientPermissions" => "The connection does not allow uploads: connect the account again and leave every box ticked.",
        "channelClosed" or "channelSuspended" or "authenticatedUserAccountClosed" or "authenticatedUserAccountSuspended" =>
            "YouTube has closed or suspended this channel.",
        _ => null,
    };

    // The library waits for the answer's body synchronously, which wraps what goes wrong there.
    private static Exception Unwrap(Exception e) => e is AggregateException { InnerException: { } inner } ? inner : e;

    private static WorkPhase PhaseOf(IUploadProgress progress) => progress.Status == SendStatus.Completed ? WorkPhase.Confirm : WorkPhase.Send;

    private AcceptedVideo Accepted(Video video) => new(
        video.Id!, youTube.Value.WatchUrlOf(video.Id!), YouTubeProcessing.PrivacyOf(video), YouTubeProcessing.PublishAtOf(video));

    private static Video Describe(UploadRow upload) => new()
    {
        Snippet = new VideoSnippet
        {
            Title = upload.Title,
            Description = upload.Description,
            Tags = upload.Tags,
            CategoryId = upload.CategoryId,
        },
        Status = new VideoStatus
        {
            PrivacyStatus = EnumText<VideoPrivacy>.Of(upload.Privacy),
            PublishAtRaw = upload.PublishAt?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
            License = upload.VideoLicence == VideoLicence.CreativeCommon ? "creativeCommon" : "youtube",
            SelfDeclaredMadeForKids = upload.MadeForKids,
        },
    };

    private sealed class SessionGoneException : Exception;
}
