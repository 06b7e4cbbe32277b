using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace TrendVault.Core.Jobs;

/// <summary>Why a worker was told to stop.</summary>
internal enum StopReason
{
    None,
    Cancelled,
    Draining,
    LockLost,
    DatabaseAway,

    /// <summary>The row has gone on without this attempt.</summary>
    Superseded,
}

/// <summary>What this instance's workers have in hand.</summary>
internal sealed class RunningJobs
{
    private readonly ConcurrentDictionary<JobRun, bool> _runs = new();

    public bool IsEmpty => _runs.IsEmpty;

    public IEnumerable<JobRun> All => _runs.Keys;

    public JobRun Add(Job job)
    {
        var run = new JobRun(job);
        _runs.TryAdd(run, true);
        return run;
    }

    public void Remove(JobRun run) => _runs.TryRemove(run, out _);
}

/// <summary>One attempt in the hands of a worker.</summary>
[SuppressMessage("Design", "CA1001", Justification = "A stop may come from another thread at any moment; without a timer the source holds nothing but memory.")]
internal sealed class JobRun(Job job)
{
    private readonly CancellationTokenSource _stop = new();
    private int _reason;

    public Job Job => job;

    public CancellationToken Stopped => _stop.Token;

    /// <summary>The first reason given.</summary>
    public StopReason Reason => (StopReason)Volatile.Read(ref _reason);

    public void Stop(StopReason reason)
    {
        if (Interlocked.CompareExchange(ref _reason, (int)reason, (int)StopReason.None) == (int)StopReason.None)
            _ = _stop.CancelAsync();
    }
}
