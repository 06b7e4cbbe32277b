using System.Globalization;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace TrendVault.Core.Trending;

/// <summary>How many runs the day still affords, UTC. Counted before a run is started, by all instances together in Redis.</summary>
/// <remarks>Key: <c>trending:tiktok:runs:{date}</c>.</remarks>
internal sealed class ApifyBudget(IDatabase redis, IOptions<TrendingOptions> options, TimeProvider time)
{
    private readonly Lock _lock = new();
    private (string Key, long Count) _local = ("", 0);

    /// <exception cref="PlatformException">The day's runs are used up.</exception>
    public async Task SpendAsync()
    {
        var now = time.GetUtcNow();
        if (await AddAsync(KeyAt(now)) > options.Value.ApifyRunsPerDay)
            throw new PlatformException(
                PlatformRemedy.Park, "quota_exceeded", "Today's runs for TikTok are used up; they renew at midnight UTC.", now.UtcDateTime.Date.AddDays(1) - now.UtcDateTime);
    }

    public async Task<long> UsedAsync()
    {
        var key = KeyAt(time.GetUtcNow());
        try
        {
            if (redis.Multiplexer.IsConnected)
                return Math.Min(options.Value.ApifyRunsPerDay, (long)await redis.StringGetAsync(key));
        }
        catch (Exception e) when (e is RedisException or TimeoutException)
        {
            // counted here alone
        }

        lock (_lock)
            return _local.Key == key ? Math.Min(options.Value.ApifyRunsPerDay, _local.Count) : 0;
    }

    private static string KeyAt(DateTimeOffset now) => string.Create(CultureInfo.InvariantCulture, $"trending:tiktok:runs:{now.UtcDateTime:yyyy-MM-dd}");

    private async Task<long> AddAsync(string key)
    {
        long here;
        lock (_lock)
            here = (_local = (key, _local.Key == key ? _local.Count + 1 : 1)).Count;
        try
        {
            if (!redis.Multiplexer.IsConnected)
                return here;
            var shared = await redis.StringIncrementAsync(key);
            await redis.KeyExpireAsync(key, TimeSpan.FromDays(2));
            return Math.Max(here, shared);
        }
        catch (Exception e) when (e is RedisException or TimeoutException)
        {
            return here;
        }
    }
}
