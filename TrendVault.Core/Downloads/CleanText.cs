using System.Globalization;
using System.Text;

namespace TrendVault.Core.Downloads;

/// <summary>Makes strangers' text fit to be stored, shown and used as a file name.</summary>
public static class CleanText
{
    private const int SlugLength = 60;
    private const int FileNameBytes = 180;

    // Marks that reorder what is around them: "gpj.exe" can be made to look like "exe.jpg".
    private static bool IsBidi(Rune rune) => rune.Value is 0x061C or 0x200E or 0x200F or (>= 0x202A and <= 0x202E) or (>= 0x2066 and <= 0x2069);

    // U+FFFE, U+FFFF and their like in each plane, which Normalize refuses, and the mark of a decoding error.
    private static bool IsNoCharacter(Rune rune) => (rune.Value & 0xFFFE) == 0xFFFE || rune.Value is >= 0xFDD0 and <= 0xFDEF || rune == Rune.ReplacementChar;

    /// <summary>Without control and bidirectional characters, runs of white space made one. NUL cannot be stored at all.</summary>
    public static string OneLine(string text)
    {
        var clean = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            if (Rune.IsWhiteSpace(rune) || Rune.IsControl(rune))
            {
                if (clean.Length > 0 && clean[^1] != ' ')
                    clean.Append(' ');
            }
            else if (!IsBidi(rune) && !IsNoCharacter(rune))
            {
                clean.Append(rune);
            }
        }

        return clean.ToString().TrimEnd();
    }

    /// <summary>At most <paramref name="length"/> UTF-16 units, never half a character.</summary>
    public static string Cut(string text, int length)
    {
        if (text.Length <= length)
            return text;
        return text[..(char.IsHighSurrogate(text[length - 1]) ? length - 1 : length)];
    }

    /// <summary><c>[a-z0-9-]{1,60}</c>, for a key in the object store.</summary>
    public static string Slug(string title)
    {
        var slug = new StringBuilder();
        foreach (var c in OneLine(title).Normalize(NormalizationForm.FormKD))
        {
            if (slug.Length >= SlugLength)
                break;
            if (char.IsAsciiLetterOrDigit(c))
                slug.Append(char.ToLowerInvariant(c));
            else if (char.GetUnicodeCategory(c) != UnicodeCategory.NonSpacingMark && slug.Length > 0 && slug[^1] != '-')
                slug.Append('-');
        }

        var text = slug.ToString().Trim('-');
        return text.Length > 0 ? text : "video";
    }

    /// <summary>A name that Windows, macOS and Linux take: any Unicode, no separators, 180 bytes at most before the extension.</summary>
    public static string FileName(string title, string extension)
    {
        var name = new StringBuilder();
        var bytes = 0;
        foreach (var rune in OneLine(title).EnumerateRunes())
        {
            var safe = rune.Value is '/' or '\\' or ':' or '*' or '?' or '"' or '<' or '>' or '|' ? new Rune('_') : rune;
            bytes += safe.Utf8SequenceLength;
            if (bytes > FileNameBytes)
                break;
            name.Append(safe);
        }

        var stem = name.ToString().Trim(' ', '.');
        return $"{(stem.Length > 0 ? stem : "video")}.{extension}";
    }
}
