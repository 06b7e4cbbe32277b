using System.Text.Json;

namespace TrendVault.Web.Sandbox.TikTok;

/// <summary>TikTok's Research API: the query of videos.</summary>
internal static class ResearchApi
{
    private const int LongestBody = 64 * 1024;

    public static void MapResearch(this WebApplication app) =>
        app.MapPost("/v2/research/video/query/", QueryAsync).AddEndpointFilter(TikTokPaths.RequireSlashAsync);

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
