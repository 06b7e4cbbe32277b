using System.Globalization;
using Google;
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
internal sealed record YouTubeBudget(YouTubeBucket Bucket, long Used, long Limit);

/// <summary>
/// The ledger of the day's quota. A call is counted before it is made, since YouTube counts failed ones too. All instances count
/// together in Redis; while Redis is away each counts for itself.
/// </summary>
/// <remarks>
/// Key: <c>trending:youtube:quota:daily</c>, a hash of <c>{date}:{bucket}</c>, until midnight in California. No two clocks agree: in the
/// minute before midnight and the one after it a call counts in both days, and the old day ends with the latter.
/// </remarks>
internal sealed class YouTubeQuota(IDatabase redis, IOptions<YouTubeOptions> options, TimeProvider time, ILogger<YouTubeQuota> log)
{
    private const string Key = "trending:youtube:quota:daily";

    private static readonly TimeSpan ClockSlack = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, long> _local = [];

    /// <summary>Counts <paramref name="calls"/> before they are made, at their price.</summary>
    /// <param name="bucket">Which budget.</param>
    /// <param name="calls">How many.</param>
    /// <param name="reserve">Units to leave for others: readers leave some to uploads.</param>
    /// <exception cref="PlatformException">The budget does not allow it: <see cref="Remedy.Wait"/> until it renews.</exception>
    public async Task SpendAsync(YouTubeBucket bucket, int calls = 1, long reserve = 0)
    {
        if (!await TrySpendAsync(bucket, calls, reserve))
            throw UsedUp(bucket);
    }

    /// <summary>As <see cref="SpendAsync"/>; false, with nothing counted, when the budget does not allow it.</summary>
    public async Task<bool> TrySpendAsync(YouTubeBucket bucket, int calls = 1, long reserve = 0)
    {
        var (units, most) = ((long)calls * options.Value.CostOf(bucket), options.Value.LimitOf(bucket) - reserve);
        var days = Days;
        var used = await Task.WhenAll(days.Select(day => AddAsync(FieldOf(day, bucket), units)));
        if (used.All(sum => sum <= most))
            return true;
        foreach (var day in days)
            await AddAsync(FieldOf(day, bucket), -units);
        return false;
    }

    /// <summary>YouTube says that a bucket is empty, whatever was counted here: nothing is asked of it until it renews.</summary>
    public async Task<PlatformException> MarkEmptyAsync(YouTubeBucket bucket)
    {
        var missing = options.Value.LimitOf(bucket) - await UsedAsync(bucket);
        if (missing > 0)
            await AddAsync(FieldOf(Today, bucket), missing);
        return UsedUp(bucket);
    }

    /// <summary>
    /// Notes what a refusal says of the buckets. One that is empty by YouTube's word stays so until it renews, and the others go on.
    /// </summary>
    /// <param name="problem">Of <see cref="YouTubeErrors.ToPlatformException"/>.</param>
    /// <param name="asked">Which budget the call was paid from.</param>
    /// <returns>What to tell: until when the bucket is empty, or <paramref name="problem"/>.</returns>
    public async Task<PlatformException> NoteAsync(PlatformException problem, YouTubeBucket asked) =>
        problem.InnerException is GoogleApiException refusal && YouTubeRefusal.Of(refusal).SpentBucket(asked) is { } spent
            ? await MarkEmptyAsync(spent)
            : problem;

    /// <summary>The day's state of all buckets that the project has.</summary>
    public async Task<IReadOnlyList<YouTubeBudget>> ReadAsync()
    {
        var budgets = new List<YouTubeBudget>();
        foreach (var bucket in Enum.GetValues<YouTubeBucket>().Where(bucket => options.Value.BucketOf(bucket) == bucket))
            budgets.Add(await ReadAsync(bucket));
        return budgets;
    }

    /// <summary>The day's state of the bucket that such calls are paid from.</summary>
    public async Task<YouTubeBudget> ReadAsync(YouTubeBucket bucket)
    {
        var limit = options.Value.LimitOf(bucket);
        return new YouTubeBudget(options.Value.BucketOf(bucket), Math.Min(limit, await UsedAsync(bucket)), limit);
    }

    /// <summary>When the buckets renew.</summary>
    public DateTimeOffset ResetsAt => PacificDay.EndOf(time.GetUtcNow() - ClockSlack) + ClockSlack;

    private DateOnly Today => PacificDay.Of(time.GetUtcNow() - ClockSlack);

    private IReadOnlyList<DateOnly> Days =>
        [.. new[] { -ClockSlack, ClockSlack }.Select(slack => PacificDay.Of(time.GetUtcNow() + slack)).Distinct()];

    private PlatformException UsedUp(YouTubeBucket bucket) => new(
        Remedy.Wait,
        "quota_exceeded",
        $"Today's quota of YouTube's API{NameOf(options.Value.BucketOf(bucket))} is used up; it renews at midnight in California.",
        ResetsAt - time.GetUtcNow());

    private static string NameOf(YouTubeBucket bucket) => bucket switch
    {
        YouTubeBucket.Search => " for searches",
        YouTubeBucket.Upload => " for uploads",
        _ => "",
    };

    private string FieldOf(DateOnly day, YouTubeBucket bucket) =>
        string.Create(CultureInfo.InvariantCulture, $"{day:yyyy-MM-dd}:{EnumText<YouTubeBucket>.Of(options.Value.BucketOf(bucket))}");

    private async Task<long> AddAsync(string field, long units)
    {
        // This instance's own count goes on beside the shared one, so that a flushed Redis does not forget what was spent here.
        var here = AddLocally(field, units);
        try
        {
            if (!redis.Multiplexer.IsConnected)
                return here;
            var shared = redis.HashIncrementAsync(Key, field, units);
            await redis.KeyExpireAsync(Key, PacificDay.EndOf(time.GetUtcNow() + ClockSlack).UtcDateTime);
            return Math.Max(here, await shared);
        }
        catch (Exception e) when (e is RedisException or TimeoutException)
        {
            log.LogWarning("YouTube's quota is counted by this instance alone: {Reason}", e.Message);
            return here;
        }
    }

    private async Task<long> UsedAsync(YouTubeBucket bucket)
    {
        var field = FieldOf(Today, bucket);
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
            var days = Days.Select(day => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)).ToList();
            foreach (var old in _local.Keys.Where(key => !days.Contains(key[..10])).ToList())
                _local.Remove(old);
            return _local[field] = _local.GetValueOrDefault(field) + units;
        }
    }
}
