using System.Diagnostics;
using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Playwright;
using TrendVault.Core.Auth;
using TrendVault.Tests.App;
using TrendVault.Tests.Browser;
using TrendVault.Web.Sandbox;

namespace TrendVault.Tests.Benchmarks;

/// <summary>
/// What a file of 1 GB costs the app's memory while it is downloaded and then uploaded, and what the download takes beside a bare
/// yt-dlp of the same run. Not part of the tests: <c>TrendVault.Tests -explicit only -class '*MemoryBenchmark'</c>.
/// </summary>
public sealed class MemoryBenchmark(BrowserFixture browser, ITestOutputHelper output) : IDisposable
{
    private const long FileSize = 1L << 30;
    private const long MiB = 1L << 20;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private readonly string _folder = Directory.CreateTempSubdirectory("tv-memory-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact(Explicit = true)]
    public async Task A_gigabyte_down_and_up()
    {
        File.SetUnixFileMode(_folder, (UnixFileMode)0b111_101_101);
        var rest = await AloneAtRestAsync();
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"alone, at rest              {rest / MiB} MiB"));

        await using var site = await FileSite.StartAsync(await MakeFileAsync(Path.Combine(_folder, "big.mp4")));
        var port = AppProcess.FreePort();
        await using var sandbox = await SandboxServer.StartAsync(
            new SandboxOptions
            {
                DataFolder = Path.Combine(_folder, "sandbox"),
                MediaFolder = TestMedia.Folder,
                RedirectUris = [$"http://localhost:{port}/oauth/callback"],
                ClipSeconds = TestMedia.ClipSeconds,
            },
            CancellationToken.None);
        await using var app = await AppProcess.Start(_folder, [.. SettingsFor(sandbox), ("PORT", $"{port}"), ("DOWNLOAD_PRIVATE_ENDPOINTS", site.Endpoint)]).ReadyAsync();
        var filled = await RestAsync(app);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"with every chart fetched    {filled / MiB} MiB"));
        await ConnectAsync(app);
        using var client = await ScriptClient.SignInAsync(app);
        var bare = await TimeAsync(() => RunYtDlpAsync(site.Url));
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"used, and at rest again     {app.ResidentBytes / MiB} MiB"));

        using var down = new MemoryWatch(app);
        var download = "";
        var whole = await TimeAsync(async () =>
        {
            download = await client.PostAsync("api/downloads", new { videoUrl = site.Url, format = "best" }, "downloadId");
            await client.CompletedAsync($"api/downloads/{download}", Patience);
        });
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"download grows it by        {down.Growth / MiB} MiB"));
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"download takes              {whole.TotalSeconds:0.0} s, {whole / bare:0.00} x a bare yt-dlp ({bare.TotalSeconds:0.0} s)"));

        using var up = new MemoryWatch(app);
        var body = new { downloadedVideoId = download, channelId = await client.ChannelAsync(), title = "A gigabyte", privacy = "private" };
        var upload = await client.PostAsync("api/uploads", body, "uploadId");
        await client.CompletedAsync($"api/uploads/{upload}", Patience);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"upload grows it by          {up.Growth / MiB} MiB"));

        Assert.True(rest <= 200_000_000, "At rest the app takes at most 200 MB.");
        Assert.True(Math.Max(down.Growth, up.Growth) < 100 * MiB, "A gigabyte grows it by less than 100 MB.");
    }

    /// <summary>Without a platform, real or not: the app, its pages and its workers.</summary>
    private async Task<long> AloneAtRestAsync()
    {
        await using var app = await AppProcess.Start(_folder, ("SANDBOX", "off")).ReadyAsync();
        return await RestAsync(app);
    }

    private static async Task<long> RestAsync(AppProcess app)
    {
        using var client = new HttpClient { BaseAddress = app.Address };
        await client.GetAsync(new Uri("trending", UriKind.Relative));
        await Task.Delay(TimeSpan.FromSeconds(10));
        return app.ResidentBytes;
    }

    /// <summary>The platforms stand outside the app, so that its memory is its own.</summary>
    private static IEnumerable<(string Name, string Value)> SettingsFor(SandboxServer sandbox) =>
    [
        .. Enum.GetValues<SandboxPlatform>().SelectMany(sandbox.SettingsFor).DistinctBy(setting => setting.Key).Select(setting => (setting.Key, setting.Value!)),
        ("SANDBOX", "off"),
        ScriptClient.Unlimited,
    ];

    /// <summary>A short clip with a free box behind it: a gigabyte that is a video.</summary>
    private static async Task<string> MakeFileAsync(string path)
    {
        using var ffmpeg = Process.Start(
            "ffmpeg", ["-v", "error", "-f", "lavfi", "-i", "testsrc2=size=640x360:rate=25", "-t", "2", "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", path]);
        await ffmpeg.WaitForExitAsync();
        await using var file = File.Open(path, FileMode.Open);
        var padding = FileSize - file.Length;
        file.Seek(0, SeekOrigin.End);
        await file.WriteAsync(new[] { (byte)(padding >> 24), (byte)(padding >> 16), (byte)(padding >> 8), (byte)padding, (byte)'f', (byte)'r', (byte)'e', (byte)'e' });
        file.SetLength(FileSize);
        return path;
    }

    private async Task ConnectAsync(AppProcess app)
    {
        await using var tab = await browser.OpenAsync(app.Address);
        var page = tab.Page;
        await page.GotoAsync("signin?returnUrl=/accounts");
        await page.GetByLabel("E-mail").FillAsync(DemoUser.Email);
        await page.GetByLabel("Password").FillAsync(DemoUser.Password);
        await page.Locator("main").GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await page.Locator("a[href*='/oauth/authorize']").First.ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Allow" }).ClickAsync();
        await Assertions.Expect(page.Locator("#account-list .row")).ToContainTextAsync("subscribers");
    }

    private async Task RunYtDlpAsync(string url)
    {
        using var ytDlp = Process.Start(new ProcessStartInfo("yt-dlp", ["--ignore-config", "-q", "-o", Path.Combine(_folder, "bare.mp4"), "--", url]))!;
        await ytDlp.WaitForExitAsync();
        File.Delete(Path.Combine(_folder, "bare.mp4"));
    }

    private static async Task<TimeSpan> TimeAsync(Func<Task> work)
    {
        var started = Stopwatch.GetTimestamp();
        await work();
        return Stopwatch.GetElapsedTime(started);
    }

    /// <summary>The most that the app's resident memory grew since this began.</summary>
    private sealed class MemoryWatch : IDisposable
    {
        private readonly long _before;
        private readonly Timer _timer;
        private long _most;

        public MemoryWatch(AppProcess app)
        {
            _before = _most = app.ResidentBytes;
            _timer = new Timer(_ => _most = Math.Max(_most, app.ResidentBytes), null, TimeSpan.Zero, TimeSpan.FromMilliseconds(100));
        }

        public long Growth => _most - _before;

        public void Dispose() => _timer.Dispose();
    }

    /// <summary>One file over HTTP, with ranges, as fast as it goes.</summary>
    private sealed class FileSite(WebApplication app, string path) : IAsyncDisposable
    {
        public string Url => app.Urls.First() + "/big.mp4";

        public string Endpoint => new Uri(app.Urls.First()).Authority;

        public static async Task<FileSite> StartAsync(string path)
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
            var app = builder.Build();
            app.MapGet("/big.mp4", () => Results.File(path, "video/mp4", enableRangeProcessing: true));
            await app.StartAsync();
            return new FileSite(app, path);
        }

        public async ValueTask DisposeAsync()
        {
            await app.DisposeAsync();
            File.Delete(path);
        }
    }
}
