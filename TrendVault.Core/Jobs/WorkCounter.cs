using Npgsql;

namespace TrendVault.Core.Jobs;

/// <summary>How much of a user's work runs or waits, for the counters in every page's header.</summary>
public sealed record WorkCounts
{
    /// <summary>Downloads that run now.</summary>
    public required int Downloading { get; init; }

    /// <summary>Uploads that run now.</summary>
    public required int Uploading { get; init; }

    /// <summary>Downloads and uploads that wait for their turn or are parked.</summary>
    public required int Waiting { get; init; }
}

/// <summary>Counts a user's live jobs.</summary>
public sealed class WorkCounter(NpgsqlDataSource db)
{
    /// <summary>Counts as of now; all zero for a user without work.</summary>
    public async Task<WorkCounts> CountAsync(Guid userId, CancellationToken cancellationToken) =>
        (await db.QuerySingleOrDefaultAsync<WorkCounts>(
            """
            select
              (count(*) filter (where state = 'running' and kind = 'download'))::int as downloading,
              (count(*) filter (where state = 'running' and kind = 'upload'))::int as uploading,
              (count(*) filter (where state = 'queued'))::int as waiting
            from jobs
            where user_id = @userId
              and kind in ('download', 'upload')
              and state in ('queued', 'running')
            """,
            new { userId },
            cancellationToken))!;
}
