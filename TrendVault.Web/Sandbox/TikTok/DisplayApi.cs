using System.Globalization;
using System.Text.Json.Serialization;
using TrendVault.Web.Pages.Shared;
using TrendVault.Web.Sandbox.Catalogue;

namespace TrendVault.Web.Sandbox.TikTok;

/// <summary>TikTok's Display API: a creator's own public posts, which are the drafts that were posted, listed or by their ids.</summary>
internal static class DisplayApi
{
    private const int CallsPerMinute = 600;
    private const int LargestPage = 20;

    private static readonly string[] Fields =
        ["id", "create_time", "duration", "title", "view_count", "like_count", "comment_count", "share_count", "share_url"];

    public static void MapDisplay(this WebApplication app)
    {
        var api = app.MapGroup("/v2/video").AddEndpointFilter(TikTokPaths.RequireSlashAsync);
        api.MapPost("/list/", (HttpContext context, CreatorGrants grants, DraftDesk desk, SandboxAddress address, TimeProvider time) =>
            PublishingApi.Refusing(() => ListAsync(context, grants, desk, address, time)));
        api.MapPost("/query/", (HttpContext context, CreatorGrants grants, DraftDesk desk, SandboxAddress address, TimeProvider time) =>
            PublishingApi.Refusing(() => QueryAsync(context, grants, desk, address, time)));
    }

    private static async Task<IResult> ListAsync(HttpContext context, CreatorGrants grants, DraftDesk desk, SandboxAddress address, TimeProvider time)
    {
        var (creator, fields) = Read(context, grants, desk);
        var body = await PublishingApi.ReadAsync<ListBody>(context);
        if (body.MaxCount is < 1 or > LargestPage)
            throw TikTokRefusal.Params("The max count is invalid.");

        var posts = desk.Posts(creator).Where(post => body.Cursor is null or 0 || MillisecondsOf(post) < body.Cursor).ToList();
        var page = posts.Take(body.MaxCount ?? LargestPage).ToList();
        return PublishingApi.Ok(new
        {
            videos = page.Select(post => Show(post, fields, address, time)),
            cursor = page.Count > 0 ? MillisecondsOf(page[^1]) : body.Cursor ?? 0,
            has_more = posts.Count > page.Count,
        });
    }

    private static async Task<IResult> QueryAsync(HttpContext context, CreatorGrants grants, DraftDesk desk, SandboxAddress address, TimeProvider time)
    {
        var (creator, fields) = Read(context, grants, desk);
        var ids = (await PublishingApi.ReadAsync<QueryBody>(context)).Filters?.VideoIds ?? [];
        if (ids.Count is 0 or > LargestPage)
            throw TikTokRefusal.Params("The video ids are invalid.");

        return PublishingApi.Ok(new { videos = desk.Posts(creator).Where(post => ids.Contains(post.PostId!)).Select(post => Show(post, fields, address, time)) });
    }

    private static (Creator Creator, string[] Fields) Read(HttpContext context, CreatorGrants grants, DraftDesk desk)
    {
        var creator = PublishingApi.CallerOf(context, grants, CreatorScopes.List);
        if (!desk.TryCall("display", creator, CallsPerMinute))
            throw PublishingApi.TooMany();
        var fields = context.Request.Query["fields"].ToString().Split(',', StringSplitOptions.RemoveEmptyEntries);
        return fields.Length > 0 && fields.All(field => Fields.Contains(field))
            ? (creator, fields)
            : throw TikTokRefusal.Params("The fields are missing or unknown.");
    }

    private static Dictionary<string, object?> Show(Draft post, string[] fields, SandboxAddress address, TimeProvider time)
    {
        var hours = (long)(time.GetUtcNow() - post.PostedAt!.Value).TotalHours;
        var dice = Dice.Of(200, long.Parse(post.PostId!, CultureInfo.InvariantCulture));
        var views = (1 + hours) * dice.Between(20, 2_000, "views");
        var all = new Dictionary<string, object?>
        {
            ["id"] = post.PostId,
            ["create_time"] = post.PostedAt.Value.ToUnixTimeSeconds(),
            ["duration"] = (long)Math.Round(post.Seconds),
            ["title"] = "",
            ["view_count"] = views,
            ["like_count"] = views / 12,
            ["comment_count"] = views / 300,
            ["share_count"] = views / 150,
            ["share_url"] = address.Of($"@creator/video/{post.PostId}?utm_campaign=sandbox"),
        };
        return all.Where(field => fields.Contains(field.Key)).ToDictionary();
    }

    private static long MillisecondsOf(Draft post) => post.PostedAt!.Value.ToUnixTimeMilliseconds();

    private sealed record ListBody([property: JsonPropertyName("max_count")] int? MaxCount, [property: JsonPropertyName("cursor")] long? Cursor);

    private sealed record QueryBody([property: JsonPropertyName("filters")] QueryFilters? Filters);

    private sealed record QueryFilters([property: JsonPropertyName("video_ids")] IReadOnlyList<string>? VideoIds);
}
