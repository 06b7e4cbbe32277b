namespace TrendVault.Web.Infrastructure;

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
}
