using System.Globalization;
using StackExchange.Redis;

namespace TrendVault.Core.Trending;

/// <summary>
/// What a UTC day affords of something. Counted before it is spent, by all instances together in Redis; while Redis is away each
/// counts for itself.
/// </summary>
/// <param name="bucket">What is counted, in a word.</param>
/// <param name="name">Of its key, <c>{name}:{date}</c>.</param>
/// <param name="limit">A day's.</param>
/// <param name="usedUp">The sentence for the reader when nothing is left.</param>
internal abstract class DailyBudget(string bucket, string name, long limit, string usedUp, IDatabase redis, TimeProvider time)
{
    private readonly Lock _lock = new();
    private (string Key, long Count) _local = ("", 0);

    /// <summary>What is counted, in a word.</summary>
    public string Bucket => bucket;

    /// <summary>How much a day affords.</summary>
    public long Limit => limit;

    /// <summary>When the next day begins.</summary>
    public DateTimeOffset ResetsAt => new(time.GetUtcNow().UtcDateTime.Date.AddDays(1), TimeSpan.Zero);

    /// <exception cref="PlatformException">Nothing is left: <see cref="Remedy.Wait"/> until the next day.</exception>
    public async Task SpendAsync()
    {
        if (await AddAsync(1) > limit)
            throw UsedUp();
    }

    /// <summary>The platform says that nothing is left, whatever was counted here: nothing is asked of it until the next day.</summary>
    public async Task<PlatformException> MarkEmptyAsync()
    {
        await AddAsync(Math.Max(0, limit - await UsedAsync()));
        return UsedUp();
    }

    /// <summary>Spent today; never above the limit.</summary>
    public async Task<long> UsedAsync() => Math.Min(limit, await AddAsync(0));

    private PlatformException UsedUp() => new(Remedy.Wait, "quota_exceeded", usedUp, ResetsAt - time.GetUtcNow());

    private async Task<long> AddAsync(long count)
    {
        var key = string.Create(CultureInfo.InvariantCulture, $"{name}:{time.GetUtcNow().UtcDateTime:yyyy-MM-dd}");
        // This instance's own count goes on beside the shared one, so that a flushed Redis does not forget what was spent here.
        long here;
        lock (_lock)
            here = (_local = (key, (_local.Key == key ? _local.Count : 0) + count)).Count;
        try
        {
            if (!redis.Multiplexer.IsConnected)
                return here;
            var shared = await redis.StringIncrementAsync(key, count);
            await redis.KeyExpireAsync(key, TimeSpan.FromDays(2));
            return Math.Max(here, shared);
        }
        catch (Exception e) when (e is RedisException or TimeoutException)
        {
            return here;
        }
    }
}
