namespace TrendVault.Web;

/// <summary>Where somebody wanted to go before signing in: an address of this site, or the front page.</summary>
internal static class ReturnUrl
{
    /// <summary>The address itself when it is local, else <c>/</c>.</summary>
    public static string Local(string? url) => IsLocal(url) ? url! : "/";

    /// <summary>The page that a request was sent from, when it is ours.</summary>
    public static string OfReferer(HttpRequest request) =>
        Uri.TryCreate(request.Headers.Referer, UriKind.Absolute, out var referer)
        && referer.GetLeftPart(UriPartial.Authority).Equals(OwnOrigin.Of(request), StringComparison.OrdinalIgnoreCase)
            ? Local(referer.PathAndQuery)
            : "/";

    // "//host" and "/\host" leave the site, and browsers drop tabs and line ends before they look.
    private static bool IsLocal(string? url) =>
        url is ['/', ..] && url is not ['/', '/' or '\\', ..] && !url.Any(char.IsControl);
}

/// <summary>The address that browsers know this site by.</summary>
internal static class OwnOrigin
{
    /// <summary><c>PUBLIC_URL</c>'s, which the request was given on its way in; without it the demo's own.</summary>
    public static string Of(HttpRequest request) => $"{request.Scheme}://{request.Host}";
}
