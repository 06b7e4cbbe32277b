using Npgsql;

namespace TrendVault.Core.Trending;

/// <summary>What a refresh did: that of a half hour, or one that an admin asked for.</summary>
internal sealed record RefreshRound
{
    public required Guid Id { get; init; }

    /// <summary>The admin; null for a half hour.</summary>
    public Guid? AskedBy { get; init; }

    public required DateTimeOffset BeganAt { get; init; }

    /// <summary>UTC; null while it is under way, or when it was cut short.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>Charts to fetch.</summary>
    public required int Planned { get; init; }

    /// <summary>Charts that were fetched since it began, by whomever.</summary>
    public int Refreshed { get; init; }

    /// <summary>Charts whose last try since then failed.</summary>
    public int Failed { get; init; }

    /// <summary>Charts that are still to come.</summary>
    public int ToGo => EndedAt is null ? Math.Max(0, Planned - Refreshed - Failed) : 0;
}

/// <summary>The rounds of the refresh in PostgreSQL.</summary>
internal sealed class RefreshRounds(NpgsqlDataSource db)
{
    // Two weeks of half hours.
    private const int Kept = 700;

    /// <summary>Stores a round under its first beginning, with what has become of the charts since then, and answers it so.</summary>
    public async Task<RefreshRound> SaveAsync(RefreshRound round, CancellationToken cancellationToken) =>
        (await db.QuerySingleOrDefaultAsync<RefreshRound>(
            """
            insert into chart_refreshes (id, asked_by, began_at, planned)
            values (@Id, @AskedBy, @BeganAt, @Planned)
            on conflict (id) do update
            set planned = greatest(chart_refreshes.planned, excluded.planned),
                ended_at = @EndedAt,
                refreshed = (select count(*) from charts where fetched_at >= chart_refreshes.began_at),
                failed = (
                    select count(*)
                    from charts
                    where failed_at >= chart_refreshes.began_at
                      and (fetched_at is null or failed_at > fetched_at))
            returning id, asked_by, began_at, ended_at, planned, refreshed, failed
            """,
            round,
            cancellationToken))!;

    /// <summary>The last ones, newest first.</summary>
    public Task<IReadOnlyList<RefreshRound>> ListAsync(int limit, CancellationToken cancellationToken) =>
        db.QueryAsync<RefreshRound>(
            """
            select id, asked_by, began_at, ended_at, planned, refreshed, failed
            from chart_refreshes
            order by began_at desc
            limit @limit
            """,
            new { limit },
            cancellationToken);

    /// <summary>Deletes what nobody looks at any more.</summary>
    public Task CleanUpAsync(CancellationToken cancellationToken) =>
        db.ExecuteAsync(
            """
            delete from chart_refreshes
            where began_at < (select began_at from chart_refreshes order by began_at desc offset @Kept limit 1)
            """,
            new { Kept },
            cancellationToken);
}
