namespace TrendVault.Web.Sandbox.YouTube;

/// <summary>A refusal in YouTube's envelope. Thrown wherever a rule is broken, turned into the answer by <see cref="YouTubeFrontDoor"/>.</summary>
internal sealed class YouTubeError(int code, string reason, string message, string domain = "youtube.parameter", string? location = null, string locationType = "parameter")
    : Exception(message)
{
    private const string PerDay = " per day";

    /// <summary>The reason of the newer errors, which the list of errors does not have.</summary>
    public string? Detail { get; init; }

    public static YouTubeError Missing(string parameter) =>
        new(400, "missingRequiredParameter", $"No filter selected or required parameter missing: {parameter}.", location: parameter);

    public static YouTubeError Invalid(string parameter, string message, string reason = "invalidParameter") =>
        new(400, reason, message, location: parameter);

    public static YouTubeError NoToken() =>
        new(401, "required", "Login Required.", "global", "Authorization", "header");

    public static YouTubeError BadToken() =>
        new(401, "authError", "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid authentication credential.", "global", "Authorization", "header");

    public static YouTubeError NoScope() =>
        new(403, "insufficientPermissions", "Request had insufficient authentication scopes.", "global") { Detail = "ACCESS_TOKEN_SCOPE_INSUFFICIENT" };

    /// <summary>As of a bucket that is empty: searches and uploads are told apart from the units.</summary>
    public static YouTubeError OverQuota(string bucket) => bucket switch
    {
        QuotaBook.Search => Of(429, "Search Queries" + PerDay),
        QuotaBook.Uploads => Of(429, "Video Uploads" + PerDay),
        _ => new(403, "quotaExceeded", "The request cannot be completed because you have exceeded your <a href=\"/youtube/v3/getting-started#quota\">quota</a>.", "youtube.quota"),
    };

    public static YouTubeError BadKey() => Of(400, "API_KEY_INVALID");

    /// <summary>A refusal by its reason or the name of its limit, in the shape in which it was recorded, which may have a status of its own.</summary>
    public static YouTubeError Of(int code, string reason) => reason switch
    {
        "API_KEY_INVALID" => new(400, "badRequest", "API key not valid. Please pass a valid API key.", "global") { Detail = reason },
        "API_KEY_HTTP_REFERRER_BLOCKED" => Blocked(reason, "Requests from referer &lt;empty&gt; are blocked."),
        "API_KEY_IP_ADDRESS_BLOCKED" => Blocked(
            reason, "The provided API key has an IP address restriction. The originating IP address of the call (203.0.113.7) violates this restriction."),
        "API_KEY_SERVICE_BLOCKED" => Blocked(reason, "Requests to this API youtube method youtube.api.v3.V3DataVideoService.List are blocked."),
        "API_KEY_ANDROID_APP_BLOCKED" => Blocked(reason, "Requests from this Android client application &lt;empty&gt; are blocked."),
        "API_KEY_IOS_APP_BLOCKED" => Blocked(reason, "Requests from this iOS client application &lt;empty&gt; are blocked."),
        "SERVICE_DISABLED" => new(
            403,
            "accessNotConfigured",
            "YouTube Data API v3 has not been used in project 203011370 before or it is disabled. Enable it, then retry. If you enabled this API recently, wait a few minutes.",
            "usageLimits")
        { Detail = reason },
        _ when reason.EndsWith(PerDay, StringComparison.Ordinal) => Spent(reason[..^PerDay.Length]),
        _ => new(code, reason, "Ordered.", "global"),
    };

    public IResult ToResult() => new Answer(code, SandboxJson.Ok(Envelope()), code);

    private static YouTubeError Blocked(string reason, string message) => new(403, "forbidden", message, "global") { Detail = reason };

    private static YouTubeError Spent(string metric) => new(
        429,
        "rateLimitExceeded",
        $"Quota exceeded for quota metric '{metric}' and limit '{metric}{PerDay}' of service 'youtube.googleapis.com' for consumer 'project_number:203011370'.",
        "global");

    private object Envelope() => new
    {
        error = new
        {
            code,
            message = Message,
            errors = new[] { new { message = Message, domain, reason, location, locationType = location is null ? null : locationType } },
            status = Status,
            details = Detail is null ? null : new[] { Info(Detail) },
        },
    };

    private static Dictionary<string, string> Info(string reason) =>
        new() { ["@type"] = "type.googleapis.com/google.rpc.ErrorInfo", ["reason"] = reason, ["domain"] = "googleapis.com" };

    private string? Status => (code, Detail) switch
    {
        (401, _) => "UNAUTHENTICATED",
        (429, _) when reason == "rateLimitExceeded" => "RESOURCE_EXHAUSTED",
        (400, not null) => "INVALID_ARGUMENT",
        (403, not null) => "PERMISSION_DENIED",
        _ => null,
    };

    private sealed class Answer(int status, IResult body, int code) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            httpContext.Response.StatusCode = status;
            if (code == 401)
                httpContext.Response.Headers.WWWAuthenticate = "Bearer realm=\"https://accounts.google.com/\", error=\"invalid_token\"";
            return body.ExecuteAsync(httpContext);
        }
    }
}
