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
    /// <exception cref="OperationCanceledException"><paramref name="giveUp"/> came first; the sweeper takes the row back.</exception>
    public async Task SettleAsync(IJobHandler handler, Job job, JobStep step, CancellationToken giveUp)
    {
        var transition = await PersistAsync(handler, job, step, giveUp);
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
        try
        {
            return await PatientlyAsync(handler, job, step, giveUp);
        }
        catch (Exception e) when (!giveUp.IsCancellationRequested)
        {
            log.LogError(e, "{Kind} job {JobId}: {Transition} could not be written", job.Kind, job.Id, step.Transition.GetType().Name);
        }

        var failure = Plan(job, JobPlanner.Unforeseen);
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
                return await store.SettleAsync(handler, job, step, giveUp) ?? await CancelInsteadAsync(handler, job, step, giveUp);
            }
            catch (Exception e) when (Outage.IsOf(e) && !giveUp.IsCancellationRequested)
            {
                log.LogWarning("Job {JobId} waits for PostgreSQL to write its end: {Error}", job.Id, e.Message);
                await Task.Delay(wait, time, giveUp);
            }
        }
    }

    // The fence refuses for two reasons, and only the rare case asks which: another attempt's row refuses this too.
    private async Task<JobTransition?> CancelInsteadAsync(IJobHandler? handler, Job job, JobStep step, CancellationToken giveUp) =>
        step.YieldsToCancel ? await store.SettleAsync(handler, job, JobPlanner.Cancel with { CountsAsCrash = step.CountsAsCrash }, giveUp) : null;
}
