namespace TrendVault.Web.Sandbox.TikTok;

/// <summary>How TikTok spells its paths.</summary>
internal static class TikTokPaths
{
    /// <summary>The router takes paths with and without a slash at the end, TikTok those with one only.</summary>
    public static async ValueTask<object?> RequireSlashAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next) =>
        context.HttpContext.Request.Path.Value is [.., '/']
            ? await next(context)
            : TikTokError.Of(404, "not_found", "Unsupported path(Janus).");
}
