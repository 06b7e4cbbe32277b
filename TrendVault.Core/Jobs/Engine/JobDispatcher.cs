using System.Collections.Concurrent;
using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace TrendVault.Core.Jobs;

/// <summary>
/// Claims the due jobs of one kind, no more than its free workers, so that a busy instance leaves the rest to others; while they end
/// faster than a transaction takes, a few ahead. What ended meanwhile is written in the same transaction. When the host stops it
/// claims no more, lets its workers finish for a while and has the rest given back.
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
    // For each worker, with the one that it runs.
    private const int MostInHand = 16;

    private static readonly TimeSpan Gathering = TimeSpan.FromMilliseconds(1);

    // Who is done sooner is waiting for the dispatcher more than for the work.
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(50);

    private static readonly TimeSpan AheadPatience = TimeSpan.FromMilliseconds(250);

    private readonly Channel<ClaimedJob> _claimed = Channel.CreateBounded<ClaimedJob>(MostInHand * handler.Workers);
    private readonly JobEnds _ends = new(() => signals.Ring(handler.Kind));
    private readonly ConcurrentDictionary<(Guid Id, int Attempt), bool> _inHand = new();
    private readonly CancellationTokenSource _giveUp = new();
    private long _claimedAt = time.GetTimestamp();

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!options.Value.RunsJobs)
            return;

        // Hosted services are stopped one after the other; ApplicationStopping tells all dispatchers at once.
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken, lifetime.ApplicationStopping);
        var workers = Task.WhenAll(Enumerable.Range(0, handler.Workers).Select(_ => WorkAsync(stopping.Token)));
        try
        {
            await ClaimAsync(stopping.Token);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
        }

        _ends.Close();
        _claimed.Writer.Complete();
        await DrainAsync(workers);
    }

    public override void Dispose()
    {
        _giveUp.Dispose();
        base.Dispose();
    }

    private async Task ClaimAsync(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            await GatherAsync(stopping);
            GiveBackWhatWaits();
            var ends = _ends.Take();
            var free = Wanted(ends.Count) - _inHand.Count + ends.Count;
            var jobs = await TryExchangeAsync(ends, locks.CanBeTaken ? Math.Max(free, 0) : 0);
            var held = await locks.TryTakeAsync(jobs.Select(job => job.Job));
            foreach (var (job, mine) in jobs.Zip(held))
            {
                _inHand.TryAdd((job.Job.Id, job.Job.Attempt), true);
                await _claimed.Writer.WriteAsync(job with { Lock = mine }, CancellationToken.None);
            }

            if (jobs.Count > 0)
                _claimedAt = time.GetTimestamp();
            if (jobs.Count == 0 || jobs.Count == free)
                await signals.WaitAsync(handler.Kind, _claimed.Reader.Count > 0 ? AheadPatience : options.Value.Poll, stopping);
        }
    }

    /// <summary>As many as have ended since the last claim will end until the next, and then some, if that was a moment ago.</summary>
    private int Wanted(int ended) => time.GetElapsedTime(_claimedAt) < Soon
        ? Math.Clamp(2 * ended, handler.Workers, MostInHand * handler.Workers)
        : handler.Workers;

    // What was claimed ahead of a job that takes its time is for others.
    private void GiveBackWhatWaits()
    {
        if (time.GetElapsedTime(_claimedAt) < AheadPatience)
            return;
        while (_claimed.Reader.TryRead(out var job))
            _ = SettledAsync(job, worker.GiveBackAsync(handler, job, _ends, _giveUp.Token));
    }

    // What was claimed together often ends together. A moment's patience with the first saves the others a transaction each.
    private async Task GatherAsync(CancellationToken stopping)
    {
        var began = time.GetTimestamp();
        while (_ends.Count > 0 && _ends.Count < _inHand.Count && Gathering - time.GetElapsedTime(began) is { Ticks: > 0 } left)
            await signals.WaitAsync(handler.Kind, left, stopping);
    }

    // Not cut short by the stop: rows whose commit was not heard of would be running with nobody to run them.
    private async Task<IReadOnlyList<ClaimedJob>> TryExchangeAsync(IReadOnlyList<JobEnds.Waiting> ends, int limit)
    {
        if (ends.Count == 0 && limit == 0)
            return [];

        try
        {
            var exchange = await store.ExchangeAsync(handler, [.. ends.Select(waiting => waiting.End)], limit, CancellationToken.None);
            foreach (var (waiting, transition) in ends.Zip(exchange.Transitions))
            {
                if (transition is not null)
                    _inHand.TryRemove((waiting.End.Job.Id, waiting.End.Job.Attempt), out _);
                waiting.Written.SetResult(transition);
            }

            return exchange.Claimed;
        }
        catch (Exception e)
        {
            log.LogWarning(e, "No {Kind} jobs could be claimed, and {Ends} that ended are written one by one", handler.Kind, ends.Count);
            foreach (var waiting in ends)
                waiting.Written.SetResult(null);
            return [];
        }
    }

    // A worker goes on while the end of what it did is written; its own ends are what bounds it when they cannot be. What was claimed
    // just as the stop came is not begun.
    private async Task WorkAsync(CancellationToken stopping)
    {
        var settling = new Queue<Task>();
        await foreach (var job in _claimed.Reader.ReadAllAsync(CancellationToken.None))
        {
            var end = stopping.IsCancellationRequested
                ? worker.GiveBackAsync(handler, job, _ends, _giveUp.Token)
                : await worker.RunAsync(handler, job, _ends, _giveUp.Token);
            settling.Enqueue(SettledAsync(job, end));
            if (settling.Count == MostInHand)
                await settling.Dequeue();
        }

        await Task.WhenAll(settling);
    }

    private async Task SettledAsync(ClaimedJob job, Task settling)
    {
        await settling;
        if (_inHand.TryRemove((job.Job.Id, job.Job.Attempt), out _))
            signals.Ring(handler.Kind);
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
