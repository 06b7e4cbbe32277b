using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using TrendVault.Core.Accounts;
using TrendVault.Core.Auth;
using TrendVault.Core.Channels;
using TrendVault.Core.Downloads;
using TrendVault.Core.Jobs;
using TrendVault.Core.Storage;
using TrendVault.Core.Work;

namespace TrendVault.Core.Uploads;

/// <summary>Runs one upload. What the platform has accepted is never sent again, and nothing after that can fail the job.</summary>
internal sealed class UploadJobHandler(
    UploadRows rows,
    NpgsqlDataSource db,
    DownloadStore downloads,
    ChannelStore channels,
    TokenVault vault,
    IEnumerable<IPlatformUploader> uploaders,
    JobQueue jobs,
    IProgressSink sink,
    SecurityLog security,
    IOptions<UploadOptions> options,
    TimeProvider time,
    ILogger<UploadJobHandler> log) : IJobHandler
{
    public const string JobKind = "upload";

    private static readonly WorkStep CancelledTooLate = new(WorkStatus.Failed)
    {
        ErrorCode = "cancelled_too_late",
        Error = "The whole video had been sent when you cancelled, and the platform has not said yet whether it took it. Retry asks, and sends nothing twice.",
    };

    private static readonly TimeSpan ReadBackPatience = TimeSpan.FromSeconds(5);

    public string Kind => JobKind;

    public int Workers => options.Value.Workers;

    public async Task<JobOutcome> RunAsync(Job job, CancellationToken cancellationToken)
    {
        // A cancel must not keep the uploader from asking what became of a video whose last byte has left.
        if (await rows.FindForJobAsync(job.SubjectId!.Value, CancellationToken.None) is not { } row)
            return new JobOutcome.Completed();
        var uploader = uploaders.First(candidate => candidate.Platform == row.Platform);
        if (row.PlatformVideoId is { } known)
            return Complete(row, new AcceptedVideo(known, row.Url!, Privacy: null));

        try
        {
            var order = await ReadOrderAsync(row, row.LastByteSent ? CancellationToken.None : cancellationToken);
            var video = await UploadAsync(job, uploader, order, cancellationToken);
            return Complete(row, await ReadBackAsync(uploader, order, video));
        }
        catch (PlatformException e)
        {
            log.LogWarning(e, "Upload {UploadId} did not get through: {Code}", row.Id, e.Code);
            return OutcomeOf(job, e);
        }
        catch (OutcomeUnknownException e) when (e.MayBeAskedAgain)
        {
            return new JobOutcome.Failed(
                CancelledTooLate.ErrorCode!,
                $"The whole video had been sent when you cancelled, and {uploader.Name} does not say whether it took it. Retry asks again and sends nothing twice; or look at {uploader.WhereToLook}.",
                MayPass: false)
            {
                OutweighsCancel = true,
            };
        }
        catch (OutcomeUnknownException)
        {
            return new JobOutcome.Failed(
                "outcome_unknown",
                $"{uploader.Name} has not said what became of this, and TrendVault cannot tell whether the video is there. Look at {uploader.WhereToLook}: if it is missing, retry.",
                MayPass: false)
            {
                OutweighsCancel = true,
            };
        }
        catch (SealBrokenException)
        {
            security.HandleUnreadable(row.UserId, row.Id);
            return new JobOutcome.Failed(
                "outcome_unknown",
                $"What TrendVault knew of this upload does not open with today's ENCRYPTION_KEY. Look at {uploader.WhereToLook}: if it is missing, retry.",
                MayPass: false);
        }
        catch (StorageException e) when (!e.Missing)
        {
            log.LogWarning(e, "Upload {UploadId} waits for the object store", row.Id);
            return new JobOutcome.Parked("Waits for the storage, which cannot be reached at the moment.", time.GetUtcNow() + LookForStorage);
        }
        catch (StorageException e)
        {
            log.LogError(e, "The file of upload {UploadId} is gone", row.Id);
            return OutcomeOf(job, Gone());
        }
    }

    public async Task ApplyAsync(NpgsqlConnection connection, Job job, JobTransition transition, CancellationToken cancellationToken)
    {
        var id = job.SubjectId!.Value;
        // One that waited has nobody who asks: once all has been sent there may be a video, whatever its user wishes since.
        var step = transition is JobTransition.Cancelled && job.State == JobState.Cancelled && await UploadRows.IsLastByteSentAsync(connection, id, cancellationToken)
            ? CancelledTooLate
            : WorkStep.Of(transition);
        if (step is not null)
            await UploadRows.Table.SetStatusAsync(connection, id, step, cancellationToken);
    }

    public async Task AnnounceAsync(Job job, JobTransition transition, CancellationToken cancellationToken)
    {
        if (await rows.FindForJobAsync(job.SubjectId!.Value, cancellationToken) is { } row)
            await sink.PublishAsync(row.Tell(WorkEvents.After(transition, row)), cancellationToken);
    }

    private static TimeSpan LookForStorage => TimeSpan.FromSeconds(30);

    private async Task<UploadOrder> ReadOrderAsync(UploadRow row, CancellationToken cancellationToken)
    {
        var file = row.DownloadId is { } downloadId ? await downloads.FindAsync(row.UserId, downloadId, cancellationToken) : null;
        var channel = row.ChannelId is { } channelId ? await channels.FindAsync(row.UserId, channelId, cancellationToken) : null;
        // Nobody is left to ask what became of it.
        if ((file is null || channel is null) && row.LastByteSent)
            throw new OutcomeUnknownException();
        if (file is null)
            throw Gone();
        if (channel is null)
            throw ChannelGone();
        if (channel.MissingSince is not null && !row.LastByteSent)
            throw ChannelMissing(channel);

        // Time has passed since the form; a time that lay ahead then may lie behind now, and YouTube then publishes at once.
        var broken = PublishRules.CheckFile(file, row.Platform).Concat(PublishRules.Check(DraftOf(row), row.CreatedAt)).FirstOrDefault();
        return broken is null
            ? new UploadOrder(row, file, channel)
            : throw new PlatformException(Remedy.GiveUp, broken.Code, broken.Message);
    }

    private async Task<AcceptedVideo> UploadAsync(Job job, IPlatformUploader uploader, UploadOrder order, CancellationToken cancellationToken)
    {
        await using var reporter = new WorkReporter(UploadRows.Table, db, sink, job, order.Upload, cancellationToken);
        var journal = await UploadJournal.OpenAsync(rows, vault, new UploadMeter(reporter, order.File.FileSize!.Value), job, order.Upload, order.Upload.LastByteSent ? CancellationToken.None : cancellationToken);
        var video = await SendAsync(uploader, order, journal, reporter.Lost);
        // From here on not even a cancel counts: the video is there.
        await rows.SaveAcceptedAsync(order.Upload.Id, video, CancellationToken.None);
        return video;
    }

    private static async Task<AcceptedVideo> SendAsync(IPlatformUploader uploader, UploadOrder order, UploadJournal journal, CancellationToken cancellationToken)
    {
        try
        {
            return await uploader.UploadAsync(order, journal, cancellationToken);
        }
        catch (PlatformException e) when (e.Code == "account_gone")
        {
            throw journal.LastByteSent ? new OutcomeUnknownException() : ChannelGone();
        }
    }

    /// <summary>What the platform made of it, which may be less than was asked; its first answer stands in when it does not say.</summary>
    private async Task<AcceptedVideo> ReadBackAsync(IPlatformUploader uploader, UploadOrder order, AcceptedVideo video)
    {
        using var patience = new CancellationTokenSource(ReadBackPatience, time);
        try
        {
            return await uploader.ReadStateAsync(order.Upload, order.Channel, video.Id, patience.Token) is { Privacy: { } privacy, PublishAt: var publishAt }
                ? video with { Privacy = privacy, PublishAt = publishAt }
                : video;
        }
        catch (Exception e) when (e is PlatformException or OperationCanceledException)
        {
            log.LogInformation("The privacy of video {VideoId} could not be read back: {Reason}", video.Id, e.Message);
            return video;
        }
    }

    private JobOutcome.Completed Complete(UploadRow row, AcceptedVideo video) => new(async (connection, token) =>
    {
        if (await UploadRows.CompleteAsync(connection, row, video, token) is { } publishedId)
            await jobs.EnqueueAsync(connection, FollowUpJobHandler.JobFor(row.UserId, publishedId), token);
    });

    private JobOutcome OutcomeOf(Job job, PlatformException e) => e.Remedy switch
    {
        Remedy.Retry when !IsOutage(job, e) => new JobOutcome.Failed(e.Code, e.Message, MayPass: true, e.RetryAfter),
        Remedy.Retry or Remedy.Wait or Remedy.Reauthorize or Remedy.Configure => new JobOutcome.Parked(e.Message, time.GetUtcNow() + (e.RetryAfter ?? options.Value.LookAgain)),
        _ => new JobOutcome.Failed(e.Code, e.Message, MayPass: false),
    };

    /// <summary>It did not pass quickly, and waiting costs nothing, unlike another session or draft.</summary>
    private bool IsOutage(Job job, PlatformException e) =>
        job.Failures + 1 >= JobPlanner.MaxFailures
        && e.Code is not ("session_lost" or "tiktok_internal")
        && time.GetUtcNow() - job.CreatedAt < options.Value.OutagePatience;

    private static PlatformException ChannelGone() =>
        new(Remedy.GiveUp, "channel_gone", "The channel is no longer connected: connect it again on the Accounts page, then publish the video anew.");

    private static PlatformException ChannelMissing(PublishingChannel channel) =>
        new(Remedy.Wait, "channel_missing", $"{channel.Platform} does not show this channel at the moment. TrendVault looks for it every hour, and the upload goes on by itself.");

    private static PlatformException Gone() =>
        new(Remedy.GiveUp, "file_gone", "The downloaded file is no longer there: download it again, then publish it.");

    private static PublishDraft DraftOf(UploadRow row) => new()
    {
        Title = row.Title,
        Description = row.Description,
        Tags = row.Tags,
        Privacy = row.Privacy,
        CategoryId = row.CategoryId,
        MadeForKids = row.MadeForKids,
        Licence = row.VideoLicence,
        PublishAt = row.PublishAt,
    };
}
