using System.Collections.Concurrent;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace TrendVault.Core.Jobs;

/// <summary>
/// The Redis locks <c>lock:job:{id}</c>: who holds one works on that job. They make double work rare; the fence makes it harmless.
/// They are written by hand because jobs that are claimed together take theirs in one trip, and none waits for its release.
/// </summary>
internal sealed class JobLocks(IDatabase redis, IOptions<JobOptions> options, TimeProvider time, ILogger<JobLocks> log) : BackgroundService
{
    // An instance that gives a job back wakes the others before its lock is gone.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(50);

    private readonly ConcurrentDictionary<Held, bool> _held = new();

    /// <summary>False while commands to Redis would only wait and fail.</summary>
    public bool CanBeTaken => redis.Multiplexer.IsConnected;

    /// <summary>Null in the place of each that another holds, or that Redis did not answer.</summary>
    public Task<Held?[]> TryTakeAsync(IEnumerable<Job> jobs) => Task.WhenAll(jobs.Select(TryTakeAsync));

    /// <summary>Waits a moment for a holder that is about to let go. Null when it does not, or Redis does not answer.</summary>
    public async Task<Held?> TakeAsync(Job job)
    {
        var began = time.GetTimestamp();
        while (true)
        {
            if (await TryTakeAsync(job) is { } held)
                return held;
            if (time.GetElapsedTime(began) > Patience)
                return null;
            await Task.Delay(LookAgain, time);
        }
    }

    /// <summary>Those of the jobs whose lock nobody holds.</summary>
    /// <exception cref="RedisException">Redis does not answer, so nobody can tell.</exception>
    public async Task<IReadOnlyList<Job>> WithoutLockAsync(IReadOnlyList<Job> jobs)
    {
        var held = await Task.WhenAll(jobs.Select(job => redis.KeyExistsAsync(Key(job.Id))));
        return [.. jobs.Where((_, i) => !held[i])];
    }

    internal static string Key(Guid jobId) => $"lock:job:{jobId}";

    /// <summary>Renews whatever is held, three times in its life.</summary>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Value.LockExpiry / 3, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
            await Task.WhenAll(_held.Keys.Select(RenewAsync));
    }

    private async Task<Held?> TryTakeAsync(Job job)
    {
        var held = new Held(this, Key(job.Id), time.GetTimestamp());
        try
        {
            if (!await redis.StringSetAsync(held.Key, held.Token, options.Value.LockExpiry, When.NotExists))
                return null;
            _held.TryAdd(held, true);
            return held;
        }
        catch (Exception e) when (Outage.IsOf(e))
        {
            log.LogWarning("No lock for job {JobId}: {Error}", job.Id, e.Message);
            return null;
        }
    }

    private async Task RenewAsync(Held held)
    {
        var asked = time.GetTimestamp();
        try
        {
            var renewed = await redis.ScriptEvaluateAsync(
                "if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('pexpire', KEYS[1], ARGV[2]) else return 0 end",
                [held.Key],
                [held.Token, (long)options.Value.LockExpiry.TotalMilliseconds]);
            if ((bool)renewed)
                held.RenewedAt = asked;
            else
                held.Lose();
        }
        catch (Exception e) when (Outage.IsOf(e))
        {
            if (time.GetElapsedTime(held.RenewedAt) >= options.Value.LockExpiry)
                held.Lose();
        }
    }

    private void Release(Held held)
    {
        _held.TryRemove(held, out _);
        // Unheard, it ends by itself.
        redis.ScriptEvaluate(
            "if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) else return 0 end",
            [held.Key],
            [held.Token],
            CommandFlags.FireAndForget);
    }

    /// <summary>A lock in hand; disposing it lets go.</summary>
    internal sealed class Held(JobLocks locks, RedisKey key, long takenAt) : IDisposable
    {
        private readonly CancellationTokenSource _lost = new();

        /// <summary>Ends when the lock is another's, or could not be renewed in time.</summary>
        public CancellationToken Lost => _lost.Token;

        public RedisKey Key => key;

        public RedisValue Token { get; } = Guid.NewGuid().ToString("n");

        /// <summary>A timestamp of <see cref="TimeProvider"/>, taken before Redis was asked.</summary>
        public long RenewedAt { get; set; } = takenAt;

        public void Lose() => _ = _lost.CancelAsync();

        public void Dispose() => locks.Release(this);
    }
}
