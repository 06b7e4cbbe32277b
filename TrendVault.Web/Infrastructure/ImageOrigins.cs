using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace TrendVault.Web.Infrastructure;

/// <summary>Whose pictures the browser may load.</summary>
internal sealed class ImageOptions : IValidatableObject
{
    /// <summary>The platforms' thumbnail hosts, as a Content-Security-Policy writes them; <c>*.</c> stands for any subdomain.</summary>
    [ConfigurationKeyName("IMAGE_ORIGINS")]
    public string[] Origins { get; set; } =
    [
        "https://i.ytimg.com",
        "https://*.ytimg.com",
        "https://*.tiktokcdn.com",
        "https://*.tiktokcdn-us.com",
        "https://yt3.ggpht.com",
        "https://lh3.googleusercontent.com",
    ];

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Origins.FirstOrDefault(origin => !IsOrigin(origin)) is { } wrong)
            yield return new ValidationResult($"IMAGE_ORIGINS must be a list such as https://i.ytimg.com,https://*.tiktokcdn.com, but it holds \"{wrong}\".");
    }

    private static bool IsOrigin(string origin) =>
        Uri.TryCreate(origin.Replace("://*.", "://any.", StringComparison.Ordinal), UriKind.Absolute, out var uri)
        && uri.Scheme == Uri.UriSchemeHttps
        && uri.GetLeftPart(UriPartial.Authority).Equals(origin.Replace("://*.", "://any.", StringComparison.Ordinal), StringComparison.OrdinalIgnoreCase);
}

/// <summary>The hosts that pictures may come from. A page asks before it shows a platform's picture, and shows none otherwise.</summary>
internal sealed class ImageOrigins(IOptions<ImageOptions> options, Surroundings surroundings)
{
    private readonly string? _sandbox = surroundings.SandboxOrigin;

    /// <summary>As the Content-Security-Policy lists them.</summary>
    public IReadOnlyList<string> List { get; } =
        surroundings.SandboxOrigin is { } sandbox ? [.. options.Value.Origins, sandbox] : options.Value.Origins;

    /// <summary>True for an address on a listed host.</summary>
    public bool Allows(string? url) =>
        Uri.TryCreate(url, UriKind.Absolute, out var uri)
        && uri.UserInfo.Length == 0
        && (IsListed(uri) || IsSandbox(uri));

    private bool IsListed(Uri uri) =>
        uri.Scheme == Uri.UriSchemeHttps && uri.IsDefaultPort && options.Value.Origins.Any(origin => Matches(origin["https://".Length..], uri.Host));

    private bool IsSandbox(Uri uri) =>
        uri.GetLeftPart(UriPartial.Authority).Equals(_sandbox, StringComparison.OrdinalIgnoreCase);

    private static bool Matches(string pattern, string host) =>
        pattern.StartsWith("*.", StringComparison.Ordinal)
            ? host.EndsWith(pattern[1..], StringComparison.OrdinalIgnoreCase)
            : host.Equals(pattern, StringComparison.OrdinalIgnoreCase);
}
