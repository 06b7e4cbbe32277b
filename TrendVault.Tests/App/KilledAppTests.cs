using System.Globalization;
using System.Security.Cryptography;
using TrendVault.Tests.Accounts;
using TrendVault.Tests.Downloads;
using TrendVault.Tests.Uploads;
using TrendVault.Web.Sandbox.Faults;

namespace TrendVault.Tests.App;

/// <summary>kill -9 of the whole app and its servers, and a second start over what they left. The sites outside go on as they were.</summary>
public sealed class KilledAppTests(MediaSite site, GoogleSandbox google, ITestOutputHelper output) : IClassFixture<MediaSite>, IClassFixture<GoogleSandbox>
{
    private const string Title = "A film in two halves";

    // Recovery is promised within a minute of the start; a busy machine needs longer for the work itself.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private static readonly TimeSpan NeverSoon = TimeSpan.FromMinutes(10);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private (string Name, string Value)[] Settings =>
    [
        .. google.Settings,
        ("SANDBOX", "off"),
        ("PUBLIC_URL", new Uri(GoogleSandbox.RedirectUri).GetLeftPart(UriPartial.Authority)),
        ("DOWNLOAD_PRIVATE_ENDPOINTS", site.Endpoint),
        ("UPLOAD_CHUNK_BYTES", UploadRig.Chunk.ToString(CultureInfo.InvariantCulture)),
        ("MIN_FREE_BYTES", "0"),
        ScriptClient.Unlimited,
    ];

    [Fact]
    public async Task A_download_and_an_upload_under_way_go_on_and_nothing_is_lost_or_done_twice()
    {
        // Reachable for the postgres user.
        File.SetUnixFileMode(google.DataFolder, (UnixFileMode)0b111_101_101);
        google.Reset();
        await using var first = await AppProcess.Start(google.DataFolder, Settings).ReadyAsync();
        await ScriptClient.ConnectAsync(first);
        using var client = await ScriptClient.SignInAsync(first);
        var film = await StartDownloadAsync(client, site.Url("large.mp4"));
        await client.CompletedAsync(film, Patience);
        var upload = await StartUploadAsync(client, film);
        var download = await StartDownloadAsync(client, site.SlowUrl(out var name));
        var percents = (Download: await InTheMiddleAsync(client, download), Upload: await InTheMiddleAsync(client, upload));

        first.Kill();
        await Eventually.TrueAsync(() => Processes.In(google.DataFolder).Count == 0, "no child outlives its app", Patience);
        site.OpenGate(name);
        await using var second = await AppProcess.Start(google.DataFolder, [.. Settings, .. first.Settings]).ReadyAsync();
        var started = TimeProvider.System.GetTimestamp();
        Assert.True(await PercentAsync(client, download) >= percents.Download, "The download's percent does not fall.");
        Assert.True(await PercentAsync(client, upload) >= percents.Upload, "The upload's percent does not fall.");
        // The dead app's locks must run out first, which is half a minute of nothing to ask for.
        await Eventually.TrueAsync(() => WentOn(name) && google.Server.Ledger.Videos.Count > 0, "both go on", Patience);
        var downloaded = await client.CompletedAsync(download, Patience);
        await client.CompletedAsync(upload, Patience);
        output.WriteLine($"Killed at {percents}, both done {TimeProvider.System.GetElapsedTime(started).TotalSeconds:0} s after the app was up again.");

        await ExpectOneWholeFileAsync(download, downloaded.GetProperty("sha256").GetString()!);
        await ExpectOneVideoAsync(client);
    }

    private static async Task<string> StartDownloadAsync(ScriptClient client, string url) =>
        "api/downloads/" + await client.PostAsync("api/downloads", new { videoUrl = url, format = "best" }, "downloadId");

    /// <summary>YouTube takes about half of its chunks at once, and lets the next one wait.</summary>
    private async Task<string> StartUploadAsync(ScriptClient client, string film)
    {
        var half = (int)(FilmSize / UploadRig.Chunk / 2);
        google.Order(new FaultOrder { Path = "/upload/youtube/v3/videos", Method = "PUT", Skip = half, DelayMs = (int)NeverSoon.TotalMilliseconds });
        var body = new { downloadedVideoId = IdIn(film), channelId = await client.ChannelAsync(), title = Title, privacy = "unlisted" };
        return "api/uploads/" + await client.PostAsync("api/uploads", body, "uploadId");
    }

    private static string IdIn(string path) => path.Split('/')[^1];

    private static async Task<int> PercentAsync(ScriptClient client, string path) => (await client.GetAsync(path)).GetProperty("progress").GetInt32();

    private static async Task<int> InTheMiddleAsync(ScriptClient client, string path)
    {
        var percent = 0;
        await Eventually.TrueAsync(async () => (percent = await PercentAsync(client, path)) is >= 20 and <= 80, path + " is in the middle", Patience);
        return percent;
    }

    /// <summary>The site was asked for a file's rest.</summary>
    private bool WentOn(string name) => site.Requests.Any(request => request.Path == name && request.Range is not ("" or "bytes=0-"));

    private async Task ExpectOneWholeFileAsync(string download, string sha256)
    {
        Assert.Equal(await FilmSha256Async(), sha256);
        var objects = Directory.GetFiles(Path.Combine(google.DataFolder, "objects"), "*", SearchOption.AllDirectories).ToLookup(path => path.EndsWith("-poster.jpg", StringComparison.Ordinal));
        Assert.Single(objects[false], path => path.Contains(IdIn(download), StringComparison.Ordinal));
        Assert.Single(objects[true], path => path.Contains(IdIn(download), StringComparison.Ordinal));
        Assert.Equal((2, 2), (objects[false].Count(), objects[true].Count()));
        var work = Path.Combine(google.DataFolder, "work");
        await Eventually.TrueAsync(() => Directory.GetFileSystemEntries(work).Length == 0, "no working folder is left", Patience);
        Assert.Empty(Processes.In(work));
    }

    private async Task ExpectOneVideoAsync(ScriptClient client)
    {
        var (video, session) = (Assert.Single(google.Server.Ledger.Videos), Assert.Single(google.Server.Ledger.Sessions));
        Assert.Equal((Title, await FilmSha256Async()), (video.Title, video.Sha256));
        Assert.True(session.Received <= FilmSize + UploadRig.Chunk, "No more than one chunk was sent twice.");
        Assert.Equal(video.Id, Assert.Single((await client.GetAsync("api/published")).GetProperty("published").EnumerateArray()).GetProperty("platformVideoId").GetString());
    }

    private long FilmSize => new FileInfo(site.FileOf("large.mp4")).Length;

    private async Task<string> FilmSha256Async()
    {
        await using var file = File.OpenRead(site.FileOf("large.mp4"));
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(file, Token));
    }
}
