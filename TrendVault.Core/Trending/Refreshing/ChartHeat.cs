using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace TrendVault.Core.Trending;

/// <summary>By what a chart gets its part of the day's budget.</summary>
/// <param name="LookedAt">When a reader last opened it; null when nobody has lately.</param>
/// <param name="Moved">The part of its videos that came or changed their rank with the last refresh, 0 to 1; null while that is unknown.</param>
internal sealed record Heat(DateTimeOffset? LookedAt, double? Moved)
{
    public static readonly TimeSpan HotFor = TimeSpan.FromHours(1);

    private static readonly TimeSpan WarmFor = TimeSpan.FromDays(1);

    public static Heat None { get; } = new(null, null);

    public bool IsHot(DateTimeOffset now) => LookedAt > now - HotFor;

    public double Weight(DateTimeOffset now)
    {
        var looked = IsHot(now) ? 8 : LookedAt > now - WarmFor ? 3 : 1;
        return looked * (0.5 + (Moved ?? 0.5));
    }

    /// <summary>What is looked at through another is looked at itself.</summary>
    public Heat Through(Heat other) => other.LookedAt > LookedAt || LookedAt is null ? this with { LookedAt = other.LookedAt } : this;
}

/// <summary>
/// Which charts are looked at, and how much each moves. All instances tell each other through Redis, which may lose it: then no
/// chart is hot until the next look. Never throws.
/// </summary>
/// <remarks>Keys: <c>trending:looked</c> and <c>trending:moved</c>, hashes by <c>{platform}:{region}:{category}</c>.</remarks>
internal sealed class ChartHeat(IDatabase redis, TimeProvider time, ILogger<ChartHeat> log)
{
    private const string LookedKey = "trending:looked";
    private const string MovedKey = "trending:moved";

    private static readonly TimeSpan Kept = TimeSpan.FromDays(2);

    // Looks come with every page; one a minute is news to the others.
    private static readonly TimeSpan ToldEvery = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan Finest = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<ChartKey, (DateTimeOffset At, DateTimeOffset Told)> _looked = [];
    private readonly ConcurrentDictionary<ChartKey, double> _moved = [];
    private int _turned;

    /// <summary>Changes when a look here makes a chart hot that was not.</summary>
    public int Turned => Volatile.Read(ref _turned);

    /// <summary>A reader opens a chart. Waits for nothing.</summary>
    public void Look(ChartKey chart)
    {
        var now = time.GetUtcNow();
        var last = _looked.GetValueOrDefault(chart);
        if (now - last.At < Finest && now >= last.At)
            return;
        if (last.At <= now - Heat.HotFor)
            Interlocked.Increment(ref _turned);

        var isNews = last.Told <= now - ToldEvery;
        _looked[chart] = (now, isNews ? now : last.Told);
        if (isNews && redis.Multiplexer.IsConnected)
            Tell(LookedKey, chart, now.ToUnixTimeSeconds());
    }

    /// <summary>A refresh moved this part of a chart's videos.</summary>
    public void Move(ChartKey chart, double part)
    {
        _moved[chart] = part;
        if (redis.Multiplexer.IsConnected)
            Tell(MovedKey, chart, part);
    }

    /// <summary>All that is known.</summary>
    public async Task<IReadOnlyDictionary<ChartKey, Heat>> ReadAsync()
    {
        var (looked, moved) = (await ReadAsync(LookedKey), await ReadAsync(MovedKey));
        return looked.Keys.Concat(moved.Keys).Concat(_looked.Keys).Concat(_moved.Keys).Distinct().ToDictionary(chart => chart, HeatOf);

        Heat HeatOf(ChartKey chart)
        {
            var here = _looked.TryGetValue(chart, out var own) ? own.At : (DateTimeOffset?)null;
            var told = looked.TryGetValue(chart, out var seconds) ? DateTimeOffset.FromUnixTimeSeconds((long)seconds) : (DateTimeOffset?)null;
            return new Heat(
                told > here || here is null ? told : here,
                moved.TryGetValue(chart, out var part) || _moved.TryGetValue(chart, out part) ? part : null);
        }
    }

    private void Tell(string key, ChartKey chart, RedisValue value)
    {
        redis.HashSet(key, $"{EnumText<Platform>.Of(chart.Platform)}:{chart.Region}:{chart.Category}", value, flags: CommandFlags.FireAndForget);
        redis.KeyExpire(key, Kept, CommandFlags.FireAndForget);
    }

    private async Task<Dictionary<ChartKey, double>> ReadAsync(string key)
    {
        try
        {
            if (redis.Multiplexer.IsConnected)
                return (await redis.HashGetAllAsync(key)).Select(Parse).OfType<(ChartKey Chart, double Value)>().ToDictionary(pair => pair.Chart, pair => pair.Value);
        }
        catch (Exception e) when (e is RedisException or TimeoutException)
        {
            log.LogWarning("{Key} could not be read: {Reason}", key, e.Message);
        }

        return [];
    }

    private static (ChartKey Chart, double Value)? Parse(HashEntry entry) =>
        entry.Name.ToString().Split(':') is [var platform, var region, var category]
        && EnumText<Platform>.TryParse(platform, out var known)
        && double.TryParse(entry.Value.ToString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
            ? (new ChartKey(known, region, category), value)
            : null;
}
