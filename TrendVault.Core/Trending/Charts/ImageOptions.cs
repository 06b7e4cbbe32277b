using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Configuration;

namespace TrendVault.Core.Trending;

/// <summary>Whose pictures TrendVault takes, and the browser may load.</summary>
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
        "https://*.tiktokcdn-eu.com",
        "https://yt3.ggpht.com",
        "https://lh3.googleusercontent.com",
    ];

    /// <summary>True for an address on a listed host.</summary>
    public bool Allows(Uri address) =>
        address.Scheme == Uri.UriSchemeHttps && address.IsDefaultPort && Origins.Any(origin => Matches(origin["https://".Length..], address.Host));

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Origins.FirstOrDefault(origin => !IsOrigin(origin)) is { } wrong)
            yield return new ValidationResult($"IMAGE_ORIGINS must be a list such as https://i.ytimg.com,https://*.tiktokcdn.com, but it holds \"{wrong}\".");
    }

    private static bool IsOrigin(string origin) =>
        Uri.TryCreate(origin.Replace("://*.", "://any.", StringComparison.Ordinal), UriKind.Absolute, out var uri)
        && uri.Scheme == Uri.UriSchemeHttps
        && uri.GetLeftPart(UriPartial.Authority).Equals(origin.Replace("://*.", "://any.", StringComparison.Ordinal), StringComparison.OrdinalIgnoreCase);

    private static bool Matches(string pattern, string host) =>
        pattern.StartsWith("*.", StringComparison.Ordinal)
            ? host.EndsWith(pattern[1..], StringComparison.OrdinalIgnoreCase)
            : host.Equals(pattern, StringComparison.OrdinalIgnoreCase);
}
