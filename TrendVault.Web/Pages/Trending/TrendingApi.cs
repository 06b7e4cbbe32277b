using System.Globalization;
using TrendVault.Core;
using TrendVault.Core.Data;
using TrendVault.Core.Trending;
using TrendVault.Web.Infrastructure;

namespace TrendVault.Web.Pages.Trending;

/// <summary>The JSON API of Trending. Charts are public; the quota is for who is signed in.</summary>
internal static class TrendingApi
{
    public static void MapTrendingApi(this WebApplication app)
    {
        var api = app.MapApi("/api/trending");
        api.MapGet("", ReadAsync).AllowAnonymous();
        api.MapGet("regions", () => Envelope.Ok(Regions.All)).AllowAnonymous();
        api.MapGet("categories", () => Envelope.Ok(Categories.All)).AllowAnonymous();
        api.MapGet("quota", ReadQuotaAsync);
        api.MapGet("{platform}/{platformVideoId}", FindAsync).AllowAnonymous();
    }

    private static async Task<IResult> ReadAsync(HttpContext context, TrendingService trending, TimeProvider time, CancellationToken cancellationToken)
    {
        if (TrendingQuery.TryParse(context.Request.Query, out var field, out var problem) is not { } query)
            return Envelope.Invalid(field, problem);

        try
        {
            var offset = (query.Page - 1L) * query.Limit;
            var slice = await trending.ReadAsync(query.Selection, offset, query.Limit, cancellationToken);
            var platform = query.Platform is { } one ? EnumText<Platform>.Of(one) : "ALL";
            return Envelope.Ok(PageJson.Of(slice, query, offset), new { timestamp = time.GetUtcNow(), region = query.Region, platform });
        }
        catch (PlatformException e)
        {
            return Unavailable(context.Response, e);
        }
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

    private sealed record PageJson(
        IEnumerable<VideoJson> Videos, PaginationJson Pagination, bool Cached, DateTimeOffset CacheExpiry, IEnumerable<ChartJson> Charts)
    {
        public static PageJson Of(ChartSlice slice, TrendingQuery query, long offset) => new(
            slice.Videos.Select(VideoJson.Of),
            new PaginationJson(query.Page, query.Limit, slice.Total, offset + query.Limit < slice.Total),
            slice.From.Cached,
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
