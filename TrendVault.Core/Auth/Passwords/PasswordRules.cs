using System.Collections.Frozen;
using System.Text;
using Microsoft.Extensions.Options;

namespace TrendVault.Core.Auth;

/// <summary>Which passwords are taken. Any character may stand in one, and it is used exactly as it was sent.</summary>
internal sealed class PasswordRules(IOptions<AuthOptions> options)
{
    /// <summary>The longest password that is taken, in characters.</summary>
    public const int MaxLength = 128;

    private const string Product = "trendvault";

    private static readonly FrozenSet<string> Commonest = ReadCommonest();

    /// <summary>The shortest password that is taken, in characters.</summary>
    public int MinLength => options.Value.PasswordMinLength;

    /// <summary>One sentence for the user, or null for a password that is taken.</summary>
    /// <param name="password">As sent.</param>
    /// <param name="email">The account's address, normalised or not.</param>
    public string? Refusal(string password, string email)
    {
        var length = password.EnumerateRunes().Count();
        if (length < MinLength)
            return $"Use at least {MinLength} characters.";
        if (length > MaxLength)
            return $"Use at most {MaxLength} characters.";
        if (password.EnumerateRunes().Any(rune => rune == Rune.ReplacementChar))
            return "The password holds characters that were broken on the way.";
        if (IsCommon(password))
            return "This is one of the commonest passwords. Choose one that nobody else has.";
        return IsMadeOf(password, email) ? "Do not make the password of your e-mail address or of the name TrendVault." : null;
    }

    private static bool IsCommon(string password)
    {
        var lower = password.ToLowerInvariant();
        return Commonest.Contains(lower) || lower.Distinct().Count() < 4 || IsSequence(lower);
    }

    // abcdefghijkl, 123456789012, 210987654321: each step the same, around the end of the digits too.
    private static bool IsSequence(string text)
    {
        var steps = text.Zip(text.Skip(1), (left, right) => char.IsDigit(left) && char.IsDigit(right) ? (right - left + 10) % 10 : right - left);
        return steps.Distinct().Count() == 1;
    }

    // What remains without the address, its parts and the product's name has to be a password of some length by itself.
    private static bool IsMadeOf(string password, string email)
    {
        var rest = password.ToLowerInvariant();
        var names = email.ToLowerInvariant().Split('@', '.', '+', '-', '_').Where(part => part.Length > 2);
        foreach (var name in (string[])[email.ToLowerInvariant(), Product, .. names.OrderByDescending(name => name.Length)])
            rest = rest.Replace(name, "", StringComparison.Ordinal);
        return rest.Length < password.Length && rest.Count(char.IsLetterOrDigit) < 6;
    }

    private static FrozenSet<string> ReadCommonest()
    {
        using var stream = typeof(PasswordRules).Assembly.GetManifestResourceStream("common-passwords.txt")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).ToFrozenSet();
    }
}
