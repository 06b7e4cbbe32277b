using Npgsql;
using TrendVault.Core.Jobs;

namespace TrendVault.Core.Work;

/// <summary>The statements that all tables of work have in common, and what tells the tables apart. Nothing of it comes from a request.</summary>
/// <param name="Name">Of the table.</param>
/// <param name="Words">Of its status.</param>
/// <param name="DoneBytes">The column of the bytes that were fetched or sent.</param>
/// <param name="AlsoAtStep">What a step sets besides, with the parameters of <see cref="WorkStep"/> and <c>@isEnded</c>.</param>
internal sealed record WorkTable(string Name, WorkWords Words, string DoneBytes, string AlsoAtStep)
{
    /// <summary>The row that a form with this key made before, or null.</summary>
    public Task<Guid?> FindByKeyAsync(NpgsqlConnection connection, Guid userId, string idempotencyKey, CancellationToken cancellationToken) =>
        connection.QuerySingleOrDefaultAsync<Guid?>(
            $"""
            select id
            from {Name}
            where user_id = @userId
              and idempotency_key = @idempotencyKey
            """,
            new { userId, idempotencyKey },
            cancellationToken);

    /// <summary>Any step of a job but the last good one, in the transaction that makes it.</summary>
    public Task SetStatusAsync(NpgsqlConnection connection, Guid id, WorkStep step, CancellationToken cancellationToken) =>
        connection.ExecuteAsync(
            $"""
            update {Name}
            set
              status = @status, phase = null, speed_bytes = null, eta_seconds = null, wait_reason = @WaitReason, wait_until = @WaitUntil,
              error_code = @ErrorCode, error = @Error, {AlsoAtStep}, updated_at = now()
            where id = @id
            """,
            new
            {
                id,
                status = Words.Of(step.Status),
                step.WaitReason,
                step.WaitUntil,
                step.ErrorCode,
                step.Error,
                step.ErrorDetail,
                isEnded = step.Status is WorkStatus.Failed or WorkStatus.Cancelled,
            },
            cancellationToken);

    /// <summary>How far it has come. False when the job is another's by now, or to be cancelled: the worker stops.</summary>
    public async Task<bool> SaveProgressAsync(NpgsqlDataSource db, Job job, WorkProgress progress, CancellationToken cancellationToken) =>
        await db.ExecuteAsync(
            $"""
            update {Name}
            set
              phase = @Phase, progress = greatest({Name}.progress, @Percent), {DoneBytes} = @Bytes, total_bytes = @TotalBytes,
              speed_bytes = @SpeedBytes, eta_seconds = @EtaSeconds, updated_at = now()
            from jobs
            where {Name}.id = @SubjectId
              and {Name}.status = @running
              and {JobFence.HoldsUncancelled}
            """,
            new
            {
                progress.Phase,
                progress.Percent,
                progress.Bytes,
                progress.TotalBytes,
                progress.SpeedBytes,
                progress.EtaSeconds,
                job.SubjectId,
                running = Words.Of(WorkStatus.Running),
                jobId = job.Id,
                job.Attempt,
            },
            cancellationToken) == 1;
}
