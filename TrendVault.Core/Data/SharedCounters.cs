using System.Collections.Concurrent;
using StackExchange.Redis;

namespace TrendVault.Core.Data;

/// <summary>Whether one more is allowed, and else how long to wait.</summary>
internal readonly record struct LimitAnswer(bool Allowed, TimeSpan RetryAfter);

/// <summary>
/// Limits that all instances count together in Redis. Without Redis each instance counts for itself: a limit that is too generous
/// for a while is better than a site that is down.
/// </summary>
/// <remarks>
/// Keys: <c>limit:{name}:{who}:{window}</c>, one per minute; <c>signin:failures:{account}:{client}</c>,
/// <c>signin:block:{account}:{client}</c>, <c>signin:hour:{account}:{hour}</c>.
/// </remarks>
internal sealed class SharedCounters(IDatabase redis, TimeProvider time)
{
    private const int FailuresUntilOpen = 5;
    private static readonly TimeSpan OpenFor = TimeSpan.FromSeconds(5);

    // How late the other instances may hear of uses while the limit is far away.
    private static readonly TimeSpan Lag = TimeSpan.FromMilliseconds(50);

    private readonly LocalCounters _local = new(time);
    private readonly ConcurrentDictionary<string, Tally> _tallies = [];
    private long _minute;
    private int _failures;
    private DateTimeOffset _openUntil;

    /// <summary>
    /// Counts one use in the current minute. Redis is asked at a minute's first use and from half of the limit on; in between it only
    /// hears of the uses, so that a request far from its limit waits for nothing.
    /// </summary>
    public async ValueTask<LimitAnswer> HitAsync(string name, string who, int perMinute)
    {
        var now = time.GetUtcNow();
        var minute = now.ToUnixTimeSeconds() / 60;
        var rest = TimeSpan.FromSeconds(60 - now.ToUnixTimeSeconds() % 60);
        var tally = TallyOf($"limit:{name}:{who}:{minute}", minute);
        var count = tally.Hit(out var isFirst, out var isFirstUntold);
        if (isFirst || count > perMinute / 2)
            count = await TellAsync(tally, rest);
        else if (isFirstUntold)
            _ = TellLaterAsync(tally, rest);
        return new LimitAnswer(count <= perMinute, rest);
    }

    private Tally TallyOf(string key, long minute)
    {
        if (Interlocked.Exchange(ref _minute, minute) != minute)
            _tallies.Clear();
        return _tallies.GetOrAdd(key, static key => new Tally(key));
    }

    private async Task<long> TellAsync(Tally tally, TimeSpan lifetime) =>
        tally.TakeUntold() is > 0 and var untold ? tally.Learn(await IncrementAsync(tally.Key, lifetime, untold)) : tally.Count;

    private async Task TellLaterAsync(Tally tally, TimeSpan lifetime)
    {
        await Task.Delay(Lag, time);
        await TellAsync(tally, lifetime);
    }

    /// <summary>Raises a counter that is forgotten when nothing has raised it for <paramref name="lifetime"/>.</summary>
    internal Task<long> IncrementAsync(string key, TimeSpan lifetime, long by = 1) =>
        RunAsync(
            async database =>
            {
                var transaction = database.CreateTransaction();
                var count = transaction.StringIncrementAsync(key, by);
                _ = transaction.KeyExpireAsync(key, lifetime);
                await transaction.ExecuteAsync();
                return await count;
            },
            () => _local.Increment(key, lifetime, by));

    internal Task<long> PeekAsync(string key) =>
        RunAsync(async database => (long)await database.StringGetAsync(key), () => _local.Peek(key));

    /// <summary>True for the one caller who sets the key; it vanishes by itself.</summary>
    internal Task<bool> TryHoldAsync(string key, TimeSpan lifetime) =>
        RunAsync(
            database => database.StringSetAsync(key, 1, lifetime, When.NotExists),
            () => _local.TryHold(key, lifetime));

    /// <summary>How long the key still lives; zero when it is not there.</summary>
    internal Task<TimeSpan> RemainingAsync(string key) =>
        RunAsync(
            async database => await database.KeyTimeToLiveAsync(key) ?? TimeSpan.Zero,
            () => _local.Remaining(key));

    internal Task<bool> RemoveAsync(params string[] keys) =>
        RunAsync(
            async database => await database.KeyDeleteAsync([.. keys.Select(key => (RedisKey)key)]) > 0,
            () => _local.Remove(keys));

    private async Task<T> RunAsync<T>(Func<IDatabase, Task<T>> shared, Func<T> local)
    {
        if (time.GetUtcNow() < _openUntil || !redis.Multiplexer.IsConnected)
            return local();

        try
        {
            var result = await shared(redis);
            _failures = 0;
            return result;
        }
        catch (Exception e) when (e is RedisException or TimeoutException)
        {
            // 500 ms of waiting in every request would be worse than a limit per instance.
            if (Interlocked.Increment(ref _failures) % FailuresUntilOpen == 0)
                _openUntil = time.GetUtcNow() + OpenFor;
            return local();
        }
    }

    /// <summary>What this instance knows of one counter: what Redis said last, and what it has not been told yet.</summary>
    private sealed class Tally(string key)
    {
        private readonly Lock _lock = new();
        private bool _isUsed;
        private long _told;
        private long _untold;

        public string Key => key;

        public long Count
        {
            get
            {
                lock (_lock)
                    return _told + _untold;
            }
        }

        public long Hit(out bool isFirst, out bool isFirstUntold)
        {
            lock (_lock)
            {
                isFirst = !_isUsed;
                isFirstUntold = _untold == 0;
                _isUsed = true;
                _untold++;
                return _told + _untold;
            }
        }

        /// <summary>What is taken counts as told from now on.</summary>
        public long TakeUntold()
        {
            lock (_lock)
            {
                var untold = _untold;
                _told += untold;
                _untold = 0;
                return untold;
            }
        }

        /// <summary>Answers of two commands may come in the wrong order; the larger one is the later one.</summary>
        public long Learn(long count)
        {
            lock (_lock)
                _told = Math.Max(_told, count);
            return count;
        }
    }

    private sealed class LocalCounters(TimeProvider time)
    {
        private readonly Lock _lock = new();
        private readonly Dictionary<string, (long Count, DateTimeOffset Until)> _counters = [];

        public long Increment(string key, TimeSpan lifetime, long by = 1)
        {
            lock (_lock)
            {
                Sweep();
                var count = Living(key).Count + by;
                _counters[key] = (count, time.GetUtcNow() + lifetime);
                return count;
            }
        }

        public long Peek(string key)
        {
            lock (_lock)
                return Living(key).Count;
        }

        public bool TryHold(string key, TimeSpan lifetime)
        {
            lock (_lock)
                return Living(key).Count == 0 && Increment(key, lifetime) == 1;
        }

        public TimeSpan Remaining(string key)
        {
            lock (_lock)
                return Living(key) is { Count: > 0 } entry ? entry.Until - time.GetUtcNow() : TimeSpan.Zero;
        }

        public bool Remove(string[] keys)
        {
            var removed = false;
            lock (_lock)
            {
                foreach (var key in keys)
                    removed |= _counters.Remove(key);
            }

            return removed;
        }

        private (long Count, DateTimeOffset Until) Living(string key) =>
            _counters.TryGetValue(key, out var entry) && entry.Until > time.GetUtcNow() ? entry : default;

        private void Sweep()
        {
            if (_counters.Count < 10_000)
                return;
            foreach (var key in _counters.Keys.Where(key => Living(key).Count == 0).ToList())
                _counters.Remove(key);
        }
    }
}
