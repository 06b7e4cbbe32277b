using System.Collections.Concurrent;

namespace TrendVault.Web.Sandbox;

/// <summary>The quotas of the platforms, bucket by bucket and day by day: YouTube's day ends at midnight in California, TikTok's at midnight UTC.</summary>
internal sealed class QuotaBook(TimeProvider time)
{
    public const string Search = "search";
    public const string Uploads = "uploads";
    public const string Stats = "stats";
    public const string Other = "other";
    public const string ResearchRequests = "research";
    public const string ResearchRecords = "researchRecords";

    private static readonly TimeZoneInfo Pacific = TimeZoneInfo.FindSystemTimeZoneById("America/Los_Angeles");

    private readonly ConcurrentDictionary<(DateOnly Day, string Bucket), long> _used = new();

    private static readonly Dictionary<string, (long Limit, TimeZoneInfo Zone)> Buckets = new()
    {
        [Search] = (100, Pacific),
        [Uploads] = (100, Pacific),
        [Stats] = (10_000, Pacific),
        [Other] = (10_000, Pacific),
        [ResearchRequests] = (1_000, TimeZoneInfo.Utc),
        [ResearchRecords] = (100_000, TimeZoneInfo.Utc),
    };

    /// <summary>Charges, also when the request then turns out to be wrong; false when the bucket is empty.</summary>
    public bool TryCharge(string bucket, int units) =>
        _used.AddOrUpdate((Today(bucket), bucket), units, (_, used) => used + units) <= Buckets[bucket].Limit;

    public bool SetUsed(string bucket, long used)
    {
        if (!Buckets.ContainsKey(bucket))
            return false;
        _used[(Today(bucket), bucket)] = used;
        return true;
    }

    public IReadOnlyDictionary<string, QuotaUse> Today() => Buckets.ToDictionary(
        bucket => bucket.Key,
        bucket => new QuotaUse(Math.Min(_used.GetValueOrDefault((Today(bucket.Key), bucket.Key)), bucket.Value.Limit), bucket.Value.Limit));

    private DateOnly Today(string bucket) =>
        DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(time.GetUtcNow(), Buckets[bucket].Zone).DateTime);
}

/// <summary>Of a bucket: units used today, and how many there are a day.</summary>
public sealed record QuotaUse(long Used, long Limit);
