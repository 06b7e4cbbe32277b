using System.Diagnostics.CodeAnalysis;

namespace TrendVault.Core.Auth;

/// <summary>The one spelling under which an address is stored and compared.</summary>
internal static class EmailAddress
{
    private const int LongestAddress = 254;

    /// <summary>NFC, lower case, without spaces around it; false for what cannot be an address.</summary>
    public static bool TryNormalize(string? text, [NotNullWhen(true)] out string? address)
    {
        address = null;
        if (text is null || text.Length > 2 * LongestAddress || !TryCompose(text.Trim(), out var composed))
            return false;

        var at = composed.IndexOf('@', StringComparison.Ordinal);
        var isAddress = at > 0
            && at == composed.LastIndexOf('@')
            && at < composed.Length - 1
            && composed.Length <= LongestAddress
            && !composed.Any(letter => char.IsWhiteSpace(letter) || char.IsControl(letter));
        address = isAddress ? composed.ToLowerInvariant() : null;
        return isAddress;
    }

    private static bool TryCompose(string text, out string composed)
    {
        try
        {
            composed = text.Normalize();
            return true;
        }
        catch (ArgumentException)
        {
            // A surrogate without its other half.
            composed = "";
            return false;
        }
    }
}
