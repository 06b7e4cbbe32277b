using Microsoft.Net.Http.Headers;

namespace TrendVault.Web;

/// <summary>Answers that any cache may keep, if it asks before each use whether they are still right.</summary>
internal static class Revalidation
{
    /// <summary>
    /// Names the answer to come, and lets it be kept. True when the caller has it already: then the answer is 304, without a body.
    /// </summary>
    /// <param name="context">A GET or HEAD.</param>
    /// <param name="tag">
    /// Changes with what the answer says. The tag is a weak one: two answers of one tag say the same, but each has a timestamp of its own.
    /// </param>
    public static bool IsKnown(HttpContext context, string tag)
    {
        var weak = new EntityTagHeaderValue($"\"{tag}\"", isWeak: true);
        context.Response.Headers.ETag = weak.ToString();
        context.Response.Headers.CacheControl = CacheRules.AnyReader;
        if (context.Request.Headers.IfNoneMatch.Count == 0 || !Lists(context.Request, weak))
            return false;

        context.Response.StatusCode = StatusCodes.Status304NotModified;
        return true;
    }

    private static bool Lists(HttpRequest request, EntityTagHeaderValue tag) =>
        request.GetTypedHeaders().IfNoneMatch.Any(known => known.Equals(EntityTagHeaderValue.Any) || known.Compare(tag, useStrongComparison: false));
}
