using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace TrendVault.Core.Trending;

/// <summary>
/// Pages of charts in Redis, and the hot ones parsed in this process for a few seconds. A miss, and a Redis that is away, cost a
/// read of PostgreSQL and never an error.
/// </summary>
/// <remarks>
/// Keys: <c>trending:youtube:{region}:{category}:{page}</c> for 30 minutes, <c>trending:tiktok:{region}:{page}</c> for 15; a page
/// is <see cref="ChartPage.Size"/> videos, whatever the reader's limit.
/// </remarks>
internal sealed class TrendingCache(IDatabase redis, TimeProvider time, ILogger<TrendingCache> log)
{
    // Long enough for a burst, short enough that a refresh by another instance shows at once for people.
    private static readonly TimeSpan ParsedFor = TimeSpan.FromSeconds(3);

    private const int MaxParsed = 500;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter() },
    };

    private readonly ConcurrentDictionary<(ChartKey Chart, int Page), (ChartPage Content, DateTimeOffset Until)> _parsed = [];

    public static TimeSpan LifetimeOf(Platform platform) => TimeSpan.FromMinutes(platform == Platform.YouTube ? 30 : 15);

    public static string KeyOf(ChartKey chart, int page) => chart.Platform switch
    {
        Platform.YouTube => string.Create(CultureInfo.InvariantCulture, $"trending:youtube:{chart.Region}:{chart.Category}:{page}"),
        _ => string.Create(CultureInfo.InvariantCulture, $"trending:tiktok:{chart.Region}:{page}"),
    };

    public async Task<ChartPage?> GetAsync(ChartKey chart, int page)
    {
        if (Find(chart, page) is { } parsed)
            return parsed;

        if (await ReadAsync(KeyOf(chart, page)) is not { } read || read.ExpiresAt <= time.GetUtcNow())
            return null;
        Keep(chart, page, read);
        return read;
    }

    /// <summary>The page as it was parsed here a moment ago, or null.</summary>
    public ChartPage? Find(ChartKey chart, int page) =>
        _parsed.TryGetValue((chart, page), out var parsed) && parsed.Until > time.GetUtcNow() ? parsed.Content : null;

    public async Task SetAsync(ChartKey chart, int page, ChartPage content)
    {
        var key = KeyOf(chart, page);
        var lifetime = content.ExpiresAt - time.GetUtcNow();
        if (lifetime <= TimeSpan.Zero)
            return;

        Keep(chart, page, content);
        await TryAsync(() => redis.StringSetAsync(key, JsonSerializer.SerializeToUtf8Bytes(content, Json), lifetime), key);
    }

    /// <summary>Forgets the pages of a chart from <paramref name="firstPage"/> on.</summary>
    public async Task RemoveAsync(ChartKey chart, int firstPage = 1)
    {
        var pages = Enumerable.Range(firstPage, YouTubeTrendingSource.MaxVideos / ChartPage.Size + 1).ToArray();
        foreach (var page in pages)
            _parsed.TryRemove((chart, page), out _);
        await TryAsync(() => redis.KeyDeleteAsync([.. pages.Select(page => (RedisKey)KeyOf(chart, page))]), KeyOf(chart, firstPage));
    }

    private void Keep(ChartKey chart, int page, ChartPage content)
    {
        if (_parsed.Count > MaxParsed)
            _parsed.Clear();
        var until = time.GetUtcNow() + ParsedFor;
        _parsed[(chart, page)] = (content, until < content.ExpiresAt ? until : content.ExpiresAt);
    }

    private async Task<ChartPage?> ReadAsync(string key)
    {
        RedisValue json = default;
        await TryAsync(async () => json = await redis.StringGetAsync(key), key);
        try
        {
            return json.HasValue ? JsonSerializer.Deserialize<ChartPage>((byte[])json!, Json) : null;
        }
        catch (JsonException)
        {
            return null; // written by another version of TrendVault
        }
    }

    private async Task TryAsync(Func<Task> command, string key)
    {
        // Commands sent into an outage would wait 500 ms each.
        if (!redis.Multiplexer.IsConnected)
            return;
        try
        {
            await command();
        }
        catch (Exception e) when (e is RedisException or TimeoutException)
        {
            log.LogWarning("The cache of {Key} is passed over: {Reason}", key, e.Message);
        }
    }
}
