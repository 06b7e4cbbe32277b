using System.Globalization;
using TrendVault.Core.Uploads;

namespace TrendVault.Tests.Uploads;

public sealed class ZonedTimeTests
{
    [Theory]
    [InlineData("2026-11-24T18:00", "UTC", "2026-11-24T18:00:00Z")]
    [InlineData("2026-11-24T18:00", "Europe/Berlin", "2026-11-24T17:00:00Z")]
    [InlineData("2026-07-24T18:00", "Europe/Berlin", "2026-07-24T16:00:00Z")]
    [InlineData("2026-11-24T18:00", "Asia/Kolkata", "2026-11-24T12:30:00Z")]
    [InlineData("2027-01-01T00:30", "Pacific/Kiritimati", "2026-12-31T10:30:00Z")]
    // The hour before and after the clocks go forward, and back.
    [InlineData("2027-03-28T01:59", "Europe/Berlin", "2027-03-28T00:59:00Z")]
    [InlineData("2027-03-28T03:00", "Europe/Berlin", "2027-03-28T01:00:00Z")]
    [InlineData("2027-10-31T01:59", "Europe/Berlin", "2027-10-30T23:59:00Z")]
    [InlineData("2027-10-31T02:30", "Europe/Berlin", "2027-10-31T00:30:00Z")]
    [InlineData("2027-10-31T03:00", "Europe/Berlin", "2027-10-31T02:00:00Z")]
    [InlineData("2027-11-07T01:30", "America/New_York", "2027-11-07T05:30:00Z")]
    // Half an hour only.
    [InlineData("2027-04-04T01:45", "Australia/Lord_Howe", "2027-04-03T14:45:00Z")]
    public void A_time_of_a_zone_is_one_moment_and_the_first_of_two(string wall, string zone, string moment) =>
        Assert.Equal(DateTimeOffset.Parse(moment, CultureInfo.InvariantCulture), ZonedTime.At(Read(wall), ZonedTime.Find(zone)!));

    [Theory]
    [InlineData("2027-03-28T02:00", "Europe/Berlin")]
    [InlineData("2027-03-28T02:59", "Europe/Berlin")]
    [InlineData("2027-03-14T02:30", "America/New_York")]
    [InlineData("2027-10-03T02:15", "Australia/Lord_Howe")]
    [InlineData("2027-03-14T02:30", "Africa/Casablanca")]
    public void A_time_that_the_clocks_go_over_is_none(string wall, string zone) =>
        Assert.Null(ZonedTime.At(Read(wall), ZonedTime.Find(zone)!));

    [Theory]
    [InlineData("2027-10-31T02:30", "Europe/Berlin", true)]
    [InlineData("2027-10-31T03:00", "Europe/Berlin", false)]
    [InlineData("2027-10-31T02:30", "UTC", false)]
    public void A_time_that_comes_twice_is_known(string wall, string zone, bool isTwice) =>
        Assert.Equal(isTwice, ZonedTime.IsTwice(Read(wall), ZonedTime.Find(zone)!));

    [Fact]
    public void Every_hour_of_a_year_comes_back_by_the_clock_of_its_zone()
    {
        foreach (var id in new[] { "UTC", "Europe/London", "America/St_Johns", "Australia/Lord_Howe", "Africa/Casablanca", "Pacific/Chatham" })
        {
            var zone = ZonedTime.Find(id)!;
            var missing = 0;
            for (var wall = new DateTime(2027, 1, 1); wall.Year == 2027; wall = wall.AddMinutes(30))
            {
                if (ZonedTime.At(wall, zone) is { } at)
                    Assert.Equal(wall, TimeZoneInfo.ConvertTime(at, zone).DateTime);
                else
                    missing++;
            }

            // At most an hour is gone over twice a year.
            Assert.InRange(missing, 0, 4);
        }
    }

    [Theory]
    [InlineData("0001-01-01T00:00", "Asia/Tokyo")]
    [InlineData("9999-12-31T23:59", "America/Los_Angeles")]
    public void The_ends_of_the_calendar_are_no_times(string wall, string zone) =>
        Assert.Null(ZonedTime.At(Read(wall), ZonedTime.Find(zone)!));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("Mars/Olympus")]
    [InlineData("../etc/passwd")]
    [InlineData("/usr/share/zoneinfo/UTC")]
    public void What_is_no_zone_is_not_found(string? zone) => Assert.Null(ZonedTime.Find(zone));

    [Fact]
    public void Every_zone_that_is_offered_is_found() =>
        Assert.All(ZonedTime.Zones, zone => Assert.NotNull(ZonedTime.Find(zone)));

    private static DateTime Read(string wall) => DateTime.Parse(wall, CultureInfo.InvariantCulture);
}
