using System.Globalization;
using System.Text.RegularExpressions;

namespace TrendVault.Core.Media;

/// <summary>yt-dlp's version, a date: <c>2026.08.19</c>, with a fourth number for nightly builds.</summary>
internal readonly partial record struct YtDlpVersion(DateOnly Date) : IComparable<YtDlpVersion>
{
    /// <summary>The oldest that serves YouTube today; older ones are reported to the admin.</summary>
    public static readonly YtDlpVersion Safe = new(new DateOnly(2026, 11, 23));

    /// <summary>The oldest that a page cannot talk out of its proxy; older ones are not run.</summary>
    public static readonly YtDlpVersion Floor = new(new DateOnly(2023, 11, 14));

    // There is a release at least every 90 days, so there is a newer one than this for certain.
    private const int WeeksToLast = 13;

    private static readonly YtDlpVersion FirstToImpersonate = new(new DateOnly(2024, 4, 9));
    private static readonly YtDlpVersion FirstWithJavaScript = new(new DateOnly(2025, 11, 12));

    /// <summary>It has <c>--list-impersonate-targets</c>.</summary>
    public bool KnowsImpersonation => this >= FirstToImpersonate;

    /// <summary>It has <c>--js-runtimes</c>.</summary>
    public bool KnowsJavaScriptRuntimes => this >= FirstWithJavaScript;

    /// <summary>What the admin should know about an old one; null for one that is current.</summary>
    public string? WarningOn(DateOnly today)
    {
        if (this < Safe)
            return $"yt-dlp {this} is older than {Safe}, the oldest that serves YouTube today, and known holes are open. Install a current one.";
        return WeeksOn(today) >= WeeksToLast
            ? $"yt-dlp {this} is {AgeOn(today)}: YouTube and TikTok have changed since. Install a current one."
            : null;
    }

    /// <summary>For people: <c>3 weeks old</c>.</summary>
    public string AgeOn(DateOnly today) => WeeksOn(today) switch
    {
        <= 0 => "new this week",
        1 => "1 week old",
        var weeks => string.Create(CultureInfo.InvariantCulture, $"{weeks} weeks old"),
    };

    /// <summary>Reads what <c>--version</c> prints; null when it is something else.</summary>
    public static YtDlpVersion? TryParse(string text)
    {
        var match = Pattern().Match(text);
        return match.Success && DateOnly.TryParseExact(match.Value, "yyyy.MM.dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date)
            ? new YtDlpVersion(date)
            : null;
    }

    private int WeeksOn(DateOnly today) => (today.DayNumber - Date.DayNumber) / 7;

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
