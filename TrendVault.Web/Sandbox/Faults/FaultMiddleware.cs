using System.Globalization;
using Microsoft.AspNetCore.Http.Features;
using TrendVault.Web.Sandbox.Apify;
using TrendVault.Web.Sandbox.Google;
using TrendVault.Web.Sandbox.TikTok;
using TrendVault.Web.Sandbox.YouTube;

namespace TrendVault.Web.Sandbox.Faults;

/// <summary>Carries out what <see cref="SandboxFaults"/> holds. The desk itself is never hit.</summary>
internal sealed class FaultMiddleware(RequestDelegate next, SandboxFaults faults)
{
    public async Task InvokeAsync(HttpContext context)
    {
        var path = context.Request.Path.Value ?? "/";
        if (path.StartsWith("/_sandbox", StringComparison.Ordinal) || faults.Take(context.Request.Method, path) is not { } order)
        {
            await next(context);
            return;
        }

        if (order.DelayMs > 0)
            await Task.Delay(order.DelayMs, context.RequestAborted);
        if (order.RetryAfter is { } seconds)
            context.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);

        if (order.Status is { } status)
            await AnswerFor(path, status, order).ExecuteAsync(context);
        else
            await GoOnAsync(context, order);
    }

    private async Task GoOnAsync(HttpContext context, FaultOrder order)
    {
        context.Features.Set(order);
        if (order.CutRequestAfter is { } toRead)
            context.Request.Body = new CutStream(context.Request.Body, toRead, context);
        if (order.CutResponseAfter is { } toSend)
        {
            var body = new CutStream(context.Response.Body, toSend, context);
            context.Features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(body, context.Features.GetRequiredFeature<IHttpResponseBodyFeature>()));
        }

        // Without the server's own body feature nothing starts the answer, so that not even its status gets out.
        if (order.LoseAnswer)
            context.Features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(Stream.Null));

        await next(context);
        if (order.LoseAnswer)
            context.Abort();
    }

    private static IResult AnswerFor(string path, int status, FaultOrder order) => path switch
    {
        _ when order.Body is { } body => Results.Text(body, order.ContentType, statusCode: status),
        "/token" or "/revoke" => OAuthError.Of(status, order.Reason ?? "server_error", "Ordered."),
        _ when path.StartsWith("/v2/oauth/", StringComparison.Ordinal) => TikTokError.Flat(status, order.Reason ?? "server_error", "Ordered."),
        _ when path.StartsWith("/v2/research/", StringComparison.Ordinal) || path.StartsWith("/v2/post/", StringComparison.Ordinal) || path.StartsWith("/v2/user/", StringComparison.Ordinal) || path.StartsWith("/v2/video/", StringComparison.Ordinal) =>
            TikTokError.Of(status, order.Reason ?? "internal_error", "Ordered."),
        _ when path.StartsWith("/v2/", StringComparison.Ordinal) => ApifyError.Of(status, order.Reason ?? "internal-server-error", "Ordered."),
        _ when path.StartsWith("/youtube/", StringComparison.Ordinal) || path.StartsWith("/upload/", StringComparison.Ordinal) =>
            YouTubeError.Of(status, order.Reason ?? "backendError").ToResult(),
        _ => Results.Text("Ordered.", statusCode: status),
    };
}
