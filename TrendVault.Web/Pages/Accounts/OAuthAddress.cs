namespace TrendVault.Web.Pages.Accounts;

/// <summary>Where the consent pages send browsers back, and what such a browser has to bring.</summary>
internal static class OAuthAddress
{
    /// <summary>As it has to be registered at each platform, byte for byte.</summary>
    public static string CallbackOf(AppOptions options) => options.Origin + "/oauth/callback";

    /// <summary>Where a signed-in browser begins.</summary>
    public static string AuthorizePath(string provider) => "/oauth/authorize?provider=" + Uri.EscapeDataString(provider);

    public static string FlowCookie(AppOptions options) => CookieNames.For("oauth", options.IsHttps);

    /// <summary>Lax: the consent page's redirect is another site's, and has to bring it.</summary>
    public static CookieOptions CookieOf(AppOptions options, TimeSpan? lifetime) => new()
    {
        HttpOnly = true,
        Secure = options.IsHttps,
        SameSite = SameSiteMode.Lax,
        Path = "/",
        MaxAge = lifetime,
        IsEssential = true,
    };
}

/// <summary>Why an account could not be connected, for the page that says so.</summary>
internal sealed record ConnectProblem(string Title, string Message);
