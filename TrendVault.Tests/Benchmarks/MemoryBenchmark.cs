using System.Globalization;
using Microsoft.Playwright;
using TrendVault.Core.Auth;
using TrendVault.Tests.App;
using TrendVault.Tests.Browser;
using TrendVault.Web.Sandbox;

namespace TrendVault.Tests.Benchmarks;

/// <summary>
/// What a file of 1 GB costs the app's memory while it is downloaded and then uploaded.
/// Not part of the tests: <c>TrendVault.Tests -explicit only -class '*MemoryBenchmark'</c>.
/// </summary>
public sealed class MemoryBenchmark(BrowserFixture browser, ITestOutputHelper output) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private readonly string _folder = Directory.CreateTempSubdirectory("tv-memory-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact(Explicit = true)]
    public async Task A_gigabyte_down_and_up()
    {
        File.SetUnixFileMode(_folder, (UnixFileMode)0b111_101_101);
        var rest = await AloneAtRestAsync();
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"alone, at rest              {rest / MemoryWatch.MiB} MiB"));

        await using var site = await BigFile.ServeAsync(Path.Combine(_folder, "big.mp4"));
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
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"with every chart fetched    {filled / MemoryWatch.MiB} MiB"));
        await ConnectAsync(app);
        using var client = await ScriptClient.SignInAsync(app);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"used, and at rest again     {app.ResidentBytes / MemoryWatch.MiB} MiB"));

        using var down = new MemoryWatch(app);
        var download = await client.PostAsync("api/downloads", new { videoUrl = site.Url, format = "best" }, "downloadId");
        await client.CompletedAsync($"api/downloads/{download}", Patience);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"download grows it by        {down.Growth / MemoryWatch.MiB} MiB"));

        using var up = new MemoryWatch(app);
        var body = new { downloadedVideoId = download, channelId = await client.ChannelAsync(), title = "A gigabyte", privacy = "private" };
        var upload = await client.PostAsync("api/uploads", body, "uploadId");
        await client.CompletedAsync($"api/uploads/{upload}", Patience);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"upload grows it by          {up.Growth / MemoryWatch.MiB} MiB"));

        Assert.True(rest <= 200_000_000, "At rest the app takes at most 200 MB.");
        Assert.True(Math.Max(down.Growth, up.Growth) < 100 * MemoryWatch.MiB, "A gigabyte grows it by less than 100 MB.");
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
}
