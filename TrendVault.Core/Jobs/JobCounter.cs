using Npgsql;

namespace TrendVault.Core.Jobs;

/// <summary>How many jobs of one kind a user has that have not ended.</summary>
internal sealed record LiveJobCount
{
    /// <summary>Which handler runs them.</summary>
    public required string Kind { get; init; }

    /// <summary>Claimed now.</summary>
    public required int Running { get; init; }

    public required int Waiting { get; init; }
}

/// <summary>Counts live jobs, for whoever shows how much is at work.</summary>
internal sealed class JobCounter(NpgsqlDataSource db)
{
    /// <summary>One row per kind that has any.</summary>
    public Task<IReadOnlyList<LiveJobCount>> CountAsync(Guid userId, CancellationToken cancellationToken) =>
        db.QueryAsync<LiveJobCount>(
            """
            select
              kind,
              (count(*) filter (where state = 'running'))::int as running,
              (count(*) filter (where state = 'queued'))::int as waiting
            from jobs
            where user_id = @userId
              and state in ('queued', 'running')
            group by kind
            """,
            new { userId },
            cancellationToken);

    /// <summary>What waits and runs, by kind; kinds with neither are left out.</summary>
    public Task<IReadOnlyList<JobCounts>> CountsAsync(CancellationToken cancellationToken) =>
        db.QueryAsync<JobCounts>(
            """
            select
              kind,
              count(*) filter (where state = 'queued' and run_after <= now()) as waiting,
              count(*) filter (where state = 'queued' and run_after > now()) as later,
              count(*) filter (where state = 'running') as running
            from jobs
            where state in ('queued', 'running')
            group by kind
            order by kind
            """,
            null,
            cancellationToken);
}

/// <summary>How much of a kind there is to do.</summary>
internal sealed record JobCounts
{
    /// <summary>The handler's kind.</summary>
    public required string Kind { get; init; }

    /// <summary>Queued and due.</summary>
    public required long Waiting { get; init; }

    /// <summary>Queued for later: parked, or before a retry.</summary>
    public required long Later { get; init; }

    /// <summary>In the hands of a worker, on any instance.</summary>
    public required long Running { get; init; }
}
