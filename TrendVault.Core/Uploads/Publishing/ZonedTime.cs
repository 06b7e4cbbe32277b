using System.Text.RegularExpressions;

namespace TrendVault.Core.Uploads;

/// <summary>What a clock on the wall of a zone shows, and when that is. Twice a year some of its times come twice, or not at all.</summary>
internal static partial class ZonedTime
{
    /// <summary>The zones that people name: those of places, and UTC.</summary>
    public static IReadOnlyList<string> Zones { get; } =
    [
        "UTC",
        .. TimeZoneInfo.GetSystemTimeZones()
            .Select(zone => zone.Id)
            .Where(id => id.Contains('/', StringComparison.Ordinal) && !id.StartsWith("Etc/", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>
    /// One of <see cref="Zones"/>, or one of their older names, such as Asia/Calcutta, by which browsers still call them; null for what
    /// nobody knows here.
    /// </summary>
    public static TimeZoneInfo? Find(string? zone) =>
        zone is not null && IsName().IsMatch(zone) && TimeZoneInfo.TryFindSystemTimeZoneById(zone, out var found) ? found : null;

    [GeneratedRegex(@"^(UTC|[A-Za-z]+(/[A-Za-z0-9_+\-]+)+)\z")]
    private static partial Regex IsName();

    /// <summary>When a clock of the zone shows <paramref name="wall"/>: the first time, if it does so twice; null if it never does.</summary>
    public static DateTimeOffset? At(DateTime wall, TimeZoneInfo zone) =>
        Moments(wall, zone) is [var first, ..] ? first.ToUniversalTime() : null;

    /// <summary>True when the clocks go back over it.</summary>
    public static bool IsTwice(DateTime wall, TimeZoneInfo zone) => Moments(wall, zone).Count > 1;

    // The clocks run by the offset of the day before or by that of the day after. What TimeZoneInfo itself says of local times is wrong
    // where summer time is the standard, as in Morocco.
    private static List<DateTimeOffset> Moments(DateTime wall, TimeZoneInfo zone)
    {
        if (wall.Year is 1 or 9999)
            return [];
        var time = DateTime.SpecifyKind(wall, DateTimeKind.Unspecified);
        return
        [
            .. new[] { -1, 1 }
                .Select(days => zone.GetUtcOffset(new DateTimeOffset(time.AddDays(days), TimeSpan.Zero)))
                .Distinct()
                .Select(offset => new DateTimeOffset(time, offset))
                .Where(at => TimeZoneInfo.ConvertTime(at, zone).DateTime == time)
                .Order(),
        ];
    }
}
