using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Configuration;

namespace TrendVault.Core.Accounts;

/// <summary>The master keys of <see cref="TokenVault"/>.</summary>
internal sealed class VaultOptions : IValidatableObject
{
    internal const int KeyBytes = 32;

    /// <summary>Seals and opens. 32 bytes in base64.</summary>
    [ConfigurationKeyName("ENCRYPTION_KEY")]
    public string Key { get; set; } = "";

    /// <summary>The key before this one: opens what it sealed and seals nothing. Empty when there was none.</summary>
    [ConfigurationKeyName("ENCRYPTION_KEY_PREVIOUS")]
    public string PreviousKey { get; set; } = "";

    /// <summary>Of PBKDF2. A promise and no setting; tests shorten it.</summary>
    public int Rounds { get; set; } = 600_000;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!IsKey(Key))
            yield return new ValidationResult("ENCRYPTION_KEY must be 32 random bytes in base64. Make one with: openssl rand -base64 32");
        if (PreviousKey.Length > 0 && !IsKey(PreviousKey))
            yield return new ValidationResult("ENCRYPTION_KEY_PREVIOUS must be the key that was in ENCRYPTION_KEY before, 32 bytes in base64.");
    }

    private static bool IsKey(string text)
    {
        var bytes = new byte[KeyBytes + 1];
        return Convert.TryFromBase64String(text, bytes, out var length) && length == KeyBytes;
    }
}
