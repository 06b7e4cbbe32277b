using Microsoft.AspNetCore.Authorization;

namespace TrendVault.Web;

/// <summary>Who may call what. Pages know the cookie only, the API the bearer token only, the hub either.</summary>
internal static class Policies
{
    /// <summary>A signed-in browser; the default for pages that ask for a user.</summary>
    public const string Page = "page";

    /// <summary>A bearer token or an API key; never a cookie.</summary>
    public const string Api = "api";

    /// <summary>A cookie from the own origin, or a bearer token.</summary>
    public const string Hub = "hub";

    /// <summary>A signed-in browser of an admin.</summary>
    public const string Admin = "admin";

    public static void Define(AuthorizationOptions options)
    {
        var page = new AuthorizationPolicyBuilder(SignInSchemes.Session).RequireAuthenticatedUser().Build();
        options.DefaultPolicy = page;
        options.AddPolicy(Page, page);
        options.AddPolicy(Admin, policy => policy.Combine(page).RequireRole("admin"));
        options.AddPolicy(Api, policy => policy
            .AddAuthenticationSchemes(SignInSchemes.Bearer)
            .RequireAuthenticatedUser()
            .RequireAssertion(HasScope));
        options.AddPolicy(Hub, policy => policy
            .AddAuthenticationSchemes(SignInSchemes.ByRequest)
            .RequireAuthenticatedUser()
            .RequireAssertion(IsOwnPage));
    }

    // A session may do everything; a key needs "read" to read and "write" to change.
    private static bool HasScope(AuthorizationHandlerContext context)
    {
        if (!context.User.HasClaim(claim => claim.Type == SignInSchemes.KeyIdClaim) || context.Resource is not HttpContext http)
            return true;
        var isRead = HttpMethods.IsGet(http.Request.Method) || HttpMethods.IsHead(http.Request.Method);
        return context.User.HasClaim(SignInSchemes.ScopeClaim, isRead ? "read" : "write");
    }

    // A browser sends its cookie along with another site's WebSocket, and no CORS rule looks at those. Scripts send no Origin.
    private static bool IsOwnPage(AuthorizationHandlerContext context)
    {
        if (context.Resource is not HttpContext http)
            return false;
        if (http.Request.Headers.Origin.ToString() is { Length: > 0 } origin)
            return origin.Equals(OwnOrigin.Of(http.Request), StringComparison.OrdinalIgnoreCase);
        return context.User.Identity!.AuthenticationType == SignInSchemes.Bearer || http.Request.Headers["Sec-Fetch-Site"] == "same-origin";
    }
}
