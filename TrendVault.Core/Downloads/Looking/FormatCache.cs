using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace TrendVault.Core.Downloads;

/// <summary>
/// Keeps what pages offer for 10 minutes in Redis, under <c>formats:{SHA-256 of the URL}</c>, so that choosing a format and starting
/// its download ask the site once. Without Redis every question goes to the site.
/// </summary>
internal sealed class FormatCache(IDatabase redis, ILogger<FormatCache> log)
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(10);

    /// <summary>Null when it is not known, or not known any more.</summary>
    public async Task<MediaInfo?> FindAsync(string url)
    {
        try
        {
            var json = await redis.StringGetAsync(Key(url));
            return json.IsNull ? null : JsonSerializer.Deserialize<MediaInfo>((byte[])json!);
        }
        catch (Exception e) when (e is RedisException or RedisTimeoutException or JsonException)
        {
            log.LogWarning("Formats are not read from Redis: {Error}", e.Message);
            return null;
        }
    }

    /// <summary>Never fails: what is not kept is asked again.</summary>
    public async Task KeepAsync(string url, MediaInfo info)
    {
        try
        {
            await redis.StringSetAsync(Key(url), JsonSerializer.SerializeToUtf8Bytes(info), Lifetime);
        }
        catch (Exception e) when (e is RedisException or RedisTimeoutException)
        {
            log.LogWarning("Formats are not kept in Redis: {Error}", e.Message);
        }
    }

    private static RedisKey Key(string url) => "formats:" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(url)));
}
