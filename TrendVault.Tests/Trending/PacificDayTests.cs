using TrendVault.Core.YouTube;

namespace TrendVault.Tests.Trending;

public sealed class PacificDayTests
{
    [Theory]
    [InlineData("2026-11-20T07:59:59Z", "2026-11-19", "2026-11-20T08:00:00Z")] // winter: eight hours behind
    [InlineData("2026-11-20T08:00:00Z", "2026-11-20", "2026-11-21T08:00:00Z")]
    [InlineData("2026-07-01T06:59:59Z", "2026-06-30", "2026-07-01T07:00:00Z")] // summer: seven
    [InlineData("2026-11-01T12:00:00Z", "2026-11-01", "2026-11-02T08:00:00Z")] // the day of 25 hours
    [InlineData("2026-03-08T08:00:00Z", "2026-03-08", "2026-03-09T07:00:00Z")] // the day of 23
    public void A_day_ends_at_midnight_in_California(string now, string day, string end)
    {
        var culture = System.Globalization.CultureInfo.InvariantCulture;
        var moment = DateTimeOffset.Parse(now, culture);

        Assert.Equal(DateOnly.Parse(day, culture), PacificDay.Of(moment));
        Assert.Equal(DateTimeOffset.Parse(end, culture), PacificDay.EndOf(moment));
    }
}
