namespace TrendVault.Web;

/// <summary>Which of a platform's addresses may become a link: https ones, and in Development the sandbox's.</summary>
internal sealed class OutgoingLinks(Surroundings surroundings)
{
    public bool Allows(string? url) =>
        Uri.TryCreate(url, UriKind.Absolute, out var uri)
        && uri.UserInfo.Length == 0
        && (uri.Scheme == Uri.UriSchemeHttps
            || uri.GetLeftPart(UriPartial.Authority).Equals(surroundings.SandboxOrigin, StringComparison.OrdinalIgnoreCase));
}
