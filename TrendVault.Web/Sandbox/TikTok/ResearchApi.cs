using System.Text.Json;

namespace TrendVault.Web.Sandbox.TikTok;

/// <summary>TikTok's Research API: a token for the app's credentials, and the query of videos. Every path ends with a slash.</summary>
internal static class ResearchApi
{
    private const int LongestBody = 64 * 1024;

    public static void MapResearch(this WebApplication app)
    {
        app.MapPost("/v2/oauth/token/", TokenAsync).AddEndpointFilter(RequireSlashAsync);
        app.MapPost("/v2/research/video/query/", QueryAsync).AddEndpointFilter(RequireSlashAsync);
    }

    // The router takes both spellings, TikTok one.
    private static async ValueTask<object?> RequireSlashAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next) =>
        context.HttpContext.Request.Path.Value is [.., '/']
            ? await next(context)
            : TikTokError.Of(404, "not_found", "Unsupported path(Janus).");

    private static async Task<IResult> TokenAsync(HttpRequest request, AppTokens tokens)
    {
        if (!request.HasFormContentType)
            return TikTokError.Flat(400, "invalid_request", "Only `application/x-www-form-urlencoded` is accepted as Content-Type.");
        var form = await request.ReadFormAsync(request.HttpContext.RequestAborted);
        if (form["client_key"] != SandboxSettings.ResearchKey || form["client_secret"] != SandboxSettings.ResearchSecret)
            return TikTokError.Flat(401, "invalid_client", "Client key or secret is incorrect.");
        if (form["grant_type"] != "client_credentials")
            return TikTokError.Flat(400, "unsupported_grant_type", "Grant type is not supported by the authorization server.");

        var (token, seconds) = tokens.Issue();
        request.HttpContext.Response.Headers.CacheControl = "no-store";
        return SandboxJson.Ok(new { access_token = token, expires_in = seconds, token_type = "Bearer" });
    }

    private static async Task<IResult> QueryAsync(HttpContext context, AppTokens tokens, QuotaBook quota, ResearchDesk desk)
    {
        var header = context.Request.Headers.Authorization.ToString();
        if (!header.StartsWith("Bearer ", StringComparison.Ordinal) || !tokens.IsAlive(header[7..]))
            return TikTokError.Of(401, "access_token_invalid", "The access token is invalid or not found in the request.");
        if (!quota.TryCharge(QuotaBook.ResearchRequests, 1))
            return OverQuota();

        try
        {
            var found = desk.Answer(ResearchQuery.Read(await ReadBodyAsync(context.Request)), ResearchVideos.FieldsOf(context.Request.Query["fields"]));
            return quota.TryCharge(QuotaBook.ResearchRecords, found.Videos.Count)
                ? Results.Json(new { data = found, error = TikTokError.Part("ok", "") }, SandboxJson.Lean)
                : OverQuota();
        }
        catch (TikTokRefusal refusal)
        {
            return refusal.ToResult();
        }
    }

    private static async Task<JsonElement> ReadBodyAsync(HttpRequest request)
    {
        if (!request.HasJsonContentType() || request.ContentLength > LongestBody)
            throw TikTokRefusal.Params("The request body must be JSON.");
        try
        {
            return await JsonSerializer.DeserializeAsync<JsonElement>(request.Body, cancellationToken: request.HttpContext.RequestAborted);
        }
        catch (JsonException)
        {
            throw TikTokRefusal.Params("The request body is not valid JSON.");
        }
    }

    private static IResult OverQuota() => TikTokError.Of(429, "daily_quota_limit_exceeded", "The daily quota limit is exceeded.");
}
