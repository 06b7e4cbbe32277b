using System.Text.RegularExpressions;

namespace TrendVault.Core.Downloads;

/// <summary>
/// Finds the addresses in what somebody pasted: lines of addresses, several on a line, or what a telephone shares, where the address
/// stands among words (<c>Wow! https://… copy this</c>).
/// </summary>
internal static partial class PastedText
{
    private static readonly (char Open, char Close)[] Brackets = [('(', ')'), ('[', ']'), ('{', '}')];

    /// <summary>The first address in it; else the text itself, which can then be refused by what it is.</summary>
    public static string AddressIn(string text) => FirstIn(text) ?? text.Trim();

    /// <summary>
    /// Of each line all, where it holds nothing else, or else the first. Where no line has one the lines themselves; beside those that
    /// have one, those that were meant to be one.
    /// </summary>
    public static IReadOnlyList<string> AddressesIn(string? text)
    {
        var lines = (text ?? "").Split(['\r', '\n'], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return lines.Any(line => FirstIn(line) is not null)
            ? [.. lines.Where(line => FirstIn(line) is not null || IsMeantToBeOne(line)).SelectMany(OfLine)]
            : lines;
    }

    private static IEnumerable<string> OfLine(string line)
    {
        var words = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        return words.All(word => Address().Match(word) is { Success: true, Index: 0 }) ? words.Select(AddressIn) : [AddressIn(line)];
    }

    private static bool IsMeantToBeOne(string line) => line.Contains('/', StringComparison.Ordinal) && !line.Any(char.IsWhiteSpace);

    private static string? FirstIn(string text) => Address().Match(text) is { Success: true } found ? WithoutEnd(found.Value) : null;

    // What ends the sentence, or closes what was opened before the address, is not part of it.
    private static string WithoutEnd(string address)
    {
        while (address[^1] is '.' or ',' or ';' or ':' or '!' or '?' or '\'' or '’' or '：' || ClosesNothing(address))
            address = address[..^1];
        return address;
    }

    private static bool ClosesNothing(string address) =>
        Brackets.Any(pair => address[^1] == pair.Close && address.Count(letter => letter == pair.Close) > address.Count(letter => letter == pair.Open));

    // A blank ends it, quotes and the brackets and stops of other scripts do, and marks that nobody sees.
    [GeneratedRegex("""https?://[^\s\p{Cf}\u2800\u3164<>"“”„«»「」『』【】《》〈〉（），。！？；、…]+""", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Address();
}
