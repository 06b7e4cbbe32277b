using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using TrendVault.Core.Egress;
using TrendVault.Tests.App;

namespace TrendVault.Tests.Egress;

/// <summary>The real yt-dlp, current and the distribution's, which follows redirects, manifests and segments by its own lights.</summary>
public sealed class YtDlpThroughTheGuardTests : IAsyncLifetime
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tv-egress-");
    private LocalSite _secret = null!;
    private LocalSite _site = null!;
    private RunningGuard _guard = null!;

    public async ValueTask InitializeAsync()
    {
        _secret = await LocalSite.StartAsync(context => context.Response.WriteAsync("secret"));
        _site = await LocalSite.StartAsync(AnswerAsync);
        _guard = await RunningGuard.StartAsync(_site.Endpoint);
    }

    public static TheoryData<string> Programs { get; } = [.. YtDlpPrograms.Both];

    /// <summary>What leads to the secret, in each of its ways, for each of them.</summary>
    public static MatrixTheoryData<string, string> Leads { get; } = new(
        YtDlpPrograms.Both, ["redirect.mp4", "master.m3u8", "segments.m3u8", "key.m3u8", "start.m3u8", "whole.mpd", "parts.mpd", "page.html"]);

    [Theory]
    [MemberData(nameof(Programs))]
    public async Task An_allowed_file_is_downloaded_through_it(string ytDlp)
    {
        var (exitCode, errors) = await DownloadAsync(ytDlp, "file.mp4");

        Assert.True(exitCode == 0, errors);
        Assert.Equal(3000, new FileInfo(Path.Combine(_folder.FullName, "media.mp4")).Length);
    }

    [Theory]
    [MemberData(nameof(Leads))]
    public async Task What_leads_to_another_port_of_this_machine_never_reaches_it(string ytDlp, string path)
    {
        var (exitCode, errors) = await DownloadAsync(ytDlp, path);

        Assert.NotEqual(0, exitCode);
        Assert.Contains(EgressGuard.RefusalPhrase, errors, StringComparison.Ordinal);
        Assert.Contains("/" + path, _site.Paths);
        Assert.Empty(_secret.Paths);
    }

    // The distribution's is too old to be run at all, because of this.
    [Fact]
    public async Task A_page_cannot_talk_a_current_one_out_of_its_proxy()
    {
        var (exitCode, errors) = await DownloadAsync(YtDlpPrograms.Current, "smuggle.html");

        Assert.NotEqual(0, exitCode);
        Assert.Contains(EgressGuard.RefusalPhrase, errors, StringComparison.Ordinal);
        Assert.Contains("/smuggle.html", _site.Paths);
        Assert.Empty(_secret.Paths);
    }

    [Fact]
    public async Task What_yt_dlp_starts_is_held_too()
    {
        var (exitCode, errors) = await RunAsync("ffmpeg", "-nostdin", "-i", new Uri(_site.Address, "segments.m3u8").AbsoluteUri, "-f", "null", "-");

        Assert.NotEqual(0, exitCode);
        Assert.Contains("403", errors, StringComparison.Ordinal);
        Assert.Contains("/segments.m3u8", _site.Paths);
        Assert.Empty(_secret.Paths);
    }

    public async ValueTask DisposeAsync()
    {
        await _guard.DisposeAsync();
        await _site.DisposeAsync();
        await _secret.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    private Task AnswerAsync(HttpContext context) => (context.Request.Path.Value switch
    {
        "/file.mp4" => Results.Bytes(new byte[3000], "video/mp4"),
        "/redirect.mp4" => Results.Redirect(_secret.Address + "admin"),
        "/master.m3u8" => Results.Text($"#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=100000,RESOLUTION=640x360\n{_secret.Address}low.m3u8\n", "application/vnd.apple.mpegurl"),
        "/segments.m3u8" => Results.Text($"#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\n{_secret.Address}0.ts\n#EXT-X-ENDLIST\n", "application/vnd.apple.mpegurl"),
        "/key.m3u8" => Results.Text($"#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXT-X-KEY:METHOD=AES-128,URI=\"{_secret.Address}key\"\n#EXTINF:2,\nfile.mp4\n#EXT-X-ENDLIST\n", "application/vnd.apple.mpegurl"),
        "/start.m3u8" => Results.Text($"#EXTM3U\n#EXT-X-VERSION:6\n#EXT-X-TARGETDURATION:2\n#EXT-X-MAP:URI=\"{_secret.Address}start.mp4\"\n#EXTINF:2,\nfile.mp4\n#EXT-X-ENDLIST\n", "application/vnd.apple.mpegurl"),
        "/whole.mpd" => Dash($"<BaseURL>{_secret.Address}video.mp4</BaseURL>"),
        "/parts.mpd" => Dash($"<BaseURL>{_secret.Address}</BaseURL><SegmentTemplate media=\"$Number$.m4s\" initialization=\"start.mp4\" duration=\"1\" timescale=\"1\"/>"),
        "/page.html" => Results.Text($"<html><head><title>A video</title></head><body><video><source src=\"{_secret.Address}video.mp4\" type=\"video/mp4\"></video></body></html>", "text/html"),
        "/smuggle.html" => Results.Text(Smuggling.Page(_secret.Address + "video.mp4"), "text/html"),
        _ => Results.NotFound(),
    }).ExecuteAsync(context);

    private static IResult Dash(string parts) => Results.Text(
        "<?xml version=\"1.0\"?><MPD xmlns=\"urn:mpeg:dash:schema:mpd:2011\" type=\"static\" mediaPresentationDuration=\"PT2S\"><Period><AdaptationSet mimeType=\"video/mp4\">"
        + $"<Representation id=\"1\" bandwidth=\"100000\" codecs=\"avc1.4d401e\" width=\"640\" height=\"360\">{parts}</Representation></AdaptationSet></Period></MPD>",
        "application/dash+xml");

    private Task<(int ExitCode, string Errors)> DownloadAsync(string ytDlp, string path) =>
        RunAsync(
            ytDlp, "--ignore-config", "--no-cache-dir", "--no-warnings", "--socket-timeout", "10", "--retries", "0", "--fragment-retries", "0",
            "--abort-on-unavailable-fragment",
            "-o", "media.%(ext)s", "--", new Uri(_site.Address, path).AbsoluteUri);

    private async Task<(int ExitCode, string Errors)> RunAsync(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = _folder.FullName, RedirectStandardOutput = true, RedirectStandardError = true };
        var searchPath = start.Environment["PATH"];
        start.Environment.Clear();
        start.Environment["PATH"] = searchPath;
        start.Environment["HOME"] = _folder.FullName;
        foreach (var (name, value) in _guard.Guard.ChildEnvironment)
            start.Environment[name] = value;

        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var errors = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await output;
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, errors);
    }
}
