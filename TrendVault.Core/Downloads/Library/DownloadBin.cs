using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using TrendVault.Core.Jobs;
using TrendVault.Core.Storage;
using TrendVault.Core.Work;

namespace TrendVault.Core.Downloads;

/// <summary>
/// Deletes downloads. Their rows vanish at once and can be taken back for a moment; then a job, which outlives a restart, removes the
/// files and the rows.
/// </summary>
internal sealed class DownloadBin(
    NpgsqlDataSource db, JobQueue jobs, StorageShare share, IObjectStore objects, IOptions<DownloadOptions> options, ILogger<DownloadBin> log)
{
    /// <summary>Ends those that are live and hides all of them. Null when the user has none of them.</summary>
    public async Task<Removal?> DeleteAsync(Guid userId, IReadOnlyList<Guid> ids, CancellationToken cancellationToken)
    {
        var marked = await db.InTransactionAsync(
            async connection =>
            {
                var rows = await MarkAsync(connection, userId, [.. ids], cancellationToken);
                if (rows.Count > 0)
                    await jobs.EnqueueAsync(connection, new NewJob { Kind = DeletionHandler.JobKind, Delay = options.Value.UndoFor }, cancellationToken);
                return rows;
            },
            cancellationToken);
        await jobs.CancelAsync([.. marked.Where(row => row.IsLive).Select(row => row.Id)], CancellationToken.None);
        return marked.Count == 0 ? null : new Removal(marked[0].DeletedAt, marked.Count);
    }

    /// <summary>Takes back what one order has deleted; what was live then is cancelled and can be tried again.</summary>
    public Task<UndoOutcome> UndoAsync(Guid userId, DateTimeOffset at, CancellationToken cancellationToken) => db.InTransactionAsync(
        async connection =>
        {
            var order = new { userId, at, options.Value.UndoFor };
            var bytes = await connection.QuerySingleOrDefaultAsync<long>(
                """
                select coalesce(sum(file_size), 0)::bigint
                from downloads
                where user_id = @userId
                  and deleted_at = @at
                """,
                order,
                cancellationToken);
            if (!await share.TakeAsync(connection, userId, bytes, cancellationToken))
                return new UndoOutcome(0, LacksRoom: true);

            var restored = await connection.ExecuteAsync(
                """
                update downloads
                set deleted_at = null, updated_at = now()
                where user_id = @userId
                  and deleted_at = @at
                  and deleted_at > now() - @UndoFor
                """,
                order,
                cancellationToken);
            return new UndoOutcome(restored);
        },
        cancellationToken);

    /// <summary>Removes files and rows that nobody can take back and no job holds any more: this one, or all.</summary>
    internal async Task FinishAsync(Guid? id, CancellationToken cancellationToken)
    {
        foreach (var due in await FindDueAsync(id, cancellationToken))
        {
            try
            {
                await db.InTransactionAsync(connection => RemoveAsync(connection, due, cancellationToken), cancellationToken);
            }
            catch (StorageException e)
            {
                log.LogWarning("The object of the deleted download {DownloadId} stays until the next sweep: {Error}", due, e.Message);
            }
        }
    }

    private static Task<IReadOnlyList<MarkedRow>> MarkAsync(NpgsqlConnection connection, Guid userId, Guid[] ids, CancellationToken cancellationToken) =>
        connection.QueryAsync<MarkedRow>(
            """
            update downloads
            set deleted_at = now(), updated_at = now()
            where user_id = @userId
              and id = any(@ids)
              and deleted_at is null
            returning id, deleted_at, status in ('pending', 'downloading') as is_live
            """,
            new { userId, ids },
            cancellationToken);

    private Task<IReadOnlyList<Guid>> FindDueAsync(Guid? id, CancellationToken cancellationToken) =>
        db.QueryAsync<Guid>(
            """
            select id
            from downloads
            where deleted_at <= now() - @UndoFor
              and (@id::uuid is null or id = @id)
              and not exists (select from jobs where jobs.subject_id = downloads.id and jobs.state in ('queued', 'running'))
            order by deleted_at
            limit 1000
            """,
            new { id, options.Value.UndoFor },
            cancellationToken);

    // The row stays locked while its objects go: an undo that comes late finds the whole download, or none.
    private async Task<int> RemoveAsync(NpgsqlConnection connection, Guid id, CancellationToken cancellationToken)
    {
        var kept = await connection.QuerySingleOrDefaultAsync<StoredKeys>(
            """
            select storage_key, poster_key, subtitles_key
            from downloads
            where id = @id
              and deleted_at <= now() - @UndoFor
            for update skip locked
            """,
            new { id, options.Value.UndoFor },
            cancellationToken);
        if (kept is null)
            return 0;

        foreach (var key in new[] { kept.StorageKey, kept.PosterKey, kept.SubtitlesKey }.OfType<string>())
            await objects.DeleteAsync(key, cancellationToken);
        return await connection.ExecuteAsync("delete from downloads where id = @id", new { id }, cancellationToken);
    }

    private sealed record MarkedRow
    {
        public required Guid Id { get; init; }

        public required DateTimeOffset DeletedAt { get; init; }

        public required bool IsLive { get; init; }
    }

    private sealed record StoredKeys
    {
        public string? StorageKey { get; init; }

        public string? PosterKey { get; init; }

        public string? SubtitlesKey { get; init; }
    }
}

/// <summary>Removes what was deleted, once it can no longer be taken back.</summary>
internal sealed class DeletionHandler(DownloadBin bin) : IJobHandler
{
    public const string JobKind = "deletion";

    public string Kind => JobKind;

    public int Workers => 1;

    public async Task<JobOutcome> RunAsync(Job job, CancellationToken cancellationToken)
    {
        await bin.FinishAsync(id: null, cancellationToken);
        return new JobOutcome.Completed();
    }

    public Task ApplyAsync(NpgsqlConnection connection, Job job, JobTransition transition, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task AnnounceAsync(Job job, JobTransition transition, CancellationToken cancellationToken) => Task.CompletedTask;
}
