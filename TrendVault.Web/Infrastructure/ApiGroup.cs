using Microsoft.AspNetCore.Mvc;

namespace TrendVault.Web.Infrastructure;

internal static class ApiGroup
{
    /// <summary>The name of the CORS policy for <c>CORS_ORIGINS</c>.</summary>
    public const string Cors = "api";

    private const int MaxBodyBytes = 64 * 1024;

    /// <summary>
    /// A group of the JSON API: bearer only, 64 KB of body, each query parameter once, and an <c>Idempotency-Key</c> honoured on
    /// every POST. A limit of its own is added with <see cref="LimitExtensions.RequireLimit{TBuilder}"/>, and what strangers may call
    /// with <c>AllowAnonymous()</c>.
    /// </summary>
    public static RouteGroupBuilder MapApi(this IEndpointRouteBuilder app, string prefix) =>
        app.MapGroup(prefix)
            .RequireAuthorization(Policies.Api)
            .RequireCors(Cors)
            .DisableAntiforgery()
            .WithMetadata(new RequestSizeLimitAttribute(MaxBodyBytes), new HonoursIdempotencyKey())
            .AddEndpointFilter(RefuseRepeatedParametersAsync);

    private static ValueTask<object?> RefuseRepeatedParametersAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var repeated = context.HttpContext.Request.Query.FirstOrDefault(pair => pair.Value.Count > 1).Key;
        return repeated is null
            ? next(context)
            : ValueTask.FromResult<object?>(Envelope.Invalid(repeated, $"Give the parameter {repeated} once."));
    }
}
