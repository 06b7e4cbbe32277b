namespace TrendVault.Core.YouTube;

/// <summary>The day that YouTube's quotas are counted by.</summary>
internal static class PacificDay
{
    private static readonly TimeZoneInfo Zone = TimeZoneInfo.FindSystemTimeZoneById("America/Los_Angeles");

    /// <summary>The date in California.</summary>
    public static DateOnly Of(DateTimeOffset now) => DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(now, Zone).DateTime);

    /// <summary>The instant at which the quotas renew; a day has 23 to 25 hours.</summary>
    public static DateTimeOffset EndOf(DateTimeOffset now)
    {
        var midnight = Of(now).AddDays(1).ToDateTime(TimeOnly.MinValue);
        return new DateTimeOffset(midnight, Zone.GetUtcOffset(midnight)).ToUniversalTime();
    }

    /// <summary>How long until the quotas renew.</summary>
    public static TimeSpan UntilNext(DateTimeOffset now) => EndOf(now) - now;
}
