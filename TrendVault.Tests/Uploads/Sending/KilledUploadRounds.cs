using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using TrendVault.Tests.Accounts;
using TrendVault.Tests.App;
using TrendVault.Tests.Benchmarks;
using TrendVault.Web.Pages.Shared;
using TrendVault.Web.Sandbox.Faults;

namespace TrendVault.Tests.Uploads;

/// <summary>
/// kill -9 of the app while uploads stand at each of their points, and a second start, again and again: one video of each must come of it.
/// Not part of the tests, for it takes a minute a round: <c>TrendVault.Tests -explicit only -class '*KilledUploadRounds'</c>, with
/// <c>ROUNDS</c> in the environment for another number than 20.
/// </summary>
public abstract class KilledUploadRounds(GoogleSandbox google, ITestOutputHelper output) : IClassFixture<GoogleSandbox>
{
    /// <summary>The first point: the platform has begun an upload, and nobody has heard of it.</summary>
    private protected const int BeforeTheHandle = 0;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);

    private static readonly string[] Points = ["before the handle is saved", "at 10 %", "at 50 %", "at 99 %", "after the last byte"];

    private protected GoogleSandbox Sandbox => google;

    /// <summary>As the flow names it.</summary>
    private protected abstract string Provider { get; }

    /// <summary>Bytes of the smallest film; each point has a film of its own, which is a little longer than the one before.</summary>
    private protected abstract long FilmSize { get; }

    /// <summary>How many uploads the platform has begun or finished, of all rounds.</summary>
    private protected abstract int Made { get; }

    [Fact(Explicit = true)]
    public async Task One_video_comes_of_each_upload_wherever_it_was_killed()
    {
        var rounds = int.Parse(Environment.GetEnvironmentVariable("ROUNDS") ?? "20", CultureInfo.InvariantCulture);
        // Reachable for the postgres user.
        File.SetUnixFileMode(google.DataFolder, (UnixFileMode)0b111_101_101);
        google.Reset();
        google.Switch(switches => switches with { PendingShares = 100_000, InitsPerMinute = 100_000, StatusesPerMinute = 100_000 });
        var sites = await Task.WhenAll(Points.Select((_, point) => BigFile.ServeAsync(PathOf(point), SizeOf(point))));

        var settings = Settings(sites);
        var app = await AppProcess.Start(google.DataFolder, settings).ReadyAsync();
        settings = [.. settings, .. app.Settings];
        await ScriptClient.ConnectAsync(app, Provider);
        using var client = await ScriptClient.SignInAsync(app);
        var films = await FetchAsync(client, sites);

        var (most, began) = (0L, TimeProvider.System.GetTimestamp());
        for (var round = 1; round <= rounds; round++)
        {
            await RefillAsync("uploads");
            await RefillAsync("other");
            var uploads = await StartAsync(client, round, films);
            await Eventually.TrueAsync(() => google.Server.Faults.Held == Points.Length, "every upload stands at its point", Patience);

            app.Kill();
            google.Server.Faults.Release();
            await app.DisposeAsync();
            app = await AppProcess.Start(google.DataFolder, settings).ReadyAsync();
            for (var point = 0; point < Points.Length; point++)
            {
                var row = await EndedAsync(client, uploads[point]);
                most = Math.Max(most, ExpectOne(row, point, TitleOf(round, point), films[point]));
            }
        }

        await app.DisposeAsync();
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{rounds} rounds of {Points.Length} points: the platform's ledger has {Made} of {rounds * Points.Length} uploads; at most {most} bytes more than the file were sent; {TimeProvider.System.GetElapsedTime(began).TotalSeconds / rounds:0} s a round"));
        Assert.Equal(rounds * Points.Length, Made);
        foreach (var site in sites)
            await site.DisposeAsync();
    }

    /// <summary>By which the sandbox holds an upload.</summary>
    private protected abstract string HoldName(string title, Film film);

    /// <summary>Answers how many bytes more than the film has were sent for it.</summary>
    private protected abstract long ExpectOne(JsonElement row, int point, string title, Film film);

    private static string TitleOf(int round, int point) => string.Create(CultureInfo.InvariantCulture, $"Round {round} {Points[point]}");

    private string PathOf(int point) => Path.Combine(google.DataFolder, string.Create(CultureInfo.InvariantCulture, $"film{point}.mp4"));

    private long SizeOf(int point) => FilmSize + (1000 * point);

    private (string Name, string Value)[] Settings(BigFile[] sites) =>
    [
        .. google.Settings,
        ("SANDBOX", "off"),
        ("PUBLIC_URL", new Uri(GoogleSandbox.RedirectUri).GetLeftPart(UriPartial.Authority)),
        ("DOWNLOAD_PRIVATE_ENDPOINTS", string.Join(',', sites.Select(site => site.Endpoint))),
        ("UPLOAD_CHUNK_BYTES", UploadRig.Chunk.ToString(CultureInfo.InvariantCulture)),
        ("UPLOAD_WORKERS", Points.Length.ToString(CultureInfo.InvariantCulture)),
        ("YOUTUBE_QUOTA_UPLOADS", "100000"),
        ("YOUTUBE_QUOTA_UNITS", "10000000"),
        ("TIKTOK_PENDING_LIMIT", "1000"),
        ("RATE_LIMIT_UPLOADS_PER_MINUTE", "100000"),
        ("MIN_FREE_BYTES", "0"),
        ScriptClient.Unlimited,
    ];

    private async Task<Film[]> FetchAsync(ScriptClient client, BigFile[] sites)
    {
        var films = new List<Film>();
        for (var point = 0; point < Points.Length; point++)
        {
            var download = await client.PostAsync("api/downloads", new { videoUrl = sites[point].Url, format = "best" }, "downloadId");
            await client.CompletedAsync($"api/downloads/{download}", Patience);
            await using var file = File.OpenRead(PathOf(point));
            films.Add(new Film(download, file.Length, Convert.ToHexStringLower(await SHA256.HashDataAsync(file, TestContext.Current.CancellationToken))));
        }

        return [.. films];
    }

    private async Task<List<string>> StartAsync(ScriptClient client, int round, Film[] films)
    {
        var channel = await client.ChannelAsync();
        var uploads = new List<string>();
        for (var point = 0; point < Points.Length; point++)
        {
            var (film, title) = (films[point], TitleOf(round, point));
            var at = new[] { -1, film.Size / 10, film.Size / 2, film.Size * 99 / 100, film.Size }[point];
            google.Server.Faults.Hold(new UploadHold(HoldName(title, film), at));
            uploads.Add("api/uploads/" + await client.PostAsync("api/uploads", new { downloadedVideoId = film.Download, channelId = channel, title, privacy = "private" }, "uploadId"));
        }

        return uploads;
    }

    private static async Task<JsonElement> EndedAsync(ScriptClient client, string upload)
    {
        JsonElement row = default;
        await Eventually.TrueAsync(
            async () => (row = await client.GetAsync(upload)).GetProperty("status").GetString() is "completed" or "failed", upload + " ends", Patience);
        return row;
    }

    /// <summary>Of the sandbox's quota, which is a day's.</summary>
    private async Task RefillAsync(string bucket)
    {
        using var desk = new HttpClient { BaseAddress = google.Server.Address };
        using var answer = await desk.PostAsync(new Uri($"_sandbox/quota/{bucket}?used=0", UriKind.Relative), null, TestContext.Current.CancellationToken);
        answer.EnsureSuccessStatusCode();
    }

    /// <summary>What is published: a download and what its bytes are.</summary>
    private protected sealed record Film(string Download, long Size, string Sha256);
}

/// <summary>A session that nobody has heard of costs nothing: the next attempt begins another, and one video comes of it.</summary>
public sealed class YouTubeKilledUploadRounds(GoogleSandbox google, ITestOutputHelper output) : KilledUploadRounds(google, output)
{
    private protected override string Provider => "google";

    // A percent is a chunk and a little more.
    private protected override long FilmSize => 110L * UploadRig.Chunk;

    private protected override int Made => Sandbox.Server.Ledger.Videos.Count;

    private protected override string HoldName(string title, Film film) => title;

    private protected override long ExpectOne(JsonElement row, int point, string title, Film film)
    {
        Assert.Equal("completed", row.GetProperty("status").GetString());
        var ledger = Sandbox.Server.Ledger;
        Assert.Equal(film.Sha256, Assert.Single(ledger.Videos, video => video.Title == title).Sha256);
        var more = ledger.Sessions.Where(session => session.Title == title).Sum(session => session.Received) - film.Size;
        Assert.InRange(more, 0, UploadRig.Chunk);
        return more;
    }
}

/// <summary>
/// A draft that nobody has heard of reaches no inbox, so that another is begun by itself; of each upload one draft with bytes comes.
/// </summary>
public sealed class TikTokKilledUploadRounds(GoogleSandbox google, ITestOutputHelper output) : KilledUploadRounds(google, output)
{
    // No chunk of TrendVault's is longer.
    private const long Chunk = 64_000_000;
    private const int Chunks = 3;

    private readonly HashSet<string> _known = [];

    private protected override string Provider => "tiktok";

    private protected override long FilmSize => Chunks * Chunk;

    private protected override int Made => Sandbox.Server.Drafts.Count(draft => draft.Received > 0);

    private protected override string HoldName(string title, Film film) => film.Size.ToString(CultureInfo.InvariantCulture);

    private protected override long ExpectOne(JsonElement row, int point, string title, Film film)
    {
        var drafts = Sandbox.Server.Drafts.Where(draft => draft.Size == film.Size && _known.Add(draft.PublishId)).ToList();
        Assert.Equal(point == BeforeTheHandle ? 2 : 1, drafts.Count);
        var draft = Assert.Single(drafts, draft => draft.Received > 0);
        Assert.Equal(("completed", film.Sha256), (row.GetProperty("status").GetString(), draft.Sha256));
        Assert.InRange(draft.Received - film.Size, 0, Chunk);
        return draft.Received - film.Size;
    }
}
