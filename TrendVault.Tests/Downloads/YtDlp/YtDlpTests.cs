using System.Diagnostics;
using TrendVault.Core;
using TrendVault.Core.Work;
using TrendVault.Tests.App;
using TrendVault.Tests.Egress;
using TrendVault.Web.Pages.Shared;

namespace TrendVault.Tests.Downloads;

/// <summary>The real yt-dlp against real media, behind the real guard.</summary>
public sealed class YtDlpTests(MediaSite site) : IClassFixture<MediaSite>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("clip.mp4", "best", "mp4", "video/mp4", 360)]
    [InlineData("page.html", "720p", "mp4", "video/mp4", 360)]
    [InlineData("master.m3u8", "best", "mp4", "video/mp4", 360)]
    [InlineData("master.m3u8", "480p", "mp4", "video/mp4", 360)]
    [InlineData("dash.mpd", "best", "mp4", "video/mp4", 360)]
    [InlineData("dash.mpd", "audio", "m4a", "audio/mp4", null)]
    [InlineData("clip.mp4", "audio", "m4a", "audio/mp4", null)]
    [InlineData("clip.mp4", "mp3", "mp3", "audio/mpeg", null)]
    public async Task A_file_arrives_as_what_was_asked_for(string path, string format, string extension, string contentType, int? height)
    {
        await using var bench = await Bench.StartAsync([site.Endpoint]);

        var file = await bench.DownloadAsync(site.Url(path), format);

        Assert.Equal((extension, contentType, height), (file.Extension, file.ContentType, file.Facts.Height));
        Assert.InRange(file.Facts.DurationSeconds!.Value, 2.5, 3.5);
        Assert.NotEmpty(bench.Progress);
        Assert.Equal(bench.Progress.Select(progress => progress.Percent).Order(), bench.Progress.Select(progress => progress.Percent));
        Assert.Empty(Processes.In(bench.Folder.Path));
    }

    [Fact]
    public async Task A_merge_has_its_phases_in_order()
    {
        await using var bench = await Bench.StartAsync([site.Endpoint]);

        await bench.DownloadAsync(site.Url("dash.mpd"), "best");

        Assert.Equal([WorkPhase.Video, WorkPhase.Audio, WorkPhase.Merge], bench.Progress.Select(progress => progress.Phase).Distinct());
    }

    [Fact]
    public async Task A_page_tells_its_heights()
    {
        await using var bench = await Bench.StartAsync([site.Endpoint]);

        var info = await bench.YtDlp.ProbeAsync(site.Url("master.m3u8"), Token);

        Assert.Equal([180, 360], info.Formats.Select(format => format.Height));
    }

    [Fact]
    public async Task A_list_tells_its_first_videos_and_how_many_there_are()
    {
        await using var bench = await Bench.StartAsync([site.Endpoint]);
        var asked = site.Requests.Count;

        var list = await bench.YtDlp.ProbeAsync(site.Url("feed.xml?items=60"), Token);

        Assert.Equal(("A list of films", 50, 60), (list.Title, list.Items.Count, list.ItemCount));
        Assert.Equal(("Film 50", site.Url("clip.mp4?n=50")), (list.Items[^1].Title, list.Items[^1].Url));
        Assert.All(site.Requests.Skip(asked), request => Assert.Equal("feed.xml", request.Path));
    }

    [Theory]
    [InlineData("playlist.html", "no_addresses")]
    [InlineData("text.html", "unsupported")]
    [InlineData("missing.mp4", "unavailable")]
    [InlineData("forbidden.mp4", "forbidden")]
    public async Task What_cannot_be_downloaded_is_said_at_the_look(string path, string code)
    {
        await using var bench = await Bench.StartAsync([site.Endpoint]);

        var failure = await Bench.FailsAsync(() => bench.YtDlp.ProbeAsync(site.Url(path), Token));

        Assert.Equal(code, failure.Code);
    }

    [Fact]
    public async Task A_site_that_is_not_there_may_come_back()
    {
        await using var closed = await LocalSite.StartAsync(_ => Task.CompletedTask);
        var address = closed.Address;
        await using var bench = await Bench.StartAsync([closed.Endpoint]);
        await closed.DisposeAsync();

        var failure = await Bench.FailsAsync(() => bench.YtDlp.ProbeAsync(new Uri(address, "v.mp4").AbsoluteUri, Token));

        Assert.Equal(("network", Remedy.Retry), (failure.Code, failure.Remedy));
    }

    [Theory]
    [InlineData("http", "url_not_allowed")]
    [InlineData("ftp", "bad_answer")]
    public async Task A_redirect_into_this_machine_is_refused(string scheme, string code)
    {
        await using var secret = await LocalSite.StartAsync(_ => Task.CompletedTask);
        await using var bench = await Bench.StartAsync([site.Endpoint]);
        site.RedirectTo = $"{scheme}://{secret.Endpoint}/secret.mp4";

        var failure = await Bench.FailsAsync(() => bench.YtDlp.ProbeAsync(site.Url("redirect/video.mp4"), Token));

        Assert.Equal(code, failure.Code);
        Assert.Empty(secret.Paths);
    }

    [Fact]
    public async Task What_is_no_media_is_not_accepted()
    {
        await using var bench = await Bench.StartAsync([site.Endpoint]);

        var failure = await Bench.FailsAsync(() => bench.DownloadAsync(site.Url("broken.mp4"), "best"));

        Assert.Equal("bad_media", failure.Code);
    }

    [Fact]
    public async Task A_file_above_the_limit_is_ended()
    {
        await using var bench = await Bench.StartAsync([site.Endpoint], options => options.MaxFileBytes = 100_000);

        var failure = await Bench.FailsAsync(() => bench.DownloadAsync(site.SlowUrl(out _), "best"));

        Assert.Equal(("too_large", Remedy.GiveUp), (failure.Code, failure.Remedy));
        Assert.Empty(Processes.In(bench.Folder.Path));
    }

    [Fact]
    public async Task A_site_that_stops_sending_is_left()
    {
        await using var bench = await Bench.StartAsync([site.Endpoint], options => options.IdleTimeout = TimeSpan.FromSeconds(2));

        var failure = await Bench.FailsAsync(() => bench.DownloadAsync(site.SlowUrl(out _), "best"));

        Assert.Equal(("network", Remedy.Retry), (failure.Code, failure.Remedy));
        Assert.Empty(Processes.In(bench.Folder.Path));
    }

    [Fact]
    public async Task Without_room_on_the_disk_nothing_begins()
    {
        await using var bench = await Bench.StartAsync([site.Endpoint], options => options.MinFreeBytes = long.MaxValue);

        var failure = await Bench.FailsAsync(() => bench.DownloadAsync(site.Url("clip.mp4"), "best"));

        Assert.Equal(("disk_full", Remedy.Wait), (failure.Code, failure.Remedy));
    }

    [Fact]
    public async Task Ending_it_leaves_no_process_and_keeps_the_partial_file()
    {
        await using var bench = await Bench.StartAsync([site.Endpoint]);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var url = site.SlowUrl(out var name);
        var running = bench.DownloadAsync(url, "best", stop.Token);
        await HasPartialFileAsync(bench);

        var clock = Stopwatch.StartNew();
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);

        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(5), $"it took {clock.Elapsed}");
        await Eventually.TrueAsync(() => Processes.In(bench.Folder.Path).Count == 0, "every process is gone");

        // The next attempt asks for the rest only.
        site.OpenGate(name);
        await bench.DownloadAsync(url, "best");
        Assert.Contains(site.Requests, request => request.Path == name && request.Range.StartsWith("bytes=", StringComparison.Ordinal) && request.Range != "bytes=0-");
    }

    [Fact]
    public async Task The_guards_credential_is_on_no_command_line()
    {
        await using var bench = await Bench.StartAsync([site.Endpoint]);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var running = bench.DownloadAsync(site.SlowUrl(out _), "best", stop.Token);
        await HasPartialFileAsync(bench);

        var lines = Processes.In(bench.Folder.Path).Select(Processes.CommandLine).ToList();
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);

        Assert.Contains(lines, line => line.Contains("yt-dlp", StringComparison.Ordinal));
        Assert.DoesNotContain(lines, line => line.Contains("trendvault:", StringComparison.Ordinal));
    }

    private static Task HasPartialFileAsync(Bench bench) => Eventually.TrueAsync(
        () => Directory.Exists(bench.Folder.Media) && new DirectoryInfo(bench.Folder.Media).EnumerateFiles("*.part").Any(file => file.Length > 100_000),
        "a partial file has grown");
}
