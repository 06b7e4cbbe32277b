using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace TrendVault.Core.Trending;

/// <summary>How many runs of the actor the day still affords, UTC.</summary>
internal sealed class ApifyBudget(IDatabase redis, IOptions<TrendingOptions> options, TimeProvider time) : DailyBudget(
    ApifyTikTokSource.Bucket,
    "trending:tiktok:runs",
    options.Value.ApifyRunsPerDay,
    "Today's runs for TikTok are used up; they renew at midnight UTC.",
    redis,
    time);
