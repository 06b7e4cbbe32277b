using Medallion.Threading;
using Medallion.Threading.Redis;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace TrendVault.Core.Jobs;

/// <summary>The Redis locks <c>lock:job:{id}</c>: who holds one works on that job. They make double work rare; the fence makes it harmless.</summary>
internal sealed class JobLocks(IDatabase redis, IOptions<JobOptions> options, ILogger<JobLocks> log)
{
    // An instance that gives a job back wakes the others before its lock is gone.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly RedisDistributedSynchronizationProvider _locks = new(redis, builder => builder
        .Expiry(options.Value.LockExpiry)
        .ExtensionCadence(options.Value.LockExpiry / 3)
        .BusyWaitSleepTime(TimeSpan.FromMilliseconds(10), TimeSpan.FromMilliseconds(100)));

    /// <summary>False while commands to Redis would only wait and fail.</summary>
    public bool CanBeTaken => redis.Multiplexer.IsConnected;

    /// <summary>Null when another holds it, or Redis does not answer.</summary>
    public async Task<Held?> TryTakeAsync(Guid jobId)
    {
        try
        {
            var handle = await _locks.CreateLock(Key(jobId)).TryAcquireAsync(Patience);
            return handle is null ? null : new Held(handle, log);
        }
        catch (Exception e) when (Outage.IsOf(e))
        {
            log.LogWarning("No lock for job {JobId}: {Error}", jobId, e.Message);
            return null;
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

    /// <summary>A lock in hand; disposing it lets go.</summary>
    internal sealed class Held(IDistributedSynchronizationHandle handle, ILogger log) : IAsyncDisposable
    {
        /// <summary>Ends when the lock could not be renewed.</summary>
        public CancellationToken Lost => handle.HandleLostToken;

        public async ValueTask DisposeAsync()
        {
            try
            {
                await handle.DisposeAsync();
            }
            catch (Exception e) when (Outage.IsOf(e))
            {
                // It ends by itself.
                log.LogDebug(e, "A job's lock could not be released");
            }
        }
    }
}
