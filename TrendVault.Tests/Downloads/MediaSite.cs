using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace TrendVault.Tests.Downloads;

/// <summary>
/// A class fixture: a web site with real media (a direct file, HLS, DASH, pages) on a port of loopback. <c>/slow-….mp4</c> sends
/// three quarters and then waits for <see cref="OpenGate"/>, so that a test can act in the middle of a download.
/// </summary>
public sealed class MediaSite : IAsyncLifetime
{
    private const int Padding = 4 * 1024 * 1024;

    private static readonly Lazy<Task<string>> Media = new(MakeAsync);

    private readonly ConcurrentDictionary<string, TaskCompletionSource> _gates = new();
    private WebApplication _app = null!;
    private string _folder = "";

    public Uri Address => new(_app.Urls.Single());

    /// <summary>As DOWNLOAD_PRIVATE_ENDPOINTS names it.</summary>
    public string Endpoint => Address.Authority;

    /// <summary>The subtitles of <c>watch.html</c> in English; those in German are announced, but not there.</summary>
    public const string Words = "WEBVTT\n\n00:00.000 --> 00:02.000\nSecond — one …\n";

    /// <summary>Every request, in order; whatever the class has begun may still be asking.</summary>
    public ConcurrentQueue<(string Path, string Query, string Range)> Requests { get; } = new();

    /// <summary>Where <c>/redirect/…</c> leads.</summary>
    public string RedirectTo { get; set; } = "/";

    public async ValueTask InitializeAsync()
    {
        _folder = await Media.Value;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        _app.Run(AnswerAsync);
        await _app.StartAsync();
    }

    public string Url(string path) => new Uri(Address, path).AbsoluteUri;

    /// <summary>A URL of the slow file that no other test waits at.</summary>
    public string SlowUrl(out string name)
    {
        name = $"slow-{Guid.NewGuid():n}.mp4";
        return Url(name);
    }

    public void OpenGate(string name) => Gate(name).TrySetResult();

    /// <summary>Where one of its files is on this machine.</summary>
    public string FileOf(string path) => Path.Combine(_folder, path);

    public async ValueTask DisposeAsync()
    {
        foreach (var gate in _gates.Values)
            gate.TrySetResult();
        using var atOnce = new CancellationTokenSource(TimeSpan.Zero);
        await _app.StopAsync(atOnce.Token);
        await _app.DisposeAsync();
    }

    private TaskCompletionSource Gate(string name) => _gates.GetOrAdd(name, _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));

    private Task AnswerAsync(HttpContext context)
    {
        var path = context.Request.Path.Value!.TrimStart('/');
        Requests.Enqueue((path, context.Request.QueryString.Value!, context.Request.Headers.Range.ToString()));
        return path switch
        {
            _ when path.StartsWith("slow-", StringComparison.Ordinal) => SendSlowlyAsync(context, path),
            "redirect/video.mp4" => Results.Redirect(RedirectTo).ExecuteAsync(context),
            "playlist.html" => Html(context, "<video src=\"/clip.mp4\"></video><video src=\"/clip2.mp4\"></video>"),
            "feed.xml" => Results.Text(Feed(int.Parse(context.Request.Query["items"].ToString(), CultureInfo.InvariantCulture)), "application/rss+xml").ExecuteAsync(context),
            "watch.html" => Html(context, """<script>jwplayer("player").setup({"sources":[{"file":"/clip.mp4"}],"tracks":[{"file":"/words.vtt","label":"en","kind":"captions"},{"file":"/gone.vtt","label":"de","kind":"captions"}]});</script>"""),
            "halves.html" => Player(context, "A film \\ud83d", "half \\ud83d", "en \\ud83d"),
            "unseen.html" => Player(context, "\\u3164\\u200b\\u2800", "whole", "en"),
            "lists.html" => Html(context, List("x1abc") + List("x2abc")),
            "odd.m3u8" => Hls(context, "#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"aud\",NAME=\"Français 'été' | 声\",DEFAULT=YES,URI=\"alone_1.m3u8\"", Variant("alone_0", "640x360", "avc1.42c01e,mp4a.40.2", "AUDIO=\"aud\",NAME=\"高清\"")),
            "tall.m3u8" => Hls(context, Variant("h_0", "608x1080", "avc1.42c01e,mp4a.40.2"), Variant("h_0", "1080x1920", "avc1.42c01e,mp4a.40.2"), Variant("h_0", "2160x3840", "avc1.42c01e,mp4a.40.2")),
            "codecs.m3u8" => Hls(context, Variant("h_0", "640x360", "avc1.42c01e,mp4a.40.2"), Variant("h_0", "640x360", "hvc1.1.6.L93.B0,mp4a.40.2")),
            "words.vtt" => Results.Text(Words, "text/vtt").ExecuteAsync(context),
            "text.html" => Html(context, "<p>Only words here.</p>"),
            "page.html" => Html(context, "<video><source src=\"/clip.mp4\" type=\"video/mp4\"></video>"),
            "forbidden.mp4" => Results.StatusCode(403).ExecuteAsync(context),
            "broken.mp4" => Results.Bytes(new byte[5000], "video/mp4").ExecuteAsync(context),
            _ when File.Exists(Path.Combine(_folder, path)) => Results.File(Path.Combine(_folder, path), ContentType(path), enableRangeProcessing: true).ExecuteAsync(context),
            _ => Results.NotFound().ExecuteAsync(context),
        };
    }

    // yt-dlp reads a feed as a playlist.
    private string Feed(int items) =>
        $"""
        <?xml version="1.0"?><rss version="2.0"><channel><title>A list of films</title>
        {string.Concat(Enumerable.Range(1, items).Select(n => $"<item><title>Film {n}</title><link>{Url("clip.mp4")}?n={n}</link></item>"))}
        </channel></rss>
        """;

    // What yt-dlp's extractor of another site knows for a list, without asking that site.
    private static string List(string id) => $"<iframe src=\"https://www.dailymotion.com/widget/jukebox?list[]=/playlist/{id}/1\"></iframe>";

    // Words are written as JSON writes them.
    private static Task Player(HttpContext context, string title, string format, string language) => Html(
        context,
        $$"""
        <script>jwplayer("player").setup({"playlist":[{"title":"{{title}}","sources":[{"file":"/clip.mp4","label":"{{format}}"},{"file":"/clip2.mp4","label":"good"}],
        "tracks":[{"file":"/words.vtt","label":"{{language}}","kind":"captions"},{"file":"/words.vtt","label":"fr","kind":"captions"}]}]});</script>
        """);

    private static Task Hls(HttpContext context, params string[] lines) =>
        Results.Text(string.Join('\n', ["#EXTM3U", .. lines]) + "\n", "application/vnd.apple.mpegurl").ExecuteAsync(context);

    // What it says of itself need not be true.
    private static string Variant(string file, string resolution, string codecs, string more = "PROGRAM-ID=1") =>
        $"#EXT-X-STREAM-INF:BANDWIDTH=800000,RESOLUTION={resolution},CODECS=\"{codecs}\",{more}\n{file}.m3u8?as={resolution}-{codecs[..4]}";

    private static Task Html(HttpContext context, string body) =>
        Results.Text($"<!doctype html><html><head><title>A page</title></head><body>{body}</body></html>", "text/html").ExecuteAsync(context);

    private async Task SendSlowlyAsync(HttpContext context, string name)
    {
        var file = new FileInfo(Path.Combine(_folder, "large.mp4"));
        var from = Start(context.Request.Headers.Range.ToString());
        context.Response.StatusCode = from > 0 ? 206 : 200;
        context.Response.ContentType = "video/mp4";
        context.Response.Headers.AcceptRanges = "bytes";
        context.Response.Headers.ETag = "\"large\"";
        context.Response.ContentLength = file.Length - from;
        if (from > 0)
            context.Response.Headers.ContentRange = $"bytes {from}-{file.Length - 1}/{file.Length}";
        if (HttpMethods.IsHead(context.Request.Method))
            return;

        await using var stream = file.OpenRead();
        stream.Position = from;
        // yt-dlp reads blocks of up to twice what it has: of three quarters it has taken, and told of, a quarter at least.
        var first = new byte[(file.Length - from) * 3 / 4];
        await stream.ReadExactlyAsync(first, context.RequestAborted);
        await context.Response.Body.WriteAsync(first, context.RequestAborted);
        await context.Response.Body.FlushAsync(context.RequestAborted);
        // yt-dlp's first look at a file is a request of its own, which it closes after the head.
        await Gate(name).Task.WaitAsync(context.RequestAborted);
        await stream.CopyToAsync(context.Response.Body, context.RequestAborted);
    }

    private static long Start(string range) =>
        range.StartsWith("bytes=", StringComparison.Ordinal) && long.TryParse(range[6..].Split('-')[0], NumberStyles.None, CultureInfo.InvariantCulture, out var from) ? from : 0;

    private static string ContentType(string path) => Path.GetExtension(path) switch
    {
        ".mp4" => "video/mp4",
        ".m3u8" => "application/vnd.apple.mpegurl",
        ".mp3" => "audio/mpeg",
        ".mpd" => "application/dash+xml",
        ".ts" => "video/mp2t",
        _ => "application/octet-stream",
    };

    // Once for the whole run: a clip of 3 s, the same as HLS in two heights, as HLS of picture and sound apart, as DASH, on its side as a
    // telephone films, as HEVC and as sound alone, and a large one, padded with a box of noise.
    private static async Task<string> MakeAsync()
    {
        var folder = Directory.CreateTempSubdirectory("tv-media-").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(folder, recursive: true);
        await FfmpegAsync(folder, "-f lavfi -i testsrc2=size=640x360:rate=25 -f lavfi -i sine -t 3 -c:v libx264 -preset ultrafast -pix_fmt yuv420p -c:a aac clip.mp4");
        File.Copy(Path.Combine(folder, "clip.mp4"), Path.Combine(folder, "clip2.mp4"));
        await FfmpegAsync(
            folder,
            "-i clip.mp4 -map 0:v -map 0:a -map 0:v -map 0:a -c:v libx264 -preset ultrafast -filter:v:1 scale=320:180 -c:a aac -f hls -hls_time 1 -g 25 -hls_playlist_type vod "
            + "-hls_segment_filename h_%v_%d.ts -master_pl_name master.m3u8 -var_stream_map v:0,a:0|v:1,a:1 h_%v.m3u8");
        await FfmpegAsync(folder, "-i clip.mp4 -map 0:v -map 0:v -map 0:a -c:v libx264 -preset ultrafast -s:v:1 320x180 -c:a aac -f dash -adaptation_sets id=0,streams=v|id=1,streams=a dash.mpd");
        await FfmpegAsync(folder, "-i clip.mp4 -map 0:v -map 0:a -c copy -f hls -hls_time 1 -hls_playlist_type vod -hls_segment_filename alone_%v_%d.ts -var_stream_map v:0|a:0 alone_%v.m3u8");
        await TurnAsync(Path.Combine(folder, "clip.mp4"), Path.Combine(folder, "turned.mp4"));
        await FfmpegAsync(folder, "-i clip.mp4 -c:v libx265 -preset ultrafast -x265-params log-level=none -tag:v hvc1 -c:a copy hevc.mp4");
        await FfmpegAsync(folder, "-i clip.mp4 -vn podcast.mp3");
        await PadAsync(Path.Combine(folder, "clip.mp4"), Path.Combine(folder, "large.mp4"));
        return folder;
    }

    // As a telephone does: the picture is as it was filmed, and the matrix of its track turns it by 90 degrees. ffmpeg's option for that
    // differs between its versions.
    private static async Task TurnAsync(string from, string to)
    {
        const int MatrixInTrackHeader = 44;
        var film = await File.ReadAllBytesAsync(from);
        var matrix = film.AsMemory(film.AsSpan().IndexOf("tkhd"u8) + MatrixInTrackHeader, 36);
        int[] turned = [0, 0x10000, 0, -0x10000, 0, 0, 0, 0, 0x40000000];
        for (var i = 0; i < turned.Length; i++)
            BinaryPrimitives.WriteInt32BigEndian(matrix.Span[(4 * i)..], turned[i]);
        await File.WriteAllBytesAsync(to, film);
    }

    private static async Task PadAsync(string from, string to)
    {
        await using var target = File.Create(to);
        await target.WriteAsync(await File.ReadAllBytesAsync(from));
        var size = Padding + 8;
        await target.WriteAsync((byte[])[(byte)(size >> 24), (byte)(size >> 16), (byte)(size >> 8), (byte)size, .. "free"u8]);
        var noise = new byte[Padding];
        new Random(1).NextBytes(noise);
        await target.WriteAsync(noise);
    }

    // A bar stands for the blank within an argument.
    private static async Task FfmpegAsync(string folder, string arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("ffmpeg", ["-v", "error", "-y", .. arguments.Split(' ').Select(word => word.Replace('|', ' '))])
        {
            WorkingDirectory = folder,
            RedirectStandardError = true,
        })!;
        var errors = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, errors);
    }
}
