using System.Globalization;
using System.Text;

namespace TrendVault.Core;

/// <summary>Makes strangers' text fit to be stored, shown and used as a file name. It stays hostile: whoever shows it encodes it.</summary>
internal static class CleanText
{
    private const int SlugLength = 60;
    private const int FileNameBytes = 180;

    // A blank of Braille: a symbol to Unicode, and nothing to the eye.
    private const int BrailleBlank = 0x2800;

    private static readonly Rune BlackFlag = new(0x1F3F4);

    /// <summary>
    /// On one line, runs of white space made one; without control characters (PostgreSQL takes no NUL), halves of characters and what
    /// nobody can see. Empty when nothing is left to be seen.
    /// </summary>
    public static string OneLine(string text) => Clean(text, text.Length, keepLines: false);

    /// <summary>As <see cref="OneLine"/>, of at most <paramref name="length"/> UTF-16 units; null when nothing is left.</summary>
    public static string? Line(string? text, int length) => Clean(text ?? "", length, keepLines: false) is { Length: > 0 } line ? line : null;

    /// <summary>The same with its line ends, tabs and blanks as they are; null when nothing is left.</summary>
    public static string? Lines(string? text, int length) => Clean(text ?? "", length, keepLines: true) is { Length: > 0 } lines ? lines : null;

    /// <summary>An absolute http(s) address without credentials, or null.</summary>
    public static string? WebUrl(string? url) =>
        url is { Length: > 0 and <= 2048 }
        && Uri.TryCreate(url, UriKind.Absolute, out var uri)
        && (uri.Scheme == Uri.UriSchemeHttp || uri.Scheme == Uri.UriSchemeHttps)
        && uri.UserInfo.Length == 0
            ? uri.AbsoluteUri
            : null;

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

    private static string Clean(string text, int length, bool keepLines)
    {
        var clean = new StringBuilder(Math.Min(text.Length, length));
        var last = new Rune(' ');
        foreach (var rune in text.EnumerateRunes()) // half a character comes as U+FFFD
        {
            if (Kept(rune, last, keepLines) is not { } kept)
                continue;
            if (clean.Length + kept.Utf16SequenceLength > length)
                break;
            clean.Append(kept);
            last = kept;
        }

        return clean.ToString().Trim();
    }

    // What is kept of a character; null for nothing.
    private static Rune? Kept(Rune rune, Rune last, bool keepLines)
    {
        var isBlank = Rune.IsWhiteSpace(rune) || rune.Value == BrailleBlank;
        if (IsNoCharacter(rune) || (Rune.IsControl(rune) && !isBlank))
            return null;
        if (IsUnseen(rune))
            return !Rune.IsWhiteSpace(last) && Shapes(rune, last) ? rune : null;
        if (!isBlank)
            return rune;
        if (!keepLines)
            return Rune.IsWhiteSpace(last) ? null : new Rune(' ');
        return rune.Value is '\n' or '\t' ? rune : Rune.IsControl(rune) ? null : rune.Value == BrailleBlank ? new Rune(' ') : rune;
    }

    // U+FFFE, U+FFFF and their like in each plane, which Normalize refuses, and the mark of a decoding error.
    private static bool IsNoCharacter(Rune rune) => (rune.Value & 0xFFFE) == 0xFFFE || rune.Value is >= 0xFDD0 and <= 0xFDEF || rune == Rune.ReplacementChar;

    // Unicode's Default_Ignorable_Code_Point, the marks that reorder what is around them ("gpj.exe" can be made to look like "exe.jpg")
    // among them, and the few others that are drawn as nothing.
    private static bool IsUnseen(Rune rune) => rune.Value is
        0x00AD or 0x034F or 0x061C or 0x115F or 0x1160 or 0x17B4 or 0x17B5 or (>= 0x180B and <= 0x180F) or (>= 0x200B and <= 0x200F)
        or (>= 0x202A and <= 0x202E) or (>= 0x2060 and <= 0x206F) or 0x3164 or (>= 0xFE00 and <= 0xFE0F) or 0xFEFF or 0xFFA0
        or (>= 0xFFF0 and <= 0xFFFC) or 0x16FE4 or (>= 0x1BCA0 and <= 0x1BCA3) or 0x1D159 or (>= 0x1D173 and <= 0x1D17A)
        or (>= 0xE0000 and <= 0xE0FFF);

    // The joiners of Persian and of families of emoji, the selectors of a character's shape, and the letters of a flag.
    private static bool Shapes(Rune rune, Rune last) =>
        rune.Value is 0x200C or 0x200D or (>= 0x180B and <= 0x180D) or 0x180F or (>= 0xFE00 and <= 0xFE0F) or (>= 0xE0100 and <= 0xE01EF)
        || (IsTag(rune) && (last == BlackFlag || IsTag(last)));

    private static bool IsTag(Rune rune) => rune.Value is >= 0xE0020 and <= 0xE007F;
}
