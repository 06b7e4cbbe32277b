using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization;
using TrendVault.Web.Sandbox.Faults;

namespace TrendVault.Web.Sandbox.TikTok;

/// <summary>TikTok's API for creators: who they are, and drafts into their inbox, chunk by chunk.</summary>
internal static class PublishingApi
{
    // The first is given out; the second is how it was before.
    private static readonly string[] UploadPaths = ["/upload", "/video/"];

    private const long LargestFile = 4L << 30;
    private const int MostChunks = 1000;

    // TikTok writes MB, its example is decimal: these are inside both readings.
    private const long SmallestChunk = 5 * 1024 * 1024;
    private const long LargestChunk = 64_000_000;

    // Its page says 128 MB; of what is more than this nobody has seen it take any since August 2026.
    private const long LargestLastChunk = LargestChunk + 5_000_000;

    // Of a creator's picture at its address.
    private static readonly TimeSpan PictureLasts = TimeSpan.FromHours(2);

    private static readonly string[] Types = ["video/mp4", "video/quicktime", "video/webm"];
    private static readonly string[] BasicFields = ["open_id", "union_id", "avatar_url", "avatar_url_100", "avatar_large_url", "display_name"];

    public static void MapPublishing(this WebApplication app)
    {
        var api = app.MapGroup("/v2").AddEndpointFilter(TikTokPaths.RequireSlashAsync);
        api.MapGet("/user/info/", (HttpContext context, CreatorGrants grants, SandboxAddress address, TimeProvider time) =>
            Refusing(() => Task.FromResult(UserInfo(context, grants, address, time))));
        api.MapPost("/post/publish/inbox/video/init/", (HttpContext context, CreatorGrants grants, DraftDesk desk, SandboxAddress address, SandboxFaults faults) =>
            Refusing(() => InitAsync(context, grants, desk, address, faults)));
        api.MapPost("/post/publish/status/fetch/", (HttpContext context, CreatorGrants grants, DraftDesk desk, SandboxFaults faults) =>
            Refusing(() => StatusAsync(context, grants, desk, faults.Switches)));
        foreach (var path in UploadPaths)
            app.MapPut(path, PutAsync);
    }

    internal static async Task<IResult> Refusing(Func<Task<IResult>> answer)
    {
        try
        {
            return await answer();
        }
        catch (TikTokRefusal refusal)
        {
            return refusal.ToResult();
        }
    }

    private static IResult UserInfo(HttpContext context, CreatorGrants grants, SandboxAddress address, TimeProvider time)
    {
        var creator = CallerOf(context, grants, CreatorScopes.Basic);
        var fields = (context.Request.Query["fields"].FirstOrDefault() ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries);
        if (fields.Length == 0 || fields.Any(field => !BasicFields.Contains(field)))
            throw new TikTokRefusal(401, "scope_not_authorized", "The user did not authorize the scope required for completing this request.");

        var face = address.Of(string.Create(CultureInfo.InvariantCulture, $"tt/{creator.OpenId}.jpg?x-expires={(time.GetUtcNow() + PictureLasts).ToUnixTimeSeconds()}"));
        var all = new Dictionary<string, string>
        {
            ["open_id"] = creator.OpenId,
            ["union_id"] = "union-" + creator.OpenId,
            ["avatar_url"] = face,
            ["avatar_url_100"] = face,
            ["avatar_large_url"] = face,
            ["display_name"] = creator.Name,
        };
        return Ok(new { user = all.Where(field => fields.Contains(field.Key)).ToDictionary() });
    }

    private static async Task<IResult> InitAsync(HttpContext context, CreatorGrants grants, DraftDesk desk, SandboxAddress address, SandboxFaults faults)
    {
        var switches = faults.Switches;
        var creator = CallerOf(context, grants, CreatorScopes.Upload);
        if (!desk.TryCall("init", creator, switches.InitsPerMinute))
            throw TooMany();
        var source = (await ReadAsync<InitBody>(context)).SourceInfo ?? throw Param("source_info is missing.");
        if (source.Source == "PULL_FROM_URL")
            throw new TikTokRefusal(403, "url_ownership_unverified", "The URL's ownership is not verified.");
        if (source is not { Source: "FILE_UPLOAD", VideoSize: > 0 and <= LargestFile, ChunkSize: > 0 })
            throw Param("The source info is invalid.");
        CheckChunks(source.VideoSize, source.ChunkSize, source.TotalChunkCount);

        var draft = desk.Begin(creator, source.VideoSize, source.ChunkSize, source.TotalChunkCount)
            ?? throw new TikTokRefusal(403, "spam_risk_too_many_pending_share", "Too many pending shares in the last 24 hours.");
        await faults.PassAsync(draft.HoldName, -1, context);
        return Ok(new
        {
            publish_id = draft.PublishId,
            upload_url = switches.UploadUrl ?? address.Of($"upload?upload_id={draft.UploadId}&upload_token={draft.UploadToken}"),
        });
    }

    private static void CheckChunks(long size, long chunk, int count)
    {
        if (chunk > size || count != size / chunk || count > MostChunks)
            throw Param("The total chunk count is invalid.");
        var isValid = count == 1
            ? chunk == size && size <= LargestChunk
            : chunk is >= SmallestChunk and <= LargestChunk && size - (chunk * (count - 1)) <= LargestLastChunk;
        if (!isValid)
            throw Param("The chunk size is invalid");
    }

    private static async Task<IResult> StatusAsync(HttpContext context, CreatorGrants grants, DraftDesk desk, SandboxSwitches switches)
    {
        var creator = CallerOf(context, grants, CreatorScopes.Upload);
        if (!desk.TryCall("status", creator, switches.StatusesPerMinute))
            throw TooMany();
        if (desk.Find((await ReadAsync<StatusBody>(context)).PublishId) is not { } draft)
            throw new TikTokRefusal(400, "invalid_publish_id", "The publish id does not exist.");
        if (draft.OpenId != creator.OpenId)
            throw new TikTokRefusal(400, "token_not_authorized_for_specified_publish_id", "The publish id is another user's.");

        desk.Poll(draft);
        // Where the switch says so the count of bytes is missing, as it may be at the real one.
        return Ok(new
        {
            status = draft.Status,
            fail_reason = draft.FailReason,
            publicaly_available_post_id = desk.NamedPost(draft) is { } post ? new[] { long.Parse(post, CultureInfo.InvariantCulture) } : [],
            uploaded_bytes = switches.HideUploadedBytes ? (long?)null : draft.Stored,
        });
    }

    private static async Task<IResult> PutAsync(HttpContext context, DraftDesk desk)
    {
        var request = context.Request;
        if (desk.FindUpload(request.Query["upload_id"]) is not { } draft)
            return Results.NotFound();
        if (draft.UploadToken != request.Query["upload_token"] || desk.IsExpired(draft))
            return Results.StatusCode(StatusCodes.Status403Forbidden);
        // Stricter than the real one: the address is the credential, and a token beside it would be one given away.
        if (request.Headers.Authorization.Count > 0
            || !Types.Contains(request.ContentType)
            || !ContentRangeHeaderValue.TryParse(request.Headers.ContentRange, out var range)
            || range.Length != draft.Size
            || request.ContentLength != range.To - range.From + 1)
        {
            return Results.BadRequest();
        }

        if (range.From != draft.Stored || draft.Stored == draft.Size)
            return Told(context, draft, StatusCodes.Status416RangeNotSatisfiable);
        if (request.ContentLength != draft.NextChunk)
            return Results.BadRequest();
        await desk.AppendAsync(draft, context);
        return Told(context, draft, draft.Stored == draft.Size ? StatusCodes.Status201Created : StatusCodes.Status206PartialContent);
    }

    private static IResult Told(HttpContext context, Draft draft, int status)
    {
        context.Response.Headers.ContentRange = $"bytes 0-{draft.Stored}/{draft.Size}";
        return Results.StatusCode(status);
    }

    internal static Creator CallerOf(HttpContext context, CreatorGrants grants, string scope)
    {
        var header = context.Request.Headers.Authorization.ToString();
        var caller = header.StartsWith("Bearer ", StringComparison.Ordinal) ? grants.FindByAccessToken(header[7..]) : null;
        if (caller is null)
            throw new TikTokRefusal(401, "access_token_invalid", "The access token is invalid or not found in the request.");
        return caller.Scopes.Contains(scope)
            ? caller.Creator
            : throw new TikTokRefusal(401, "scope_not_authorized", "The user did not authorize the scope required for completing this request.");
    }

    internal static async Task<T> ReadAsync<T>(HttpContext context)
    {
        if (!context.Request.HasJsonContentType())
            throw Param("The request body must be JSON.");
        try
        {
            return await context.Request.ReadFromJsonAsync<T>(context.RequestAborted) ?? throw Param("The request body is empty.");
        }
        catch (JsonException)
        {
            throw Param("The request body is not valid JSON.");
        }
    }

    internal static IResult Ok(object data) => Results.Json(new { data, error = TikTokError.Part("ok", "") }, SandboxJson.Lean);

    private static TikTokRefusal Param(string message) => TikTokRefusal.Params(message);

    internal static TikTokRefusal TooMany() => new(429, "rate_limit_exceeded", "The request rate limit of this user is exceeded.");

    private sealed record InitBody([property: JsonPropertyName("source_info")] SourceInfo? SourceInfo);

    private sealed record SourceInfo(
        string? Source,
        [property: JsonPropertyName("video_size")] long VideoSize,
        [property: JsonPropertyName("chunk_size")] long ChunkSize,
        [property: JsonPropertyName("total_chunk_count")] int TotalChunkCount);

    private sealed record StatusBody([property: JsonPropertyName("publish_id")] string? PublishId);
}
