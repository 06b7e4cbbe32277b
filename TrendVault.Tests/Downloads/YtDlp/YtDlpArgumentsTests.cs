using TrendVault.Core.Downloads;
using TrendVault.Core.Media;
using TrendVault.Web.Pages.Shared;

namespace TrendVault.Tests.Downloads;

public sealed class YtDlpArgumentsTests
{
    private static readonly Tools Debian = new("/usr/bin/yt-dlp", "", YtDlpVersion.TryParse("2023.03.04")!.Value, "", JavaScript: null);
    private static readonly Tools Current = new("/opt/yt-dlp", "", YtDlpVersion.TryParse("2026.11.23")!.Value, "", new JavaScriptRuntime("deno", "/opt/deno", new Version(2, 9, 5)));

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
        Assert.Equal("deno:/opt/deno", After(YtDlpArguments.Probe(Current, "u"), "--js-runtimes"));
        Assert.Equal("ejs:github", After(YtDlpArguments.Probe(Current, "u"), "--remote-components"));
        Assert.DoesNotContain("--remote-components", YtDlpArguments.Probe(Current with { JavaScript = null }, "u"));
        Assert.DoesNotContain("--js-runtimes", YtDlpArguments.Probe(Current with { JavaScript = null }, "u"));
    }

    [Fact]
    public void No_list_ever_holds_what_would_run_or_read_something_else()
    {
        string[] never = ["--exec", "--netrc-cmd", "--external-downloader", "--cookies", "--cookies-from-browser", "--enable-file-urls", "--load-info-json", "-a", "--alias", "--proxy"];

        foreach (var tools in (Tools[])[Debian, Current])
        {
            var arguments = YtDlpArguments.Download(tools, "https://example.org/", Choice(H264, Aac), "media-1", rateLimit: 0);
            Assert.Empty(arguments.Intersect(never));
            Assert.Equal("native", After(arguments, "--downloader"));
        }
    }

    [Theory]
    [InlineData(true, "mp4")]
    [InlineData(false, "mkv")]
    public void A_pair_goes_into_a_container_that_takes_both(bool isH264, string container)
    {
        var arguments = YtDlpArguments.Download(Debian, "u", Choice(isH264 ? H264 : Theora, Aac), "media-1", rateLimit: 0);

        Assert.Equal(container, After(arguments, "--merge-output-format"));
        Assert.StartsWith($"b*[format_id='{(isH264 ? "137" : "7")}'][protocol", After(arguments, "-f"), StringComparison.Ordinal);
        Assert.Contains("+b*[format_id='140']", After(arguments, "-f"), StringComparison.Ordinal);
        Assert.Equal("media-1.%(ext)s", After(arguments, "-o"));
    }

    [Fact]
    public void An_id_is_quoted_whatever_it_holds()
    {
        var arguments = YtDlpArguments.Download(Debian, "u", Choice(H264 with { FormatId = @"it's \ 'b*'" }), "media-1", rateLimit: 0);

        Assert.StartsWith(@"b*[format_id='it\'s \\ \'b*\''][protocol", After(arguments, "-f"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_limited_download_takes_its_fragments_one_after_the_other_for_each_would_have_the_limit_for_itself()
    {
        var free = YtDlpArguments.Download(Debian, "u", Choice(H264), "media-1", rateLimit: 0);
        var limited = YtDlpArguments.Download(Debian, "u", Choice(H264), "media-1", rateLimit: 200_000);

        Assert.Equal("4", After(free, "-N"));
        Assert.DoesNotContain("--limit-rate", free);
        Assert.Equal("200000", After(limited, "--limit-rate"));
        Assert.DoesNotContain("-N", limited);
    }

    [Fact]
    public void A_list_is_read_without_its_pages_and_in_part()
    {
        var arguments = YtDlpArguments.Probe(Debian, "u");

        Assert.Contains("--flat-playlist", arguments);
        Assert.Equal("1:50", After(arguments, "--playlist-items"));
    }

    private static FormatChoice Choice(params MediaFormat[] streams) => new(streams, "");

    private static string After(IReadOnlyList<string> arguments, string option) => arguments[arguments.ToList().IndexOf(option) + 1];
}
