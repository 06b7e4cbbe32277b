using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using TrendVault.Core;
using TrendVault.Core.Data;
using TrendVault.Core.Trending;

namespace TrendVault.Web.Pages.Trending;

/// <summary>The JSON API of Trending, and what its pages need. Charts are public; the quota is for who is signed in.</summary>
internal static class TrendingApi
{
    private static readonly string[] GetOrHead = [HttpMethods.Get, HttpMethods.Head];

    public static IServiceCollection AddTrendingPages(this IServiceCollection services) => services.AddSingleton<KeptCards>();

    public static void MapTrendingApi(this WebApplication app)
    {
        var api = app.MapApi("/api/trending");
        api.MapMethods("", GetOrHead, ReadAsync).AllowAnonymous().TakesOnly("platform", "region", "category", "page", "limit");
        api.MapMethods("regions", GetOrHead, List(Regions.All)).AllowAnonymous().TakesOnly();
        api.MapMethods("categories", GetOrHead, List(Categories.All)).AllowAnonymous().TakesOnly();
        api.MapMethods("quota", GetOrHead, ReadQuotaAsync).TakesOnly();
        api.MapMethods("{platform}/{platformVideoId}", GetOrHead, FindAsync).AllowAnonymous().TakesOnly();
    }

    private static async Task<IResult> ReadAsync(
        HttpContext context, TrendingService trending, MinuteCache cache, KeptRequests kept, CancellationToken cancellationToken)
    {
        if (TrendingQuery.TryParse(context.Request.Query, out var field, out var problem) is not { } query)
            return Envelope.Invalid(field, problem);

        try
        {
            var now = await trending.OpenAsync(query.Selection, cancellationToken);
            var tag = now.Tag;
            var key = $"api {query.Platform} {query.Region} {query.Category} {query.Page} {query.Limit} {tag}";
            if (cache.Find<KeptAnswer>(key) is not { } answer)
            {
                answer = await MakeAsync(trending, now, query, cancellationToken);
                cache.Keep(key, answer, answer.Size);
            }

            kept.Keep(context, () => trending.FindOpened(query.Selection) == now, again => Of(again, cached: true).ExecuteAsync(again));
            return Of(context, now.Cached);

            IResult Of(HttpContext asked, bool cached) => Revalidation.IsKnown(asked, tag) ? Results.Empty : new Sent(answer, cached);
        }
        catch (PlatformException e)
        {
            return Unavailable(context.Response, e);
        }
    }

    private static async Task<KeptAnswer> MakeAsync(TrendingService trending, ChartsNow now, TrendingQuery query, CancellationToken cancellationToken)
    {
        var offset = (query.Page - 1L) * query.Limit;
        var slice = await trending.ReadAsync(now, offset, query.Limit, cancellationToken);
        var platform = query.Platform is { } one ? EnumText<Platform>.Of(one) : "ALL";
        return Sent.Make(PageJson.Of(slice, query, offset), new { timestamp = Sent.Mark, region = query.Region, platform });
    }

    /// <summary>A list that only another release changes.</summary>
    private static Func<HttpContext, IResult> List(IReadOnlyList<string> words)
    {
        var answer = Sent.Make(words, new { timestamp = Sent.Mark });
        var tag = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join(',', words))))[..16];
        return context => Revalidation.IsKnown(context, tag) ? Results.Empty : new Sent(answer, cached: true);
    }

    private static async Task<IResult> ReadQuotaAsync(TrendingQuota quota)
    {
        var buckets = await quota.ReadAsync();
        return Envelope.Ok(new { buckets });
    }

    private static async Task<IResult> FindAsync(string platform, string platformVideoId, TrendingStore store, CancellationToken cancellationToken)
    {
        if (!EnumText<Platform>.TryParse(platform, out var known))
            return Envelope.Invalid("platform", "platform must be youtube or tiktok.");
        return await store.FindVideoAsync(known, platformVideoId, userId: null, cancellationToken) is { } video
            ? Envelope.Ok(VideoJson.Of(video))
            : Envelope.NotFound("video");
    }

    private static IResult Unavailable(HttpResponse response, PlatformException e)
    {
        var seconds = Math.Clamp(e.RetryAfter?.TotalSeconds ?? 30, 1, 86_400);
        response.Headers.RetryAfter = Math.Ceiling(seconds).ToString(CultureInfo.InvariantCulture);
        return Envelope.Error(StatusCodes.Status503ServiceUnavailable, e.Code, e.Message);
    }

    /// <summary>A kept answer, with what is not the same each time.</summary>
    private sealed class Sent(KeptAnswer answer, bool cached) : IResult
    {
        /// <summary>Where the time goes. JSON has no other quote that is not escaped, so neither mark can stand in a platform's text.</summary>
        public const string Mark = "now";

        private static readonly string[] Marks = ["\"cached\":true", $"\"timestamp\":\"{Mark}\""];

        public static KeptAnswer Make<T>(T data, object meta) => new(Envelope.ToBytes(data, meta), Marks);

        public Task ExecuteAsync(HttpContext httpContext) => answer.SendAsync(
            httpContext.Response,
            "application/json; charset=utf-8",
            cached ? Marks[0] : "\"cached\":false",
            $"\"timestamp\":{JsonSerializer.Serialize(Envelope.Now(), Json.Options)}");
    }

    private sealed record PageJson(
        IEnumerable<VideoJson> Videos, PaginationJson Pagination, bool Cached, DateTimeOffset CacheExpiry, IEnumerable<ChartJson> Charts)
    {
        public static PageJson Of(ChartSlice slice, TrendingQuery query, long offset) => new(
            slice.Videos.Select(VideoJson.Of),
            new PaginationJson(query.Page, query.Limit, slice.Total, offset + query.Limit < slice.Total),
            Cached: true,
            slice.From.ExpiresAt,
            [.. slice.From.Charts.Select(ChartJson.Of), .. slice.From.Missing.Select(ChartJson.Of)]);
    }

    private sealed record PaginationJson(int Page, int Limit, int Total, bool HasMore);

    /// <summary>Where a chart came from and how old it is; the last two say why it is old, or not there.</summary>
    private sealed record ChartJson(Platform Platform, string? Source, DateTimeOffset? FetchedAt, bool Stale, string? Reason)
    {
        public static ChartJson Of(Chart chart) => new(chart.Platform, chart.Source, chart.FetchedAt, chart.StaleReason is not null, chart.StaleReason);

        public static ChartJson Of(MissingChart chart) => new(chart.Platform, null, null, true, chart.Reason.Message);
    }

    private sealed record VideoJson(
        Guid Id,
        Platform Platform,
        string PlatformVideoId,
        string Title,
        string? Description,
        string? ThumbnailUrl,
        long? ViewCount,
        long? LikeCount,
        string CreatorName,
        string? CreatorUrl,
        int? Duration,
        string VideoUrl,
        int? Rank,
        DateTimeOffset? PublishedAt,
        long? CommentCount,
        string? Licence)
    {
        public static VideoJson Of(ChartVideo video) => new(
            video.Id,
            video.Platform,
            video.PlatformVideoId,
            video.Title,
            video.Description,
            video.ThumbnailUrl,
            video.ViewCount,
            video.LikeCount,
            video.CreatorName,
            video.CreatorUrl,
            video.DurationSeconds,
            video.VideoUrl,
            video.Rank > 0 ? video.Rank : null,
            video.PublishedAt,
            video.CommentCount,
            video.Licence);
    }
}
