using System.ComponentModel.DataAnnotations;
using System.Text;
using Microsoft.Extensions.Configuration;

namespace TrendVault.Core.Auth;

/// <summary>Whether strangers may make an account of their own.</summary>
internal enum Registration
{
    /// <summary>Anybody who reaches the page.</summary>
    Open,

    /// <summary>Nobody, but for the very first user.</summary>
    Closed,
}

/// <summary>How users sign in.</summary>
internal sealed class AuthOptions : IValidatableObject
{
    /// <summary>What access tokens are signed with; in UTF-8 at least 32 bytes.</summary>
    [ConfigurationKeyName("JWT_SECRET")]
    public string JwtSecret { get; set; } = "";

    /// <summary>bcrypt's work factor, 4–16; outside Development at least 12.</summary>
    [ConfigurationKeyName("BCRYPT_COST")]
    [Range(4, 16, ErrorMessage = "BCRYPT_COST must be a number from 4 to 16.")]
    public int BcryptCost { get; set; } = 12;

    /// <summary>The shortest password that is taken, in characters, 12–64.</summary>
    [ConfigurationKeyName("PASSWORD_MIN_LENGTH")]
    [Range(12, 64, ErrorMessage = "PASSWORD_MIN_LENGTH must be a number from 12 to 64.")]
    public int PasswordMinLength { get; set; } = 12;

    /// <summary>Null leaves it to the admin; until then it is open in Development and closed in Production.</summary>
    [ConfigurationKeyName("REGISTRATION")]
    public Registration? Registration { get; set; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Encoding.UTF8.GetByteCount(JwtSecret) < 32)
            yield return new ValidationResult("JWT_SECRET must be at least 32 bytes long. Make one with: openssl rand -base64 32");
    }
}
