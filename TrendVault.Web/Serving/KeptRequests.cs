using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;

namespace TrendVault.Web;

/// <summary>An answer that was made for a stranger and is sent again while it is right.</summary>
/// <param name="Endpoint">That made it.</param>
/// <param name="IsCurrent">Whether the endpoint would make the same one now.</param>
/// <param name="SendAsync">With all its headers.</param>
internal sealed record KeptRequest(Endpoint Endpoint, Func<bool> IsCurrent, Func<HttpContext, Task> SendAsync);

/// <summary>
/// Answers to strangers by what they sent alone: routing, signing in, CORS and Razor Pages take longer than such an answer does. A
/// minute old at most, and nothing of one reader.
/// </summary>
internal sealed class KeptRequests(MinuteCache cache, IOptions<AppOptions> options)
{
    // No link of ours is longer, and nobody shall fill the memory.
    private const int LongestTarget = 300;

    private const int BytesOfEntry = 2000;

    private readonly string _sessionCookie = CookieNames.For("session", options.Value.IsHttps);
    private readonly string _flashCookie = CookieNames.For("flash", options.Value.IsHttps);

    /// <summary>Keeps the present request's answer, if a stranger asks and nothing but the address and the theme make it what it is.</summary>
    public void Keep(HttpContext context, Func<bool> isCurrent, Func<HttpContext, Task> send)
    {
        if (KeyOf(context) is { } key)
            cache.Keep(key, new KeptRequest(context.GetEndpoint()!, isCurrent, send), BytesOfEntry);
    }

    /// <summary>What the present request would be answered, or null.</summary>
    public KeptRequest? Find(HttpContext context) =>
        KeyOf(context) is { } key && cache.Find<KeptRequest>(key) is { } kept && kept.IsCurrent() ? kept : null;

    private (string, string)? KeyOf(HttpContext context)
    {
        var (request, target) = (context.Request, context.Features.Get<IHttpRequestFeature>()!.RawTarget);
        if (!HttpMethods.IsGet(request.Method) || target.Length > LongestTarget || context.Features.Get<Problem>() is not null)
            return null;
        if (request.Headers.Authorization.Count > 0 || request.Headers.Origin.Count > 0)
            return null;

        var theme = "";
        if (request.Headers.Cookie.Count > 0)
        {
            if (request.Cookies.ContainsKey(_sessionCookie) || request.Cookies.ContainsKey(_flashCookie))
                return null;
            theme = PageFrame.ThemeOf(request) ?? "";
        }

        // The host is in no answer but in the policy, which is written for each.
        return (target, request.IsFragment() ? "fragment " + theme : theme);
    }
}

/// <summary>Sends what is kept, counted and logged as any other answer.</summary>
internal sealed class KeptRequestsMiddleware(RequestDelegate next, KeptRequests kept, RequestLimits limits)
{
    public async Task InvokeAsync(HttpContext context)
    {
        if (kept.Find(context) is not { } answer)
        {
            await next(context);
            return;
        }

        context.SetEndpoint(answer.Endpoint);
        if (await limits.AllowsAsync(context, Limits.Requests))
            await answer.SendAsync(context);
    }
}
