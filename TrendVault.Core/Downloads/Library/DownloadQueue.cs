using Microsoft.Extensions.Options;
using Npgsql;
using TrendVault.Core.Work;

namespace TrendVault.Core.Downloads;

/// <summary>What downloads that wait are told of the queue before them.</summary>
internal sealed class DownloadQueue(NpgsqlDataSource db, IOptions<DownloadOptions> options)
{
    // Every step of a download tells all that show their place, so not the whole queue does.
    internal const int Places = 20;

    /// <summary>The rows, all of one user; those that wait their turn with what they wait for, which the queue knows.</summary>
    public async Task<IReadOnlyList<DownloadRow>> PlaceAsync(IReadOnlyList<DownloadRow> rows, CancellationToken cancellationToken)
    {
        var waiting = rows.Where(row => row is { Status: WorkStatus.Pending, WaitReason: null }).ToArray();
        if (waiting.Length == 0)
            return rows;

        var places = await db.QueryAsync<Place>(
            """
            with first as (
              select subject_id, row_number() over (order by run_after, id)::int as queue_place
              from (
                select subject_id, run_after, id
                from jobs
                where kind = @JobKind and owner_id = @UserId and state = 'queued' and run_after <= now()
                order by run_after, id
                limit @Places
              ) as due
            ),
            hosts as (
              select lane, count(*)::int as running
              from jobs
              where kind = @JobKind and state = 'running'
              group by lane
              having count(*) >= @PerHost
            )
            select
              jobs.subject_id as id,
              first.queue_place,
              hosts.running as host_runs,
              exists (select from job_pauses where job_pauses.kind = @JobKind and job_pauses.user_id = @UserId) as is_paused
            from jobs
            left join first using (subject_id)
            left join hosts using (lane)
            where jobs.subject_id = any(@ids)
              and jobs.state = 'queued'
            """,
            new { DownloadJobHandler.JobKind, waiting[0].UserId, ids = waiting.Select(row => row.Id).ToArray(), Places, options.Value.PerHost },
            cancellationToken);
        var byId = places.ToDictionary(place => place.Id);
        return
        [
            .. rows.Select(row => byId.TryGetValue(row.Id, out var place)
                ? row with { QueuePlace = place.QueuePlace, IsPaused = place.IsPaused, HostRuns = place.HostRuns }
                : row),
        ];
    }

    /// <summary>What the queue knows of a waiting row.</summary>
    private sealed record Place
    {
        public required Guid Id { get; init; }

        public int? QueuePlace { get; init; }

        public int? HostRuns { get; init; }

        public required bool IsPaused { get; init; }
    }
}
