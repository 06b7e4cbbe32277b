using System.ComponentModel.DataAnnotations;
using System.Globalization;

namespace TrendVault.Web;

/// <summary>What one instance does.</summary>
public enum InstanceRole
{
    All,
    Web,
    Worker,
}

/// <summary>Where TrendVault listens and how the world reaches it.</summary>
public sealed class AppOptions : IValidatableObject
{
    [ConfigurationKeyName("PORT")]
    [Range(1, 65535, ErrorMessage = "PORT must be a number from 1 to 65535.")]
    public int Port { get; set; } = 8080;

    /// <summary>The address that links and redirect URIs are made from; never the Host header.</summary>
    [ConfigurationKeyName("PUBLIC_URL")]
    public Uri? PublicUrl { get; set; }

    [ConfigurationKeyName("TRENDVAULT_ROLE")]
    public InstanceRole Role { get; set; } = InstanceRole.All;

    /// <summary>Exact origins that may call the API from a browser; none by default.</summary>
    [ConfigurationKeyName("CORS_ORIGINS")]
    public string[] CorsOrigins { get; set; } = [];

    /// <summary>Addresses of the proxies whose X-Forwarded-For is believed.</summary>
    [ConfigurationKeyName("TRUSTED_PROXIES")]
    public string[] TrustedProxies { get; set; } = [];

    /// <summary>Without a trailing slash.</summary>
    public string Origin =>
        PublicUrl?.GetLeftPart(UriPartial.Authority) ?? string.Create(CultureInfo.InvariantCulture, $"http://localhost:{Port}");

    /// <summary>Cookies carry Secure and the __Host- prefix; on http there is only loopback, where they cannot.</summary>
    public bool IsHttps => PublicUrl?.Scheme == Uri.UriSchemeHttps;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (PublicUrl is { } url && url.Scheme != Uri.UriSchemeHttps && !(url.Scheme == Uri.UriSchemeHttp && url.IsLoopback))
            yield return new ValidationResult("PUBLIC_URL must begin with https://, or with http:// for localhost only: browsers drop TrendVault's cookies elsewhere.");
        if (TrustedProxies.FirstOrDefault(proxy => !System.Net.IPAddress.TryParse(proxy, out _)) is { } wrong)
            yield return new ValidationResult($"TRUSTED_PROXIES must be a list of IP addresses, but it holds \"{wrong}\".");
    }
}
