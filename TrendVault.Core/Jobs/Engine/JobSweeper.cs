using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace TrendVault.Core.Jobs;

/// <summary>
/// Queues again what a killed instance left running: rows whose lock nobody holds. A row counts as orphaned only when two sweeps
/// in a row find it so in the same attempt: after a flush of Redis every lock is gone for up to a renewal, and those workers live.
/// </summary>
internal sealed class JobSweeper(
    JobStore store, JobHandlers handlers, JobLocks locks, JobSettler settler, IOptions<JobOptions> options, TimeProvider time, ILogger<JobSweeper> log)
    : BackgroundService
{
    private HashSet<(Guid Id, int Attempt)> _suspects = [];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!options.Value.RunsJobs)
            return;

        using var timer = new PeriodicTimer(options.Value.SweepEvery, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await SweepAsync(stoppingToken);
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                // Nobody can tell who lives while Redis or PostgreSQL is away: begin again after it.
                _suspects = [];
                log.LogWarning("No sweep for orphaned jobs: {Error}", e.Message);
            }
        }
    }

    private async Task SweepAsync(CancellationToken cancellationToken)
    {
        // A job just claimed has no lock yet either, so the youngest rows are left out.
        var running = await store.FindRunningAsync(options.Value.SweepEvery / 2, cancellationToken);
        var unlocked = await locks.WithoutLockAsync(running);
        foreach (var job in unlocked.Where(job => _suspects.Contains((job.Id, job.Attempt))))
            await TakeBackAsync(job, cancellationToken);
        _suspects = [.. unlocked.Select(job => (job.Id, job.Attempt))];
    }

    private async Task TakeBackAsync(Job job, CancellationToken cancellationToken)
    {
        if (handlers.Find(job.Kind) is not { } handler)
            return;

        log.LogWarning("{Kind} job {JobId} was left running by an instance that is gone (attempt {Attempt})", job.Kind, job.Id, job.Attempt);
        await settler.SettleAsync(handler, job, JobPlanner.AfterCrash(job), ends: null, cancellationToken);
    }
}
