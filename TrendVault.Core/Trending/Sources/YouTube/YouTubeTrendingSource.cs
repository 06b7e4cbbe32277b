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
    YouTubeServices services,
    SourceGate<YouTubeTrendingSource> gate,
    YouTubeQuota quota,
    SearchPlan searches,
    SharedMemory memory,
    PlatformPictures pictures,
    IOptions<YouTubeOptions> options,
    TimeProvider time,
    ILogger<YouTubeTrendingSource> log)
    : ITrendingSource
{
    /// <summary>Where YouTube's charts end.</summary>
    public const int MaxVideos = 200;

    private const string KeySetting = "YOUTUBE_API_KEY";

    private const int PageSize = 50;

    // Pages may be shorter than asked for, but a chart that never ends must not eat the day's units.
    private const int MaxPages = 2 * MaxVideos / PageSize;

    // Any height will do: only the player's shape matters.
    private const int PlayerHeight = 720;

    private static readonly TimeSpan MissingChartKept = TimeSpan.FromDays(1);

    private static readonly TimeSpan SearchedBack = TimeSpan.FromDays(7);

    // Finds outlive a budget of searches that somebody else has used up.
    private static readonly TimeSpan FindsKept = TimeSpan.FromDays(2);

    private static readonly Dictionary<string, string> CategoryIds = new() { ["Music"] = "10", ["Gaming"] = "20", ["Movies"] = "30" };

    private static readonly Repeatable<string> Parts = new(["snippet", "contentDetails", "statistics", "status", "player"]);

    public Platform Platform => Platform.YouTube;

    public IReadOnlyList<string> Categories => Trending.Categories.All;

    public string? WhyOff => options.Value.ApiKey.Length > 0 ? gate.WhyOff : $"YouTube is off: set {KeySetting}.";

    public async Task<string?> ReadWhyOffAsync() => WhyOff ?? await gate.ReadWhyOffAsync();

    public IReadOnlyList<string> PartsOf(string category) => category == Trending.Categories.General ? [.. CategoryIds.Keys] : [];

    // The General chart asks for the counts of what was found.
    public ChartCost CostOf(string category) => new(
        EnumText<YouTubeBucket>.Of(YouTubeBucket.General),
        options.Value.CostList * (category == Trending.Categories.General ? 1 : MaxVideos / PageSize));

    public Task<FetchedChart> FetchAsync(
        string region, string category, IReadOnlyList<IReadOnlyList<TrendingVideo>> parts, CancellationToken cancellationToken) =>
        gate.FetchAsync(this, region, category, async () =>
        {
            using var youtube = services.CreatePublic();
            return category == Trending.Categories.General
                ? await ComposeAsync(youtube, region, parts, cancellationToken)
                : await FetchCategoryAsync(youtube, region, category, cancellationToken);
        });

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
            catch (PlatformException e) when (e.Code == "videoChartNotFound")
            {
                await memory.SetAsync(missing, "1", MissingChartKept);
                log.LogInformation("YouTube has no chart {Category} in {Region}", category, region);
            }
        }

        var found = await SearchAsync(youtube, region, category, cancellationToken);
        return found.Videos.Count > 0
            ? found
            : throw new PlatformException(
                Remedy.GiveUp, "chart_not_found", $"YouTube has no {category} chart in {Regions.NameOf(region)}. Choose another category or region.");
    }

    private async Task<FetchedChart> FetchChartAsync(YouTubeService youtube, string region, string category, CancellationToken cancellationToken)
    {
        var items = new List<Video?>();
        string? pageToken = null;
        for (var pages = 0; pages < MaxPages && items.Count < MaxVideos; pages++)
        {
            var request = ListRequest(youtube);
            request.Chart = "mostPopular";
            request.RegionCode = region;
            request.VideoCategoryId = CategoryIds[category];
            request.MaxResults = PageSize;
            request.PageToken = pageToken;
            var page = await CallAsync(youtube, request, YouTubeBucket.General, cancellationToken);
            items.AddRange(page.Items ?? []);
            pageToken = page.NextPageToken;
            if (string.IsNullOrEmpty(pageToken))
                break;
        }

        return Chart(items, "YouTube mostPopular");
    }

    private async Task<FetchedChart> ComposeAsync(
        YouTubeService youtube, string region, IReadOnlyList<IReadOnlyList<TrendingVideo>> parts, CancellationToken cancellationToken)
    {
        var found = await TrySearchAsync(youtube, region, cancellationToken);
        var lists = found is null ? parts : [.. parts, found.Videos];
        if (lists.All(list => list.Count == 0))
            throw new PlatformException(Remedy.Retry, "chart_not_found", $"None of YouTube's charts of {Regions.NameOf(region)} can be had right now.");

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
        catch (PlatformException e)
        {
            log.LogWarning("The search for {Region} is left out: {Code}", region, e.Code);
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

        var request = ListRequest(youtube);
        request.Id = new Repeatable<string>(ids);
        var answer = await CallAsync(youtube, request, YouTubeBucket.General, cancellationToken);
        return Chart(answer.Items ?? [], "YouTube search, most viewed this week");
    }

    private async Task<string[]> SearchIdsAsync(YouTubeService youtube, string region, string category, CancellationToken cancellationToken)
    {
        var key = $"trending:youtube:search:{region}:{category}";
        var kept = Finds.Parse(await memory.GetAsync(key));
        if (kept is not null && time.GetUtcNow() - kept.At < await searches.IntervalAsync(region, category))
            return kept.Ids;

        try
        {
            var found = new Finds(time.GetUtcNow(), await FindAsync(youtube, region, category, cancellationToken));
            await memory.SetAsync(key, found.ToString(), FindsKept);
            return found.Ids;
        }
        catch (PlatformException e) when (kept is not null)
        {
            log.LogInformation("The last finds for {Region} {Category} are kept: {Code}", region, category, e.Code);
            return kept.Ids;
        }
    }

    private async Task<string[]> FindAsync(YouTubeService youtube, string region, string category, CancellationToken cancellationToken)
    {
        var request = youtube.Search.List("snippet");
        request.Type = "video";
        request.Order = "viewCount";
        request.PublishedAfter = (time.GetUtcNow() - SearchedBack).UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        request.RegionCode = region;
        request.VideoCategoryId = CategoryIds.GetValueOrDefault(category);
        request.MaxResults = PageSize;
        var answer = await CallAsync(youtube, request, YouTubeBucket.Search, cancellationToken);
        return [.. (answer.Items ?? []).Select(item => item?.Id?.VideoId).OfType<string>().Where(IsId).Distinct()];
    }

    private static bool IsId(string id) => id.Length is > 0 and <= 64 && id.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_');

    private FetchedChart Chart(IEnumerable<Video?> items, string source)
    {
        var read = items.Select(item => YouTubeMapping.ToTrendingVideo(item, pictures, options.Value.WatchUrlOf)).ToList();
        var videos = read.OfType<TrendingVideo>().DistinctBy(video => video.PlatformVideoId).Take(MaxVideos).ToList();
        return new FetchedChart(videos, source, read.Count(video => video is null));
    }

    private static VideosResource.ListRequest ListRequest(YouTubeService youtube)
    {
        var request = youtube.Videos.List(Parts);
        request.MaxHeight = PlayerHeight;
        return request;
    }

    private Task<T> CallAsync<T>(YouTubeService youtube, YouTubeRequest<T> request, YouTubeBucket bucket, CancellationToken cancellationToken) where T : class =>
        gate.AskInTurnAsync(async () =>
        {
            // The plan leaves the reserve to readers, and a reader who waits for a chart leaves half of it to uploads.
            await quota.SpendAsync(bucket, reserve: QuotaBucket.ReserveOf(options.Value.LimitOf(bucket)) / 2);
            try
            {
                return await request.ExecuteAsync(cancellationToken)
                    ?? throw new PlatformException(Remedy.Retry, "youtube_unreadable", "YouTube answered nothing.");
            }
            catch (Exception e) when (YouTubeErrors.ToPlatformException(e, time.GetUtcNow(), cancellationToken, KeySetting) is { } known)
            {
                throw await quota.NoteAsync(Asked(known, youtube), bucket);
            }
        }, cancellationToken);

    /// <summary>With the wish of the answer, which the library's exception does not tell.</summary>
    private PlatformException Asked(PlatformException e, YouTubeService youtube) =>
        e is { Remedy: Remedy.Retry, RetryAfter: null, InnerException: GoogleApiException } && youtube.RetryAfter?.WaitFrom(time.GetUtcNow()) is { } wish
            ? new PlatformException(e.Remedy, e.Code, e.Message, wish, e.InnerException)
            : e;

    /// <summary>What a search found, and when.</summary>
    private sealed record Finds(DateTimeOffset At, string[] Ids)
    {
        public static Finds? Parse(string? text) =>
            text?.Split(' ') is [var at, var ids] && long.TryParse(at, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
                ? new Finds(DateTimeOffset.FromUnixTimeSeconds(seconds), ids.Split(',', StringSplitOptions.RemoveEmptyEntries))
                : null;

        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{At.ToUnixTimeSeconds()} {string.Join(',', Ids)}");
    }
}
