using System.Text.RegularExpressions;
using TrendVault.Core.Egress;

namespace TrendVault.Core.Downloads;

/// <summary>What yt-dlp's errors mean. Sites' texts change at any time: what no row knows is told as it is, and tried again.</summary>
internal static partial class YtDlpErrors
{
    private const int DetailLength = 2000;

    private static readonly TimeSpan Throttled = TimeSpan.FromMinutes(10);

    // In this order: an error often holds the words of several rows.
    private static readonly Row[] Table =
    [
        new("url_not_allowed", Remedy.GiveUp, "The address leads to a place that downloads may not reach.",
            EgressGuard.RefusalPhrase),
        new("not_installed", Remedy.Wait, "ffmpeg is missing on the server: install it (on Debian: apt-get install ffmpeg) and the download goes on by itself.",
            "ffmpeg not found", "ffmpeg is not installed", "ffprobe and ffmpeg not found", "ffprobe not found"),
        new("not_installed", Remedy.Wait, "yt-dlp needs a JavaScript runtime for this site: install Deno, or Node.js 22 or newer, on the server.",
            "No supported JavaScript runtime"),
        new("disk_full", Remedy.Wait, "The server's disk is full: the download goes on when there is room.",
            "No space left on device", "Disk quota exceeded"),
        new("unsupported", Remedy.GiveUp, "yt-dlp found no video at this address. Paste the address of the video's own page.",
            "Unsupported URL", "No suitable extractor", "is not a valid URL", "unknown url type", "file:// URLs are", "No video formats found", "There is no video in"),
        new("private", Remedy.GiveUp, "The video is private or for members only.",
            "Private video", "video is private", "members-only", "Join this channel"),
        new("bot_check", Remedy.Retry, "The site takes this server for a robot and asks it to sign in. Try again later.",
            "not a bot", "captcha challenge") { RetryAfter = Throttled, AgeMayExplain = true },
        new("sign_in_needed", Remedy.GiveUp, "The site shows this video only to people who have signed in (it may be age-restricted).",
            "Sign in to confirm", "Login details are needed", "login required", "--cookies", "HTTP Error 401"),
        new("drm", Remedy.GiveUp, "This video is protected against copying (DRM) and cannot be downloaded.",
            "DRM"),
        new("not_available_here", Remedy.GiveUp, "The video is not shown in the country that this server is in.",
            "available in your country", "geo restriction", "geo-restricted", "IP address is blocked"),
        new("not_yet", Remedy.GiveUp, "The video has not been published yet, or is a live stream that still runs.",
            "live event", "Premieres in", "is upcoming"),
        new("format_unavailable", Remedy.Retry, "The site no longer offers this format: choose another if trying again does not help.",
            "Requested format is not available") { AgeMayExplain = true },
        new("unavailable", Remedy.GiveUp, "The video is not there: it has been removed, or the address is wrong.",
            "Video unavailable", "has been removed", "account has been terminated", "account associated with this video has been terminated", "Video not available", "HTTP Error 404", "HTTP Error 410"),
        new("forbidden", Remedy.Retry, "The site refuses to send the file.",
            "HTTP Error 403") { AgeMayExplain = true },
        new("rate_limited", Remedy.Retry, "The site asks to slow down.",
            "HTTP Error 429", "rate-limited", "rate limit", "try again later") { RetryAfter = Throttled },
        new("network", Remedy.Retry, "The site could not be reached, or the connection broke.",
            "HTTP Error 5", "timed out", "Connection refused", "Connection reset", "Name or service not known", "name resolution", "getaddrinfo", "IncompleteRead",
            "Connection aborted", "Remote end closed", "Network is unreachable", "No route to host", "bytes read,", "Tunnel connection failed", "EOF occurred", "unable to continue"),
        new("bad_answer", Remedy.Retry, "The site did not answer as it should.",
            "HTTP Error 4"),
        new("site_changed", Remedy.GiveUp, "This yt-dlp no longer understands the site: a newer one may.",
            "nsig extraction failed", "Unable to extract", "please report this issue") { AgeMayExplain = true },
        new("bad_media", Remedy.Retry, "The file could not be put together: the site may have sent a damaged one.",
            "Postprocessing:", "Conversion failed", "Invalid data found"),
    ];

    /// <summary>The failure that these lines of stderr tell of.</summary>
    /// <param name="stderr">Its last lines.</param>
    /// <param name="exitCode">Of yt-dlp.</param>
    /// <param name="url">What was asked for; an old yt-dlp is a likely reason only at sites that change often.</param>
    /// <param name="version">Of this yt-dlp.</param>
    public static DownloadFailure Explain(string stderr, int exitCode, string url, YtDlpVersion version)
    {
        // A signal that TrendVault did not send: the kernel's memory killer, or an operator.
        if (exitCode is 137 or 143 && !stderr.Contains("ERROR:", StringComparison.Ordinal))
            return new DownloadFailure("interrupted", "The download was interrupted on the server.", Remedy.Retry);

        var line = stderr.Split('\n').LastOrDefault(text => text.StartsWith("ERROR:", StringComparison.Ordinal)) ?? stderr;
        var row = Table.FirstOrDefault(row => row.Matches(line)) ?? Table.FirstOrDefault(row => row.Matches(stderr));
        if (row is null)
            return new DownloadFailure("failed", "yt-dlp could not download this." + Age(url, version, explains: true), Remedy.Retry, Detail: Strip(line));
        return new DownloadFailure(row.Code, row.Message + Age(url, version, row.AgeMayExplain), row.Remedy, row.RetryAfter, Strip(line));
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

    /// <summary>What the admin should know about an old yt-dlp; null for a current one.</summary>
    public static string? Warning(YtDlpVersion version) => version.IsOld
        ? $"yt-dlp {version} is older than {YtDlpVersion.Safe}: YouTube and TikTok have changed since, and known holes are open. Install a current one."
        : null;

    private static string Age(string url, YtDlpVersion version, bool explains) =>
        explains && version.IsOld && IsFastChanging(url) ? $" The server's yt-dlp is of {version}, too old for this site: its admin should install a current one." : "";

    private static bool IsFastChanging(string url) =>
        Uri.TryCreate(url, UriKind.Absolute, out var uri)
        && ((string[])["youtube.com", "youtu.be", "tiktok.com"]).Any(site => uri.Host == site || uri.Host.EndsWith("." + site, StringComparison.Ordinal));

    [GeneratedRegex(@"[;.]?\s*(please report this issue on|Confirm you are on the latest version|See\s+https?://github\.com/yt-dlp).*$", RegexOptions.IgnoreCase | RegexOptions.Singleline)]
    private static partial Regex Advice();

    [GeneratedRegex(@"(\w+://)[^\s/@]*@")]
    private static partial Regex UserInfo();

    [GeneratedRegex(@"(\w+://[^\s?#""'<>]*)[?#][^\s""'<>)\]]*")]
    private static partial Regex Query();

    [GeneratedRegex(@"(^|[\s""'(=:])/(?!/)[^\s""':)]+")]
    private static partial Regex LocalPath();

    private sealed record Row(string Code, Remedy Remedy, string Message, params string[] Words)
    {
        public TimeSpan? RetryAfter { get; init; }

        /// <summary>A current yt-dlp may not meet this error.</summary>
        public bool AgeMayExplain { get; init; }

        public bool Matches(string text) => Words.Any(word => text.Contains(word, StringComparison.OrdinalIgnoreCase));
    }
}
