using TrendVault.Core.Downloads;

namespace TrendVault.Tests.Downloads;

public sealed class YtDlpErrorsTests
{
    private static readonly YtDlpVersion Debian = YtDlpVersion.TryParse("2023.03.04")!.Value;
    private static readonly YtDlpVersion Current = YtDlpVersion.TryParse("2026.08.19")!.Value;

    [Theory]
    [InlineData("ERROR: Unsupported URL: https://example.org/", "unsupported", Remedy.GiveUp)]
    [InlineData("ERROR: [generic] 'x' is not a valid URL. Set --default-search \"ytsearch\" (or run  yt-dlp \"ytsearch:x\" ) to search YouTube", "unsupported", Remedy.GiveUp)]
    [InlineData("ERROR: [youtube] abc: Private video. Sign in if you've been granted access to this video. Use --cookies", "private", Remedy.GiveUp)]
    [InlineData("ERROR: [youtube] abc: Join this channel to get access to members-only content like this video", "private", Remedy.GiveUp)]
    [InlineData("ERROR: [youtube] abc: Sign in to confirm you’re not a bot. Use --cookies-from-browser or --cookies", "bot_check", Remedy.Retry)]
    [InlineData("ERROR: [youtube] abc: Sign in to confirm your age. This video may be inappropriate for some users.", "sign_in_needed", Remedy.GiveUp)]
    [InlineData("ERROR: [youtube] abc: Video unavailable. This video has been removed by the uploader", "unavailable", Remedy.GiveUp)]
    [InlineData("ERROR: [youtube] abc: Video unavailable. The uploader has not made this video available in your country", "not_available_here", Remedy.GiveUp)]
    [InlineData("ERROR: [youtube] abc: Premieres in 3 hours", "not_yet", Remedy.GiveUp)]
    [InlineData("ERROR: [x] 1: This video is DRM protected", "drm", Remedy.GiveUp)]
    [InlineData("ERROR: [generic] 1: Requested format is not available. Use --list-formats for a list of available formats", "format_unavailable", Remedy.Retry)]
    [InlineData("ERROR: unable to download video data: HTTP Error 403: Forbidden", "forbidden", Remedy.Retry)]
    [InlineData("ERROR: [generic] Unable to download webpage: HTTP Error 403: Address Not Allowed (caused by <HTTPError 403: 'Address Not Allowed'>)", "url_not_allowed", Remedy.GiveUp)]
    [InlineData("ERROR: [generic] Unable to download webpage: HTTP Error 404: Not Found (caused by <HTTPError 404: 'Not Found'>)", "unavailable", Remedy.GiveUp)]
    [InlineData("ERROR: [TikTok] 1: HTTP Error 429: Too Many Requests", "rate_limited", Remedy.Retry)]
    [InlineData("ERROR: [generic] Unable to download webpage: HTTP Error 503: Service Unavailable", "network", Remedy.Retry)]
    [InlineData("ERROR: [generic] Unable to download webpage: <urlopen error [Errno 111] Connection refused>", "network", Remedy.Retry)]
    [InlineData("ERROR: [generic] Unable to download webpage: <urlopen error [Errno -2] Name or service not known>", "network", Remedy.Retry)]
    [InlineData("ERROR: fragment 2 not found, unable to continue", "network", Remedy.Retry)]
    [InlineData("ERROR: You have requested merging of multiple formats but ffmpeg is not installed. Aborting due to --abort-on-error", "not_installed", Remedy.Wait)]
    [InlineData("ERROR: unable to write data: [Errno 28] No space left on device", "disk_full", Remedy.Wait)]
    [InlineData("ERROR: Postprocessing: Conversion failed!", "bad_media", Remedy.Retry)]
    [InlineData("ERROR: [youtube] abc: Unable to extract uploader id; please report this issue on  https://github.com/yt-dlp/yt-dlp/issues", "site_changed", Remedy.GiveUp)]
    [InlineData("ERROR: something nobody has heard of", "failed", Remedy.Retry)]
    public void Each_error_has_a_code_and_a_remedy(string line, string code, Remedy remedy)
    {
        var failure = YtDlpErrors.Explain("WARNING: before\n" + line, 1, "https://example.org/", Current);

        Assert.Equal((code, remedy), (failure.Code, failure.Remedy));
        Assert.EndsWith(".", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_program_that_was_killed_may_be_tried_again() =>
        Assert.Equal(("interrupted", Remedy.Retry), (YtDlpErrors.Explain("", 137, "https://example.org/", Current).Code, YtDlpErrors.Explain("", 137, "https://example.org/", Current).Remedy));

    [Theory]
    [InlineData("https://www.youtube.com/watch?v=1", true)]
    [InlineData("https://youtu.be/1", true)]
    [InlineData("https://vm.tiktok.com/1", true)]
    [InlineData("https://example.org/youtube.com", false)]
    public void An_old_program_is_named_where_its_age_explains_the_failure(string url, bool isNamed)
    {
        const string Line = "ERROR: [youtube] 1: Unable to extract player version; please report this issue";

        Assert.Equal(isNamed, YtDlpErrors.Explain(Line, 1, url, Debian).Message.Contains("2023.03.04", StringComparison.Ordinal));
        Assert.DoesNotContain("too old", YtDlpErrors.Explain(Line, 1, url, Current).Message, StringComparison.Ordinal);
        Assert.DoesNotContain("too old", YtDlpErrors.Explain("ERROR: Private video", 1, url, Debian).Message, StringComparison.Ordinal);
    }

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
}
