using Microsoft.Extensions.Options;
using TrendVault.Core.YouTube;

namespace TrendVault.Core.Trending;

/// <summary>A day's budget and what is gone of it.</summary>
/// <param name="Platform">Whose.</param>
/// <param name="Bucket"><c>general</c>, <c>search</c>, <c>upload</c>, or <c>runs</c> at Apify.</param>
/// <param name="Used">Counted since the last reset.</param>
/// <param name="Limit">A day's.</param>
/// <param name="ResetsAt">UTC.</param>
public sealed record QuotaBucket(Platform Platform, string Bucket, long Used, long Limit, DateTimeOffset ResetsAt)
{
    /// <summary>What is left.</summary>
    public long Remaining => Limit - Used;
}

/// <summary>What discovery and publishing may still cost today.</summary>
public sealed class TrendingQuota
{
    private readonly YouTubeQuota _youtube;
    private readonly ApifyBudget _apify;
    private readonly IOptions<TrendingOptions> _options;
    private readonly TimeProvider _time;

    internal TrendingQuota(YouTubeQuota youtube, ApifyBudget apify, IOptions<TrendingOptions> options, TimeProvider time)
    {
        _youtube = youtube;
        _apify = apify;
        _options = options;
        _time = time;
    }

    /// <summary>All buckets.</summary>
    public async Task<IReadOnlyList<QuotaBucket>> ReadAsync()
    {
        var midnight = new DateTimeOffset(_time.GetUtcNow().UtcDateTime.Date.AddDays(1), TimeSpan.Zero);
        var youtube = await _youtube.ReadAsync();
        return
        [
            .. youtube.Select(budget => new QuotaBucket(Platform.YouTube, EnumText<YouTubeBucket>.Of(budget.Bucket), budget.Used, budget.Limit, _youtube.ResetsAt)),
            new QuotaBucket(Platform.TikTok, "runs", await _apify.UsedAsync(), _options.Value.ApifyRunsPerDay, midnight),
        ];
    }
}
