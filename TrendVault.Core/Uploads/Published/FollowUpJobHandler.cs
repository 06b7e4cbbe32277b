using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using TrendVault.Core.Channels;
using TrendVault.Core.Jobs;
using TrendVault.Core.Storage;
using TrendVault.Core.Work;

namespace TrendVault.Core.Uploads;

/// <summary>
/// Follows a video that the platform has accepted: looks until it is processed, gives it its pictures, and looks again after the time at
/// which it was to become public. Whatever goes wrong here has an error of its own; the video stays published.
/// </summary>
internal sealed class FollowUpJobHandler(
    PublishedRows rows,
    ChannelStore channels,
    PublishPictures pictures,
    IEnumerable<IPlatformUploader> uploaders,
    TikTokInbox inbox,
    IProgressSink sink,
    IOptions<UploadOptions> options,
    TimeProvider time,
    ILogger<FollowUpJobHandler> log) : IJobHandler
{
    public const string JobKind = "upload_follow_up";

    private const string SetByHand = " Set it in YouTube Studio.";

    private static readonly TimeSpan LongestPause = TimeSpan.FromHours(1);

    public string Kind => JobKind;

    public int Workers => options.Value.Workers;

    /// <summary>It serves what was published, so that it never stands in the way of a job of the upload itself.</summary>
    public static NewJob JobFor(Guid userId, Guid publishedId) => new() { Kind = JobKind, UserId = userId, SubjectId = publishedId };

    public async Task<JobOutcome> RunAsync(Job job, CancellationToken cancellationToken)
    {
        if (await rows.FindPublishedAsync(job.SubjectId!.Value, cancellationToken) is not { } row)
            return new JobOutcome.Completed();
        if (row.Platform == Platform.TikTok)
            return await inbox.FollowAsync(job, row, cancellationToken);

        var age = time.GetUtcNow() - job.CreatedAt;
        var (followed, wait) = await FollowAsync(row, age, cancellationToken);
        if (wait is { Remedy: not Remedy.Configure } && age > options.Value.FollowUpPatience)
            (followed, wait) = (GiveUp(followed, wait), null);
        await rows.SaveFollowUpAsync(job, followed, cancellationToken);

        DateTimeOffset? next = wait is null ? null : time.GetUtcNow() + PauseAt(age, wait.RetryAfter);
        return Earlier(next, LookAfterTime(job, followed, wait?.RetryAfter)) is { } until
            ? new JobOutcome.Parked(wait?.Message ?? "Waits for the time at which the video becomes public.", until)
            : new JobOutcome.Completed();
    }

    public Task ApplyAsync(NpgsqlConnection connection, Job job, JobTransition transition, CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task AnnounceAsync(Job job, JobTransition transition, CancellationToken cancellationToken)
    {
        if (transition is JobTransition.Parked or JobTransition.Completed
            && await rows.FindPublishedAsync(job.SubjectId!.Value, cancellationToken) is { IsRemoved: false } row)
            await sink.PublishAsync(row.Tell(WorkEvent.FollowUp), cancellationToken);
    }

    /// <summary>When to look whether a scheduled video has become public; null when that is known, or will not be.</summary>
    private DateTimeOffset? LookAfterTime(Job job, UploadRow row, TimeSpan? wish)
    {
        var now = time.GetUtcNow();
        if (row is not { Visibility: { AskedAt: { } asked, CanBeRead: true } visibility } || IsSettled(visibility, now))
            return null;

        // Its user may have chosen a later time on YouTube, or it was uploaded too late.
        var due = new[] { asked, visibility.FoundAt ?? asked, job.CreatedAt }.Max();
        if (now < due)
            return due + options.Value.FirstFollowUp;
        return now - due > options.Value.FollowUpPatience ? null : now + PauseAt(now - due, wish);
    }

    private static DateTimeOffset? Earlier(DateTimeOffset? one, DateTimeOffset? other) => other is null || one < other ? one : other;

    /// <summary>YouTube has been asked after the video's time, and what it said will not change by itself.</summary>
    private static bool IsSettled(VideoVisibility visibility, DateTimeOffset now) =>
        visibility.ReadAt >= visibility.AskedAt
        && (visibility.StandingAt(now) != VisibilityStanding.StillPrivate || visibility.Processing is VideoProcessing.Failed or VideoProcessing.Rejected);

    private TimeSpan PauseAt(TimeSpan age, TimeSpan? wish)
    {
        var pause = TimeSpan.FromTicks(Math.Clamp(age.Ticks, options.Value.FirstFollowUp.Ticks, LongestPause.Ticks));
        return wish > pause ? wish.Value : pause;
    }

    /// <summary>One look. What it still waits for, if anything, is the second part of the answer.</summary>
    private async Task<(UploadRow Row, PlatformException? Wait)> FollowAsync(UploadRow row, TimeSpan age, CancellationToken cancellationToken)
    {
        // Once the channel is disconnected there is nobody to ask.
        if (row.ChannelId is not { } channelId || await channels.FindAsync(row.UserId, channelId, cancellationToken) is not { } channel)
            return (GiveUp(row, "The channel was disconnected before it was set."), null);

        var uploader = uploaders.First(candidate => candidate.Platform == row.Platform);
        var (marked, first) = await SetWatermarkAsync(uploader, row, channel, cancellationToken);
        var (read, second) = await ReadStateAsync(uploader, marked, channel, age, cancellationToken);
        var (pictured, third) = await SetThumbnailAsync(uploader, read, channel, cancellationToken);
        return (pictured, first ?? second ?? third);
    }

    /// <summary>Not before the video has been processed: what is set earlier can vanish without an error.</summary>
    private async Task<(UploadRow Row, PlatformException? Wait)> SetThumbnailAsync(
        IPlatformUploader uploader, UploadRow row, PublishingChannel channel, CancellationToken cancellationToken)
    {
        if (row.ThumbnailKey is not { } key)
            return (row, null);
        if (row.Processing is VideoProcessing.Failed or VideoProcessing.Rejected)
            return (row with { ThumbnailKey = null, ThumbnailError = $"{uploader.Name} did not process the video." }, null);
        if (row.Processing != VideoProcessing.Done)
            return (row, null);
        var (problem, wait) = await SendAsync(key, picture => uploader.SetThumbnailAsync(row, channel, row.PlatformVideoId!, picture, cancellationToken), cancellationToken);
        return (row with { ThumbnailKey = wait is null ? null : key, ThumbnailError = problem }, wait);
    }

    private async Task<(UploadRow Row, PlatformException? Wait)> SetWatermarkAsync(
        IPlatformUploader uploader, UploadRow row, PublishingChannel channel, CancellationToken cancellationToken)
    {
        if (row.WatermarkKey is not { } key)
            return (row, null);
        var (problem, wait) = await SendAsync(key, picture => uploader.SetWatermarkAsync(row, channel, picture, cancellationToken), cancellationToken);
        return (row with { WatermarkKey = wait is null ? null : key, WatermarkError = problem }, wait);
    }

    /// <summary>Sends a picture. What the row says of it is the first part of the answer, what it waits for the second.</summary>
    private async Task<(string? Problem, PlatformException? Wait)> SendAsync(string key, Func<byte[], Task> send, CancellationToken cancellationToken)
    {
        try
        {
            await send(await pictures.ReadAsync(key, cancellationToken));
            return (null, null);
        }
        catch (PlatformException e)
        {
            log.LogWarning(e, "The picture {Key} was not taken: {Code}", key, e.Code);
            return (e.Message, e.Remedy == Remedy.GiveUp ? null : e);
        }
        catch (StorageException e) when (e.Missing)
        {
            log.LogError(e, "The picture {Key} is gone", key);
            return ("The picture is no longer there.", null);
        }
        catch (StorageException e)
        {
            return (null, new PlatformException(Remedy.Retry, "storage", "The storage cannot be reached at the moment.", inner: e));
        }
    }

    private async Task<(UploadRow Row, PlatformException? Wait)> ReadStateAsync(
        IPlatformUploader uploader, UploadRow row, PublishingChannel channel, TimeSpan age, CancellationToken cancellationToken)
    {
        try
        {
            var state = await uploader.ReadStateAsync(row, channel, row.PlatformVideoId!, cancellationToken);
            var read = Read(row, state ?? Missing(uploader, age));
            return (read, read.Processing == VideoProcessing.Running ? StillRunning(uploader) : null);
        }
        catch (PlatformException e) when (e.Remedy == Remedy.GiveUp)
        {
            log.LogWarning(e, "What became of video {VideoId} cannot be read: {Code}", row.PlatformVideoId, e.Code);
            return (GiveUp(row, e.Message), null);
        }
        catch (PlatformException e)
        {
            return (row, e);
        }
    }

    private UploadRow Read(UploadRow row, VideoState state)
    {
        var read = row with { Processing = state.Processing, ProcessingError = state.Problem };
        return state.Privacy is { } privacy
            ? read with { PublishedPrivacy = privacy, PlatformPublishAt = state.PublishAt, VisibilityReadAt = time.GetUtcNow() }
            : read;
    }

    // A video that has just been accepted is not in every answer yet.
    private static VideoState Missing(IPlatformUploader uploader, TimeSpan age) => age < LongestPause
        ? new(Privacy: null, VideoProcessing.Running)
        : new(Privacy: null, VideoProcessing.Rejected, $"{uploader.Name} does not find the video any more: it may have been deleted there.");

    private static PlatformException StillRunning(IPlatformUploader uploader) =>
        new(Remedy.Wait, "processing", $"{uploader.Name} is still processing the video.");

    private static UploadRow GiveUp(UploadRow row, PlatformException wait) => GiveUp(row, $"{wait.Message} TrendVault has stopped trying.");

    private static UploadRow GiveUp(UploadRow row, string why) => row with
    {
        ThumbnailKey = null,
        ThumbnailError = row.ThumbnailKey is null ? row.ThumbnailError : why + SetByHand,
        WatermarkKey = null,
        WatermarkError = row.WatermarkKey is null ? row.WatermarkError : why + SetByHand,
        Processing = row.Processing == VideoProcessing.Running ? null : row.Processing,
    };
}
