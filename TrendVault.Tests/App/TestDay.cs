using System.Globalization;

namespace TrendVault.Tests.App;

/// <summary>
/// The day on which tests take place that have a clock of their own: the same today and in a year, so that the charts of the sandbox are
/// too. It lies ahead, as Redis, which goes by the machine's clock, forgets at once what should have ended before today.
/// <c>TRENDVAULT_TEST_DAY</c>, such as <c>2028-02-29</c> or <c>2028-02-29T23:59:30Z</c>, names another.
/// </summary>
internal sealed class TestDay : TimeProvider
{
    private static readonly DateTimeOffset Begin =
        Read(Environment.GetEnvironmentVariable("TRENDVAULT_TEST_DAY") ?? "2035-10-17T14:00:00Z");

    private readonly long _start = System.GetTimestamp();

    private TestDay()
    {
    }

    /// <summary>Goes on from that day's moment as real time does.</summary>
    public static TimeProvider Clock { get; } = new TestDay();

    /// <summary>What <see cref="Clock"/> shows.</summary>
    public static DateTimeOffset Now => Clock.GetUtcNow();

    public override DateTimeOffset GetUtcNow() => Begin + System.GetElapsedTime(_start);

    private static DateTimeOffset Read(string text) =>
        DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal);
}
