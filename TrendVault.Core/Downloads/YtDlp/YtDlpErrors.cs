using System.Text.RegularExpressions;
using TrendVault.Core.Egress;
using TrendVault.Core.Media;

namespace TrendVault.Core.Downloads;

/// <summary>What a run of yt-dlp was for.</summary>
internal enum Asked
{
    /// <summary>What the page offers.</summary>
    Look,

    /// <summary>A format that a preset led to, by a look that may be some minutes old.</summary>
    Preset,

    /// <summary>A format that the user named.</summary>
    Format,
}

/// <summary>
/// What yt-dlp's errors mean, and what to do. Sites' texts change at any time: what no row knows is told as it is, and tried again.
/// </summary>
internal static partial class YtDlpErrors
{
    private const int DetailLength = 2000;
    private const string AnotherWay = "Try again later; if it stays so, the server needs another way to the internet.";

    private static readonly TimeSpan Throttled = TimeSpan.FromMinutes(10);

    private static readonly Row FormatGone = new("format_unavailable", Remedy.GiveUp,
        "The site no longer offers this format.", "Choose another.",
        "Requested format is not available");

    private static readonly Row TooOld = new("site_changed", Remedy.GiveUp,
        "yt-dlp no longer understands this site: it is too old for it.", "The server's admin should install a newer one; then try again.",
        "nsig extraction failed", "Unable to extract", "Cannot identify player", "JS challenge", "challenge data",
        "Failed to extract any player response", "please report this issue")
    {
        ToolsMayExplain = true,
    };

    private static readonly Row NotYet = new(MediaFailure.NotYetCode, Remedy.Wait,
        "The video has not been published yet.", "It can be downloaded when it is out.",
        "event will begin", "Premieres in", "Premiere will begin", "is upcoming", "not started yet", "has not yet started", "has not started");

    private static readonly Row Interrupted = new("interrupted", Remedy.Retry, "The download was interrupted on the server.", "Try again.",
        "Interrupted by user");

    private static readonly Row Unknown = new("failed", Remedy.Retry, "yt-dlp could not download this.", "Its own words are below; try again later.") { ToolsMayExplain = true };

    // In this order: an error often holds the words of several rows.
    private static readonly Row[] Table =
    [
        new("url_not_allowed", Remedy.GiveUp, "The address leads to a place that downloads may not reach.", "Paste the address of the video's own page.",
            EgressGuard.RefusalPhrase, "Redirection to url", "No connection adapters were found"),
        new("not_installed", Remedy.Wait, "ffmpeg is missing on the server.", "Its admin should install it (on Debian: apt-get install ffmpeg), and the download goes on by itself.",
            "ffmpeg not found", "ffmpeg is not installed", "ffmpeg could not be found", "ffprobe and ffmpeg not found", "ffprobe not found"),
        new("not_installed", Remedy.Wait, "yt-dlp needs a JavaScript runtime for this site.", "The server's admin should install Deno, or Node.js 22 or newer, and the download goes on by itself.",
            "No supported JavaScript runtime"),
        new("not_installed", Remedy.Wait, "yt-dlp does not work on the server.", "Its admin should install it anew, and the download goes on by itself.",
            "no such option", "ModuleNotFoundError", "ImportError", "bad interpreter", "exec: "),
        new("too_much_to_read", Remedy.GiveUp, "What the site sends takes more memory than a download may have.", "Choose another format, or the address of the video's own page.",
            "MemoryError", "Unable to allocate", "Cannot allocate memory"),
        new("disk_full", Remedy.Wait, "The server's disk is full.", "The download goes on by itself when there is room.",
            "No space left on device", "Disk quota exceeded"),
        new("disk_broken", Remedy.Wait, "The server cannot write to its working folder.", "Its admin should look at DATA_DIR, and the download goes on by itself.",
            "unable to open for writing", "Unable to create directory", "unable to rename file", "Read-only file system", "[Errno 5] Input/output error"),
        new("unsupported", Remedy.GiveUp, "yt-dlp found no video at this address.", "Paste the address of the video's own page.",
            "Unsupported URL", "No suitable extractor", "is not a valid URL", "unknown url type", "Unsupported url scheme", "file:// URLs are", "No video formats found", "There is no video in",
            "\"rtmpdump\" could not be run"),
        new("private", Remedy.GiveUp, "The video is private or for members only.", "Choose another, or ask its owner to publish it.",
            "Private video", "video is private", "account is private", "members-only", "Join this channel"),
        new("bot_check", Remedy.Retry, "The site takes this server for a robot and refuses it.", AnotherWay,
            "not a bot", "captcha challenge", "Fresh cookies", "Unexpected response from webpage") { RetryAfter = Throttled, ToolsMayExplain = true },
        new("blocked", Remedy.GiveUp, "The site blocks this server's address.", AnotherWay,
            "IP address is blocked", "IP is likely being blocked"),
        new("sign_in_needed", Remedy.GiveUp, "The site shows this video only to people who have signed in (it may be age-restricted).", "Choose another: TrendVault signs in nowhere.",
            "Sign in to confirm", "Please sign in", "Login details are needed", "login required", "requiring login", "registered users", "Log into an account", "Log in for access", "--cookies", "HTTP Error 401"),
        new("drm", Remedy.GiveUp, "This video is protected against copying (DRM).", "It cannot be downloaded; choose another.",
            "DRM protect", "DRM-protected", "Unsupported DRM", "use DRM"),
        new("not_available_here", Remedy.GiveUp, "The video is not shown in the country that this server is in.", "Choose another.",
            "available in your country", "geo restriction", "geo-restricted", "HTTP Error 451"),
        new("rate_limited", Remedy.Retry, "The site asks to slow down.", "TrendVault tries again later.",
            "HTTP Error 429", "rate-limited", "rate limit", "try again later") { RetryAfter = Throttled },
        new("unavailable", Remedy.GiveUp, "The video is not there: it has been removed, or the address is wrong.", "Open the address in a browser to see which.",
            "Video unavailable", "has been removed", "account has been terminated", "account associated with this video has been terminated", "Video not available", "video is not available",
            "content isn't available", "content isn\u2019t available", "no longer available", "does not exist", "not currently live", "live event has ended", "livestream has ended", "recording is not available", "HTTP Error 404", "HTTP Error 410"),
        NotYet,
        new(MediaFailure.LiveCode, Remedy.GiveUp, "This is a live stream.", "It can be downloaded once it has ended.",
            "live event", "Live DASH videos"),
        FormatGone,
        new("forbidden", Remedy.RetryOnce, "The site refuses to send the file.", "Try again later; if that does not help, another format may.",
            "HTTP Error 403") { ToolsMayExplain = true },
        new("insecure", Remedy.GiveUp, "The site's certificate is not valid, so nobody knows who answers.", "Open the address in a browser to see why.",
            "CERTIFICATE_VERIFY_FAILED"),
        Interrupted,
        new("network", Remedy.Retry, "The site could not be reached, or the connection broke.", "Try again later.",
            "HTTP Error 5", "timed out", "Connection refused", "Connection reset", "Name or service not known", "name resolution", "Failed to resolve", "getaddrinfo", "IncompleteRead",
            "Connection aborted", "Remote end closed", "Network is unreachable", "No route to host", "bytes read,", "content too short", "Tunnel connection failed", "Unable to connect to proxy",
            "[SSL:", "EOF occurred", "unable to continue", "Did not get any data blocks", "downloaded file is empty"),
        new("bad_answer", Remedy.Retry, "The site did not answer as it should.", "Open the address in a browser, and try again later.",
            "HTTP Error 4", "HTTP Error 3", "failed to decode it"),
        TooOld,
        new("bad_media", Remedy.RetryOnce, "The file could not be put together: the site may have sent a damaged one.", "Choose another format if trying again does not help.",
            "Postprocessing:", "Conversion failed", "Invalid data found", "ffmpeg exited with code", "ffprobe returned empty duration"),
    ];

    /// <summary>The failure that these lines of stderr tell of.</summary>
    /// <param name="stderr">Its last lines.</param>
    /// <param name="exitCode">Of yt-dlp.</param>
    /// <param name="asked">What for.</param>
    /// <param name="shortcoming">What the tools lack for this site, told where it may be the reason.</param>
    /// <param name="now">By the server's clock; sites name times as seen from it.</param>
    public static MediaFailure Explain(string stderr, int exitCode, Asked asked, string? shortcoming, DateTimeOffset now)
    {
        var line = stderr.Split('\n').LastOrDefault(text => text.StartsWith("ERROR:", StringComparison.Ordinal)) ?? stderr;
        // A signal that TrendVault did not send: the kernel's memory killer, or an operator.
        var row = exitCode is 137 or 143 && line == stderr
            ? Interrupted
            : Table.FirstOrDefault(row => row.Matches(line)) ?? Table.FirstOrDefault(row => row.Matches(stderr)) ?? Unknown;
        if (row == NotYet)
            return Premiere.Failure(Premiere.BeginIn(line, now), Strip(line));
        if (row == FormatGone && asked != Asked.Format)
            row = asked == Asked.Preset ? TooOld with { Remedy = Remedy.RetryOnce } : TooOld;
        var nextStep = row.ToolsMayExplain && shortcoming is not null ? shortcoming : row.NextStep;
        return new MediaFailure(row.Code, $"{row.Message} {nextStep}", row.Remedy, row.RetryAfter, Strip(line));
    }

    /// <summary>Without what only this server should know: query strings (signatures), user names in addresses, local paths.</summary>
    public static string Strip(string text)
    {
        text = Advice().Replace(text, "");
        text = UserInfo().Replace(text, "$1");
        text = Query().Replace(text, "$1");
        text = LocalPath().Replace(text, "$1…");
        return CleanText.Cut(CleanText.OneLine(text), DetailLength);
    }

    [GeneratedRegex(@"[;.]?\s*(please report this issue on|Confirm you are on the latest version|See\s+https?://github\.com/yt-dlp).*$", RegexOptions.IgnoreCase | RegexOptions.Singleline)]
    private static partial Regex Advice();

    [GeneratedRegex(@"(\w+://)[^\s/@]*@")]
    private static partial Regex UserInfo();

    [GeneratedRegex(@"(\w+://[^\s?#""'<>]*)[?#][^\s""'<>)\]]*")]
    private static partial Regex Query();

    [GeneratedRegex(@"(^|[\s""'(=:])/(?!/)[^\s""':)]+")]
    private static partial Regex LocalPath();

    private sealed record Row(string Code, Remedy Remedy, string Message, string NextStep, params string[] Words)
    {
        public TimeSpan? RetryAfter { get; init; }

        /// <summary>Other tools may not meet this error.</summary>
        public bool ToolsMayExplain { get; init; }

        public bool Matches(string text) => Words.Any(word => text.Contains(word, StringComparison.OrdinalIgnoreCase));
    }
}
