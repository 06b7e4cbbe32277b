namespace TrendVault.Core.Jobs;

/// <summary>Decides a job's next step. Pure: what happened and a roll of the dice in, the step out.</summary>
internal static class JobPlanner
{
    public const int MaxFailures = 3;

    public const int MaxCrashes = 3;

    public static readonly TimeSpan LongestBackoff = TimeSpan.FromMinutes(10);

    private const double Spread = 0.2;

    public static JobStep GiveBack { get; } = new(new JobTransition.GivenBack());

    public static JobStep Cancel { get; } = new(new JobTransition.Cancelled());

    /// <param name="dice">From 0 to 1; spreads retries, so that what failed together does not come back together.</param>
    public static JobStep After(Job job, JobOutcome outcome, TimeSpan firstBackoff, double dice) => outcome switch
    {
        JobOutcome.Completed done => new JobStep(new JobTransition.Completed()) { Commit = done.Commit, Undo = done.Undo },
        JobOutcome.Parked parked => new JobStep(new JobTransition.Parked(parked.Reason, parked.Until)),
        JobOutcome.Failed failed => AfterFailure(job, failed, firstBackoff, dice),
        _ => throw new ArgumentOutOfRangeException(nameof(outcome), outcome, "An outcome that the engine does not know."),
    };

    /// <summary>What a handler did not foresee. The log has the exception; the user gets a sentence.</summary>
    public static JobOutcome.Failed Unforeseen { get; } = new(
        "internal_error",
        "Something went wrong inside TrendVault. If trying again does not help, its log says why.",
        MayPass: true);

    /// <summary>Its process ended under it; after too many times the job itself is the likely cause.</summary>
    public static JobStep AfterCrash(Job job) => job.Crashes + 1 < MaxCrashes
        ? GiveBack with { CountsAsCrash = true }
        : new JobStep(new JobTransition.Failed(
            "worker_crashed",
            $"TrendVault stopped {MaxCrashes} times while it worked on this, so it no longer tries by itself. Retry it, or choose something smaller.",
            Detail: null))
        {
            CountsAsCrash = true,
        };

    /// <summary>first × 3^failures ± 20 %, at most 10 minutes.</summary>
    public static TimeSpan Backoff(int failures, TimeSpan first, double dice)
    {
        var seconds = first.TotalSeconds * Math.Pow(3, failures) * (1 - Spread + (2 * Spread * dice));
        return TimeSpan.FromSeconds(Math.Min(seconds, LongestBackoff.TotalSeconds));
    }

    private static JobStep AfterFailure(Job job, JobOutcome.Failed failed, TimeSpan firstBackoff, double dice)
    {
        if (!failed.MayPass || job.Failures + 1 >= MaxFailures)
        {
            return new JobStep(new JobTransition.Failed(failed.Code, failed.Message, failed.Detail))
            {
                CountsAsFailure = true,
                OutweighsCancel = failed.OutweighsCancel,
            };
        }

        var delay = failed.RetryAfter ?? Backoff(job.Failures, firstBackoff, dice);
        return new JobStep(new JobTransition.Retrying(failed.Code, failed.Message, default))
        {
            CountsAsFailure = true,
            Delay = delay > TimeSpan.Zero ? delay : TimeSpan.Zero,
        };
    }
}
