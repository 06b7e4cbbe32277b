using Npgsql;
using StackExchange.Redis;

namespace TrendVault.Core.Jobs;

/// <summary>What a feature asks for when it wants work done.</summary>
public sealed record NewJob
{
    /// <summary>Which handler runs it.</summary>
    public required string Kind { get; init; }

    /// <summary>Whose it is.</summary>
    public Guid? UserId { get; init; }

    /// <summary>The row it serves; only one live job per row.</summary>
    public Guid? SubjectId { get; init; }

    /// <summary>What the handler needs besides, as JSON.</summary>
    public string Args { get; init; } = "{}";

    /// <summary>For recurring work: the slot, unique for ever, so that any number of instances make one job of it.</summary>
    public string? SlotKey { get; init; }

    /// <summary>Not before this long from now, by the database's clock.</summary>
    public TimeSpan Delay { get; init; }
}

/// <summary>What became of a wish to cancel.</summary>
public enum CancelOutcome
{
    /// <summary>It was waiting and is cancelled now.</summary>
    Cancelled,

    /// <summary>It runs; its worker has been told and ends it within two seconds.</summary>
    Requested,

    /// <summary>No live job serves that row.</summary>
    NothingToCancel,
}

/// <summary>Puts jobs into the table and ends them for their user. The table is the queue.</summary>
public sealed class JobQueue(NpgsqlDataSource db, IConnectionMultiplexer redis)
{
    /// <summary>
    /// Writes a job in the caller's transaction, beside the row that it serves, and wakes a dispatcher when that commits.
    /// False when the slot is taken already.
    /// </summary>
    public async Task<bool> EnqueueAsync(NpgsqlConnection connection, NewJob job, CancellationToken cancellationToken)
    {
        await Task.CompletedTask;
        throw new NotSupportedException($"{db} {redis} {connection} {job} {cancellationToken}");
    }

    /// <summary>Ends the live job of a row: at once while it waits, through its worker while it runs.</summary>
    public async Task<CancelOutcome> CancelAsync(Guid subjectId, CancellationToken cancellationToken)
    {
        await Task.CompletedTask;
        throw new NotSupportedException($"{db} {subjectId} {cancellationToken}");
    }
}
