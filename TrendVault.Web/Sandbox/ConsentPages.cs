using Microsoft.AspNetCore.Http.HttpResults;

namespace TrendVault.Web.Sandbox;

/// <summary>What the consent pages of all platforms have in common.</summary>
internal static class ConsentPages
{
    /// <summary>Against frames, caches and scripts.</summary>
    public static void Protect(HttpContext context, string formAction)
    {
        context.Response.Headers.ContentSecurityPolicy =
            $"default-src 'none'; style-src 'self'; img-src 'self'; form-action {formAction}; frame-ancestors 'none'; base-uri 'none'";
        context.Response.Headers.CacheControl = "no-store";
    }

    /// <summary>Chromium holds form-action against the redirect that answers the form too, so the app's own origin has to be in it.</summary>
    public static void ProtectForm(HttpContext context, string redirectUri) =>
        Protect(context, formAction: "'self' " + new Uri(redirectUri).GetLeftPart(UriPartial.Authority));

    /// <summary>A request that is not even asked about: it leads nowhere.</summary>
    public static IResult Blocked(string platform, int status, string error, string reason) =>
        new RazorComponentResult<ConsentErrorPage>(new Dictionary<string, object?>
        {
            [nameof(ConsentErrorPage.Platform)] = platform,
            [nameof(ConsentErrorPage.Status)] = status,
            [nameof(ConsentErrorPage.Error)] = error,
            [nameof(ConsentErrorPage.Reason)] = reason,
        })
        { StatusCode = status };
}
