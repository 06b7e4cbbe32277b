using TrendVault.Core.Downloads;

namespace TrendVault.Tests.Downloads;

public sealed class YtDlpArgumentsTests
{
    private static readonly YtDlpVersion Debian = YtDlpVersion.TryParse("2023.03.04")!.Value;
    private static readonly YtDlpVersion Current = YtDlpVersion.TryParse("2026.08.19")!.Value;

    private static readonly MediaFormat H264 = new() { FormatId = "137", Ext = "mp4", VideoCodec = "avc1.64", AudioCodec = "none" };
    private static readonly MediaFormat Theora = new() { FormatId = "7", Ext = "ogv", VideoCodec = "theora", AudioCodec = "none" };
    private static readonly MediaFormat Aac = new() { FormatId = "140", Ext = "m4a", VideoCodec = "none", AudioCodec = "mp4a.40.2" };

    [Fact]
    public void The_url_is_one_word_behind_two_dashes()
    {
        var arguments = YtDlpArguments.Probe(Debian, "--exec");

        Assert.Equal(["-J", "--", "--exec"], arguments.TakeLast(3));
        Assert.Equal("--ignore-config", arguments[0]);
    }

    [Fact]
    public void An_option_is_given_only_to_versions_that_know_it()
    {
        Assert.Contains("--no-colors", YtDlpArguments.Probe(Debian, "u"));
        Assert.DoesNotContain("--color", YtDlpArguments.Probe(Debian, "u"));
        Assert.DoesNotContain("--no-plugin-dirs", YtDlpArguments.Probe(Debian, "u"));
        Assert.DoesNotContain("--js-runtimes", YtDlpArguments.Probe(Debian, "u"));
        Assert.Contains("--color", YtDlpArguments.Probe(Current, "u"));
        Assert.Contains("--no-plugin-dirs", YtDlpArguments.Probe(Current, "u"));
        Assert.Contains("--js-runtimes", YtDlpArguments.Probe(Current, "u"));
    }

    [Fact]
    public void No_list_ever_holds_what_would_run_or_read_something_else()
    {
        string[] never = ["--exec", "--netrc-cmd", "--downloader", "--external-downloader", "--cookies", "--cookies-from-browser", "--enable-file-urls", "--load-info-json", "-a", "--alias", "--proxy"];

        foreach (var version in (YtDlpVersion[])[Debian, Current])
            Assert.Empty(YtDlpArguments.Download(version, "https://example.org/", Choice(H264, Aac), "media-1").Intersect(never));
    }

    [Theory]
    [InlineData(true, "mp4")]
    [InlineData(false, "mkv")]
    public void A_pair_goes_into_a_container_that_takes_both(bool isH264, string container)
    {
        var arguments = YtDlpArguments.Download(Debian, "u", Choice(isH264 ? H264 : Theora, Aac), "media-1");

        Assert.Equal(container, After(arguments, "--merge-output-format"));
        Assert.StartsWith($"b*[format_id='{(isH264 ? "137" : "7")}'][protocol", After(arguments, "-f"), StringComparison.Ordinal);
        Assert.Contains("+b*[format_id='140']", After(arguments, "-f"), StringComparison.Ordinal);
        Assert.Equal("media-1.%(ext)s", After(arguments, "-o"));
    }

    [Theory]
    [InlineData("2026.08.19", "2026.08.19", false)]
    [InlineData("2026.07.04.232211", "2026.07.04", false)]
    [InlineData("2023.03.04", "2023.03.04", true)]
    public void Versions_are_dates(string text, string shown, bool isOld)
    {
        var version = YtDlpVersion.TryParse(text)!.Value;

        Assert.Equal((shown, isOld), (version.ToString(), version.IsOld));
    }

    [Theory]
    [InlineData("")]
    [InlineData("Traceback (most recent call last):")]
    [InlineData("2026.13.45")]
    public void What_is_no_version_is_none(string text) => Assert.Null(YtDlpVersion.TryParse(text));

    private static FormatChoice Choice(params MediaFormat[] streams) => new(streams, "", ExtractsAudio: false);

    private static string After(IReadOnlyList<string> arguments, string option) => arguments[arguments.ToList().IndexOf(option) + 1];
}
