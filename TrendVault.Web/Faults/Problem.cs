using System.Globalization;
using TrendVault.Core.Data;

namespace TrendVault.Web;

/// <summary>Why a request was not done: a status and a stable code for scripts, a heading and a sentence for people.</summary>
internal sealed record Problem(int Status, string Code, string Title, string Message)
{
    /// <summary>Seconds after which it may work.</summary>
    public int? RetryAfter { get; init; }

    public static Problem RateLimited(TimeSpan wait)
    {
        var seconds = Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds));
        return new Problem(429, "rate_limited", "Too many requests", $"That was too much at once. Try again in {seconds} seconds.") { RetryAfter = seconds };
    }

    public static Problem Unavailable { get; } =
        new(503, "unavailable", "Not available right now", "A server that TrendVault needs does not answer. Nothing was lost; try again in a few seconds.") { RetryAfter = 5 };

    public static Problem Malformed(string message) => new(400, "invalid_request", "That cannot be understood", message);

    public static Problem CrossSite { get; } =
        new(403, "cross_site", "Refused", "Another site sent this request in your name. If it was you, do it from the page itself.");

    public static Problem StaleForm { get; } =
        new(400, "stale_form", "The page was too old", "You were signed in or out since this page was opened. Load it again and repeat what you did.");

    /// <summary>What a bare status says.</summary>
    public static Problem OfStatus(int status) => status switch
    {
        400 => Malformed("The request is not well formed."),
        401 => new(401, "unauthorized", "Sign in first", "You have to be signed in for this."),
        403 => new(403, "forbidden", "Not for you", "Your account may not do this."),
        404 => new(404, "not_found", "Nothing here", "There is nothing at this address. It may have been deleted, or the link is wrong."),
        405 => new(405, "method_not_allowed", "Not possible here", "This address does not do that."),
        413 => new(413, "payload_too_large", "Too large", "What was sent is too large: a picture may have 2 MB, and the API takes 64 KB."),
        415 => new(415, "unsupported_media_type", "Not understood", "Send this as JSON: Content-Type must be application/json."),
        503 => Unavailable,
        < 500 => new(status, "invalid_request", "That did not work", "The request cannot be answered."),
        _ => new(status, "internal_error", "Something went wrong", "TrendVault made a mistake. It is in the log under the number below; try again."),
    };

    /// <summary>Leaves the answer to <see cref="ProblemMiddleware"/>, which knows how the caller wants it.</summary>
    public void Raise(HttpContext context)
    {
        context.Features.Set(this);
        context.Response.StatusCode = Status;
        if (RetryAfter is { } seconds)
            context.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
    }
}

/// <summary>The one place where what went wrong becomes an answer: the envelope for the API, a page or its fragment for browsers.</summary>
internal sealed class ProblemMiddleware(RequestDelegate next, ILogger<ProblemMiddleware> log)
{
    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await next(context);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            return; // nobody is there to read an answer
        }
        catch (Exception e) when (!context.Response.HasStarted)
        {
            context.Response.Clear();
            Judge(e).Raise(context);
        }

        if (IsBare(context.Response))
            await AnswerAsync(context);
    }

    private Problem Judge(Exception e)
    {
        if (e is BadHttpRequestException bad)
        {
            log.LogInformation("The request is not well formed: {Reason}", bad.Message);
            return Problem.OfStatus(bad.StatusCode);
        }

        if (Outage.IsOf(e))
        {
            log.LogWarning("A server does not answer: {Reason}", e.Message);
            return Problem.Unavailable;
        }

        log.LogError(e, "The request failed");
        return Problem.OfStatus(StatusCodes.Status500InternalServerError);
    }

    private static bool IsBare(HttpResponse response) =>
        !response.HasStarted
        && response.StatusCode >= 400
        && response.ContentLength is null
        && string.IsNullOrEmpty(response.ContentType)
        && !response.Headers.ContainsKey("HX-Redirect");

    private async Task AnswerAsync(HttpContext context)
    {
        var problem = context.Features.Get<Problem>() ?? Problem.OfStatus(context.Response.StatusCode);
        problem.Raise(context);
        if (context.Request.Path.StartsWithSegments("/api") || context.Request.Path.StartsWithSegments("/hubs"))
        {
            await Envelope.Error(problem.Status, problem.Code, problem.Message).ExecuteAsync(context);
            return;
        }

        await ShowPageAsync(context);
    }

    // The request goes round once more, to the error page; what was a post is a get there, without its form.
    private async Task ShowPageAsync(HttpContext context)
    {
        var (path, query, method, type) = (context.Request.Path, context.Request.QueryString, context.Request.Method, context.Request.ContentType);
        context.SetEndpoint(null);
        context.Request.RouteValues.Clear();
        context.Request.Path = "/error";
        context.Request.QueryString = QueryString.Empty;
        context.Request.Method = HttpMethods.IsHead(method) ? method : HttpMethods.Get;
        context.Request.ContentType = null;
        try
        {
            await next(context);
        }
        catch (Exception e) when (!context.Response.HasStarted)
        {
            log.LogError(e, "The error page failed");
            await context.Response.WriteAsync(context.Features.Get<Problem>()!.Message);
        }
        finally
        {
            (context.Request.Path, context.Request.QueryString, context.Request.Method, context.Request.ContentType) = (path, query, method, type);
        }
    }
}
