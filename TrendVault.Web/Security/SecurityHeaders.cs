using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace TrendVault.Web;

/// <summary>What every answer tells the browser to refuse, errors and static files included.</summary>
internal sealed class SecurityHeaders(
    RequestDelegate next, ImageOrigins images, PlatformPlayers players, Surroundings surroundings, IOptions<AppOptions> options, IWebHostEnvironment environment)
{
    private static readonly string[] ConsentOrigins = ["https://accounts.google.com", "https://www.tiktok.com"];

    private readonly string _beforeHost =
        $"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: {string.Join(' ', images.List)}; media-src 'self'; font-src 'self'; connect-src 'self' ";

    private readonly string _afterHost =
        "; manifest-src 'self'; "
        + $"form-action 'self' {string.Join(' ', surroundings.SandboxOrigin is { } sandbox ? [.. ConsentOrigins, sandbox] : ConsentOrigins)}; "
        + "frame-ancestors 'none'; base-uri 'none'; object-src 'none'";

    private readonly string _players = $"; frame-src {string.Join(' ', players.Origins)}";
    private readonly string _ownHost = new Uri(options.Value.Origin).Authority;

    // Nearly all requests name one host.
    private volatile Policies? _last;

    public Task InvokeAsync(HttpContext context)
    {
        context.Response.OnStarting(() =>
        {
            Write(context);
            return Task.CompletedTask;
        });
        return next(context);
    }

    private void Write(HttpContext context)
    {
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = Policy(context.Request);
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "same-origin";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers["Permissions-Policy"] = "camera=(), microphone=(), geolocation=()";
        if (options.Value.IsHttps)
            headers.StrictTransportSecurity = "max-age=31536000; includeSubDomains";
        // A file of the user's may be kept by the one browser that asks again each time, and so may a chart, which is nobody's, by all.
        if (IsPersonal(context) && headers.CacheControl.ToString() is not (CacheRules.OneReader or CacheRules.AnyReader))
            headers.CacheControl = "no-store";
    }

    private string Policy(HttpRequest request)
    {
        var (scheme, asked) = (request.IsHttps ? "wss" : "ws", request.Host.Value ?? "");
        if (_last is not { } policies || policies.Scheme != scheme || policies.Asked != asked)
        {
            var policy = $"{_beforeHost}{scheme}://{Host(request)}{_afterHost}";
            _last = policies = new Policies(scheme, asked, policy, policy + _players);
        }

        // Only the details of a video have a player to frame; they open over the wall.
        return request.Path.StartsWithSegments("/trending") ? policies.WithPlayers : policies.Plain;
    }

    // Without PUBLIC_URL the demo is reached as localhost or by a loopback address; no other Host gets into a header.
    private string Host(HttpRequest request) =>
        options.Value.PublicUrl is null && environment.IsDevelopment() && IsLoopback(request.Host.Host)
            ? request.Host.Value!
            : _ownHost;

    private static bool IsLoopback(string host) =>
        Uri.TryCreate($"http://{host}", UriKind.Absolute, out var uri) && uri.IsLoopback;

    private static bool IsPersonal(HttpContext context) =>
        context.Request.Path.StartsWithSegments("/api") || context.User.Identity is { IsAuthenticated: true };

    private sealed record Policies(string Scheme, string Asked, string Plain, string WithPlayers);
}

/// <summary>Who may keep an answer, if it asks before each use whether it is still right.</summary>
internal static class CacheRules
{
    /// <summary>The user's own browser.</summary>
    public const string OneReader = "private, no-cache";

    /// <summary>Proxies too.</summary>
    public const string AnyReader = "public, no-cache";
}

internal static class StaticFileCaching
{
    /// <summary>A versioned address (<c>?v=</c>, made of the content's hash) never changes its content; any other is asked for again.</summary>
    public static void Apply(HttpContext context) =>
        context.Response.Headers[HeaderNames.CacheControl] =
            context.Request.Query.ContainsKey("v") ? "public, max-age=31536000, immutable" : "no-cache";
}
