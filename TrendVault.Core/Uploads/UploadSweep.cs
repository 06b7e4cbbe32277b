using System.Buffers.Binary;
using Microsoft.Extensions.Logging;
using Npgsql;
using TrendVault.Core.Jobs;
using TrendVault.Core.Storage;

namespace TrendVault.Core.Uploads;

/// <summary>
/// Recurring work, once for all instances: ends the deletions of forms and uploads that nobody has taken back, and removes pictures that
/// none of them wants any more. Too many at once are no leftovers but another database's, and then none is removed.
/// </summary>
internal sealed class UploadSweep(NpgsqlDataSource db, UploadOrders uploads, DraftStore drafts, IObjectStore objects, TimeProvider time, ILogger<UploadSweep> log) : IJobHandler
{
    public const string JobKind = "upload_sweep";

    public static readonly TimeSpan Every = TimeSpan.FromMinutes(60);

    private const int MostOrphans = 100;
    private const int BatchSize = 1000;

    // A picture is stored before the form that wants it is.
    private static readonly TimeSpan Youth = TimeSpan.FromMinutes(30);

    public string Kind => JobKind;

    public int Workers => 1;

    public async Task<JobOutcome> RunAsync(Job job, CancellationToken cancellationToken)
    {
        await drafts.RemoveDeletedAsync(cancellationToken);
        await uploads.DeleteRemovedAsync(cancellationToken);
        var orphans = await FindOrphansAsync(cancellationToken);
        if (orphans.Count > MostOrphans)
        {
            log.LogError("{Orphans} pictures belong to no form and no upload. That is too many to be leftovers, so none was removed: is this the database of this bucket?", orphans.Count);
            return new JobOutcome.Completed();
        }

        foreach (var key in orphans)
        {
            log.LogInformation("The picture {Key} belongs to no form and no upload and is removed", key);
            await objects.DeleteAsync(key, cancellationToken);
        }

        return new JobOutcome.Completed();
    }

    public Task ApplyAsync(NpgsqlConnection connection, Job job, JobTransition transition, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task AnnounceAsync(Job job, JobTransition transition, CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task<List<string>> FindOrphansAsync(CancellationToken cancellationToken)
    {
        var before = time.GetUtcNow() - Youth;
        var orphans = new List<string>();
        await foreach (var batch in objects.ListAsync(PublishPictures.Prefix, cancellationToken).Where(key => MadeAt(key) < before).Chunk(BatchSize).WithCancellation(cancellationToken))
            orphans.AddRange(batch.Except(await FindWantedAsync(batch, cancellationToken)));
        return orphans;
    }

    private Task<IReadOnlyList<string>> FindWantedAsync(string[] keys, CancellationToken cancellationToken) =>
        db.QueryAsync<string>(
            """
            select thumbnail_key
            from publish_drafts
            where thumbnail_key = any(@keys)
            union
            select watermark_key
            from publish_drafts
            where watermark_key = any(@keys)
            union
            select thumbnail_key
            from upload_jobs
            where thumbnail_key = any(@keys)
            union
            select watermark_key
            from upload_jobs
            where watermark_key = any(@keys)
            """,
            new { keys },
            cancellationToken);

    /// <summary>Its id begins with the time, in milliseconds; null for what is no picture of TrendVault's.</summary>
    private static DateTimeOffset? MadeAt(string key)
    {
        if (!Guid.TryParse(Path.GetFileNameWithoutExtension(key), out var id) || id.Version != 7)
            return null;
        Span<byte> bytes = stackalloc byte[16];
        id.TryWriteBytes(bytes, bigEndian: true, out _);
        return DateTimeOffset.FromUnixTimeMilliseconds(BinaryPrimitives.ReadInt64BigEndian(bytes) >> 16);
    }
}
