using TrendVault.Core.Media;

namespace TrendVault.Tests.Media;

public sealed class ToolsTests
{
    private static readonly DateOnly Today = new(2026, 12, 15);
    private static readonly JavaScriptRuntime Deno = new("deno", "/opt/deno", new Version(2, 9, 5));

    [Theory]
    [InlineData("2026.11.23", "2026.11.23")]
    [InlineData("2026.07.04.232211", "2026.07.04")]
    [InlineData("2023.03.04", "2023.03.04")]
    public void Versions_are_dates(string text, string shown) => Assert.Equal(shown, YtDlpVersion.TryParse(text)!.Value.ToString());

    [Theory]
    [InlineData("")]
    [InlineData("Traceback (most recent call last):")]
    [InlineData("2026.13.45")]
    public void What_is_no_version_is_none(string text) => Assert.Null(YtDlpVersion.TryParse(text));

    [Theory]
    [InlineData("2023.03.04", "2026-12-15", "older than 2026.11.23")]
    [InlineData("2026.08.19", "2026-12-15", "older than 2026.11.23")]
    [InlineData("2026.11.23", "2026-12-15", null)]
    [InlineData("2026.11.23", "2027-02-21", null)]
    [InlineData("2026.11.23", "2027-02-22", "13 weeks old")]
    public void An_old_program_is_warned_of(string version, string today, string? warning)
    {
        var actual = YtDlpVersion.TryParse(version)!.Value.WarningOn(DateOnly.Parse(today, System.Globalization.CultureInfo.InvariantCulture));

        if (warning is null)
            Assert.Null(actual);
        else
            Assert.Contains(warning, actual, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("2026-11-22", "new this week")]
    [InlineData("2026-11-29", "new this week")]
    [InlineData("2026-11-30", "1 week old")]
    [InlineData("2026-12-14", "3 weeks old")]
    public void Its_age_is_told_in_weeks(string today, string age) =>
        Assert.Equal(age, YtDlpVersion.TryParse("2026.11.23")!.Value.AgeOn(DateOnly.Parse(today, System.Globalization.CultureInfo.InvariantCulture)));

    [Theory]
    [InlineData("https://www.youtube.com/watch?v=1", "2023.03.04", true, "2023.03.04, too old for this site")]
    [InlineData("https://youtu.be/1", "2023.03.04", true, "2023.03.04, too old for this site")]
    [InlineData("https://vm.tiktok.com/1", "2023.03.04", true, "2023.03.04, too old for this site")]
    [InlineData("https://example.org/youtube.com", "2023.03.04", true, null)]
    [InlineData("https://www.youtube.com/watch?v=1", "2026.11.23", true, null)]
    [InlineData("https://www.youtube.com/watch?v=1", "2026.11.23", false, "JavaScript runtime")]
    [InlineData("https://www.tiktok.com/@a/video/1", "2026.11.23", false, null)]
    public void What_the_tools_lack_is_told_at_the_sites_that_need_it(string url, string version, bool hasDeno, string? sentence)
    {
        var shortcoming = Given(version, hasDeno ? Deno : null).ShortcomingAt(url, Today);

        if (sentence is null)
            Assert.Null(shortcoming);
        else
            Assert.Contains(sentence, shortcoming, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("deno", "deno 2.9.5 (stable, release, x86_64-unknown-linux-gnu)\nv8 14.0", "Deno 2.9.5")]
    [InlineData("deno", "deno 2.2.9 (stable)", null)]
    [InlineData("node", "v22.0.0", "Node.js 22.0.0")]
    [InlineData("node", "v20.20.2", null)]
    [InlineData("node", "", null)]
    public void A_runtime_must_be_new_enough(string name, string answer, string? shown) =>
        Assert.Equal(shown, JavaScriptRuntime.TryRead(name, "/opt/x", answer)?.ToString());

    [Fact]
    public void The_status_page_is_told_what_was_chosen_and_what_it_reaches()
    {
        Assert.Equal(
            [(true, "2026.11.23, 3 weeks old, TrendVault's own."), (true, "Deno 2.9.5."), (true, "YouTube: yes. TikTok: yes. Other sites: yes.")],
            Given("2026.11.23", Deno).Describe(Today, impersonates: true).Select(line => (line.IsGood, line.Note)));
        Assert.Equal(
            [true, false, false],
            Given("2026.11.23", runtime: null).Describe(Today, impersonates: false).Select(line => line.IsGood));
        Assert.Equal(
            "YouTube: hardly. TikTok: hardly. Other sites: yes.", Given("2023.03.04", runtime: null).Describe(Today, impersonates: false)[^1].Note);
    }

    private static Tools Given(string version, JavaScriptRuntime? runtime) =>
        new("/opt/yt-dlp", "TrendVault's own", YtDlpVersion.TryParse(version)!.Value, "/usr/bin/ffprobe", runtime);
}
