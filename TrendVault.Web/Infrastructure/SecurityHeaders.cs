using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace TrendVault.Web.Infrastructure;

/// <summary>What every answer tells the browser to refuse, errors and static files included.</summary>
internal sealed class SecurityHeaders(
    RequestDelegate next, ImageOrigins images, PlatformPlayers players, Surroundings surroundings, IOptions<AppOptions> options, IWebHostEnvironment environment)
{
    private static readonly string[] ConsentOrigins = ["https://accounts.google.com", "https://www.tiktok.com"];

    private readonly string _images = string.Join(' ', images.List);
    private readonly string _players = string.Join(' ', players.Origins);
    private readonly string _consent = string.Join(' ', surroundings.SandboxOrigin is { } sandbox ? [.. ConsentOrigins, sandbox] : ConsentOrigins);

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
        // A file of the user's may be kept by the one browser that asks again each time.
        if (IsPersonal(context) && !headers.CacheControl.Contains("private, no-cache"))
            headers.CacheControl = "no-store";
    }

    private string Policy(HttpRequest request) =>
        "default-src 'none'; script-src 'self'; style-src 'self'; "
        + $"img-src 'self' data: {_images}; "
        + "media-src 'self'; font-src 'self'; "
        + $"connect-src 'self' {(request.IsHttps ? "wss" : "ws")}://{Host(request)}; "
        + $"manifest-src 'self'; frame-src {_players}; "
        + $"form-action 'self' {_consent}; "
        + "frame-ancestors 'none'; base-uri 'none'; object-src 'none'";

    // Without PUBLIC_URL the demo is reached as localhost or by a loopback address; no other Host gets into a header.
    private string Host(HttpRequest request) =>
        options.Value.PublicUrl is null && environment.IsDevelopment() && IsLoopback(request.Host.Host)
            ? request.Host.Value!
            : new Uri(options.Value.Origin).Authority;

    private static bool IsLoopback(string host) =>
        Uri.TryCreate($"http://{host}", UriKind.Absolute, out var uri) && uri.IsLoopback;

    private static bool IsPersonal(HttpContext context) =>
        context.Request.Path.StartsWithSegments("/api") || context.User.Identity is { IsAuthenticated: true };
}

internal static class StaticFileCaching
{
    /// <summary>A versioned address (<c>?v=</c>, made of the content's hash) never changes its content; any other is asked for again.</summary>
    public static void Apply(HttpContext context) =>
        context.Response.Headers[HeaderNames.CacheControl] =
            context.Request.Query.ContainsKey("v") ? "public, max-age=31536000, immutable" : "no-cache";
}
