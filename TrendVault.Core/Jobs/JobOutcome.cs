using Npgsql;

namespace TrendVault.Core.Jobs;

/// <summary>How an attempt ended, in the handler's own judgement. The engine turns it into the job's next state.</summary>
internal abstract record JobOutcome
{
    private JobOutcome()
    {
    }

    /// <summary>Done. <paramref name="Commit"/> writes the result in the transaction that completes the job, which the fence guards.</summary>
    /// <param name="Commit">Null when nothing is left to write. It may still end the job otherwise, by a <see cref="JobRefusedException"/>.</param>
    /// <param name="Undo">Removes what the attempt made outside the database, when its result was not taken after all.</param>
    public sealed record Completed(
        Func<NpgsqlConnection, CancellationToken, Task>? Commit = null, Func<CancellationToken, Task>? Undo = null) : JobOutcome;

    /// <summary>An error.</summary>
    /// <param name="Code">A stable snake_case word for scripts.</param>
    /// <param name="Message">A sentence for the user, with the remedy.</param>
    /// <param name="MayPass">True when a later attempt may succeed: it is retried with backoff, three failures at most.</param>
    /// <param name="RetryAfter">The other side's own wish, which wins over the backoff.</param>
    /// <param name="Detail">Technical text to copy, already stripped of secrets.</param>
    public sealed record Failed(string Code, string Message, bool MayPass, TimeSpan? RetryAfter = null, string? Detail = null) : JobOutcome
    {
        /// <summary>True when "cancelled" would be untrue, because what the user wanted to prevent may have happened already.</summary>
        public bool OutweighsCancel { get; init; }
    }

    /// <summary>Not now, and nobody's fault: goes on by itself at <paramref name="Until"/>. Counts as no failure.</summary>
    /// <param name="Reason">Why, in the user's words.</param>
    /// <param name="Until">When it is due again, UTC.</param>
    public sealed record Parked(string Reason, DateTimeOffset Until) : JobOutcome;
}

/// <summary>Thrown by a commit that finds that the result must not be taken after all: nothing of it is written, and the job fails as this says.</summary>
internal sealed class JobRefusedException(JobOutcome.Failed outcome) : Exception(outcome.Message)
{
    /// <summary>What the job ends with.</summary>
    public JobOutcome.Failed Outcome { get; } = outcome;
}
