using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace TrendVault.Core.Trending;

/// <summary>
/// TikTok's videos of a region from its Research API, ranked here. The API cannot sort by views and knows nothing of trends, so the
/// week's videos with the hashtags of the feed stand for them, as they do at Apify.
/// </summary>
internal sealed class TikTokResearchSource(
    TikTokResearchClient research, SourceGate<TikTokResearchSource> gate, IOptions<TrendingOptions> options, TimeProvider time, ILogger<TikTokResearchSource> log)
    : ITrendingSource
{
    /// <summary>What its budget counts.</summary>
    public const string Bucket = "requests";

    private const int MaxVideos = 200;

    private const int PageSize = 100;

    private const int PagesPerChart = 3;

    // A fresh search_id is refused for a moment now and then.
    private const int TriesPerPage = 3;
    private static readonly TimeSpan TryPause = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan LookedBack = TimeSpan.FromDays(7);

    private static readonly string[] Hashtags = ["fyp", "trending", "viral"];

    public Platform Platform => Platform.TikTok;

    public IReadOnlyList<string> Categories { get; } = [Trending.Categories.General];

    public string? WhyOff => options.Value.ResearchClientKey.Length > 0
        ? gate.WhyOff
        : "TikTok is off: set TIKTOK_RESEARCH_CLIENT_KEY and TIKTOK_RESEARCH_CLIENT_SECRET.";

    public async Task<string?> ReadWhyOffAsync() => WhyOff ?? await gate.ReadWhyOffAsync();

    public IReadOnlyList<string> PartsOf(string category) => [];

    public ChartCost CostOf(string category) => new(Bucket, PagesPerChart);

    public Task<FetchedChart> FetchAsync(
        string region, string category, IReadOnlyList<IReadOnlyList<TrendingVideo>> parts, CancellationToken cancellationToken) =>
        gate.FetchAsync(this, region, category, async () =>
        {
            var items = await FetchItemsAsync(region, cancellationToken);
            var videos = items.Select(item => TikTokResearchMapping.ToTrendingVideo(item, options.Value.TikTokWebUrl)).OfType<TrendingVideo>().ToList();
            var ranked = TikTokMapping.Rank(videos, time.GetUtcNow());
            return new FetchedChart([.. ranked.Take(MaxVideos)], "TikTok by views per hour, through its Research API", items.Count - videos.Count);
        });

    private async Task<IReadOnlyList<JsonElement>> FetchItemsAsync(string region, CancellationToken cancellationToken)
    {
        var page = await gate.AskAsync(() => research.QueryAsync(FirstQuery(region), cancellationToken));
        var items = page.Videos.ToList();
        for (var pages = 1; page?.Next is { } next && pages < PagesPerChart; pages++)
        {
            page = await TryFetchNextAsync(next, region, cancellationToken);
            items.AddRange(page?.Videos ?? []);
        }

        return items;
    }

    /// <summary>Null when it is not to be had: what came before is a chart too.</summary>
    private async Task<ResearchPage?> TryFetchNextAsync(ResearchQuery query, string region, CancellationToken cancellationToken)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                return await gate.AskAsync(() => research.QueryAsync(query, cancellationToken));
            }
            catch (PlatformException e)
            {
                if (tries < TriesPerPage && e.Code is "research_refused" or "tiktok_unavailable" && e.RetryAfter is null)
                {
                    await Task.Delay(TryPause, time, cancellationToken);
                    continue;
                }

                log.LogInformation("TikTok's videos of {Region} end at {Cursor}: {Code}", region, query.Cursor, e.Code);
                return null;
            }
        }
    }

    private ResearchQuery FirstQuery(string region)
    {
        var today = time.GetUtcNow().UtcDateTime;
        return new ResearchQuery
        {
            Query = new([new("IN", "region_code", [region]), new("IN", "hashtag_name", Hashtags)]),
            StartDate = (today - LookedBack).ToString("yyyyMMdd", CultureInfo.InvariantCulture),
            EndDate = today.ToString("yyyyMMdd", CultureInfo.InvariantCulture),
            MaxCount = PageSize,
        };
    }
}
