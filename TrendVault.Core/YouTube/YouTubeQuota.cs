using System.Globalization;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace TrendVault.Core.YouTube;

/// <summary>What YouTube counts apart from each other, per project and Pacific day.</summary>
public enum YouTubeBucket
{
    /// <summary>Everything that has no bucket of its own: list methods cost 1, thumbnails and watermarks 50.</summary>
    General,

    /// <summary>search.list: each page is one call.</summary>
    Search,

    /// <summary>videos.insert: each session begun is one call.</summary>
    Upload,
}

/// <summary>How much of a bucket is gone.</summary>
/// <param name="Bucket">Which one.</param>
/// <param name="Used">Counted since the last Pacific midnight; never above the limit.</param>
/// <param name="Limit">The project's own budget a day.</param>
public sealed record YouTubeBudget(YouTubeBucket Bucket, long Used, long Limit);

/// <summary>
/// The ledger of the day's quota. A call is counted before it is made, since YouTube counts failed ones too. All instances count
/// together in Redis; while Redis is away each counts for itself.
/// </summary>
/// <remarks>Key: <c>trending:youtube:quota:daily</c>, a hash of <c>{date}:{bucket}</c>, until midnight in California.</remarks>
public sealed class YouTubeQuota(IDatabase redis, IOptions<YouTubeOptions> options, TimeProvider time, ILogger<YouTubeQuota> log)
{
    private const string Key = "trending:youtube:quota:daily";

    private readonly Lock _lock = new();
    private readonly Dictionary<string, long> _local = [];

    /// <summary>Counts <paramref name="units"/> before the call that costs them.</summary>
    /// <param name="bucket">Which budget.</param>
    /// <param name="units">Cost of the call.</param>
    /// <param name="reserve">Units to leave for others: a refresh leaves some to users and uploads.</param>
    /// <exception cref="PlatformException">The budget does not allow it: <see cref="PlatformRemedy.Park"/> until it renews.</exception>
    public async Task SpendAsync(YouTubeBucket bucket, int units = 1, long reserve = 0)
    {
        if (!await TrySpendAsync(bucket, units, reserve))
            throw new PlatformException(
                PlatformRemedy.Park,
                "quota_exceeded",
                "Today's quota of YouTube's API is used up; it renews at midnight in California.",
                PacificDay.UntilNext(time.GetUtcNow()));
    }

    /// <summary>As <see cref="SpendAsync"/>; false, with nothing counted, when the budget does not allow it.</summary>
    public async Task<bool> TrySpendAsync(YouTubeBucket bucket, int units = 1, long reserve = 0)
    {
        var field = FieldOf(bucket);
        if (await AddAsync(field, units) <= options.Value.LimitOf(bucket) - reserve)
            return true;
        await AddAsync(field, -units);
        return false;
    }

    /// <summary>YouTube says that a bucket is empty, whatever was counted here: nothing is asked of it until it renews.</summary>
    public async Task MarkEmptyAsync(YouTubeBucket bucket)
    {
        var missing = options.Value.LimitOf(bucket) - await UsedAsync(FieldOf(bucket));
        if (missing > 0)
            await AddAsync(FieldOf(bucket), missing);
    }

    /// <summary>The day's state of all buckets.</summary>
    public async Task<IReadOnlyList<YouTubeBudget>> ReadAsync()
    {
        var budgets = new List<YouTubeBudget>();
        foreach (var bucket in Enum.GetValues<YouTubeBucket>())
        {
            var limit = options.Value.LimitOf(bucket);
            budgets.Add(new YouTubeBudget(bucket, Math.Min(limit, await UsedAsync(FieldOf(bucket))), limit));
        }

        return budgets;
    }

    /// <summary>When the buckets renew.</summary>
    public DateTimeOffset ResetsAt => PacificDay.EndOf(time.GetUtcNow());

    private string FieldOf(YouTubeBucket bucket) =>
        string.Create(CultureInfo.InvariantCulture, $"{PacificDay.Of(time.GetUtcNow()):yyyy-MM-dd}:{EnumText<YouTubeBucket>.Of(bucket)}");

    private async Task<long> AddAsync(string field, long units)
    {
        // This instance's own count goes on beside the shared one, so that a flushed Redis does not forget what was spent here.
        var here = AddLocally(field, units);
        try
        {
            if (!redis.Multiplexer.IsConnected)
                return here;
            var shared = await redis.HashIncrementAsync(Key, field, units);
            await redis.KeyExpireAsync(Key, ResetsAt.UtcDateTime);
            return Math.Max(here, shared);
        }
        catch (Exception e) when (e is RedisException or TimeoutException)
        {
            log.LogWarning("YouTube's quota is counted by this instance alone: {Reason}", e.Message);
            return here;
        }
    }

    private async Task<long> UsedAsync(string field)
    {
        var here = AddLocally(field, 0);
        try
        {
            return redis.Multiplexer.IsConnected ? Math.Max(here, (long)await redis.HashGetAsync(Key, field)) : here;
        }
        catch (Exception e) when (e is RedisException or TimeoutException)
        {
            return here;
        }
    }

    private long AddLocally(string field, long units)
    {
        lock (_lock)
        {
            var day = field[..10];
            foreach (var old in _local.Keys.Where(key => !key.StartsWith(day, StringComparison.Ordinal)).ToList())
                _local.Remove(old);
            return _local[field] = _local.GetValueOrDefault(field) + units;
        }
    }
}
