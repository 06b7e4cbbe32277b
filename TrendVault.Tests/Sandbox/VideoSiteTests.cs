using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using TrendVault.Tests.App;
using TrendVault.Web.Pages.Shared;
using TrendVault.Web.Sandbox.Faults;

namespace TrendVault.Tests.Sandbox;

public sealed class VideoSiteTests : IAsyncLifetime
{
    private TestSandbox _sandbox = null!;

    public async ValueTask InitializeAsync() => _sandbox = await TestSandbox.StartWithMediaAsync();

    public ValueTask DisposeAsync() => _sandbox.DisposeAsync();

    [Fact]
    public async Task Ytdlp_reads_a_video_page_with_its_heights()
    {
        var chart = await _sandbox.YouTubeAsync("videos?part=snippet&chart=mostPopular&regionCode=JP&maxResults=1");
        var id = chart.Items[0]!["id"]!.GetValue<string>();

        var info = await ProbeAsync("watch?v=" + id);

        Assert.Equal(chart.Items[0]!["snippet"]!["title"]!.GetValue<string>(), info["title"]!.GetValue<string>());
        Assert.InRange(info["duration"]!.GetValue<double>(), 1, 60);
        Assert.EndsWith($"/vi/{id}/maxresdefault.jpg", info["thumbnail"]!.GetValue<string>(), StringComparison.Ordinal);
        var formats = info["formats"]!.AsArray().Where(format => format!["height"] is not null).ToList();
        Assert.Equal([360, 720], formats.Select(format => format!["height"]!.GetValue<int>()));
        Assert.All(formats, format => Assert.True(format!["filesize"]!.GetValue<long>() > 10_000));
    }

    [Fact]
    public async Task Ytdlp_reads_pages_with_the_nastiest_titles()
    {
        var chart = new List<JsonNode?>();
        foreach (var region in new[] { "US", "FR", "KR", "IN" })
            chart.AddRange((await _sandbox.YouTubeAsync($"videos?part=snippet&chart=mostPopular&regionCode={region}&maxResults=50")).Items);
        var nasty = chart.FirstOrDefault(video => video!["snippet"]!["title"]!.GetValue<string>().IndexOfAny(['<', '"', '&']) >= 0);
        Assert.NotNull(nasty);

        var info = await ProbeAsync("watch?v=" + nasty["id"]!.GetValue<string>());

        // yt-dlp turns entities into letters.
        Assert.Equal(WebUtility.HtmlDecode(nasty["snippet"]!["title"]!.GetValue<string>()), info["title"]!.GetValue<string>());
    }

    [Fact]
    public async Task Ytdlp_reads_a_post_an_hls_master_and_a_file()
    {
        var run = await _sandbox.SendAsync(HttpMethod.Post, "v2/acts/clockworks~tiktok-scraper/run-sync-get-dataset-items", new StringContent("""{"hashtags":["fyp"],"resultsPerPage":3}"""), _sandbox.ApifyToken);
        var page = run.Json.AsArray().First(post => post!["id"] is not null && !post["isSlideshow"]!.GetValue<bool>())!["webVideoUrl"]!.GetValue<string>();

        var post = await ProbeAsync(new Uri(page).PathAndQuery);
        var master = await ProbeAsync("media/master.m3u8");
        var file = await ProbeAsync("media/clip.mp4");

        Assert.Equal([640, 1280], Heights(post));
        Assert.Equal([360, 720], Heights(master));
        Assert.Single(file["formats"]!.AsArray());
        Assert.Equal("playlist", (await ProbeAsync("playlist"))["_type"]!.GetValue<string>());
    }

    [Fact]
    public async Task Ytdlp_downloads_a_height_of_choice_with_frames_enough_for_tiktok()
    {
        var id = (await _sandbox.YouTubeAsync("videos?part=id&chart=mostPopular&maxResults=1")).Items[0]!["id"]!.GetValue<string>();
        var folder = Directory.CreateTempSubdirectory("tv-sandbox-dl-");
        try
        {
            await RunAsync(
                YtDlpPrograms.Current, "--ignore-config", "--no-warnings", "-q", "-f", "bv*[height<=480]+ba/b[height<=480]", "-o", Path.Combine(folder.FullName, "film.%(ext)s"), "--", new Uri(_sandbox.Server.Address, "watch?v=" + id).ToString());

            var facts = (await RunAsync("ffprobe", "-v", "error", "-select_streams", "v:0", "-show_entries", "stream=width,height,avg_frame_rate", "-of", "csv=p=0", Path.Combine(folder.FullName, "film.mp4"))).Trim().Split(',', '/');
            Assert.Equal(["640", "360"], facts[..2]);
            Assert.InRange(double.Parse(facts[2], CultureInfo.InvariantCulture) / double.Parse(facts[3], CultureInfo.InvariantCulture), 23, 60);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task A_picture_and_a_film_are_made_for_who_asks_first()
    {
        await using var fresh = await TestSandbox.StartWithNothingMadeAsync();
        var id = (await fresh.YouTubeAsync("videos?part=id&chart=mostPopular&maxResults=1")).Items[0]!["id"]!.GetValue<string>();
        // The address of the file stands in the page whether the file is there or not.
        var page = (await fresh.SendAsync(HttpMethod.Get, "watch?v=" + id)).Text;
        var file = new Uri(Regex.Match(page, "http[^\"]+360p\\.mp4").Value).PathAndQuery[1..];

        var film = fresh.SendAsync(HttpMethod.Get, file);
        var picture = fresh.SendAsync(HttpMethod.Get, $"vi/{id}/mqdefault.jpg");

        Assert.Equal("video/mp4", (await film).ContentHeaders.ContentType!.MediaType);
        Assert.Equal("image/jpeg", (await picture).ContentHeaders.ContentType!.MediaType);
    }

    [Fact]
    public async Task Files_are_read_in_ranges_and_may_be_as_large_as_one_likes()
    {
        var whole = await _sandbox.SendAsync(HttpMethod.Get, "media/clip.mp4");
        Assert.Equal("video/mp4", whole.ContentHeaders.ContentType!.MediaType);

        var part = await RangeAsync("media/clip.mp4", 100, 299);
        Assert.Equal(HttpStatusCode.PartialContent, part.Status);
        Assert.Equal(whole.Bytes[100..300], part.Bytes);
        Assert.Equal(HttpStatusCode.RequestedRangeNotSatisfiable, (await RangeAsync("media/clip.mp4", whole.Bytes.Length, null)).Status);

        const long padding = 5_000_000_000;
        var end = await RangeAsync($"media/clip.mp4?pad={padding}", whole.Bytes.Length, whole.Bytes.Length + 99);
        Assert.Equal(whole.Bytes.Length + 16 + padding, end.ContentHeaders.ContentRange!.Length);
        Assert.Equal("free"u8.ToArray(), end.Bytes[4..8]);
        Assert.All(end.Bytes[16..], value => Assert.Equal(0, value));
    }

    [Fact]
    public async Task A_file_comes_no_faster_than_asked_for()
    {
        var size = (await _sandbox.SendAsync(HttpMethod.Get, "media/clip.mp4")).Bytes.Length;
        var clock = Stopwatch.StartNew();

        await _sandbox.SendAsync(HttpMethod.Get, $"media/clip.mp4?rate={size}");

        // The last tenth of a second's worth is sent without waiting.
        Assert.True(clock.Elapsed > TimeSpan.FromSeconds(0.7), clock.Elapsed.ToString());
    }

    [Theory]
    [InlineData("vi/aaaaaaaaaaa/mqdefault.jpg")]
    [InlineData("vi/abcdefghijk/maxresdefault.jpg")]
    [InlineData("tt/7612142088364494087.jpg")]
    public async Task Pictures_are_jpegs_that_other_origins_may_show(string path)
    {
        var picture = await _sandbox.SendAsync(HttpMethod.Get, path);

        Assert.Equal("image/jpeg", picture.ContentHeaders.ContentType!.MediaType);
        Assert.Equal([0xFF, 0xD8, 0xFF], picture.Bytes[..3]);
        Assert.Equal("cross-origin", picture.Headers.GetValues("Cross-Origin-Resource-Policy").Single());
        Assert.NotNull(picture.Headers.CacheControl!.MaxAge);
    }

    [Fact]
    public async Task Unknown_videos_are_404_and_no_path_leads_out_of_the_media()
    {
        foreach (var id in new[] { "AAAAAAAAAAA", "aaaaaaaaaaa", "short", "%F0%9F%94%A5", "", "!!!!!!!!!!!" })
            Assert.Equal(HttpStatusCode.NotFound, (await _sandbox.SendAsync(HttpMethod.Get, "watch?v=" + id)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await _sandbox.SendAsync(HttpMethod.Get, "@nobody/video/7612142088364494087")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await _sandbox.SendAsync(HttpMethod.Get, "media/..%2f..%2fstate.json")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await _sandbox.SendAsync(HttpMethod.Get, "_site/nothing.css")).Status);
    }

    [Fact]
    public async Task Orders_hit_as_many_requests_as_they_say()
    {
        await _sandbox.SendAsync(HttpMethod.Post, "_sandbox/faults", new StringContent("""{"path":"/youtube/v3/videos","skip":1,"times":2,"status":503,"reason":"backendError","retryAfter":7}""", null, "application/json"));

        var statuses = new List<int>();
        for (var call = 0; call < 4; call++)
            statuses.Add((int)(await _sandbox.YouTubeAsync("videos?part=id&chart=mostPopular")).Status);

        Assert.Equal([200, 503, 503, 200], statuses);
        Assert.Empty(_sandbox.Server.Faults.Orders);
    }

    [Fact]
    public async Task An_answer_can_break_off()
    {
        _sandbox.Server.Faults.Order(new FaultOrder { Path = "/media/", CutResponseAfter = 1000 });

        await Assert.ThrowsAnyAsync<HttpRequestException>(() => _sandbox.SendAsync(HttpMethod.Get, "media/clip.mp4"));
        Assert.Equal(HttpStatusCode.OK, (await _sandbox.SendAsync(HttpMethod.Get, "media/clip.mp4")).Status);
    }

    private static IReadOnlyList<int> Heights(JsonNode info) =>
        [.. info["formats"]!.AsArray().Where(format => format!["height"] is not null).Select(format => format!["height"]!.GetValue<int>()).Order()];

    private async Task<Answer> RangeAsync(string path, long from, long? to)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(_sandbox.Server.Address, path));
        request.Headers.Range = new RangeHeaderValue(from, to);
        return await _sandbox.SendAsync(request);
    }

    private async Task<JsonNode> ProbeAsync(string path) =>
        JsonNode.Parse(await RunAsync(YtDlpPrograms.Current, "--ignore-config", "--no-playlist", "--no-warnings", "-J", "--", new Uri(_sandbox.Server.Address, path).ToString()))!;

    private static async Task<string> RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, $"{program}: {await errors}");
        return output;
    }
}
