namespace TrendVault.Web.Sandbox.YouTube;

/// <summary>A refusal in YouTube's envelope. Thrown wherever a rule is broken, turned into the answer by <see cref="YouTubeFrontDoor"/>.</summary>
internal sealed class YouTubeError(int code, string reason, string message, string domain = "youtube.parameter", string? location = null, string locationType = "parameter")
    : Exception(message)
{
    public static YouTubeError Missing(string parameter) =>
        new(400, "missingRequiredParameter", $"No filter selected or required parameter missing: {parameter}.", location: parameter);

    public static YouTubeError Invalid(string parameter, string message, string reason = "invalidParameter") =>
        new(400, reason, message, location: parameter);

    public static YouTubeError NoToken() =>
        new(401, "required", "Login Required.", "global", "Authorization", "header");

    public static YouTubeError BadToken() =>
        new(401, "authError", "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid authentication credential.", "global", "Authorization", "header");

    public static YouTubeError NoScope() =>
        new(403, "insufficientPermissions", "Request had insufficient authentication scopes.", "global");

    public static YouTubeError OverQuota() =>
        new(403, "quotaExceeded", "The request cannot be completed because you have exceeded your <a href=\"/youtube/v3/getting-started#quota\">quota</a>.", "youtube.quota");

    public static YouTubeError BadKey() =>
        new(400, "keyInvalid", "API key not valid. Please pass a valid API key.", "usageLimits");

    public IResult ToResult() => new Answer(code, SandboxJson.Ok(Envelope()), code);

    private object Envelope()
    {
        object[] details = Detail is { } detail
            ? [new Dictionary<string, string> { ["@type"] = "type.googleapis.com/google.rpc.ErrorInfo", ["reason"] = detail, ["domain"] = "googleapis.com" }]
            : [];
        return new
        {
            error = new
            {
                code,
                message = Message,
                errors = new[] { new { message = Message, domain, reason, location, locationType = location is null ? null : locationType } },
                status = Status,
                details = details.Length > 0 ? details : null,
            },
        };
    }

    private string? Status => code switch
    {
        401 => "UNAUTHENTICATED",
        403 when reason == "insufficientPermissions" => "PERMISSION_DENIED",
        400 when reason == "keyInvalid" => "INVALID_ARGUMENT",
        _ => null,
    };

    private string? Detail => reason switch
    {
        "keyInvalid" => "API_KEY_INVALID",
        "insufficientPermissions" => "ACCESS_TOKEN_SCOPE_INSUFFICIENT",
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
