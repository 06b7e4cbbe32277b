using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace TrendVault.Core.Jobs;

/// <summary>Writes the end of an attempt, come what may, and announces it.</summary>
internal sealed class JobSettler(JobStore store, IOptions<JobOptions> options, TimeProvider time, ILogger<JobSettler> log)
{
    private static readonly TimeSpan FirstWait = TimeSpan.FromMilliseconds(100);

    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(2);

    /// <summary>The step that follows from an outcome.</summary>
    public JobStep Plan(Job job, JobOutcome outcome) =>
        JobPlanner.After(job, outcome, options.Value.FirstBackoff, Random.Shared.NextDouble());

    /// <summary>
    /// Waits for PostgreSQL as long as it takes: a finished download is worth more than a free worker, and while PostgreSQL is
    /// away there is nothing else to claim.
    /// </summary>
    /// <param name="handler">Of the job's kind.</param>
    /// <param name="job">As it was claimed.</param>
    /// <param name="step">What to write.</param>
    /// <param name="ends">Where it may be written together with others; null writes it alone.</param>
    /// <param name="giveUp">Ends the wait.</param>
    /// <exception cref="OperationCanceledException"><paramref name="giveUp"/> came first; the sweeper takes the row back.</exception>
    public async Task SettleAsync(IJobHandler handler, Job job, JobStep step, JobEnds? ends, CancellationToken giveUp)
    {
        var together = ends is null ? null : await ends.WriteAsync(new JobEnd(job, step)).WaitAsync(giveUp);
        var transition = together ?? await PersistAsync(handler, job, step, giveUp);
        if (transition is not JobTransition.Completed && step.Undo is not null)
            await UndoAsync(job, step.Undo, giveUp);

        if (transition is not null)
            await handler.AnnounceSafelyAsync(job, transition, log);
        else
            log.LogInformation("Job {JobId} has gone on without attempt {Attempt}, which changed nothing", job.Id, job.Attempt);
    }

    private async Task UndoAsync(Job job, Func<CancellationToken, Task> undo, CancellationToken giveUp)
    {
        try
        {
            await undo(giveUp);
        }
        catch (Exception e)
        {
            log.LogWarning(e, "What attempt {Attempt} of job {JobId} left behind is for the sweep", job.Attempt, job.Id);
        }
    }

    private async Task<JobTransition?> PersistAsync(IJobHandler handler, Job job, JobStep step, CancellationToken giveUp)
    {
        var failure = Plan(job, JobPlanner.Unforeseen);
        try
        {
            return await PatientlyAsync(handler, job, step, giveUp);
        }
        catch (JobRefusedException e)
        {
            failure = Plan(job, e.Outcome);
        }
        catch (Exception e) when (!giveUp.IsCancellationRequested)
        {
            log.LogError(e, "{Kind} job {JobId}: {Transition} could not be written", job.Kind, job.Id, step.Transition.GetType().Name);
        }

        try
        {
            return await PatientlyAsync(handler, job, failure, giveUp);
        }
        catch (Exception e) when (!giveUp.IsCancellationRequested)
        {
            log.LogError(e, "{Kind} job {JobId}: its failure could not be written to the row that it serves", job.Kind, job.Id);
        }

        // A handler with a fault must not keep its job running for ever.
        return await PatientlyAsync(handler: null, job, failure, giveUp);
    }

    private async Task<JobTransition?> PatientlyAsync(IJobHandler? handler, Job job, JobStep step, CancellationToken giveUp)
    {
        for (var wait = FirstWait; ; wait = wait * 2 < LongestWait ? wait * 2 : LongestWait)
        {
            try
            {
                return await AloneAsync(handler, job, step, giveUp) ?? await AfterRefusalAsync(handler, job, step, giveUp);
            }
            catch (Exception e) when (Outage.IsOf(e) && !giveUp.IsCancellationRequested)
            {
                log.LogWarning("Job {JobId} waits for PostgreSQL to write its end: {Error}", job.Id, e.Message);
                await Task.Delay(wait, time, giveUp);
            }
        }
    }

    // The fence refuses for three reasons, and only this rare case asks which. Another attempt's row refuses this too; and what was
    // committed just before the connection broke must not be taken for refused, or the undo would remove what the row refers to.
    private async Task<JobTransition?> AfterRefusalAsync(IJobHandler? handler, Job job, JobStep step, CancellationToken giveUp)
    {
        if (step.Transition is JobTransition.Completed)
            return await store.IsCompletedAsync(job, giveUp) ? step.Transition : null;
        return step.YieldsToCancel ? await AloneAsync(handler, job, JobPlanner.Cancel with { CountsAsCrash = step.CountsAsCrash }, giveUp) : null;
    }

    private async Task<JobTransition?> AloneAsync(IJobHandler? handler, Job job, JobStep step, CancellationToken giveUp) =>
        (await store.ExchangeAsync(handler, [new JobEnd(job, step)], limit: 0, giveUp)).Transitions[0];
}
