using TrendVault.Core;
using TrendVault.Core.Downloads;
using TrendVault.Core.Media;
using TrendVault.Tests.App;

namespace TrendVault.Tests.Downloads;

public sealed class YtDlpErrorsTests
{
    private const string Shortcoming = "The server's yt-dlp is too old.";

    private static readonly DateTimeOffset Now = new(2026, 11, 29, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Every_recorded_line_has_its_code()
    {
        foreach (var line in File.ReadLines(Path.Combine(Repository.Root, "TrendVault.Tests", "Downloads", "YtDlp", "recorded-errors.txt")).Where(line => line.Contains('\t')))
        {
            var (code, text) = (line.Split('\t')[0], line.Split('\t')[1]);

            Assert.Equal((code, text), (Explain(text, asked: Asked.Format).Code, text));
        }
    }

    [Theory]
    [InlineData("ERROR: Unsupported URL: https://example.org/", "unsupported", Remedy.GiveUp)]
    [InlineData("ERROR: [generic] 'x' is not a valid URL. Set --default-search \"ytsearch\" (or run  yt-dlp \"ytsearch:x\" ) to search YouTube", "unsupported", Remedy.GiveUp)]
    [InlineData("ERROR: [youtube] abc: Private video. Sign in if you've been granted access to this video. Use --cookies", "private", Remedy.GiveUp)]
    [InlineData("ERROR: [youtube] abc: Join this channel to get access to members-only content like this video", "private", Remedy.GiveUp)]
    [InlineData("ERROR: [youtube] abc: Sign in to confirm you’re not a bot. Use --cookies-from-browser or --cookies", "bot_check", Remedy.Retry)]
    [InlineData("ERROR: [youtube] abc: Sign in to confirm your age. This video may be inappropriate for some users.", "sign_in_needed", Remedy.GiveUp)]
    [InlineData("ERROR: [youtube] abc: Video unavailable. This video has been removed by the uploader", "unavailable", Remedy.GiveUp)]
    [InlineData("ERROR: [youtube] abc: Video unavailable. The uploader has not made this video available in your country", "not_available_here", Remedy.GiveUp)]
    [InlineData("ERROR: [youtube] abc: Premieres in 3 hours", "not_yet", Remedy.Wait)]
    [InlineData("ERROR: [youtube] abc: This live event will begin in 2 days.", "not_yet", Remedy.Wait)]
    [InlineData("ERROR: [twitter] 1: This broadcast has not yet started", "not_yet", Remedy.Wait)]
    [InlineData("ERROR: [TikTok:live] user: The channel is not currently live", "unavailable", Remedy.GiveUp)]
    [InlineData("ERROR: [x] 1: This video is DRM protected", "drm", Remedy.GiveUp)]
    [InlineData("ERROR: unable to download video data: HTTP Error 403: Forbidden", "forbidden", Remedy.RetryOnce)]
    [InlineData("ERROR: [generic] Unable to download webpage: HTTP Error 403: Address Not Allowed (caused by <HTTPError 403: 'Address Not Allowed'>)", "url_not_allowed", Remedy.GiveUp)]
    [InlineData("ERROR: [generic] Unable to download webpage: HTTP Error 404: Not Found (caused by <HTTPError 404: 'Not Found'>)", "unavailable", Remedy.GiveUp)]
    [InlineData("ERROR: [TikTok] 1: HTTP Error 429: Too Many Requests", "rate_limited", Remedy.Retry)]
    [InlineData("ERROR: [generic] Unable to download webpage: HTTP Error 503: Service Unavailable", "network", Remedy.Retry)]
    [InlineData("ERROR: [generic] Unable to download webpage: <urlopen error [Errno 111] Connection refused>", "network", Remedy.Retry)]
    [InlineData("ERROR: [generic] Unable to download webpage: <urlopen error [Errno -2] Name or service not known>", "network", Remedy.Retry)]
    [InlineData("ERROR: fragment 2 not found, unable to continue", "network", Remedy.Retry)]
    [InlineData("ERROR: You have requested merging of multiple formats but ffmpeg is not installed. Aborting due to --abort-on-error", "not_installed", Remedy.Wait)]
    [InlineData("ERROR: unable to write data: [Errno 28] No space left on device", "disk_full", Remedy.Wait)]
    [InlineData("ERROR: Postprocessing: Conversion failed!", "bad_media", Remedy.RetryOnce)]
    [InlineData("ERROR: [urllib] Unexpected error: MemoryError: Unable to allocate output buffer.; please report this issue on  https://github.com/yt-dlp/yt-dlp/issues\nERROR: Unable to handle request: 1 unexpected error(s)", "too_much_to_read", Remedy.GiveUp)]
    [InlineData("ERROR: Unable to allocate output buffer.", "too_much_to_read", Remedy.GiveUp)]
    [InlineData("  File \"gzip.py\", line 301, in read\nMemoryError", "too_much_to_read", Remedy.GiveUp)]
    [InlineData("ERROR: [youtube] abc: Unable to extract uploader id; please report this issue on  https://github.com/yt-dlp/yt-dlp/issues", "site_changed", Remedy.GiveUp)]
    [InlineData("ERROR: [TikTok] 7: Your IP address is blocked from accessing this post", "blocked", Remedy.GiveUp)]
    [InlineData("ERROR: [TikTok] 7: You do not have permission to view this post. Log into an account that has access. Use --cookies, --cookies-from-browser, --username and --password", "sign_in_needed", Remedy.GiveUp)]
    [InlineData("ERROR: [TikTok] 7: Video not available, status code 10204", "unavailable", Remedy.GiveUp)]
    [InlineData("ERROR: [TikTok] 7: Unexpected response from webpage request; please report this issue on  https://github.com/yt-dlp/yt-dlp/issues", "bot_check", Remedy.Retry)]
    [InlineData("ERROR: [youtube] abc: All player responses are invalid. Your IP is likely being blocked by Youtube", "blocked", Remedy.GiveUp)]
    [InlineData("ERROR: [youtube] abc: Video unavailable. This content isn’t available, try again later.", "rate_limited", Remedy.Retry)]
    [InlineData("ERROR: [youtube] abc: This live event has ended.", "unavailable", Remedy.GiveUp)]
    [InlineData("ERROR: [youtube] abc: This live event will begin in a few moments.", "not_yet", Remedy.Wait)]
    [InlineData("ERROR: [youtube] abc: Video unavailable. YouTube is requiring a captcha challenge before playback", "bot_check", Remedy.Retry)]
    [InlineData("ERROR: [youtube] abc: Video unavailable. This content isn't available, try again later. The current session has been rate-limited by YouTube for up to an hour.", "rate_limited", Remedy.Retry)]
    [InlineData("ERROR: [youtube:tab] abc: Login details are needed to download this content. Use --cookies-from-browser or --cookies for the authentication", "sign_in_needed", Remedy.GiveUp)]
    [InlineData("ERROR: [site] abc: This video is not available from your location due to geo restriction", "not_available_here", Remedy.GiveUp)]
    [InlineData("ERROR: [TikTok] 7: Unable to solve JS challenge; please report this issue on  https://github.com/yt-dlp/yt-dlp/issues", "site_changed", Remedy.GiveUp)]
    [InlineData("ERROR: Unsupported URL: https://example.org/hdrmovies", "unsupported", Remedy.GiveUp)]
    [InlineData("ERROR: [generic] hdrm: Unable to download webpage: HTTP Error 403: Forbidden", "forbidden", Remedy.RetryOnce)]
    [InlineData("ERROR: something nobody has heard of", "failed", Remedy.Retry)]
    public void Each_error_has_a_code_and_a_remedy(string line, string code, Remedy remedy)
    {
        var failure = Explain("WARNING: before\n" + line);

        Assert.Equal((code, remedy), (failure.Code, failure.Remedy));
        // What happened, and what to do; of what is announced, who waits for it says that.
        if (!failure.IsNotYet)
            Assert.Matches(@"^\w.+\. [A-Z].+\.$", failure.Message);
    }

    [Theory]
    [InlineData("Look", "site_changed", Remedy.GiveUp, "too old")]
    [InlineData("Preset", "site_changed", Remedy.RetryOnce, "too old")]
    [InlineData("Format", "format_unavailable", Remedy.GiveUp, "Choose another")]
    public void A_format_that_is_not_available_is_a_yt_dlp_too_old_for_the_site_unless_that_very_format_was_named(string asked, string code, Remedy remedy, string words)
    {
        var failure = Explain(
            "ERROR: [youtube] 1: Requested format is not available. Use --list-formats for a list of available formats", asked: Enum.Parse<Asked>(asked));

        Assert.Equal((code, remedy), (failure.Code, failure.Remedy));
        Assert.Contains(words, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_site_that_refuses_robots_names_the_other_way_out() =>
        Assert.Contains(
            "another way to the internet",
            Explain("ERROR: [TikTok] 7: Unexpected response from webpage request; please report this issue on  https://github.com/yt-dlp/yt-dlp/issues").Message,
            StringComparison.Ordinal);

    [Fact]
    public void A_program_that_was_killed_may_be_tried_again()
    {
        var failure = Explain("", exitCode: 137);

        Assert.Equal(("interrupted", Remedy.Retry), (failure.Code, failure.Remedy));
    }

    [Theory]
    [InlineData("ERROR: [youtube] 1: Unable to extract player version; please report this issue", true)]
    [InlineData("ERROR: something nobody has heard of", true)]
    [InlineData("ERROR: [youtube] 1: Private video", false)]
    public void A_shortcoming_of_the_tools_is_named_where_it_may_explain_the_failure(string line, bool isNamed) =>
        Assert.Equal(isNamed, Explain(line, shortcoming: Shortcoming).Message.EndsWith(Shortcoming, StringComparison.Ordinal));

    [Fact]
    public void What_only_the_server_should_know_is_stripped()
    {
        var detail = YtDlpErrors.Strip(
            "ERROR: [x] 1: got https://cdn.example.org/v.mp4?sig=SECRET1&x=1#SECRET2 through http://user:SECRET3@127.0.0.1:4000 into '/srv/SECRET4/work/media.mp4'; "
            + "please report this issue on  https://github.com/yt-dlp/yt-dlp/issues?q= , filling out SECRET5");

        Assert.DoesNotContain("SECRET", detail, StringComparison.Ordinal);
        Assert.Contains("https://cdn.example.org/v.mp4", detail, StringComparison.Ordinal);
        Assert.StartsWith("ERROR: [x] 1: got", detail, StringComparison.Ordinal);
    }

    private static MediaFailure Explain(string stderr, int exitCode = 1, Asked asked = Asked.Look, string? shortcoming = null) =>
        YtDlpErrors.Explain(stderr, exitCode, asked, shortcoming, Now);
}
