using System.Globalization;
using TrendVault.Core.Media;

namespace TrendVault.Core.Downloads;

/// <summary>
/// The argument lists. An option that a version does not know ends it before anything happens, so they follow the version. Of what
/// a user or a site says they hold the URL, behind <c>--</c>, a language, which is checked against a pattern when it is read, and
/// format ids, which stand in quotes.
/// </summary>
internal static class YtDlpArguments
{
    /// <summary>Begins each line of <see cref="ProgressTemplate"/>.</summary>
    public const string ProgressMark = "TV|";

    /// <summary>Begins the line that names the finished file, printed after merge and move.</summary>
    public const string FileMark = "FILE|";

    // Whatever else a format's address may be (rtmp, rtsp, mms), it is fetched by programs that know no proxy. The offer has been
    // filtered already; a page can change what it offers between two looks.
    private const string OverHttp = "[protocol~='^(https?|m3u8(_native)?|http_dash_segments)$']";

    // Of an HLS or DASH stream at once: a site that is slow for each is less slow for some.
    private const string Fragments = "4";

    private const string ProgressTemplate =
        "download:" + ProgressMark
        + "%(progress.status)s|%(progress.downloaded_bytes)s|%(progress.total_bytes)s|%(progress.total_bytes_estimate)s|"
        + "%(progress.speed)s|%(progress.eta)s|%(progress.fragment_index)s|%(progress.fragment_count)s|%(info.format_id)s";

    // Debian's package is without the script that solves YouTube's challenges. yt-dlp holds what it fetches against a digest of its own.
    private static readonly string[] ScriptsFrom = ["--remote-components", "ejs:github"];

    // ffmpeg may not fetch (PlainFfmpeg): yt-dlp's own downloaders take what they can, also where they would rather leave it to ffmpeg.
    private static readonly string[] OwnDownloaders = ["--downloader", "native"];

    private static readonly YtDlpVersion KnowsColor = new(new DateOnly(2023, 6, 21));
    private static readonly YtDlpVersion KnowsNoPlugins = new(new DateOnly(2025, 3, 21));

    // A container that every codec of the pair may go into; the others need Matroska.
    private static readonly string[] Mp4Codecs = ["avc", "h264", "hev", "hvc", "h265", "av01", "vp9", "vp09", "mp4a", "aac", "mp3", "opus", "ac-3", "ec-3"];

    public static IReadOnlyList<string> Probe(Tools tools, string url) =>
        [.. Common(tools), "--flat-playlist", "--playlist-items", $"1:{MediaInfo.MostItems}", "-J", "--", url];

    /// <summary>The same of what is announced: the site has no formats yet, and when they will be there is told beside them.</summary>
    public static IReadOnlyList<string> Announced(Tools tools, string url) =>
        [.. Common(tools), "--ignore-no-formats-error", "--flat-playlist", "--playlist-items", $"1:{MediaInfo.MostItems}", "-J", "--", url];

    /// <param name="rateLimit">Bytes a second; 0 is no limit.</param>
    public static IReadOnlyList<string> Download(Tools tools, string url, FormatChoice choice, string stem, long rateLimit) =>
    [
        .. Common(tools),
        "--newline", "--progress", "--progress-template", ProgressTemplate,
        "--print", $"after_move:{FileMark}%(filepath)s",
        .. OwnDownloaders, "--continue", "--no-mtime", "--no-skip-unavailable-fragments", .. Pace(rateLimit),
        "-f", string.Join('+', choice.Streams.Select(Selector)),
        .. Container(choice),
        "-o", $"{stem}.%(ext)s",
        "--", url,
    ];

    /// <summary>One language alone, as WebVTT: a site that refuses it must not cost the video.</summary>
    public static IReadOnlyList<string> Subtitles(Tools tools, string url, string language) =>
    [
        .. Common(tools),
        .. OwnDownloaders, "--skip-download", "--write-subs", "--write-auto-subs", "--sub-langs", language, "--sub-format", "vtt/best", "--convert-subs", "vtt",
        "-o", "subtitles.%(ext)s",
        "--", url,
    ];

    // Each of the fragments that come at once would have the whole limit for itself.
    private static string[] Pace(long rateLimit) => rateLimit > 0
        ? ["--limit-rate", rateLimit.ToString(CultureInfo.InvariantCulture)]
        : ["-N", Fragments];

    private static string Selector(MediaFormat format) => $"b*[format_id='{Quoted(format.FormatId)}']{OverHttp}";

    // As yt-dlp reads a quoted value in a selector.
    private static string Quoted(string id) => id.Replace(@"\", @"\\", StringComparison.Ordinal).Replace("'", @"\'", StringComparison.Ordinal);

    private static IEnumerable<string> Container(FormatChoice choice) => choice switch
    {
        { AudioFormat: { } audio } => ["-x", "--audio-format", audio],
        { Streams.Count: > 1 } => ["--merge-output-format", choice.Streams.All(FitsMp4) ? "mp4" : "mkv"],
        _ => ["--remux-video", "ts>mp4/flv>mp4/f4v>mp4/3gp>mp4/mpg>mp4/mpeg>mp4"],
    };

    private static bool FitsMp4(MediaFormat format) =>
        (format.HasVideo ? format.VideoCodec : format.AudioCodec) is { } codec
            ? Mp4Codecs.Any(known => codec.StartsWith(known, StringComparison.OrdinalIgnoreCase))
            : format.Ext is "mp4" or "m4a" or "m4v";

    private static IEnumerable<string> Common(Tools tools) =>
    [
        "--ignore-config", "--no-playlist", "--no-cache-dir", "--no-warnings", "--socket-timeout", "20", "--retries", "5", "--fragment-retries", "5",
        .. tools.Version >= KnowsColor ? ["--color", "never"] : (string[])["--no-colors"],
        .. tools.Version >= KnowsNoPlugins ? ["--no-plugin-dirs"] : (string[])[],
        .. tools.JavaScript is { } runtime ? [.. ScriptsFrom, "--js-runtimes", $"{runtime.Name}:{runtime.Path}"] : (string[])[],
    ];
}
