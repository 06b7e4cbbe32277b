using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace TrendVault.Core.Data;

/// <summary>
/// Short texts that all instances should know for a while, such as that a chart does not exist. Redis may lose them: then they are
/// found out anew. While Redis is away this instance remembers for itself. Never throws.
/// </summary>
internal sealed class SharedMemory(IDatabase redis, TimeProvider time, ILogger<SharedMemory> log)
{
    private readonly ConcurrentDictionary<string, (string Value, DateTimeOffset Until)> _local = [];

    public async Task<bool> HasAsync(string key) => await GetAsync(key) is not null;

    public async Task<string?> GetAsync(string key)
    {
        try
        {
            if (redis.Multiplexer.IsConnected)
                return await redis.StringGetAsync(key);
        }
        catch (Exception e) when (e is RedisException or TimeoutException)
        {
            log.LogWarning("{Key} could not be read: {Reason}", key, e.Message);
        }

        return _local.TryGetValue(key, out var entry) && entry.Until > time.GetUtcNow() ? entry.Value : null;
    }

    public async Task SetAsync(string key, string value, TimeSpan lifetime)
    {
        _local[key] = (value, time.GetUtcNow() + lifetime);
        try
        {
            if (redis.Multiplexer.IsConnected)
                await redis.StringSetAsync(key, value, lifetime);
        }
        catch (Exception e) when (e is RedisException or TimeoutException)
        {
            log.LogWarning("{Key} could not be kept: {Reason}", key, e.Message);
        }
    }

    public async Task RemoveAsync(string key)
    {
        _local.TryRemove(key, out _);
        try
        {
            if (redis.Multiplexer.IsConnected)
                await redis.KeyDeleteAsync(key);
        }
        catch (Exception e) when (e is RedisException or TimeoutException)
        {
            log.LogWarning("{Key} could not be removed: {Reason}", key, e.Message);
        }
    }
}
