using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http.HttpResults;

namespace TrendVault.Web.Sandbox.YouTube;

/// <summary>Cuts the answers of an endpoint to what the parameter <c>fields</c> names. Refusals go out whole.</summary>
internal static class PartialResponse
{
    public static TBuilder WithPartialResponse<TBuilder>(this TBuilder endpoints) where TBuilder : IEndpointConventionBuilder =>
        endpoints.AddEndpointFilter(CutAsync);

    private static async ValueTask<object?> CutAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var request = context.HttpContext.Request;
        if (request.Query["fields"] is not [{ Length: > 0 } fields, ..])
            return await next(context);
        try
        {
            var mask = FieldMask.Parse(fields);
            var answer = await next(context);
            if (answer is not JsonHttpResult<object> { Value: { } value } whole)
                return answer;
            // A request that has changed something is not refused afterwards.
            if (HttpMethods.IsGet(request.Method))
                CheckNames(mask, value);
            var part = mask.Of(JsonSerializer.SerializeToNode(value, SandboxJson.Lean));
            return Results.Json(part, SandboxJson.Lean, statusCode: whole.StatusCode);
        }
        catch (YouTubeError error)
        {
            return error.ToResult();
        }
    }

    // Only at the top: further down an absent name may be one that this video does not have.
    private static void CheckNames(FieldMask mask, object value)
    {
        var known = (JsonObject)JsonSerializer.SerializeToNode(value, SandboxJson.Full)!;
        if (mask.Names.FirstOrDefault(name => !known.ContainsKey(name)) is { } unknown)
            throw FieldMask.Wrong(unknown);
    }
}
