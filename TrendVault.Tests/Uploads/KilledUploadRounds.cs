using System.Globalization;
using System.Security.Cryptography;
using TrendVault.Tests.Accounts;
using TrendVault.Tests.App;
using TrendVault.Tests.Benchmarks;
using TrendVault.Web.Sandbox.Faults;

namespace TrendVault.Tests.Uploads;

/// <summary>
/// kill -9 of the app while uploads stand at each of their points, and a second start, again and again: one video of each must come of it.
/// Not part of the tests, for it takes a minute a round: <c>TrendVault.Tests -explicit only -class '*KilledUploadRounds'</c>, with
/// <c>ROUNDS</c> in the environment for another number than 20.
/// </summary>
public sealed class KilledUploadRounds(GoogleSandbox google, ITestOutputHelper output) : IClassFixture<GoogleSandbox>
{
    private const int Chunk = UploadRig.Chunk;

    // A percent is a chunk and a little more.
    private const long FilmSize = 110L * Chunk;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);

    private static readonly (string Name, long At)[] Points =
    [
        ("before the handle is saved", -1),
        ("at 10 %", FilmSize / 10),
        ("at 50 %", FilmSize / 2),
        ("at 99 %", FilmSize * 99 / 100),
        ("after the last byte", FilmSize),
    ];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Explicit = true)]
    public async Task One_video_comes_of_each_upload_wherever_it_was_killed()
    {
        var rounds = int.Parse(Environment.GetEnvironmentVariable("ROUNDS") ?? "20", CultureInfo.InvariantCulture);
        // Reachable for the postgres user.
        File.SetUnixFileMode(google.DataFolder, (UnixFileMode)0b111_101_101);
        google.Reset();
        var path = Path.Combine(google.DataFolder, "film.mp4");
        await using var site = await BigFile.ServeAsync(path, FilmSize);
        var sha256 = Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(path, Token)));

        var settings = Settings(site);
        var app = await AppProcess.Start(google.DataFolder, settings).ReadyAsync();
        settings = [.. settings, .. app.Settings];
        await ScriptClient.ConnectAsync(app);
        using var client = await ScriptClient.SignInAsync(app);
        var download = await client.PostAsync("api/downloads", new { videoUrl = site.Url, format = "best" }, "downloadId");
        await client.CompletedAsync($"api/downloads/{download}", Patience);

        var (most, began) = (0L, TimeProvider.System.GetTimestamp());
        for (var round = 1; round <= rounds; round++)
        {
            var titles = Points.Select(point => (string.Create(CultureInfo.InvariantCulture, $"Round {round} {point.Name}"), point.At)).ToArray();
            await RefillAsync("uploads");
            await RefillAsync("other");
            var uploads = await StartAsync(client, download, titles);
            await Eventually.TrueAsync(() => google.Server.Faults.Held == titles.Length, "every upload stands at its point", Patience);

            app.Kill();
            google.Server.Faults.Release();
            await app.DisposeAsync();
            app = await AppProcess.Start(google.DataFolder, settings).ReadyAsync();
            foreach (var upload in uploads)
                await client.CompletedAsync(upload, Patience);

            foreach (var (title, _) in titles)
                most = Math.Max(most, ExpectOne(title, sha256));
        }

        await app.DisposeAsync();
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{rounds} rounds of {Points.Length} points: {google.Server.Ledger.Videos.Count} videos of {rounds * Points.Length} uploads, each whole; at most {most} bytes more than the file were sent, where a chunk has {Chunk}; {TimeProvider.System.GetElapsedTime(began).TotalSeconds / rounds:0} s a round"));
        Assert.Equal(rounds * Points.Length, google.Server.Ledger.Videos.Count);
    }

    private (string Name, string Value)[] Settings(BigFile site) =>
    [
        .. google.Settings,
        ("SANDBOX", "off"),
        ("PUBLIC_URL", new Uri(GoogleSandbox.RedirectUri).GetLeftPart(UriPartial.Authority)),
        ("DOWNLOAD_PRIVATE_ENDPOINTS", site.Endpoint),
        ("UPLOAD_CHUNK_BYTES", Chunk.ToString(CultureInfo.InvariantCulture)),
        ("UPLOAD_WORKERS", Points.Length.ToString(CultureInfo.InvariantCulture)),
        ("YOUTUBE_QUOTA_UPLOADS", "100000"),
        ("YOUTUBE_QUOTA_UNITS", "10000000"),
        ("RATE_LIMIT_UPLOADS_PER_MINUTE", "100000"),
        ("MIN_FREE_BYTES", "0"),
        ScriptClient.Unlimited,
    ];

    private async Task<List<string>> StartAsync(ScriptClient client, string download, (string Title, long At)[] titles)
    {
        var channel = await client.ChannelAsync();
        var uploads = new List<string>();
        foreach (var (title, at) in titles)
        {
            google.Server.Faults.Hold(new UploadHold(title, at));
            uploads.Add("api/uploads/" + await client.PostAsync("api/uploads", new { downloadedVideoId = download, channelId = channel, title, privacy = "private" }, "uploadId"));
        }

        return uploads;
    }

    /// <summary>Of the sandbox's quota, which is a day's.</summary>
    private async Task RefillAsync(string bucket)
    {
        using var desk = new HttpClient { BaseAddress = google.Server.Address };
        using var answer = await desk.PostAsync(new Uri($"_sandbox/quota/{bucket}?used=0", UriKind.Relative), null, Token);
        answer.EnsureSuccessStatusCode();
    }

    /// <summary>Answers how many bytes more than the file has were sent for it.</summary>
    private long ExpectOne(string title, string sha256)
    {
        var ledger = google.Server.Ledger;
        Assert.Equal(sha256, Assert.Single(ledger.Videos, video => video.Title == title).Sha256);
        var more = ledger.Sessions.Where(session => session.Title == title).Sum(session => session.Received) - FilmSize;
        Assert.InRange(more, 0, Chunk);
        return more;
    }
}
