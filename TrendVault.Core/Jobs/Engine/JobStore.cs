using Dapper;
using Npgsql;

namespace TrendVault.Core.Jobs;

/// <summary>What the engine reads and writes. Every write to a running row is conditional on the attempt that it was claimed by: the fence.</summary>
internal sealed class JobStore(NpgsqlDataSource db)
{
    // Other dispatchers may hold the first rows that one sees; looking this much further down finds some that are free.
    private const int Overlook = 32;

    // Two claims at once would each find room in a lane that has room for one.
    private const string OneAtATimeSql = "select pg_advisory_xact_lock(hashtext('claim ' || @kind))::text";

    // Owners with fewer running jobs come first; among equals, whoever was served longest ago.
    private const string ClaimSql =
        """
        with recursive owners as (
          -- A loose index scan: one probe of jobs_due per owner, however many jobs each has.
          (select owner_id from jobs where kind = @kind and state = 'queued' order by owner_id limit 1)
          union all
          select (
            select jobs.owner_id
            from jobs
            where jobs.kind = @kind and jobs.state = 'queued' and jobs.owner_id > owners.owner_id
            order by jobs.owner_id
            limit 1
          )
          from owners
          where owners.owner_id is not null
        ),
        -- Once per owner: the planner would otherwise ask it for each candidate.
        turns as materialized (
          select
            owners.owner_id,
            (
              select count(*)
              from jobs
              where jobs.kind = @kind and jobs.state = 'running' and jobs.owner_id = owners.owner_id
            ) as busy,
            (
              select max(jobs.claimed_at)
              from jobs
              where jobs.kind = @kind and jobs.owner_id = owners.owner_id and jobs.claimed_at is not null
            ) as served_at
          from owners
          where owners.owner_id is not null
            and not exists (select from job_pauses where job_pauses.kind = @kind and job_pauses.user_id = owners.owner_id)
        ),
        busy_lanes as materialized (
          select lane, count(*) as running
          from jobs
          where kind = @kind and state = 'running' and lane <> ''
          group by lane
        ),
        due as (
          select oldest.id, oldest.run_after, oldest.lane, turns.busy + oldest.place as turn, turns.served_at
          from turns
          cross join lateral (
            select id, run_after, lane, row_number() over (order by run_after, id) as place
            from (
              select id, run_after, lane
              from jobs
              where kind = @kind
                and state = 'queued'
                and owner_id = turns.owner_id
                and run_after <= now()
                and lane <> all (array(select lane from busy_lanes where running >= @laneLimit))
              order by run_after, id
              limit @limit + @Overlook
            ) as first
          ) as oldest
        ),
        candidates as (
          select id, run_after, turn, served_at
          from (
            select due.*, coalesce(busy_lanes.running, 0) + row_number() over (partition by lane order by turn, served_at nulls first, run_after, id) as lane_place
            from due
            left join busy_lanes using (lane)
          ) as placed
          where lane = '' or lane_place <= @laneLimit
          order by turn, served_at nulls first, run_after, id
          limit @limit + @Overlook
        ),
        picked as (
          select candidates.id, candidates.turn, candidates.served_at, candidates.run_after
          from candidates
          -- One row after the other, until there are enough: what is not taken is not locked.
          cross join lateral (
            select 1
            from jobs
            where jobs.id = candidates.id and jobs.state = 'queued'
            for update skip locked
          ) as locked
          order by turn, served_at nulls first, run_after, id
          limit @limit
        ),
        claimed as (
          update jobs
          set state = 'running', attempt = attempt + 1, claimed_by = @Instance, claimed_at = now(), wait_reason = null
          from picked
          where jobs.id = picked.id
          returning jobs.*, picked.turn, picked.served_at
        )
        select id, kind, user_id, subject_id, args, attempt, failures, crashes, created_at, state
        from claimed
        order by turn, served_at nulls first, run_after, id
        """;

    private const string SettleSql =
        """
        with settled as (
          update jobs
          set
            state = ends.state,
            failures = failures + ends.failure,
            crashes = crashes + ends.crash,
            run_after = case
              when ends.state <> 'queued' then run_after
              when ends.until is null then now() + ends.delay
              -- A second at least, or a park that ends in the past would spin.
              else greatest(ends.until, now() + interval '1 second')
            end,
            wait_reason = ends.wait_reason,
            error_code = case when ends.state = 'completed' then null else coalesce(ends.error_code, jobs.error_code) end,
            error = case when ends.state = 'completed' then null else coalesce(ends.error, jobs.error) end,
            finished_at = case when ends.state <> 'queued' then now() end
          from unnest(
            @ids, @attempts, @states, @failures, @crashes, @delays, @untils::timestamptz[], @waitReasons, @errorCodes, @errors, @yields
          ) as ends(id, attempt, state, failure, crash, delay, until, wait_reason, error_code, error, yields_to_cancel)
          where jobs.id = ends.id
            and jobs.attempt = ends.attempt
            and jobs.state = 'running'
            and not (jobs.cancel_requested and ends.yields_to_cancel)
          returning jobs.id, jobs.attempt, jobs.kind, jobs.run_after, ends.state = 'queued' and ends.until is null and ends.delay = interval '0' as wakes
        )
        select id, attempt, run_after, case when wakes then pg_notify(@NotifyChannel, kind)::text end
        from settled
        """;

    private static readonly string Instance = $"{Environment.MachineName}:{Environment.ProcessId}";

    /// <summary>
    /// One transaction for what a dispatcher has to write: ends of attempts (their rows, the handler's results and the rows they
    /// serve), and claims of up to <paramref name="limit"/> due jobs with their start, so that a row says "running" exactly when its
    /// job does. All or nothing.
    /// </summary>
    /// <param name="handler">Of the kind that all of them have. Null writes the jobs' own rows only.</param>
    /// <param name="ends">May be none.</param>
    /// <param name="limit">0 claims nothing.</param>
    /// <exception cref="ArgumentException">Two of the ends are of the same attempt, which ends once.</exception>
    internal async Task<JobExchange> ExchangeAsync(IJobHandler? handler, IReadOnlyList<JobEnd> ends, int limit, CancellationToken cancellationToken)
    {
        var places = ends.Index().ToDictionary(end => (end.Item.Job.Id, end.Item.Job.Attempt), end => end.Index);
        await using var connection = await db.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var (settled, due) = await WriteAsync(connection, handler, ends, limit, cancellationToken);

        var transitions = new JobTransition?[ends.Count];
        foreach (var row in settled)
        {
            var place = places[(row.Id, row.Attempt)];
            transitions[place] = await EndAsync(handler, connection, ends[place], row.RunAfter, cancellationToken);
        }

        var claimed = new List<ClaimedJob>(due.Count);
        foreach (var job in due)
            claimed.Add(new ClaimedJob(job, await StartAsync(handler!, connection, transaction, job, cancellationToken)));
        await transaction.CommitAsync(cancellationToken);
        return new JobExchange(transitions, claimed);
    }

    /// <summary>True when this very attempt has completed the job.</summary>
    internal Task<bool> IsCompletedAsync(Job job, CancellationToken cancellationToken) =>
        db.QuerySingleOrDefaultAsync<bool>(
            """
            select true
            from jobs
            where id = @Id
              and attempt = @Attempt
              and state = 'completed'
            """,
            new { job.Id, job.Attempt },
            cancellationToken);

    /// <summary>Of these jobs, those that still run, with their present attempt and whether their user wants them ended.</summary>
    internal Task<IReadOnlyList<RunningRow>> FindRunningAsync(Guid[] ids, CancellationToken cancellationToken) =>
        db.QueryAsync<RunningRow>(
            """
            select id, attempt, cancel_requested
            from jobs
            where id = any(@ids)
              and state = 'running'
            """,
            new { ids },
            cancellationToken);

    /// <summary>Running rows claimed long enough ago that their worker has its lock, if there is a worker.</summary>
    internal Task<IReadOnlyList<Job>> FindRunningAsync(TimeSpan age, CancellationToken cancellationToken) =>
        db.QueryAsync<Job>(
            """
            select id, kind, user_id, subject_id, args, attempt, failures, crashes, created_at, state
            from jobs
            where state = 'running'
              and claimed_at < now() - @age
            """,
            new { age },
            cancellationToken);

    /// <summary>Deletes up to <paramref name="limit"/> jobs that ended longer ago than <paramref name="age"/>; answers how many.</summary>
    internal Task<int> DeleteFinishedAsync(TimeSpan age, int limit, CancellationToken cancellationToken) =>
        db.ExecuteAsync(
            """
            delete from jobs
            where id in (
              select id
              from jobs
              where finished_at < now() - @age
              order by finished_at
              limit @limit
            )
            """,
            new { age, limit },
            cancellationToken);

    // A savepoint costs no trip of its own. Without it, one row whose start cannot be written would keep its whole batch, and so
    // its kind, from ever being claimed.
    private static async Task<Exception?> StartAsync(
        IJobHandler handler, NpgsqlConnection connection, NpgsqlTransaction transaction, Job job, CancellationToken cancellationToken)
    {
        await transaction.SaveAsync("start", cancellationToken);
        try
        {
            await handler.ApplyAsync(connection, job, new JobTransition.Started(), cancellationToken);
            return null;
        }
        catch (Exception e) when (!Outage.IsOf(e))
        {
            await transaction.RollbackAsync("start", cancellationToken);
            return e;
        }
    }

    private static async Task<JobTransition> EndAsync(
        IJobHandler? handler, NpgsqlConnection connection, JobEnd end, DateTimeOffset dueAt, CancellationToken cancellationToken)
    {
        var transition = end.Step.Transition is JobTransition.Retrying retrying ? retrying with { At = dueAt } : end.Step.Transition;
        if (handler is null)
            return transition;

        if (end.Step.Commit is not null)
            await end.Step.Commit(connection, cancellationToken);
        await handler.ApplyAsync(connection, end.Job, transition, cancellationToken);
        return transition;
    }

    // Both statements go in one trip; the claim sees what the settlement has written.
    private static async Task<(IReadOnlyList<SettledRow> Settled, IReadOnlyList<Job> Claimed)> WriteAsync(
        NpgsqlConnection connection, IJobHandler? handler, IReadOnlyList<JobEnd> ends, int limit, CancellationToken cancellationToken)
    {
        var statements = new List<string>();
        if (ends.Count > 0)
            statements.Add(SettleSql);
        if (limit > 0 && handler?.LaneLimit is not null)
            statements.Add(OneAtATimeSql);
        if (limit > 0)
            statements.Add(ClaimSql);

        await using var answers = await connection.QueryMultipleAsync(new CommandDefinition(
            string.Join(";\n", statements),
            new
            {
                ids = Each(ends, end => end.Job.Id),
                attempts = Each(ends, end => end.Job.Attempt),
                states = Each(ends, end => EnumText<JobState>.Of(end.Step.State)),
                failures = Each(ends, end => end.Step.CountsAsFailure ? 1 : 0),
                crashes = Each(ends, end => end.Step.CountsAsCrash ? 1 : 0),
                delays = Each(ends, end => end.Step.Delay),
                untils = Each(ends, end => (end.Step.Transition as JobTransition.Parked)?.Until.UtcDateTime),
                waitReasons = Each(ends, end => (end.Step.Transition as JobTransition.Parked)?.Reason),
                errorCodes = Each(ends, end => end.Step.Error?.Code),
                errors = Each(ends, end => end.Step.Error?.Message),
                yields = Each(ends, end => end.Step.YieldsToCancel),
                JobOrders.NotifyChannel,
                kind = handler?.Kind,
                laneLimit = handler?.LaneLimit ?? 0,
                limit,
                Overlook,
                Instance,
            },
            cancellationToken: cancellationToken));
        var settled = ends.Count > 0 ? (await answers.ReadAsync<SettledRow>()).AsList() : [];
        if (limit > 0 && handler?.LaneLimit is not null)
            await answers.ReadAsync<string>();
        return (settled, limit > 0 ? (await answers.ReadAsync<Job>()).AsList() : []);
    }

    private static T[] Each<T>(IReadOnlyList<JobEnd> ends, Func<JobEnd, T> part) => [.. ends.Select(part)];

    /// <summary>What the watch reads of a running job.</summary>
    internal sealed record RunningRow
    {
        public required Guid Id { get; init; }

        public required int Attempt { get; init; }

        public required bool CancelRequested { get; init; }
    }

    /// <summary>A row that took the end of its attempt.</summary>
    private sealed record SettledRow
    {
        public required Guid Id { get; init; }

        public required int Attempt { get; init; }

        public required DateTimeOffset RunAfter { get; init; }
    }
}

/// <summary>An attempt and what is to be written at its end.</summary>
/// <param name="Job">As it was claimed.</param>
/// <param name="Step">What to write.</param>
internal sealed record JobEnd(Job Job, JobStep Step);

/// <summary>What became of an exchange.</summary>
/// <param name="Transitions">
/// In the order of the ends. Null for each that the fence refused, for which nothing changed: the job is another's by now, or its
/// user wants it cancelled.
/// </param>
/// <param name="Claimed">In the order in which they are to run.</param>
internal sealed record JobExchange(IReadOnlyList<JobTransition?> Transitions, IReadOnlyList<ClaimedJob> Claimed);

/// <summary>A claimed job on its way to a worker.</summary>
/// <param name="Job">The job.</param>
/// <param name="StartError">Why its handler could not write the start to the row it serves, if so.</param>
internal sealed record ClaimedJob(Job Job, Exception? StartError)
{
    /// <summary>Null when it could not be taken at once.</summary>
    public JobLocks.Held? Lock { get; init; }
}
