using System.Globalization;
using System.Text.RegularExpressions;

namespace TrendVault.Core.Downloads;

/// <summary>yt-dlp's version, a date: <c>2026.08.19</c>, with a fourth number for nightly builds.</summary>
public readonly partial record struct YtDlpVersion(DateOnly Date) : IComparable<YtDlpVersion>
{
    /// <summary>The last release that closed a security hole; older ones are reported to the admin.</summary>
    public static readonly YtDlpVersion Safe = new(new DateOnly(2026, 7, 4));

    /// <summary>Older than <see cref="Safe"/>: sites have changed since, and holes are open.</summary>
    public bool IsOld => this < Safe;

    /// <summary>Reads what <c>--version</c> prints; null when it is something else.</summary>
    public static YtDlpVersion? TryParse(string text)
    {
        var match = Pattern().Match(text);
        return match.Success && DateOnly.TryParseExact(match.Value, "yyyy.MM.dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date)
            ? new YtDlpVersion(date)
            : null;
    }

    /// <inheritdoc />
    public int CompareTo(YtDlpVersion other) => Date.CompareTo(other.Date);

    /// <summary>As yt-dlp writes it.</summary>
    public override string ToString() => Date.ToString("yyyy.MM.dd", CultureInfo.InvariantCulture);

    /// <summary>Older.</summary>
    public static bool operator <(YtDlpVersion left, YtDlpVersion right) => left.CompareTo(right) < 0;

    /// <summary>Newer.</summary>
    public static bool operator >(YtDlpVersion left, YtDlpVersion right) => left.CompareTo(right) > 0;

    /// <summary>Not newer.</summary>
    public static bool operator <=(YtDlpVersion left, YtDlpVersion right) => left.CompareTo(right) <= 0;

    /// <summary>Not older.</summary>
    public static bool operator >=(YtDlpVersion left, YtDlpVersion right) => left.CompareTo(right) >= 0;

    [GeneratedRegex(@"^\d{4}\.\d{2}\.\d{2}")]
    private static partial Regex Pattern();
}
