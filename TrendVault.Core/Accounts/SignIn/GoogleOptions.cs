using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Configuration;

namespace TrendVault.Core.Accounts;

/// <summary>TrendVault's own credentials at Google, and where Google is.</summary>
internal sealed class GoogleOptions : IValidatableObject
{
    /// <summary>Of the OAuth client. Empty turns connecting Google accounts off.</summary>
    [ConfigurationKeyName("GOOGLE_CLIENT_ID")]
    public string ClientId { get; set; } = "";

    /// <summary>Of the OAuth client.</summary>
    [ConfigurationKeyName("GOOGLE_CLIENT_SECRET")]
    public string ClientSecret { get; set; } = "";

    [ConfigurationKeyName("GOOGLE_AUTH_URL")]
    public Uri AuthUrl { get; set; } = new("https://accounts.google.com/o/oauth2/v2/auth");

    /// <summary>Codes and refresh tokens to access tokens.</summary>
    [ConfigurationKeyName("GOOGLE_TOKEN_URL")]
    public Uri TokenUrl { get; set; } = new("https://oauth2.googleapis.com/token");

    /// <summary>Ends a grant.</summary>
    [ConfigurationKeyName("GOOGLE_REVOKE_URL")]
    public Uri RevokeUrl { get; set; } = new("https://oauth2.googleapis.com/revoke");

    /// <summary>Who granted.</summary>
    [ConfigurationKeyName("GOOGLE_USERINFO_URL")]
    public Uri UserInfoUrl { get; set; } = new("https://openidconnect.googleapis.com/v1/userinfo");

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (ClientId.Length > 0 != ClientSecret.Length > 0)
            yield return new ValidationResult("GOOGLE_CLIENT_ID and GOOGLE_CLIENT_SECRET belong together: set both or neither.");
        foreach (var (name, url) in new[] { ("AUTH", AuthUrl), ("TOKEN", TokenUrl), ("REVOKE", RevokeUrl), ("USERINFO", UserInfoUrl) })
        {
            if (url.Scheme is not ("http" or "https"))
                yield return new ValidationResult($"GOOGLE_{name}_URL must be a http(s) address.");
        }
    }
}
