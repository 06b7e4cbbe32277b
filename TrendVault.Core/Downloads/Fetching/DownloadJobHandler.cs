using System.Globalization;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using TrendVault.Core.Egress;
using TrendVault.Core.Jobs;
using TrendVault.Core.Media;
using TrendVault.Core.Settings;
using TrendVault.Core.Storage;
using TrendVault.Core.Work;

namespace TrendVault.Core.Downloads;

/// <summary>Runs one download: looks at the page, fetches, checks the file, stores it.</summary>
internal sealed class DownloadJobHandler(
    DownloadRows rows,
    NpgsqlDataSource db,
    DownloadService downloads,
    DownloadBin bin,
    StorageShare share,
    UrlPolicy policy,
    YtDlp ytDlp,
    Confiner confiner,
    IObjectStore objects,
    IProgressSink sink,
    IOptions<DownloadOptions> options,
    IOptions<FolderOptions> folders,
    TimeProvider time,
    ILogger<DownloadJobHandler> log) : IJobHandler
{
    public const string JobKind = "download";

    private const int StorePercent = 98;

    private static readonly TimeSpan LookForEnd = TimeSpan.FromMinutes(10);

    private static readonly JobOutcome.Failed StorageFull = new(
        "storage_full", "Your storage has no room for this file: delete downloads that you no longer need, then try again.", MayPass: false);

    public string Kind => JobKind;

    public int Workers => options.Value.Workers;

    public int? LaneLimit => options.Value.PerHost;

    public async Task<JobOutcome> RunAsync(Job job, CancellationToken cancellationToken)
    {
        if (await rows.FindForJobAsync(job.SubjectId!.Value, cancellationToken) is not { } row)
            return new JobOutcome.Completed();

        var folder = FolderOf(row.Id);
        try
        {
            return await DownloadAsync(job, row, folder, cancellationToken);
        }
        catch (MediaException e)
        {
            return Outcome(job, row, e.Failure, folder);
        }
        catch (StorageException e)
        {
            log.LogWarning(e, "Download {DownloadId} waits in its folder for the object store", row.Id);
            return WaitForStore(folder);
        }
    }

    public Task ApplyAsync(NpgsqlConnection connection, Job job, JobTransition transition, CancellationToken cancellationToken) =>
        WorkStep.Of(transition) is { } step ? DownloadRows.Table.SetStatusAsync(connection, job.SubjectId!.Value, step, cancellationToken) : Task.CompletedTask;

    public async Task AnnounceAsync(Job job, JobTransition transition, CancellationToken cancellationToken)
    {
        var id = job.SubjectId!.Value;
        if (transition is JobTransition.Completed or JobTransition.Failed or JobTransition.Cancelled)
        {
            FolderOf(id).Delete();
            await bin.FinishAsync(id, cancellationToken);
        }

        if (await rows.FindForJobAsync(id, cancellationToken) is { } row)
            await sink.PublishAsync(row.Tell(WorkEvents.After(transition, row)), cancellationToken);
        // Each step moves those who wait behind it.
        if (job.UserId is { } userId)
            await downloads.PublishQueueAsync(userId, cancellationToken);
    }

    private WorkFolder FolderOf(Guid id) => new(Path.Combine(Path.GetFullPath(folders.Value.DataFolder), DownloadSweep.FolderName, id.ToString()));

    private async Task<JobOutcome> DownloadAsync(Job job, DownloadRow row, WorkFolder folder, CancellationToken cancellationToken)
    {
        if (folder.FinishedAt is not null)
            return await StoreFinishedAsync(job, row, folder, cancellationToken);

        // The policy may have changed, or the name may lead elsewhere, since the row was made.
        if (await policy.CheckAsync(row.SourceVideoUrl, cancellationToken) is UrlVerdict.Refused refused)
            return new JobOutcome.Failed(UrlVerdict.Refused.Code, refused.Message, MayPass: false);

        // A second try is often due to addresses that have expired with what was known of the page.
        var info = await downloads.OfferAsync(row.SourceVideoUrl, fresh: job.Failures > 0, cancellationToken);
        if (FormatPicker.Pick(info, row.Format) is not { } picked)
            return new JobOutcome.Failed("format_unavailable", FormatPicker.WhyNone(row.Format), MayPass: false);
        var choice = picked with { Subtitles = info.Subtitles.Any(one => one.Language == row.Subtitles) ? row.Subtitles : null };
        choice = choice with { IsExact = !FormatPicker.Presets.Contains(row.Format) };
        var exactSize = choice.Streams.All(stream => !stream.SizeIsEstimated) ? choice.SizeBytes : null;
        if (exactSize > options.Value.MaxFileBytes)
            return new JobOutcome.Failed("too_large", "The file is larger than the limit. Choose a smaller format.", MayPass: false);
        if (!await share.HasRoomAsync(row.UserId, exactSize ?? 1, cancellationToken))
            return StorageFull;

        var described = await rows.DescribeAsync(job, info, choice.Quality, cancellationToken) ?? throw new OperationCanceledException();
        await using var reporter = new WorkReporter(DownloadRows.Table, db, sink, job, described, cancellationToken);
        var file = await ytDlp.DownloadAsync(row.SourceVideoUrl, choice, folder, reporter.Report, reporter.Lost);
        return await StoreAsync(job, described, file, reporter, cancellationToken);
    }

    private async Task<JobOutcome> StoreFinishedAsync(Job job, DownloadRow row, WorkFolder folder, CancellationToken cancellationToken)
    {
        await using var reporter = new WorkReporter(DownloadRows.Table, db, sink, job, row, cancellationToken);
        var file = await ytDlp.ReadFinishedAsync(folder, reporter.Lost);
        return await StoreAsync(job, row, file, reporter, cancellationToken);
    }

    private async Task<JobOutcome> StoreAsync(Job job, DownloadRow row, MediaFile file, WorkReporter reporter, CancellationToken cancellationToken)
    {
        var size = new FileInfo(file.Path).Length;
        if (!await share.HasRoomAsync(row.UserId, size, cancellationToken))
            return StorageFull;

        reporter.Report(new WorkProgress(WorkPhase.Store, StorePercent, size, size, null, null));
        var stem = string.Create(CultureInfo.InvariantCulture, $"{row.UserId}/{row.Id}/{job.Attempt}-");
        var key = $"{stem}{CleanText.Slug(row.Title)}.{file.Extension}";
        var posterKey = await StoreBesideAsync(stem + "poster.jpg", PosterFrame.ContentType, row, token => PosterFrame.MakeAsync(confiner, file, FolderOf(row.Id), token), reporter.Lost);
        var subtitlesKey = await StoreBesideAsync(stem + "subtitles.vtt", SubtitleFile.ContentType, row, _ => Task.FromResult(SubtitleFile.In(FolderOf(row.Id))), reporter.Lost);
        var stored = await objects.PutFileAsync(key, file.Path, file.ContentType, reporter.Lost);
        var result = new StoredFile
        {
            Title = row.Title,
            FileName = CleanText.FileName(row.Title, file.Extension),
            Quality = FormatPicker.QualityOf(file.Facts.Width, file.Facts.Height) ?? row.Quality,
            ContentType = file.ContentType,
            Facts = file.Facts,
            Size = stored.Size,
            Sha256 = stored.Sha256,
            Key = key,
            PosterKey = posterKey,
            SubtitlesKey = subtitlesKey,
        };
        return new JobOutcome.Completed((connection, token) => CompleteAsync(connection, row, result, token), token => UndoAsync(result, token));
    }

    /// <summary>
    /// Stores what goes with the file and answers its key. Without a picture or subtitles a download is as good as with them: null
    /// where there are none, or they cannot be kept.
    /// </summary>
    private async Task<string?> StoreBesideAsync(
        string key, string contentType, DownloadRow row, Func<CancellationToken, Task<string?>> makeAsync, CancellationToken cancellationToken)
    {
        try
        {
            if (await makeAsync(cancellationToken) is not { } path)
                return null;
            await objects.PutFileAsync(key, path, contentType, cancellationToken);
            return key;
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            log.LogWarning(e, "Download {DownloadId} stays without its {ContentType}", row.Id, contentType);
            return null;
        }
    }

    // Counted once more where no other download of the user can be counted at the same time.
    private async Task CompleteAsync(NpgsqlConnection connection, DownloadRow row, StoredFile file, CancellationToken cancellationToken)
    {
        if (!await share.TakeAsync(connection, row.UserId, file.Size, cancellationToken))
            throw new JobRefusedException(StorageFull);
        await DownloadRows.CompleteAsync(connection, row.Id, file, cancellationToken);
    }

    private async Task UndoAsync(StoredFile file, CancellationToken cancellationToken)
    {
        foreach (var key in file.Keys)
            await objects.DeleteAsync(key, cancellationToken);
    }

    private JobOutcome Outcome(Job job, DownloadRow row, MediaFailure failure, WorkFolder folder)
    {
        var now = time.GetUtcNow();
        if (failure.IsNotYet)
            return new JobOutcome.Parked($"{failure.Message} The download goes on by itself then.", Premiere.NextLook(failure.Begins, now));
        // What was asked for while it was announced is wanted when it is whole; a premiere runs like a live stream first.
        if (failure.Code == MediaFailure.LiveCode && failure.Begins > row.CreatedAt)
            return new JobOutcome.Parked("It has begun and still runs: the download goes on by itself when it has ended.", now + LookForEnd);
        if (failure.Remedy != Remedy.Wait)
        {
            var mayPass = failure.Remedy == Remedy.Retry || (failure.Remedy == Remedy.RetryOnce && job.Failures == 0);
            return new JobOutcome.Failed(failure.Code, failure.Message, mayPass, failure.RetryAfter, failure.Detail);
        }

        // What waits for room must not be what takes it.
        if (failure.Code == "disk_full")
            folder.Delete();
        return Park(failure.Message);
    }

    private JobOutcome WaitForStore(WorkFolder folder) =>
        time.GetUtcNow() - folder.FinishedAt > options.Value.KeepFinishedFor
            ? new JobOutcome.Failed("storage_unavailable", "The server's storage could not be reached for too long, so the file was given up. Try again when the storage is back.", MayPass: false)
            : Park("The file is here and waits for the storage, which cannot be reached at the moment.");

    private JobOutcome.Parked Park(string reason) => new(reason, time.GetUtcNow() + options.Value.ParkFor);
}
