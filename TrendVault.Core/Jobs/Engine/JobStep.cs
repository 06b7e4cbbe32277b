using Npgsql;

namespace TrendVault.Core.Jobs;

/// <summary>What is written when an attempt ends: the transition, and what the row needs besides.</summary>
/// <param name="Transition">The instant in <see cref="JobTransition.Retrying"/> is filled in by the database's clock.</param>
internal sealed record JobStep(JobTransition Transition)
{
    /// <summary>From now until it is due again, for a job that goes back to the queue.</summary>
    public TimeSpan Delay { get; init; }

    /// <summary>Raises <c>failures</c>.</summary>
    public bool CountsAsFailure { get; init; }

    /// <summary>Raises <c>crashes</c>.</summary>
    public bool CountsAsCrash { get; init; }

    /// <summary>The handler's own writes, in the same transaction.</summary>
    public Func<NpgsqlConnection, CancellationToken, Task>? Commit { get; init; }

    /// <summary>What to do when this step was not the one that was written.</summary>
    public Func<CancellationToken, Task>? Undo { get; init; }

    public JobState State => Transition switch
    {
        JobTransition.Completed => JobState.Completed,
        JobTransition.Failed => JobState.Failed,
        JobTransition.Cancelled => JobState.Cancelled,
        _ => JobState.Queued,
    };

    /// <summary>What stays on the job's row of an error; null when there was none.</summary>
    public (string Code, string Message)? Error => Transition switch
    {
        JobTransition.Retrying retrying => (retrying.Code, retrying.Message),
        JobTransition.Failed failed => (failed.Code, failed.Message),
        _ => null,
    };

    /// <summary>Set for a failure that "cancelled" would hide.</summary>
    public bool OutweighsCancel { get; init; }

    /// <summary>A user who asked to cancel gets that, unless the work is done already, or may be.</summary>
    public bool YieldsToCancel => !OutweighsCancel && State is not (JobState.Completed or JobState.Cancelled);
}
