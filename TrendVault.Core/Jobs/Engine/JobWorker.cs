using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace TrendVault.Core.Jobs;

/// <summary>Runs one claimed job from its lock to its end, which is written while the next one runs.</summary>
internal sealed class JobWorker(
    JobLocks locks, RunningJobs running, JobSettler settler, IOptions<JobOptions> options, ILogger<JobWorker> log)
{
    /// <summary>
    /// Ends when the handler has, and answers the task that writes its end and lets go of the lock. Neither ever throws: what goes
    /// wrong ends this attempt, not the worker.
    /// </summary>
    /// <param name="handler">Of the job's kind.</param>
    /// <param name="claimed">Straight from the claim.</param>
    /// <param name="ends">Where its end is written.</param>
    /// <param name="giveUp">Ends the wait for PostgreSQL when the process must go.</param>
    public async Task<Task> RunAsync(IJobHandler handler, ClaimedJob claimed, JobEnds ends, CancellationToken giveUp)
    {
        var job = claimed.Job;
        using var scope = log.BeginScope("Job {JobId}", job.Id);
        try
        {
            return await RunLockedAsync(handler, claimed, ends, giveUp);
        }
        catch (Exception e)
        {
            log.LogError(e, "{Kind} job {JobId} is left to the sweeper", job.Kind, job.Id);
            return Task.CompletedTask;
        }
    }

    /// <summary>Leaves a job that was not begun to whoever is free. Never throws.</summary>
    public Task GiveBackAsync(IJobHandler handler, ClaimedJob claimed, JobEnds ends, CancellationToken giveUp) =>
        SettleAsync(handler, claimed, JobPlanner.GiveBack, ends, giveUp);

    private async Task<Task> RunLockedAsync(IJobHandler handler, ClaimedJob claimed, JobEnds ends, CancellationToken giveUp)
    {
        var job = claimed.Job;
        if (claimed.StartError is { } error)
            return SettleAsync(handler, claimed, Unforeseen(job, error), ends, giveUp);
        if (claimed.Lock is null)
            claimed = claimed with { Lock = await locks.TakeAsync(job) };
        if (claimed.Lock is not { } held)
            return SettleAsync(handler, claimed, JobPlanner.GiveBack with { Delay = options.Value.LockRetry }, ends, giveUp);

        var run = running.Add(job);
        var lost = held.Lost.Register(() => run.Stop(StopReason.LockLost));
        await handler.AnnounceSafelyAsync(job, new JobTransition.Started(), log);
        return FinishAsync(await WorkAsync(handler, run));

        async Task FinishAsync(JobStep? step)
        {
            await SettleAsync(handler, claimed, step, ends, giveUp);
            await lost.DisposeAsync();
            running.Remove(run);
        }
    }

    private async Task SettleAsync(IJobHandler handler, ClaimedJob claimed, JobStep? step, JobEnds ends, CancellationToken giveUp)
    {
        using var held = claimed.Lock;
        try
        {
            if (step is not null)
                await settler.SettleAsync(handler, claimed.Job, step, ends, giveUp);
        }
        catch (Exception e)
        {
            log.LogError(e, "{Kind} job {JobId} is left to the sweeper", claimed.Job.Kind, claimed.Job.Id);
        }
    }

    /// <summary>Null when there is nothing to write: the row is another's.</summary>
    private async Task<JobStep?> WorkAsync(IJobHandler handler, JobRun run)
    {
        try
        {
            var outcome = await handler.RunAsync(run.Job, run.Stopped);
            return Stands(outcome, run.Reason) ? settler.Plan(run.Job, outcome) : AfterStop(run);
        }
        catch (Exception e) when (run.Reason != StopReason.None)
        {
            if (e is not OperationCanceledException)
                log.LogWarning(e, "{Kind} job {JobId} was stopped ({Reason}) and ended badly", run.Job.Kind, run.Job.Id, run.Reason);
            return AfterStop(run);
        }
        catch (Exception e)
        {
            return Unforeseen(run.Job, e);
        }
    }

    /// <summary>What a stopped handler says of its failure mostly echoes the stop; what it finished is finished.</summary>
    private static bool Stands(JobOutcome outcome, StopReason reason) => reason switch
    {
        StopReason.None => true,
        StopReason.Cancelled => outcome is JobOutcome.Completed or JobOutcome.Failed { OutweighsCancel: true },
        _ => outcome is JobOutcome.Completed,
    };

    private JobStep? AfterStop(JobRun run)
    {
        log.LogInformation("{Kind} job {JobId} stopped: {Reason}", run.Job.Kind, run.Job.Id, run.Reason);
        return run.Reason switch
        {
            StopReason.Cancelled => JobPlanner.Cancel,
            StopReason.Superseded => null,
            _ => JobPlanner.GiveBack,
        };
    }

    private JobStep Unforeseen(Job job, Exception error)
    {
        log.LogError(error, "{Kind} job {JobId} failed in attempt {Attempt}", job.Kind, job.Id, job.Attempt);
        return settler.Plan(job, JobPlanner.Unforeseen);
    }
}
