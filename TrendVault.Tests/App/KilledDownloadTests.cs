using System.Security.Cryptography;
using TrendVault.Core.Storage;
using TrendVault.Tests.Downloads;
using TrendVault.Tests.Storage;

namespace TrendVault.Tests.App;

/// <summary>kill -9 of the whole app while one download looks, one merges and one is on its way to the S3 server, and a second start.</summary>
public sealed class KilledDownloadTests(MediaSite site, SwiftServer swift) : IClassFixture<MediaSite>, IDisposable
{
    // Recovery is promised within a minute of the start; a busy machine needs longer for the work itself.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private readonly string _folder = Directory.CreateTempSubdirectory("tv-killed-").FullName;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Whatever_phase_they_are_in_downloads_go_on_after_the_app_was_killed()
    {
        // Reachable for the postgres user.
        File.SetUnixFileMode(_folder, (UnixFileMode)0b111_101_101);
        var storage = await swift.OptionsAsync($"killed-{Guid.CreateVersion7():n}");
        using var line = new CutLine(storage.Endpoint!);
        using var ytDlp = new HaltingYtDlp("look", "merge");
        (string, string)[] settings =
        [
            ("SANDBOX", "off"), ("DOWNLOAD_PRIVATE_ENDPOINTS", site.Endpoint), ("MIN_FREE_BYTES", "0"), ("DOWNLOAD_WORKERS", "3"), ("YTDLP_PATH", ytDlp.Path), ScriptClient.Unlimited,
            ("MINIO_ENDPOINT", line.Endpoint), ("MINIO_ACCESS_KEY", storage.AccessKey!), ("MINIO_SECRET_KEY", storage.SecretKey!), ("MINIO_BUCKET", storage.Bucket),
        ];
        await using var first = await AppProcess.Start(_folder, settings).ReadyAsync();
        using var client = await ScriptClient.SignInAsync(first);
        var looking = await StartAsync(client, "clip2.mp4");
        await ytDlp.HaltsAsync("look");
        var merging = await StartAsync(client, "dash.mpd");
        await ytDlp.HaltsAsync("merge");
        line.HoldAfter(30_000);
        var storing = await StartAsync(client, "large.mp4");
        await Eventually.TrueAsync(async () => line.IsHeld && await PhaseAsync(client, storing) == "store" && await PhaseAsync(client, merging) == "merge", "all three are on their way", Patience);
        var asked = Asked("large.mp4");

        first.Kill();
        await Eventually.TrueAsync(() => Processes.In(_folder).Count == 0, "no child outlives its app", Patience);
        line.Cut();
        line.Mend();
        await using var second = await AppProcess.Start(_folder, [.. settings, .. first.Settings]).ReadyAsync();

        using var store = new S3ObjectStore(storage, Path.Combine(_folder, "spool"));
        foreach (var download in new[] { looking, merging, storing })
        {
            var row = await client.CompletedAsync(download, Patience);
            var keys = await store.ListAsync("", Token).Where(key => key.Contains(download.Split('/')[^1], StringComparison.Ordinal)).ToListAsync(Token);
            var key = Assert.Single(keys, key => !key.EndsWith("-poster.jpg", StringComparison.Ordinal));
            await using var stored = await store.OpenAsync(key, 0, null, Token);
            Assert.Equal(row.GetProperty("sha256").GetString(), Convert.ToHexStringLower(await SHA256.HashDataAsync(stored, Token)));
        }

        Assert.Equal(asked, Asked("large.mp4"));
        await Eventually.TrueAsync(() => Directory.GetFileSystemEntries(Path.Combine(_folder, "work")).Length == 0, "no working folder is left", Patience);
        Assert.Empty(Processes.In(Path.Combine(_folder, "work")));
    }

    private async Task<string> StartAsync(ScriptClient client, string path) =>
        "api/downloads/" + await client.PostAsync("api/downloads", new { videoUrl = site.Url(path), format = "best" }, "downloadId");

    private static async Task<string?> PhaseAsync(ScriptClient client, string download) => (await client.GetAsync(download)).GetProperty("phase").GetString();

    private int Asked(string path) => site.Requests.Count(request => request.Path == path);
}
