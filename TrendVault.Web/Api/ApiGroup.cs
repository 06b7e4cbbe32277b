using Microsoft.AspNetCore.Mvc;

namespace TrendVault.Web;

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

    /// <summary>Refuses every query parameter but these.</summary>
    public static RouteHandlerBuilder TakesOnly(this RouteHandlerBuilder endpoint, params string[] parameters) =>
        endpoint.AddEndpointFilter((context, next) =>
        {
            foreach (var name in context.HttpContext.Request.Query.Keys)
            {
                if (!parameters.Contains(name, StringComparer.OrdinalIgnoreCase))
                    return ValueTask.FromResult<object?>(Envelope.Invalid(name, NotTaken(name, parameters)));
            }

            return next(context);
        });

    private static string NotTaken(string name, string[] parameters) =>
        parameters.Length == 0
            ? $"There is no parameter {name} here. Leave it out: this address takes none."
            : $"There is no parameter {name} here. Leave it out, or use one of {string.Join(", ", parameters)}.";

    private static ValueTask<object?> RefuseRepeatedParametersAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        foreach (var (name, values) in context.HttpContext.Request.Query)
        {
            if (values.Count > 1)
                return ValueTask.FromResult<object?>(Envelope.Invalid(name, $"Give the parameter {name} once."));
        }

        return next(context);
    }
}
