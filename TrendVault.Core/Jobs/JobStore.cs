using Npgsql;

namespace TrendVault.Core.Jobs;

/// <summary>How much of a kind there is to do.</summary>
public sealed record JobCounts
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

/// <summary>The queue's SQL. Every write to a running row is conditional on the attempt that it was claimed by: the fence.</summary>
public sealed class JobStore(NpgsqlDataSource db, TimeProvider time)
{
    /// <summary>The channel on which commits that make a job due tell its kind.</summary>
    internal const string NotifyChannel = "trendvault_jobs";

    // Other dispatchers may hold the first rows that one sees; looking this much further down finds some that are free.
    private const int Overlook = 32;

    private static readonly string Instance = $"{Environment.MachineName}:{Environment.ProcessId}";

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

    /// <summary>
    /// Inserts and notifies in one trip; PostgreSQL sends equal notifications of one transaction once. False when a unique key
    /// refuses the row: its slot is taken, or its subject has a live job.
    /// </summary>
    internal async Task<bool> InsertAsync(NpgsqlConnection connection, NewJob job, CancellationToken cancellationToken) =>
        await connection.QuerySingleOrDefaultAsync<Guid?>(
            """
            with added as (
              insert into jobs (id, kind, user_id, subject_id, slot_key, args, run_after)
              values (@id, @Kind, @UserId, @SubjectId, @SlotKey, @Args::jsonb, now() + @Delay)
              on conflict do nothing
              returning id, kind
            )
            select id, pg_notify(@NotifyChannel, kind)::text
            from added
            """,
            new { id = Guid.CreateVersion7(time.GetUtcNow()), job.Kind, job.UserId, job.SubjectId, job.SlotKey, job.Args, job.Delay, NotifyChannel },
            cancellationToken) is not null;

    /// <summary>
    /// One statement for waiting and running jobs alike, so that none slips from one to the other between two. The answer's
    /// state says which it was: cancelled, or running and marked.
    /// </summary>
    internal static Task<Job?> RequestCancelAsync(NpgsqlConnection connection, Guid subjectId, CancellationToken cancellationToken) =>
        connection.QuerySingleOrDefaultAsync<Job>(
            """
            update jobs
            set
              cancel_requested = true,
              state = case state when 'queued' then 'cancelled' else state end,
              finished_at = case state when 'queued' then now() end,
              wait_reason = null
            where subject_id = @subjectId
              and state in ('queued', 'running')
            returning id, kind, user_id, subject_id, args, attempt, failures, crashes, created_at, state
            """,
            new { subjectId },
            cancellationToken);

    /// <summary>
    /// Takes up to <paramref name="limit"/> due jobs and tells their handler that they started, in one transaction: a row says
    /// "running" exactly when its job does. Owners with fewer running jobs come first; among equals, whoever was served longest ago.
    /// </summary>
    internal async Task<IReadOnlyList<ClaimedJob>> ClaimAsync(IJobHandler handler, int limit, CancellationToken cancellationToken)
    {
        await using var connection = await db.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var jobs = await connection.QueryAsync<Job>(
            """
            with recursive owners as (
              -- A loose index scan: one probe of jobs_due per owner, however many jobs each has.
              (select owner_id from jobs where kind = @Kind and state = 'queued' order by owner_id limit 1)
              union all
              select (
                select jobs.owner_id
                from jobs
                where jobs.kind = @Kind and jobs.state = 'queued' and jobs.owner_id > owners.owner_id
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
                  where jobs.kind = @Kind and jobs.state = 'running' and jobs.owner_id = owners.owner_id
                ) as busy,
                (
                  select max(jobs.claimed_at)
                  from jobs
                  where jobs.kind = @Kind and jobs.owner_id = owners.owner_id and jobs.claimed_at is not null
                ) as served_at
              from owners
              where owners.owner_id is not null
            ),
            candidates as (
              select due.id, due.run_after, turns.busy + due.place as turn, turns.served_at
              from turns
              cross join lateral (
                select id, run_after, row_number() over (order by run_after, id) as place
                from (
                  select id, run_after
                  from jobs
                  where kind = @Kind and state = 'queued' and owner_id = turns.owner_id and run_after <= now()
                  order by run_after, id
                  limit @limit + @Overlook
                ) as oldest
              ) as due
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
            """,
            new { handler.Kind, limit, Overlook, Instance },
            cancellationToken);

        var claimed = new List<ClaimedJob>(jobs.Count);
        foreach (var job in jobs)
            claimed.Add(new ClaimedJob(job, await StartAsync(handler, connection, transaction, job, cancellationToken)));
        await transaction.CommitAsync(cancellationToken);
        return claimed;
    }

    /// <summary>
    /// Ends an attempt: the row, the handler's result and the row it serves, all or nothing. Null when the fence refused, with
    /// nothing changed: the job is another's by now, or its user wants it cancelled.
    /// </summary>
    /// <param name="handler">Null writes the job's own row only.</param>
    /// <param name="job">As it was claimed.</param>
    /// <param name="step">What to write.</param>
    /// <param name="cancellationToken">Ends the try.</param>
    internal async Task<JobTransition?> SettleAsync(IJobHandler? handler, Job job, JobStep step, CancellationToken cancellationToken)
    {
        await using var connection = await db.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (await WriteAsync(connection, job, step, cancellationToken) is not { } dueAt)
            return null;

        var transition = step.Transition is JobTransition.Retrying retrying ? retrying with { At = dueAt } : step.Transition;
        if (handler is not null)
        {
            if (step.Commit is not null)
                await step.Commit(connection, cancellationToken);
            await handler.ApplyAsync(connection, job, transition, cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
        return transition;
    }

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

    private static Task<DateTimeOffset?> WriteAsync(NpgsqlConnection connection, Job job, JobStep step, CancellationToken cancellationToken)
    {
        var (errorCode, error) = step.Transition switch
        {
            JobTransition.Retrying retrying => (retrying.Code, retrying.Message),
            JobTransition.Failed failed => (failed.Code, failed.Message),
            _ => default((string?, string?)),
        };
        var parked = step.Transition as JobTransition.Parked;
        return connection.QuerySingleOrDefaultAsync<DateTimeOffset?>(
            """
            with settled as (
              update jobs
              set
                state = @State,
                failures = failures + @failure,
                crashes = crashes + @crash,
                run_after = case
                  when @State <> 'queued' then run_after
                  when @until::timestamptz is null then now() + @Delay
                  -- A second at least, or a park that ends in the past would spin.
                  else greatest(@until::timestamptz, now() + interval '1 second')
                end,
                wait_reason = @waitReason,
                error_code = case when @State = 'completed' then null else coalesce(@errorCode, error_code) end,
                error = case when @State = 'completed' then null else coalesce(@error, error) end,
                finished_at = case when @State <> 'queued' then now() end
              where id = @Id
                and attempt = @Attempt
                and state = 'running'
                and not (cancel_requested and @YieldsToCancel)
              returning kind, run_after
            )
            select run_after, case when @wakes then pg_notify(@NotifyChannel, kind)::text end
            from settled
            """,
            new
            {
                job.Id,
                job.Attempt,
                step.State,
                step.YieldsToCancel,
                step.Delay,
                until = parked?.Until,
                waitReason = parked?.Reason,
                errorCode,
                error,
                failure = step.CountsAsFailure ? 1 : 0,
                crash = step.CountsAsCrash ? 1 : 0,
                wakes = step.State == JobState.Queued && parked is null && step.Delay == TimeSpan.Zero,
                NotifyChannel,
            },
            cancellationToken);
    }

    /// <summary>What the watch reads of a running job.</summary>
    internal sealed record RunningRow
    {
        public required Guid Id { get; init; }

        public required int Attempt { get; init; }

        public required bool CancelRequested { get; init; }
    }
}

/// <summary>A claimed job on its way to a worker.</summary>
/// <param name="Job">The job.</param>
/// <param name="StartError">Why its handler could not write the start to the row it serves, if so.</param>
internal sealed record ClaimedJob(Job Job, Exception? StartError);
