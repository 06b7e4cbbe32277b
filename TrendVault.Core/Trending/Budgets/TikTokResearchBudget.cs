using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace TrendVault.Core.Trending;

/// <summary>How many queries TikTok's Research API still answers today, UTC.</summary>
internal sealed class TikTokResearchBudget(IDatabase redis, IOptions<TrendingOptions> options, TimeProvider time) : DailyBudget(
    TikTokResearchSource.Bucket,
    "trending:tiktok:research",
    options.Value.ResearchRequestsPerDay,
    "Today's requests to TikTok's Research API are used up; they renew at midnight UTC.",
    redis,
    time);
