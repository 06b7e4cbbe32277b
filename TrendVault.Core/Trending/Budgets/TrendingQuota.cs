using Microsoft.Extensions.Options;
using TrendVault.Core.YouTube;

namespace TrendVault.Core.Trending;

/// <summary>A day's budget and what is gone of it.</summary>
/// <param name="Platform">Whose.</param>
/// <param name="Bucket"><c>general</c>, <c>search</c> or <c>upload</c> at YouTube, <c>runs</c> at Apify, <c>requests</c> at TikTok's Research API.</param>
/// <param name="Used">Counted since the last reset.</param>
/// <param name="Limit">A day's.</param>
/// <param name="ResetsAt">UTC.</param>
internal sealed record QuotaBucket(Platform Platform, string Bucket, long Used, long Limit, DateTimeOffset ResetsAt)
{
    /// <summary>What is left.</summary>
    public long Remaining => Limit - Used;

    /// <summary>What refreshes leave to readers and uploads, of a whole day.</summary>
    public long Reserve => ReserveOf(Limit);

    internal static long ReserveOf(long limit) => limit / 10;
}

/// <summary>What discovery and publishing may still cost today.</summary>
internal sealed class TrendingQuota(YouTubeQuota youTube, DailyBudget tikTok, IOptions<YouTubeOptions> options)
{
    /// <summary>In a shared pool searches get this part, and charts the rest.</summary>
    internal const double SearchesPart = 0.25;

    /// <summary>All buckets.</summary>
    public async Task<IReadOnlyList<QuotaBucket>> ReadAsync()
    {
        var youtube = await youTube.ReadAsync();
        return [.. youtube.Select(Bucket), new QuotaBucket(Platform.TikTok, tikTok.Bucket, await tikTok.UsedAsync(), tikTok.Limit, tikTok.ResetsAt)];
    }

    /// <summary>What charts may still cost. Searches go by a plan of their own.</summary>
    internal async Task<IReadOnlyList<Allowance>> ReadForChartsAsync()
    {
        return Allow(await ReadAsync(), options.Value.QuotaPool == YouTubePool.Shared ? 1 - SearchesPart : 1);
    }

    /// <summary>What buckets afford charts.</summary>
    /// <param name="buckets">Any.</param>
    /// <param name="part">The part of YouTube's that charts get.</param>
    internal static IReadOnlyList<Allowance> Allow(IReadOnlyList<QuotaBucket> buckets, double part) =>
    [
        // Of YouTube's reserve the other half is for uploads.
        .. buckets.Select(bucket => bucket.Platform == Platform.YouTube ? Allow(bucket, bucket.Reserve / 2, part) : Allow(bucket, 0, 1)),
    ];

    /// <summary>How many searches may still be made today, beside what is reserved.</summary>
    internal async Task<(double Searches, DateTimeOffset RenewsAt)> ReadForSearchesAsync()
    {
        var bucket = Bucket(await youTube.ReadAsync(YouTubeBucket.Search));
        var part = options.Value.QuotaPool == YouTubePool.Shared ? SearchesPart : 1;
        return ((bucket.Remaining - bucket.Reserve) * part / options.Value.CostOf(YouTubeBucket.Search), bucket.ResetsAt);
    }

    private static Allowance Allow(QuotaBucket bucket, long readersReserve, double part) => new(
        bucket.Platform,
        bucket.Bucket,
        (bucket.Remaining - bucket.Reserve) * part,
        (bucket.Remaining - readersReserve) * part,
        (bucket.Limit - bucket.Reserve) * part,
        bucket.ResetsAt);

    private QuotaBucket Bucket(YouTubeBudget budget) =>
        new(Platform.YouTube, EnumText<YouTubeBucket>.Of(budget.Bucket), budget.Used, budget.Limit, youTube.ResetsAt);
}
