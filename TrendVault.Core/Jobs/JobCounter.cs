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

/// <summary>Counts a user's live jobs, for whoever shows how much is at work.</summary>
internal sealed class LiveJobCounter(NpgsqlDataSource db)
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
}
