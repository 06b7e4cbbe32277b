using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace TrendVault.Core.Jobs;

/// <summary>Runs one claimed job from its lock to its end.</summary>
internal sealed class JobWorker(
    JobLocks locks, RunningJobs running, JobSettler settler, IOptions<JobOptions> options, ILogger<JobWorker> log)
{
    /// <summary>Never throws: what goes wrong ends this attempt, not the worker.</summary>
    /// <param name="handler">Of the job's kind.</param>
    /// <param name="claimed">Straight from the claim.</param>
    /// <param name="ends">Where its end is written.</param>
    /// <param name="giveUp">Ends the wait for PostgreSQL when the process must go.</param>
    public async Task RunAsync(IJobHandler handler, ClaimedJob claimed, JobEnds ends, CancellationToken giveUp)
    {
        var job = claimed.Job;
        using var scope = log.BeginScope("Job {JobId}", job.Id);
        try
        {
            if (claimed.StartError is { } error)
                await settler.SettleAsync(handler, job, Unforeseen(job, error), ends, giveUp);
            else
                await RunLockedAsync(handler, claimed, ends, giveUp);
        }
        catch (Exception e)
        {
            log.LogError(e, "{Kind} job {JobId} is left to the sweeper", job.Kind, job.Id);
        }
    }

    private async Task RunLockedAsync(IJobHandler handler, ClaimedJob claimed, JobEnds ends, CancellationToken giveUp)
    {
        var job = claimed.Job;
        using var held = claimed.Lock ?? await locks.TakeAsync(job);
        if (held is null)
        {
            await settler.SettleAsync(handler, job, JobPlanner.GiveBack with { Delay = options.Value.LockRetry }, ends, giveUp);
            return;
        }

        var run = running.Add(job);
        try
        {
            await using var lost = held.Lost.Register(() => run.Stop(StopReason.LockLost));
            await handler.AnnounceSafelyAsync(job, new JobTransition.Started(), log);
            if (await WorkAsync(handler, run) is { } step)
                await settler.SettleAsync(handler, job, step, ends, giveUp);
        }
        finally
        {
            running.Remove(run);
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
