using System.Text.RegularExpressions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using TrendVault.Core.Jobs;
using TrendVault.Core.Media;
using TrendVault.Core.Settings;
using TrendVault.Core.Storage;

namespace TrendVault.Core.Downloads;

/// <summary>Removes the working folders of this machine that no row wants: each instance looks after its own disk.</summary>
internal sealed class DownloadSweep(
    DownloadRows rows, IOptions<DownloadOptions> options, IOptions<FolderOptions> folders, TimeProvider time, ILogger<DownloadSweep> log) : BackgroundService
{
    // A look, or a picture, takes less than a minute.
    private static readonly TimeSpan LookIsOver = TimeSpan.FromMinutes(15);

    /// <summary>Of the working folders, in the data folder.</summary>
    public const string FolderName = "work";

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Value.SweepEvery, time);
        do
        {
            try
            {
                await SweepAsync(stoppingToken);
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                log.LogWarning(e, "Working folders were not swept");
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    /// <summary>Only folders named like a download are touched.</summary>
    internal async Task SweepAsync(CancellationToken cancellationToken)
    {
        SweepHomes();
        var root = new DirectoryInfo(Path.Combine(Path.GetFullPath(folders.Value.DataFolder), FolderName));
        if (!root.Exists)
            return;

        var found = root.EnumerateDirectories().Where(folder => Guid.TryParse(folder.Name, out _)).ToDictionary(folder => Guid.Parse(folder.Name));
        var live = await rows.FindLiveAsync([.. found.Keys], cancellationToken);
        foreach (var (id, folder) in found.ExceptBy(live, pair => pair.Key))
        {
            log.LogInformation("The working folder of download {DownloadId} was left over", id);
            new WorkFolder(folder.FullName).Delete();
        }
    }

    private void SweepHomes()
    {
        var before = time.GetUtcNow() - LookIsOver;
        var inTemp = new DirectoryInfo(Path.GetTempPath()).EnumerateDirectories(EmptyHome.TempPrefix + "*");
        var homes = EmptyHome.RootIn(folders.Value.DataFolder) is { Exists: true } root ? root.EnumerateDirectories() : [];
        foreach (var folder in homes.Concat(inTemp).Where(folder => folder.LastWriteTimeUtc < before))
        {
            try
            {
                folder.Delete(recursive: true);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // Another user's, or another instance has just removed it.
            }
        }
    }
}

/// <summary>
/// Recurring work, once for all instances: ends deletions that were cut short, and removes objects that no row wants. A database that
/// is not the bucket's own would make orphans of everything, so a sweep that would remove too much removes nothing and says so.
/// </summary>
internal sealed partial class ObjectSweep(DownloadRows rows, DownloadBin bin, IObjectStore objects, ILogger<ObjectSweep> log) : IJobHandler
{
    public const string JobKind = "object_sweep";

    public static readonly TimeSpan Every = TimeSpan.FromMinutes(60);

    private const int MostOrphans = 100;
    private const int OneIn = 20;
    private const int BatchSize = 1000;

    public string Kind => JobKind;

    public int Workers => 1;

    public async Task<JobOutcome> RunAsync(Job job, CancellationToken cancellationToken)
    {
        await bin.FinishAsync(id: null, cancellationToken);
        await rows.FoldCountsAsync(cancellationToken);
        var (orphans, total) = await FindOrphansAsync(cancellationToken);
        // One is always allowed: 5 % of a small bucket is less than that, and a crash leaves one.
        if (orphans.Count > Math.Clamp(total / OneIn, 1, MostOrphans))
        {
            log.LogError("{Orphans} of {Total} objects belong to no download. That is too many to be leftovers, so none was removed: is this the database of this bucket?", orphans.Count, total);
            return new JobOutcome.Completed();
        }

        foreach (var key in orphans)
        {
            log.LogInformation("The object {Key} belongs to no download and is removed", key);
            await objects.DeleteAsync(key, cancellationToken);
        }

        return new JobOutcome.Completed();
    }

    public Task ApplyAsync(NpgsqlConnection connection, Job job, JobTransition transition, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task AnnounceAsync(Job job, JobTransition transition, CancellationToken cancellationToken) => Task.CompletedTask;

    // Keys are read before rows: an object stored in between is not in the list, and one whose row completed meanwhile is wanted.
    private async Task<(List<string> Orphans, int Total)> FindOrphansAsync(CancellationToken cancellationToken)
    {
        var orphans = new List<string>();
        var total = 0;
        await foreach (var batch in objects.ListAsync("", cancellationToken).Where(key => DownloadKey().IsMatch(key)).Chunk(BatchSize).WithCancellation(cancellationToken))
        {
            total += batch.Length;
            var wanted = await rows.FindWantedKeysAsync(batch, [.. batch.Select(key => Guid.Parse(DownloadKey().Match(key).Groups["id"].Value))], cancellationToken);
            orphans.AddRange(batch.Except(wanted));
        }

        return (orphans, total);
    }

    [GeneratedRegex(@"^[0-9a-f-]{36}/(?<id>[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})/[0-9]+-[a-z0-9-]+\.[a-z0-9]+$")]
    private static partial Regex DownloadKey();
}
