using System.Collections.Concurrent;

namespace TrendVault.Web.Sandbox.YouTube;

/// <summary>The project's quota, bucket by bucket and day by day. A day ends at midnight in California.</summary>
internal sealed class QuotaBook(TimeProvider time)
{
    public const string Search = "search";
    public const string Uploads = "uploads";
    public const string Other = "other";

    private static readonly TimeZoneInfo Pacific = TimeZoneInfo.FindSystemTimeZoneById("America/Los_Angeles");

    private readonly ConcurrentDictionary<(DateOnly Day, string Bucket), long> _used = new();

    private static readonly Dictionary<string, long> Limits = new() { [Search] = 100, [Uploads] = 100, [Other] = 10_000 };

    /// <summary>Charges, also when the request then turns out to be wrong; false when the bucket is empty.</summary>
    public bool TryCharge(string bucket, int units) =>
        _used.AddOrUpdate((Today(time), bucket), units, (_, used) => used + units) <= Limits[bucket];

    public bool SetUsed(string bucket, long used)
    {
        if (!Limits.ContainsKey(bucket))
            return false;
        _used[(Today(time), bucket)] = used;
        return true;
    }

    public IReadOnlyDictionary<string, QuotaUse> Today() => Limits.ToDictionary(
        limit => limit.Key,
        limit => new QuotaUse(Math.Min(_used.GetValueOrDefault((Today(time), limit.Key)), limit.Value), limit.Value));

    private static DateOnly Today(TimeProvider time) =>
        DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(time.GetUtcNow(), Pacific).DateTime);
}

/// <summary>Of a bucket: units used today, and how many there are a day.</summary>
public sealed record QuotaUse(long Used, long Limit);
