using TrendVault.Web;

namespace TrendVault.Tests.Web;

public sealed class FormatTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(0, "0")]
    [InlineData(999, "999")]
    [InlineData(1_000, "1 K")]
    [InlineData(999_400, "999 K")]
    [InlineData(999_600, "1 M")]
    [InlineData(1_932_607, "1.9 M")]
    [InlineData(5_000_000_000, "5 B")]
    public void Counts_are_short(long value, string text) => Assert.Equal(text, Format.Count(value));

    [Theory]
    [InlineData(0, "0 B")]
    [InlineData(1023, "1023 B")]
    [InlineData(1024, "1 KiB")]
    [InlineData(43_200_000, "41.2 MiB")]
    [InlineData(5L << 40, "5 TiB")]
    public void Bytes_are_in_binary_units(long value, string text) => Assert.Equal(text, Format.Bytes(value));

    [Theory]
    [InlineData(0, "0:00")]
    [InlineData(724, "12:04")]
    [InlineData(3723, "1:02:03")]
    [InlineData(59.6, "1:00")]
    public void Durations_read_like_a_clock(double seconds, string text) => Assert.Equal(text, Format.Duration(seconds));

    [Theory]
    [InlineData(new string[0], "")]
    [InlineData(new[] { "YouTube" }, "YouTube")]
    [InlineData(new[] { "YouTube", "TikTok" }, "YouTube and TikTok")]
    [InlineData(new[] { "YouTube", "TikTok", "Google" }, "YouTube, TikTok and Google")]
    public void Names_are_listed_as_one_says_them(string[] names, string text) => Assert.Equal(text, Format.List(names));

    [Theory]
    [InlineData("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36", "Chrome on Linux")]
    [InlineData("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0", "Edge on Windows")]
    [InlineData("Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1", "Safari on iPhone")]
    [InlineData("Mozilla/5.0 (Android 15; Mobile; rv:142.0) Gecko/142.0 Firefox/142.0", "Firefox on Android")]
    [InlineData("curl/8.5.0", "curl")]
    [InlineData(null, "unknown")]
    public void Browsers_go_by_their_names(string? userAgent, string text) => Assert.Equal(text, Format.Browser(userAgent));

    [Theory]
    [InlineData(-3, "just now")]
    [InlineData(-360, "6 min ago")]
    [InlineData(7200, "in 2 h")]
    [InlineData(-86400 * 3, "3 days ago")]
    public void Times_are_relative(int seconds, string text) => Assert.Equal(text, Format.Ago(Now.AddSeconds(seconds), Now));
}
