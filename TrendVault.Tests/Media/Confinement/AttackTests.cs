using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Http;
using TrendVault.Core.Downloads;
using TrendVault.Core.Media;
using TrendVault.Tests.Downloads;
using TrendVault.Tests.Egress;

namespace TrendVault.Tests.Media;

/// <summary>
/// A site that means harm, against the real yt-dlp and ffmpeg, confined and not: a secret media file lies beside the working folder, and
/// canaries sit on loopback.
/// </summary>
public sealed class AttackTests(MediaSite media) : IClassFixture<MediaSite>, IAsyncLifetime
{
    private const string Playlist = "#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:9\n#EXT-X-MEDIA-SEQUENCE:0\n{0}\n#EXT-X-ENDLIST\n";

    private readonly ConcurrentQueue<string> _agents = new();
    private readonly DirectoryInfo _secrets = Directory.CreateTempSubdirectory("tv-secret-");
    private Canaries _canaries = null!;
    private LocalSite _site = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Set where a current yt-dlp is not the one on PATH.</summary>
    private static string YtDlpPath => Environment.GetEnvironmentVariable("YTDLP_PATH") is { Length: > 0 } path ? path : Toolbox.FindOnPath("yt-dlp")!;

    private string SecretMedia => Path.Combine(_secrets.FullName, "secret.ts");

    private string SecretWords => Path.Combine(_secrets.FullName, "secret.vtt");

    public static TheoryData<string, string, ConfinementMode> Attacks
    {
        get
        {
            (string Path, string Format)[] attacks =
            [
                ("file-segment.ts", "best"), ("file-segment.mp4", "mp3"), ("file-segment.mp4", "best"), ("relative-segment.ts", "best"), ("ffconcat.ts", "best"), ("ffconcat.mp4", "mp3"),
                ("session.ts", "best"), ("session.mp4", "mp3"), ("redirect.mp4", "best"), ("rebind.html", "best"), ("smuggle.html", "best"),
                ("data.m3u8", "best"), ("manifest-in-manifest.m3u8", "best"), ("dash-in-dash.mpd", "best"), ("sample-aes.m3u8", "best"), ("address-in-disguise.ts", "best"),
            ];
            var data = new TheoryData<string, string, ConfinementMode>();
            foreach (var (path, format) in attacks)
            {
                data.Add(path, format, ConfinementMode.Required);
                data.Add(path, format, ConfinementMode.Off);
            }

            return data;
        }
    }

    public async ValueTask InitializeAsync()
    {
        _canaries = await Canaries.StartAsync();
        _site = await LocalSite.StartAsync(AnswerAsync);
        File.Copy(media.FileOf("h_0_0.ts"), SecretMedia);
        await File.WriteAllTextAsync(SecretWords, "WEBVTT\n\n00:00.000 --> 00:02.000\nA secret\n", Token);
    }

    public async ValueTask DisposeAsync()
    {
        await _site.DisposeAsync();
        await _canaries.DisposeAsync();
        _secrets.Delete(recursive: true);
    }

    [Theory]
    [MemberData(nameof(Attacks))]
    public async Task Nothing_is_read_and_nobody_is_reached(string path, string format, ConfinementMode mode)
    {
        await using var bench = await StartAsync(mode);

        var failure = await Bench.FailsAsync(() => bench.DownloadAsync(new Uri(_site.Address, path).AbsoluteUri, format));

        TestContext.Current.TestOutputHelper?.WriteLine($"{failure}");
        Assert.Contains("/" + path, _site.Paths);
        Assert.NotEqual("not_confined", failure.Code);
        Assert.DoesNotContain(_agents, agent => agent.StartsWith("Lavf", StringComparison.Ordinal));
        await _canaries.SingsNotAsync();
    }

    [Theory]
    [InlineData("words-list.srt", ConfinementMode.Required)]
    [InlineData("words-list.srt", ConfinementMode.Off)]
    [InlineData("words-concat.ass", ConfinementMode.Required)]
    [InlineData("words-concat.ass", ConfinementMode.Off)]
    public async Task Subtitles_that_name_a_file_are_no_subtitles(string words, ConfinementMode mode)
    {
        await using var bench = await StartAsync(mode);
        var url = new Uri(_site.Address, "watch.html?" + words).AbsoluteUri;
        var choice = FormatPicker.Pick(await bench.YtDlp.ProbeAsync(url, Token), "best")! with { Subtitles = "en" };

        await bench.DownloadAsync(url, choice, Token);

        Assert.Contains("/" + words, _site.Paths);
        Assert.Null(SubtitleFile.In(bench.Folder));
        await _canaries.SingsNotAsync();
    }

    [Theory]
    [InlineData(ConfinementMode.Required)]
    [InlineData(ConfinementMode.Off)]
    public async Task Honest_subtitles_of_another_kind_become_WebVTT(ConfinementMode mode)
    {
        await using var bench = await StartAsync(mode);
        var url = new Uri(_site.Address, "watch.html?honest.srt").AbsoluteUri;
        var choice = FormatPicker.Pick(await bench.YtDlp.ProbeAsync(url, Token), "best")! with { Subtitles = "en" };

        await bench.DownloadAsync(url, choice, Token);

        Assert.Contains("Honest words", await File.ReadAllTextAsync(SubtitleFile.In(bench.Folder)!, Token), StringComparison.Ordinal);
    }

    /// <summary>Debian 12's yt-dlp obeys a page that tells it to use no proxy: nothing but the network that it is in holds it.</summary>
    [Fact]
    public async Task The_oldest_yt_dlp_has_no_way_past_the_guard()
    {
        await using var bench = await StartAsync(ConfinementMode.Required);
        var home = Directory.CreateDirectory(Path.Combine(bench.Root, "home")).FullName;
        var environment = Toolbox.BareEnvironment(home);
        foreach (var (name, value) in bench.Guard.ChildEnvironment)
            environment[name] = value;
        var command = new ProcessGroup.Command
        {
            Program = "/usr/bin/yt-dlp",
            Arguments = ["--ignore-config", "--no-cache-dir", "--socket-timeout", "5", "--retries", "0", "-o", "media.%(ext)s", "--", new Uri(_site.Address, "smuggle.html").AbsoluteUri],
            WorkingFolder = home,
            Environment = environment,
            Network = bench.Guard,
        };
        var errors = new TailText(4096);

        var exitCode = await bench.Confiner.RunAsync(command, _ => { }, errors.Add, Token);

        Assert.True(exitCode == 1, errors.ToString());
        Assert.Contains("/smuggle.html", _site.Paths);
        Assert.Empty(Directory.EnumerateFiles(home, "media*"));
        await _canaries.SingsNotAsync();
    }

    private Task<Bench> StartAsync(ConfinementMode mode) => Bench.StartAsync(
        [_site.Endpoint],
        options => options.IdleTimeout = TimeSpan.FromSeconds(20),
        tools => (tools.Confinement, tools.YtDlpPath) = (mode, YtDlpPath),
        // Public when it is judged first, private when it is used: the guard judges what it connects to.
        resolver: (host, _) => Task.FromResult<IPAddress[]>(host == "rebind.example" ? [IPAddress.Loopback] : [IPAddress.Parse(host)]));

    private Task AnswerAsync(HttpContext context)
    {
        _agents.Enqueue(context.Request.Headers.UserAgent.ToString());
        return Answer(context.Request.Path.Value!, context.Request.QueryString.Value!).ExecuteAsync(context);
    }

    private IResult Answer(string path, string query) => path switch
    {
        "/clip.mp4" => Results.File(media.FileOf("clip.mp4"), "video/mp4", enableRangeProcessing: true),
        "/file-segment.ts" or "/file-segment.mp4" => Media(path, List($"file://{SecretMedia}")),
        "/relative-segment.ts" => Media(path, List("../../../" + Path.GetRelativePath("/tmp", SecretMedia))),
        "/ffconcat.ts" or "/ffconcat.mp4" => Media(path, $"ffconcat version 1.0\nfile '{SecretMedia}'\nfile '../../secret.ts'\n"),
        "/session.ts" or "/session.mp4" => Media(
            path,
            $"v=0\no=- 0 0 IN IP4 127.0.0.1\ns=-\nc=IN IP4 127.0.0.1\nt=0 0\na=recvonly\nm=video {_canaries.OpenedPort} RTP/AVP 96\na=rtpmap:96 H264/90000\na=rtcp:{_canaries.DatagramPort}\n"),
        "/address-in-disguise.ts" => Media(path, List($"http://{_canaries.Endpoint}/0.ts", $"udp://127.0.0.1:{_canaries.DatagramPort}")),
        "/redirect.mp4" => Results.Redirect($"http://{_canaries.Endpoint}/x.mp4"),
        "/rebind.html" => Page($"<video><source src=\"http://rebind.example:{_canaries.WebPort}/x.mp4\" type=\"video/mp4\"></video>"),
        "/smuggle.html" => Results.Text($"<html><head><meta http-equiv=\"refresh\" content=\"0;url={Smuggled()}\"><title>x</title></head></html>", "text/html"),
        "/data.m3u8" => Manifest(List("data:video/mp2t;base64," + Convert.ToBase64String(Encoding.UTF8.GetBytes(List($"file://{SecretMedia}"))))),
        "/manifest-in-manifest.m3u8" => Manifest(List(new Uri(_site.Address, "file-segment.ts").AbsoluteUri)),
        "/dash-in-dash.mpd" => Results.Text(Dash(), "application/dash+xml"),
        "/sample-aes.m3u8" => Manifest(List($"http://{_canaries.Endpoint}/0.ts").Replace("#EXTINF", $"#EXT-X-KEY:METHOD=SAMPLE-AES,URI=\"http://{_canaries.Endpoint}/key\"\n#EXTINF", StringComparison.Ordinal)),
        "/watch.html" => Page($$"""<script>jwplayer("player").setup({"sources":[{"file":"/clip.mp4"}],"tracks":[{"file":"/{{query.TrimStart('?')}}","label":"en","kind":"captions"}]});</script>"""),
        "/words-list.srt" => Results.Text(List($"file://{SecretWords}"), "text/plain"),
        "/words-concat.ass" => Results.Text($"ffconcat version 1.0\nfile '{SecretWords}'\n", "text/plain"),
        "/honest.srt" => Results.Text("1\n00:00:00,000 --> 00:00:02,000\nHonest words\n", "text/plain"),
        _ => Results.NotFound(),
    };

    private static string List(params string[] segments) =>
        Playlist.Replace("{0}", string.Join('\n', segments.Select(segment => "#EXTINF:3,\n" + segment)), StringComparison.Ordinal);

    private static IResult Media(string path, string text) => Results.Text(text, path.EndsWith(".ts", StringComparison.Ordinal) ? "video/mp2t" : "video/mp4");

    private static IResult Manifest(string text) => Results.Text(text, "application/vnd.apple.mpegurl");

    private static IResult Page(string body) => Results.Text($"<!doctype html><html><head><title>A page</title></head><body>{body}</body></html>", "text/html");

    // As yt-dlp itself packs what one of its parts tells another.
    private string Smuggled() =>
        $"http://{_canaries.Endpoint}/x.mp4#__youtubedl_smuggle=" + Uri.EscapeDataString("""{"http_headers": {"Ytdl-request-proxy": "__noproxy__"}, "to_generic": true}""");

    private string Dash() =>
        "<?xml version=\"1.0\"?><MPD xmlns=\"urn:mpeg:dash:schema:mpd:2011\" type=\"static\" mediaPresentationDuration=\"PT2S\"><Period><AdaptationSet mimeType=\"video/mp4\">"
        + $"<Representation id=\"1\" bandwidth=\"100000\" codecs=\"avc1.4d401e\" width=\"640\" height=\"360\"><BaseURL>{_site.Address}</BaseURL>"
        + "<SegmentList duration=\"2\"><Initialization sourceURL=\"file-segment.mp4\"/><SegmentURL media=\"file-segment.mp4\"/></SegmentList></Representation></AdaptationSet></Period></MPD>";
}
