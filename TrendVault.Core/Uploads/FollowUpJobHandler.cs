using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using TrendVault.Core.Channels;
using TrendVault.Core.Jobs;
using TrendVault.Core.Storage;

namespace TrendVault.Core.Uploads;

/// <summary>
/// Follows a video that the platform has accepted: gives it its pictures, and looks until it is processed. Whatever goes wrong here has
/// an error of its own; the video stays published.
/// </summary>
internal sealed class FollowUpJobHandler(
    UploadStore store,
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

    private static readonly TimeSpan LongestPause = TimeSpan.FromHours(1);

    public string Kind => JobKind;

    public int Workers => options.Value.Workers;

    /// <summary>It serves what was published, so that it never stands in the way of a job of the upload itself.</summary>
    public static NewJob JobFor(Guid userId, Guid publishedId) => new() { Kind = JobKind, UserId = userId, SubjectId = publishedId };

    public async Task<JobOutcome> RunAsync(Job job, CancellationToken cancellationToken)
    {
        if (await store.FindPublishedAsync(job.SubjectId!.Value, cancellationToken) is not { } row)
            return new JobOutcome.Completed();
        if (row.Platform == Platform.TikTok)
            return await inbox.FollowAsync(job, row, cancellationToken);

        var (followed, wait) = await FollowAsync(row, cancellationToken);
        var age = time.GetUtcNow() - job.CreatedAt;
        if (wait is not null && age > options.Value.FollowUpPatience)
            (followed, wait) = (GiveUp(followed, wait), null);
        await store.SaveFollowUpAsync(job, followed, cancellationToken);
        return wait is null ? new JobOutcome.Completed() : new JobOutcome.Parked(wait.Message, time.GetUtcNow() + PauseAt(age, wait.RetryAfter));
    }

    public Task ApplyAsync(NpgsqlConnection connection, Job job, JobTransition transition, CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task AnnounceAsync(Job job, JobTransition transition, CancellationToken cancellationToken)
    {
        if (transition is JobTransition.Parked or JobTransition.Completed
            && await store.FindPublishedAsync(job.SubjectId!.Value, cancellationToken) is { IsRemoved: false } row)
            await sink.PublishAsync(new ProgressEvent("upload:followup", row.UserId, row), cancellationToken);
    }

    private TimeSpan PauseAt(TimeSpan age, TimeSpan? wish)
    {
        var pause = TimeSpan.FromTicks(Math.Clamp(age.Ticks, options.Value.FirstFollowUp.Ticks, LongestPause.Ticks));
        return wish > pause ? wish.Value : pause;
    }

    /// <summary>One look. What it still waits for, if anything, is the second part of the answer.</summary>
    private async Task<(UploadRow Row, PlatformException? Wait)> FollowAsync(UploadRow row, CancellationToken cancellationToken)
    {
        // Once the channel is disconnected there is nobody to ask.
        if (row.ChannelId is not { } channelId || await channels.FindAsync(row.UserId, channelId, cancellationToken) is not { } channel)
            return (row with { Processing = null, ThumbnailKey = null, WatermarkKey = null }, null);

        var uploader = uploaders.First(candidate => candidate.Platform == row.Platform);
        var (pictured, first) = await SetThumbnailAsync(uploader, row, channel, cancellationToken);
        var (marked, second) = await SetWatermarkAsync(uploader, pictured, channel, cancellationToken);
        var (read, third) = await ReadStateAsync(uploader, marked, channel, cancellationToken);
        return (read, first ?? second ?? third);
    }

    private async Task<(UploadRow Row, PlatformException? Wait)> SetThumbnailAsync(
        IPlatformUploader uploader, UploadRow row, PublishingChannel channel, CancellationToken cancellationToken)
    {
        if (row.ThumbnailKey is not { } key)
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
            return (e.Message, e.Remedy == PlatformRemedy.GiveUp ? null : e);
        }
        catch (StorageException e) when (e.Missing)
        {
            log.LogError(e, "The picture {Key} is gone", key);
            return ("The picture is no longer there.", null);
        }
        catch (StorageException e)
        {
            return (null, new PlatformException(PlatformRemedy.Retry, "storage", "The storage cannot be reached at the moment.", inner: e));
        }
    }

    private static async Task<(UploadRow Row, PlatformException? Wait)> ReadStateAsync(
        IPlatformUploader uploader, UploadRow row, PublishingChannel channel, CancellationToken cancellationToken)
    {
        try
        {
            // A video that has just been accepted is not in every answer yet.
            var state = await uploader.ReadStateAsync(row, channel, row.PlatformVideoId!, cancellationToken) ?? new VideoState(row.PublishedPrivacy, VideoProcessing.Running);
            var read = row with { PublishedPrivacy = state.Privacy, Processing = state.Processing, ProcessingError = state.Problem };
            return (read, state.Processing == VideoProcessing.Running ? StillRunning(uploader) : null);
        }
        catch (PlatformException e)
        {
            return (row, e.Remedy == PlatformRemedy.GiveUp ? null : e);
        }
    }

    private static PlatformException StillRunning(IPlatformUploader uploader) =>
        new(PlatformRemedy.Park, "processing", $"{uploader.Name} is still processing the video.");

    private static UploadRow GiveUp(UploadRow row, PlatformException wait) => row with
    {
        ThumbnailKey = null,
        ThumbnailError = row.ThumbnailKey is null ? row.ThumbnailError : wait.Message,
        WatermarkKey = null,
        WatermarkError = row.WatermarkKey is null ? row.WatermarkError : wait.Message,
        Processing = row.Processing == VideoProcessing.Running ? null : row.Processing,
    };
}
