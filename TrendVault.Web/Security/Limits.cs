using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Options;
using TrendVault.Core.Data;

namespace TrendVault.Web;

/// <summary>What is counted.</summary>
internal enum Limits
{
    /// <summary>Every request but static files, the pictures of a page, and health.</summary>
    Requests,

    /// <summary>Sign-ins and registrations, by address.</summary>
    SignIns,

    Downloads,

    Uploads,
}

/// <summary>How many a minute, for each user, or address of somebody not signed in.</summary>
internal sealed class LimitOptions
{
    [ConfigurationKeyName("RATE_LIMIT_PER_MINUTE")]
    [Range(1, int.MaxValue, ErrorMessage = "RATE_LIMIT_PER_MINUTE must be at least 1.")]
    public int Requests { get; set; } = 100;

    [ConfigurationKeyName("RATE_LIMIT_SIGN_INS_PER_MINUTE")]
    [Range(1, int.MaxValue, ErrorMessage = "RATE_LIMIT_SIGN_INS_PER_MINUTE must be at least 1.")]
    public int SignIns { get; set; } = 10;

    [ConfigurationKeyName("RATE_LIMIT_DOWNLOADS_PER_MINUTE")]
    [Range(1, int.MaxValue, ErrorMessage = "RATE_LIMIT_DOWNLOADS_PER_MINUTE must be at least 1.")]
    public int Downloads { get; set; } = 10;

    [ConfigurationKeyName("RATE_LIMIT_UPLOADS_PER_MINUTE")]
    [Range(1, int.MaxValue, ErrorMessage = "RATE_LIMIT_UPLOADS_PER_MINUTE must be at least 1.")]
    public int Uploads { get; set; } = 5;

    public int PerMinute(Limits limit) => limit switch
    {
        Limits.SignIns => SignIns,
        Limits.Downloads => Downloads,
        Limits.Uploads => Uploads,
        _ => Requests,
    };
}

/// <summary>
/// Counts unsafe requests to an endpoint against a limit of their own. On a page model it counts the posts of one handler:
/// the nameless one, or that of <see cref="Handler"/>.
/// </summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method, AllowMultiple = true)]
internal sealed class RequireLimitAttribute(Limits limit) : Attribute
{
    public Limits Limit => limit;

    /// <summary>Such as <c>Start</c> for <c>OnPostStartAsync</c>.</summary>
    public string? Handler { get; init; }
}

/// <summary>Marks what a page shows many of: with each counted, a page of pictures would be the last page for a minute.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class WithoutLimitAttribute : Attribute;

internal static class LimitExtensions
{
    /// <summary>Counts no request to this endpoint, which comes with a page that is counted.</summary>
    public static TBuilder WithoutLimit<TBuilder>(this TBuilder builder) where TBuilder : IEndpointConventionBuilder =>
        builder.WithMetadata(new WithoutLimitAttribute());

    /// <summary>Counts unsafe requests to this endpoint against a limit of their own.</summary>
    public static TBuilder RequireLimit<TBuilder>(this TBuilder builder, Limits limit) where TBuilder : IEndpointConventionBuilder =>
        builder.WithMetadata(new RequireLimitAttribute(limit));
}

/// <summary>Counts what one caller does in a minute.</summary>
internal sealed class RequestLimits(SharedCounters counters, IOptions<LimitOptions> limits, IOptions<AppOptions> app)
{
    /// <summary>Counts one more. False when that is too many: then the answer is 429 with the time to wait.</summary>
    public async ValueTask<bool> AllowsAsync(HttpContext context, Limits limit)
    {
        var answer = await counters.HitAsync(limit.ToString(), Who(context, limit), limits.Value.PerMinute(limit));
        if (!answer.Allowed)
            Problem.RateLimited(answer.RetryAfter).Raise(context);
        return answer.Allowed;
    }

    private string Who(HttpContext context, Limits limit) =>
        limit != Limits.SignIns && context.User.FindId() is { } userId
            ? $"user:{userId}"
            : $"address:{ClientAddress.Group(ClientAddress.Of(context, app.Value))}";
}

/// <summary>Refuses what comes too often.</summary>
internal sealed class LimitMiddleware(RequestDelegate next, RequestLimits limits)
{
    public async Task InvokeAsync(HttpContext context)
    {
        foreach (var limit in Applicable(context))
        {
            if (!await limits.AllowsAsync(context, limit))
                return;
        }

        await next(context);
    }

    private static IEnumerable<Limits> Applicable(HttpContext context)
    {
        if (context.Features.Get<Problem>() is not null || context.Request.Path.StartsWithSegments("/health")
            || context.GetEndpoint()?.Metadata.GetMetadata<WithoutLimitAttribute>() is not null)
            return [];
        return context.GetEndpoint() is { } endpoint && IsUnsafe(context.Request)
            ? [Limits.Requests, .. Own(context, endpoint)]
            : [Limits.Requests];
    }

    private static IEnumerable<Limits> Own(HttpContext context, Endpoint endpoint)
    {
        var page = endpoint.Metadata.GetMetadata<CompiledPageActionDescriptor>();
        var handler = page is null ? null : HandlerName(context, page);
        return endpoint.Metadata.OfType<RequireLimitAttribute>()
            .Where(attribute => page is null || string.Equals(attribute.Handler, handler, StringComparison.OrdinalIgnoreCase))
            .Select(attribute => attribute.Limit);
    }

    // Razor Pages runs the nameless handler for a name that it does not know, so such a name counts as none.
    private static string? HandlerName(HttpContext context, CompiledPageActionDescriptor page)
    {
        var asked = context.Request.RouteValues["handler"]?.ToString() ?? context.Request.Query["handler"].ToString();
        return page.HandlerMethods
            .Where(method => string.Equals(method.HttpMethod, context.Request.Method, StringComparison.OrdinalIgnoreCase))
            .Select(method => method.Name)
            .FirstOrDefault(name => string.Equals(name, asked, StringComparison.OrdinalIgnoreCase));
    }

    private static bool IsUnsafe(HttpRequest request) => !HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method);
}
