using Microsoft.Extensions.Logging;
using Npgsql;
using StackExchange.Redis;

namespace TrendVault.Core.Jobs;

/// <summary>What a feature asks for when it wants work done.</summary>
internal sealed record NewJob
{
    /// <summary>Which handler runs it.</summary>
    public required string Kind { get; init; }

    public Guid? UserId { get; init; }

    /// <summary>The row it serves; only one live job per row.</summary>
    public Guid? SubjectId { get; init; }

    /// <summary>What it shares with others that must not all run at once, such as a host; empty when nothing.</summary>
    public string Lane { get; init; } = "";

    /// <summary>What the handler needs besides, as JSON.</summary>
    public string Args { get; init; } = "{}";

    /// <summary>For recurring work: the slot, unique for ever, so that any number of instances make one job of it.</summary>
    public string? SlotKey { get; init; }

    /// <summary>Not before this long from now, by the database's clock.</summary>
    public TimeSpan Delay { get; init; }
}

/// <summary>What became of a wish to cancel.</summary>
internal enum CancelOutcome
{
    /// <summary>It was waiting and is cancelled now.</summary>
    Cancelled,

    /// <summary>It runs; its worker has been told and ends it within two seconds.</summary>
    Requested,

    /// <summary>No live job serves that row.</summary>
    NothingToCancel,
}

/// <summary>Puts jobs into the table and ends them for their user. The table is the queue.</summary>
internal sealed class JobQueue(NpgsqlDataSource db, JobOrders orders, JobHandlers handlers, IConnectionMultiplexer redis, ILogger<JobQueue> log)
{
    /// <summary>Carries the id of a running job that its user wants ended.</summary>
    internal static readonly RedisChannel CancelChannel = RedisChannel.Literal("jobs:cancel");

    /// <summary>
    /// Writes a job in the caller's transaction, beside the row that it serves, and wakes a dispatcher when that commits.
    /// False, with nothing written, when the slot is taken or the row has a live job already.
    /// </summary>
    public async Task<bool> EnqueueAsync(NpgsqlConnection connection, NewJob job, CancellationToken cancellationToken) =>
        await orders.InsertAsync(connection, [job], cancellationToken) == 1;

    /// <summary>The same for many, in one statement; answers how many it wrote.</summary>
    public Task<int> EnqueueAsync(NpgsqlConnection connection, IReadOnlyList<NewJob> many, CancellationToken cancellationToken) =>
        orders.InsertAsync(connection, many, cancellationToken);

    /// <summary>
    /// Ends the live job of a row: at once while it waits, through its worker while it runs. Whether the row is the asking
    /// user's is for the caller to know.
    /// </summary>
    public async Task<CancelOutcome> CancelAsync(Guid subjectId, CancellationToken cancellationToken) =>
        await RequestCancelAsync([subjectId], cancellationToken) switch
        {
            [] => CancelOutcome.NothingToCancel,
            [{ State: JobState.Running }, ..] => CancelOutcome.Requested,
            _ => CancelOutcome.Cancelled,
        };

    /// <summary>The same for many rows, in one transaction; answers those that had a live job.</summary>
    public async Task<IReadOnlyList<Guid>> CancelAsync(IReadOnlyList<Guid> subjectIds, CancellationToken cancellationToken) =>
        [.. (await RequestCancelAsync([.. subjectIds], cancellationToken)).Select(job => job.SubjectId!.Value)];

    private async Task<IReadOnlyList<Job>> RequestCancelAsync(Guid[] subjectIds, CancellationToken cancellationToken)
    {
        var cancelled = new JobTransition.Cancelled();
        var jobs = await db.InTransactionAsync(
            async connection =>
            {
                var found = await JobOrders.RequestCancelAsync(connection, subjectIds, cancellationToken);
                foreach (var job in found.Where(job => job.State == JobState.Cancelled))
                {
                    if (handlers.Find(job.Kind) is { } handler)
                        await handler.ApplyAsync(connection, job, cancelled, cancellationToken);
                }

                return found;
            },
            cancellationToken);

        foreach (var job in jobs)
        {
            if (job.State == JobState.Running)
                await TellWorkerAsync(job);
            else if (handlers.Find(job.Kind) is { } announcer)
                await announcer.AnnounceSafelyAsync(job, cancelled, log);
        }

        return jobs;
    }

    /// <summary>
    /// Makes the waiting jobs of rows due at once, whatever they wait for; answers how many. Whether the rows are the asking user's is
    /// for the caller to know.
    /// </summary>
    public Task<int> HurryAsync(IReadOnlyList<Guid> subjectIds, CancellationToken cancellationToken) => orders.HurryAsync([.. subjectIds], cancellationToken);

    /// <summary>Starts no more of a user's jobs of a kind, new ones included, until they are resumed; what runs goes on.</summary>
    public Task PauseAsync(string kind, Guid userId, CancellationToken cancellationToken) => orders.PauseAsync(kind, userId, cancellationToken);

    public Task ResumeAsync(string kind, Guid userId, CancellationToken cancellationToken) => orders.ResumeAsync(kind, userId, cancellationToken);

    /// <summary>True while a pause lasts.</summary>
    public Task<bool> IsPausedAsync(string kind, Guid userId, CancellationToken cancellationToken) => orders.IsPausedAsync(kind, userId, cancellationToken);

    // The row has been marked: without Redis the worker's instance reads it within a second.
    private async Task TellWorkerAsync(Job job)
    {
        try
        {
            await redis.GetSubscriber().PublishAsync(CancelChannel, job.Id.ToString());
        }
        catch (Exception e) when (Outage.IsOf(e))
        {
            log.LogWarning("The cancel of job {JobId} could not be sent over Redis; its worker will read it from the row: {Error}", job.Id, e.Message);
        }
    }
}
