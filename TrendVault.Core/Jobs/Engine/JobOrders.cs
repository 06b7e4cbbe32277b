using Npgsql;

namespace TrendVault.Core.Jobs;

/// <summary>What features order of the queue, as SQL.</summary>
internal sealed class JobOrders(NpgsqlDataSource db, TimeProvider time)
{
    /// <summary>The channel on which commits that make a job due tell its kind.</summary>
    public const string NotifyChannel = "trendvault_jobs";

    /// <summary>
    /// Inserts and notifies in one trip; PostgreSQL sends equal notifications of one transaction once. Answers how many it inserted:
    /// a unique key refuses a row whose slot is taken, or whose subject has a live job.
    /// </summary>
    public async Task<int> InsertAsync(NpgsqlConnection connection, IReadOnlyList<NewJob> jobs, CancellationToken cancellationToken) =>
        (await connection.QueryAsync<Guid>(
            """
            with added as (
              insert into jobs (id, kind, user_id, subject_id, slot_key, lane, args, run_after)
              select id, kind, user_id, subject_id, slot_key, lane, args::jsonb, now() + delay
              from unnest(@ids, @kinds, @userIds::uuid[], @subjectIds::uuid[], @slotKeys, @lanes, @args, @delays)
                as new_job(id, kind, user_id, subject_id, slot_key, lane, args, delay)
              on conflict do nothing
              returning id, kind
            )
            select id, pg_notify(@NotifyChannel, kind)::text
            from added
            """,
            new
            {
                ids = jobs.Select(_ => Guid.CreateVersion7(time.GetUtcNow())).ToArray(),
                kinds = jobs.Select(job => job.Kind).ToArray(),
                userIds = jobs.Select(job => job.UserId).ToArray(),
                subjectIds = jobs.Select(job => job.SubjectId).ToArray(),
                slotKeys = jobs.Select(job => job.SlotKey).ToArray(),
                lanes = jobs.Select(job => job.Lane).ToArray(),
                args = jobs.Select(job => job.Args).ToArray(),
                delays = jobs.Select(job => job.Delay).ToArray(),
                NotifyChannel,
            },
            cancellationToken)).Count;

    /// <summary>
    /// One statement for waiting and running jobs alike, so that none slips from one to the other between two. The answer's
    /// state says which it was: cancelled, or running and marked.
    /// </summary>
    public static Task<IReadOnlyList<Job>> RequestCancelAsync(NpgsqlConnection connection, Guid[] subjectIds, CancellationToken cancellationToken) =>
        connection.QueryAsync<Job>(
            """
            update jobs
            set
              cancel_requested = true,
              state = case state when 'queued' then 'cancelled' else state end,
              finished_at = case state when 'queued' then now() end,
              wait_reason = null
            where subject_id = any(@subjectIds)
              and state in ('queued', 'running')
            returning id, kind, user_id, subject_id, args, attempt, failures, crashes, created_at, state
            """,
            new { subjectIds },
            cancellationToken);

    /// <summary>Makes the waiting jobs of rows due, and wakes whoever claims them.</summary>
    public async Task<int> HurryAsync(Guid[] subjectIds, CancellationToken cancellationToken) =>
        (await db.QueryAsync<string>(
            """
            with hurried as (
              update jobs
              set run_after = now()
              where subject_id = any(@subjectIds)
                and state = 'queued'
                and run_after > now()
              returning kind
            )
            select pg_notify(@NotifyChannel, kind)::text
            from hurried
            """,
            new { subjectIds, NotifyChannel },
            cancellationToken)).Count;

    /// <summary>Nothing more of the user's is claimed; what runs goes on.</summary>
    public Task PauseAsync(string kind, Guid userId, CancellationToken cancellationToken) =>
        db.ExecuteAsync(
            """
            insert into job_pauses (kind, user_id)
            values (@kind, @userId)
            on conflict do nothing
            """,
            new { kind, userId },
            cancellationToken);

    /// <summary>Lets the user's jobs be claimed again, and wakes whoever does.</summary>
    public Task ResumeAsync(string kind, Guid userId, CancellationToken cancellationToken) =>
        db.ExecuteAsync(
            """
            with resumed as (
              delete from job_pauses
              where kind = @kind
                and user_id = @userId
              returning kind
            )
            select pg_notify(@NotifyChannel, kind)
            from resumed
            """,
            new { kind, userId, NotifyChannel },
            cancellationToken);

    public Task<bool> IsPausedAsync(string kind, Guid userId, CancellationToken cancellationToken) =>
        db.QuerySingleOrDefaultAsync<bool>(
            """
            select true
            from job_pauses
            where kind = @kind
              and user_id = @userId
            """,
            new { kind, userId },
            cancellationToken);
}
