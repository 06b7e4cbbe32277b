using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using TrendVault.Core.Media;

namespace TrendVault.Core.Downloads;

/// <summary>A video that is announced: when it begins, and when it is worth asking for it.</summary>
internal static partial class Premiere
{
    private const string Yet = "The video has not been published yet";

    private static readonly TimeSpan Soonest = TimeSpan.FromMinutes(1);

    // A premiere may be moved; so who waits for weeks asks once a day.
    private static readonly TimeSpan Latest = TimeSpan.FromDays(1);

    private static readonly TimeSpan Untold = TimeSpan.FromMinutes(15);

    // At its very minute a site is seldom ready.
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(30);

    /// <param name="begins">Null where the site does not say.</param>
    /// <param name="detail">yt-dlp's own words, stripped.</param>
    public static MediaFailure Failure(DateTimeOffset? begins, string? detail = null) => new(
        MediaFailure.NotYetCode,
        begins is { } hour
            ? string.Create(CultureInfo.InvariantCulture, $"{Yet}: it is announced for {hour.UtcDateTime:d MMM yyyy HH:mm} UTC.")
            : Yet + ", and the site does not say when it will be.",
        Remedy.Wait,
        Detail: detail)
    {
        Begins = begins,
    };

    /// <summary>What yt-dlp's JSON says; null where it does not.</summary>
    public static DateTimeOffset? BeginOf(JsonElement video) =>
        video.TryGetProperty("release_timestamp", out var value) && value.ValueKind == JsonValueKind.Number
        && value.TryGetDouble(out var seconds) && seconds is > 0 and < 1e11
            ? DateTimeOffset.FromUnixTimeSeconds((long)seconds)
            : null;

    /// <summary>What a site's sentence says, such as "Premieres in 3 hours"; null where it names no time.</summary>
    public static DateTimeOffset? BeginIn(string sentence, DateTimeOffset now)
    {
        if (Moments().IsMatch(sentence))
            return now + Soonest;
        if (Span().Match(sentence) is not { Success: true } match)
            return null;
        var count = match.Groups["count"] is { Success: true } digits ? int.Parse(digits.ValueSpan, CultureInfo.InvariantCulture) : 1;
        return now + (count * Unit(match.Groups["unit"].Value.ToLowerInvariant()));
    }

    /// <summary>When to ask again.</summary>
    public static DateTimeOffset NextLook(DateTimeOffset? begins, DateTimeOffset now)
    {
        var wait = begins + Margin - now ?? Untold;
        return now + (wait < Soonest ? Soonest : wait > Latest ? Latest : wait);
    }

    private static TimeSpan Unit(string word) => word switch
    {
        "second" => TimeSpan.FromSeconds(1),
        "minute" => TimeSpan.FromMinutes(1),
        "hour" => TimeSpan.FromHours(1),
        "day" => TimeSpan.FromDays(1),
        "week" => TimeSpan.FromDays(7),
        _ => TimeSpan.FromDays(30),
    };

    [GeneratedRegex(@"\bin (?:(?<count>\d{1,4})|an?|one) (?<unit>second|minute|hour|day|week|month)s?\b", RegexOptions.IgnoreCase)]
    private static partial Regex Span();

    [GeneratedRegex(@"\bin (?:a few )?moments?\b|\bbegins? shortly\b", RegexOptions.IgnoreCase)]
    private static partial Regex Moments();
}
