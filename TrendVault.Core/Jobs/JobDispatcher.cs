using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace TrendVault.Core.Jobs;

/// <summary>
/// Claims the due jobs of one kind, never more than its free workers, so that a busy instance leaves the rest to others. When
/// the host stops it claims no more, lets its workers finish for a while and has the rest given back.
/// </summary>
internal sealed class JobDispatcher(
    IJobHandler handler,
    JobStore store,
    JobWorker worker,
    JobLocks locks,
    JobSignals signals,
    RunningJobs running,
    IOptions<JobOptions> options,
    IHostApplicationLifetime lifetime,
    TimeProvider time,
    ILogger<JobDispatcher> log) : BackgroundService
{
    private readonly Channel<ClaimedJob> _claimed = Channel.CreateBounded<ClaimedJob>(handler.Workers);
    private readonly SemaphoreSlim _free = new(handler.Workers);
    private readonly CancellationTokenSource _giveUp = new();

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!options.Value.RunsJobs)
            return;

        // Hosted services are stopped one after the other; ApplicationStopping tells all dispatchers at once.
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken, lifetime.ApplicationStopping);
        var workers = Task.WhenAll(Enumerable.Range(0, handler.Workers).Select(_ => WorkAsync()));
        try
        {
            await ClaimAsync(stopping.Token);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
        }

        _claimed.Writer.Complete();
        await DrainAsync(workers);
    }

    public override void Dispose()
    {
        _free.Dispose();
        _giveUp.Dispose();
        base.Dispose();
    }

    private async Task ClaimAsync(CancellationToken stopping)
    {
        while (true)
        {
            var free = await TakeFreeWorkersAsync(stopping);
            var jobs = locks.CanBeTaken ? await TryClaimAsync(free) : [];
            foreach (var job in jobs)
                await _claimed.Writer.WriteAsync(job, CancellationToken.None);
            if (jobs.Count < free)
                _free.Release(free - jobs.Count);
            if (jobs.Count == 0)
                await signals.WaitAsync(handler.Kind, options.Value.Poll, stopping);
        }
    }

    /// <summary>Waits for one free worker and takes all there are.</summary>
    private async Task<int> TakeFreeWorkersAsync(CancellationToken stopping)
    {
        await _free.WaitAsync(stopping);
        var taken = 1;
        while (_free.Wait(0, CancellationToken.None))
            taken++;
        return taken;
    }

    // A claim is not cut short by the stop: rows whose commit was not heard of would be running with nobody to run them.
    private async Task<IReadOnlyList<ClaimedJob>> TryClaimAsync(int free)
    {
        try
        {
            return await store.ClaimAsync(handler, free, CancellationToken.None);
        }
        catch (Exception e)
        {
            log.LogWarning(e, "No {Kind} jobs could be claimed", handler.Kind);
            return [];
        }
    }

    private async Task WorkAsync()
    {
        await foreach (var job in _claimed.Reader.ReadAllAsync(CancellationToken.None))
        {
            await worker.RunAsync(handler, job, _giveUp.Token);
            _free.Release();
        }
    }

    private async Task DrainAsync(Task workers)
    {
        if (await EndsWithinAsync(workers, options.Value.Grace))
            return;

        foreach (var run in running.All.Where(run => run.Job.Kind == handler.Kind))
            run.Stop(StopReason.Draining);
        if (await EndsWithinAsync(workers, options.Value.StopPatience))
            return;

        log.LogWarning("{Kind} workers did not stop in time; their jobs run again elsewhere", handler.Kind);
        await _giveUp.CancelAsync();
    }

    private async Task<bool> EndsWithinAsync(Task workers, TimeSpan patience)
    {
        try
        {
            await workers.WaitAsync(patience, time);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }
}
