using System.Globalization;
using Google;
using Google.Apis.Util;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TrendVault.Core.YouTube;
using TrendVault.Core.YouTube.Data;

namespace TrendVault.Core.Trending;

/// <summary>
/// YouTube's charts. Since July 2025 mostPopular serves Music, Movies and Gaming only; a region without one of them, and the General
/// chart, are helped out by a search for the most viewed videos of the week, as often as the small budget of searches affords it.
/// </summary>
/// <remarks><see href="https://developers.google.com/youtube/v3/docs/videos/list"/></remarks>
internal sealed class YouTubeTrendingSource(
    YouTubeServices services, YouTubeQuota quota, TrendingMemory memory, IOptions<YouTubeOptions> options, TimeProvider time, ILogger<YouTubeTrendingSource> log)
    : ITrendingSource
{
    /// <summary>Where YouTube's charts end.</summary>
    public const int MaxVideos = 200;

    private const int PageSize = 50;

    // Shares of the day's budget that refreshes leave to users' own requests and to uploads.
    private const int ReserveDivisor = 10;

    private static readonly TimeSpan MissingChartKept = TimeSpan.FromDays(1);

    private static readonly TimeSpan SearchedBack = TimeSpan.FromDays(7);

    private static readonly Dictionary<string, string> CategoryIds = new() { ["Music"] = "10", ["Gaming"] = "20", ["Movies"] = "30" };

    private static readonly Repeatable<string> Parts = new(["snippet", "contentDetails", "statistics", "status"]);

    public Platform Platform => Platform.YouTube;

    public IReadOnlyList<string> Categories => Trending.Categories.All;

    public string? WhyOff => options.Value.ApiKey.Length > 0 ? null : "YouTube is off: set YOUTUBE_API_KEY.";

    public TimeSpan Lifetime { get; } = TimeSpan.FromMinutes(30);

    // Each region's General chart may search once in this time.
    private TimeSpan SearchKept =>
        TimeSpan.FromDays(1) * Regions.All.Count / Math.Max(1, options.Value.QuotaSearches - options.Value.QuotaSearches / ReserveDivisor);

    public IReadOnlyList<string> PartsOf(string category) => category == Trending.Categories.General ? [.. CategoryIds.Keys] : [];

    public async Task<FetchedChart> FetchAsync(
        string region, string category, IReadOnlyList<IReadOnlyList<TrendingVideo>> parts, CancellationToken cancellationToken)
    {
        using var youtube = services.CreatePublic();
        try
        {
            return category == Trending.Categories.General
                ? await ComposeAsync(youtube, region, parts, cancellationToken)
                : await FetchCategoryAsync(youtube, region, category, cancellationToken);
        }
        catch (Exception e) when (YouTubeErrors.ToPlatformException(e, time.GetUtcNow(), cancellationToken) is { } known && known != e)
        {
            throw known;
        }
    }

    private async Task<FetchedChart> FetchCategoryAsync(YouTubeService youtube, string region, string category, CancellationToken cancellationToken)
    {
        var missing = $"trending:youtube:missing:{region}:{category}";
        if (!await memory.HasAsync(missing))
        {
            try
            {
                return await FetchChartAsync(youtube, region, category, cancellationToken);
            }
            // Documented as 400, seen as 404.
            catch (GoogleApiException e) when (YouTubeErrors.ReasonOf(e) == "videoChartNotFound")
            {
                await memory.SetAsync(missing, "1", MissingChartKept);
                log.LogInformation("YouTube has no chart {Category} in {Region}", category, region);
            }
        }

        var found = await SearchAsync(youtube, region, category, cancellationToken);
        return found.Videos.Count > 0
            ? found
            : throw new PlatformException(
                PlatformRemedy.GiveUp, "chart_not_found", $"YouTube has no {category} chart in {Regions.NameOf(region)}. Choose another category or region.");
    }

    private async Task<FetchedChart> FetchChartAsync(YouTubeService youtube, string region, string category, CancellationToken cancellationToken)
    {
        var items = new List<Video?>();
        string? pageToken = null;
        do
        {
            await SpendAsync(YouTubeBucket.General);
            var request = youtube.Videos.List(Parts);
            request.Chart = "mostPopular";
            request.RegionCode = region;
            request.VideoCategoryId = CategoryIds[category];
            request.MaxResults = PageSize;
            request.PageToken = pageToken;
            var page = await CallAsync(YouTubeBucket.General, () => request.ExecuteAsync(cancellationToken));
            items.AddRange(page.Items ?? []);
            pageToken = page.NextPageToken;
        }
        while (!string.IsNullOrEmpty(pageToken) && items.Count < MaxVideos);

        return Chart(items, "YouTube mostPopular");
    }

    private async Task<FetchedChart> ComposeAsync(
        YouTubeService youtube, string region, IReadOnlyList<IReadOnlyList<TrendingVideo>> parts, CancellationToken cancellationToken)
    {
        var found = await TrySearchAsync(youtube, region, cancellationToken);
        var lists = found is null ? parts : [.. parts, found.Videos];
        if (lists.All(list => list.Count == 0))
            throw new PlatformException(PlatformRemedy.Retry, "chart_not_found", $"None of YouTube's charts of {Regions.NameOf(region)} can be had right now.");

        var source = found is { Videos.Count: > 0 } ? "YouTube mostPopular and search, by rank" : "YouTube mostPopular, by rank";
        return new FetchedChart(Interleaving.Merge(lists, MaxVideos), source, found?.Skipped ?? 0);
    }

    /// <summary>The General chart goes on without its search.</summary>
    private async Task<FetchedChart?> TrySearchAsync(YouTubeService youtube, string region, CancellationToken cancellationToken)
    {
        try
        {
            return await SearchAsync(youtube, region, Trending.Categories.General, cancellationToken);
        }
        catch (Exception e) when (YouTubeErrors.ToPlatformException(e, time.GetUtcNow(), cancellationToken) is { } known)
        {
            log.LogWarning("The search for {Region} is left out: {Code}", region, known.Code);
            return null;
        }
    }

    /// <summary>
    /// The week's most viewed. The ids are kept between searches, so that a chart does not lose its search half whenever a search
    /// cannot be afforded; their counts are asked anew, for one unit.
    /// </summary>
    private async Task<FetchedChart> SearchAsync(YouTubeService youtube, string region, string category, CancellationToken cancellationToken)
    {
        var ids = await SearchIdsAsync(youtube, region, category, cancellationToken);
        if (ids.Length == 0)
            return new FetchedChart([], "", 0);

        await SpendAsync(YouTubeBucket.General);
        var request = youtube.Videos.List(Parts);
        request.Id = new Repeatable<string>(ids);
        var answer = await CallAsync(YouTubeBucket.General, () => request.ExecuteAsync(cancellationToken));
        return Chart(answer.Items ?? [], "YouTube search, most viewed this week");
    }

    private async Task<string[]> SearchIdsAsync(YouTubeService youtube, string region, string category, CancellationToken cancellationToken)
    {
        var key = $"trending:youtube:search:{region}:{category}";
        if (await memory.GetAsync(key) is { } kept)
            return kept.Split(',', StringSplitOptions.RemoveEmptyEntries);

        var reserve = options.Value.QuotaSearches / ReserveDivisor;
        if (!await quota.TrySpendAsync(YouTubeBucket.Search, reserve: reserve))
            return [];

        var request = youtube.Search.List("snippet");
        request.Type = "video";
        request.Order = "viewCount";
        request.PublishedAfter = (time.GetUtcNow() - SearchedBack).UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        request.RegionCode = region;
        request.VideoCategoryId = CategoryIds.GetValueOrDefault(category);
        request.MaxResults = PageSize;
        var answer = await CallAsync(YouTubeBucket.Search, () => request.ExecuteAsync(cancellationToken));

        string[] ids = [.. (answer.Items ?? []).Select(item => item?.Id?.VideoId).OfType<string>().Where(IsId).Distinct()];
        await memory.SetAsync(key, string.Join(',', ids), SearchKept);
        return ids;
    }

    private static bool IsId(string id) => id.Length is > 0 and <= 64 && id.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_');

    private FetchedChart Chart(IEnumerable<Video?> items, string source)
    {
        var read = items.Select(item => YouTubeMapping.ToTrendingVideo(item, options.Value.WatchUrlOf)).ToList();
        var videos = read.OfType<TrendingVideo>().DistinctBy(video => video.PlatformVideoId).Take(MaxVideos).ToList();
        return new FetchedChart(videos, source, read.Count(video => video is null));
    }

    private Task SpendAsync(YouTubeBucket bucket) => quota.SpendAsync(bucket, reserve: options.Value.LimitOf(bucket) / ReserveDivisor);

    private async Task<T> CallAsync<T>(YouTubeBucket bucket, Func<Task<T>> call) where T : class
    {
        try
        {
            return await call() ?? throw new PlatformException(PlatformRemedy.Retry, "youtube_unreadable", "YouTube answered nothing.");
        }
        catch (GoogleApiException e) when (YouTubeErrors.ReasonOf(e) is "quotaExceeded" or "dailyLimitExceeded")
        {
            await quota.MarkEmptyAsync(bucket);
            throw;
        }
    }
}
