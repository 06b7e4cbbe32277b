using System.Text;

namespace TrendVault.Core.Trending;

/// <summary>Makes a platform's text fit to be stored. It stays hostile: whoever shows it encodes it.</summary>
internal static class PlatformText
{
    /// <summary>
    /// Without control characters (PostgreSQL takes no NUL; line ends and tabs stay), lone surrogates replaced, trimmed, and cut
    /// to <paramref name="maxLength"/> UTF-16 units without cutting a character in two.
    /// </summary>
    public static string Clean(string? text, int maxLength)
    {
        if (string.IsNullOrEmpty(text))
            return "";

        var clean = new StringBuilder(Math.Min(text.Length, maxLength));
        Span<char> units = stackalloc char[2];
        foreach (var rune in text.EnumerateRunes()) // a lone surrogate comes as U+FFFD
        {
            if (clean.Length + rune.Utf16SequenceLength > maxLength)
                break;
            if (rune.Value is '\n' or '\t' || !Rune.IsControl(rune))
                clean.Append(units[..rune.EncodeToUtf16(units)]);
        }

        return clean.ToString().Trim();
    }

    /// <summary>As <see cref="Clean"/>, on one line; null when nothing is left.</summary>
    public static string? Line(string? text, int maxLength)
    {
        var clean = Clean(text, maxLength).Replace('\n', ' ').Replace('\t', ' ');
        return clean.Length == 0 ? null : clean;
    }

    /// <summary>An absolute http(s) address without credentials, or null.</summary>
    public static string? Url(string? url) =>
        url is { Length: > 0 and <= 2048 }
        && Uri.TryCreate(url, UriKind.Absolute, out var uri)
        && (uri.Scheme == Uri.UriSchemeHttp || uri.Scheme == Uri.UriSchemeHttps)
        && uri.UserInfo.Length == 0
            ? uri.AbsoluteUri
            : null;
}
