using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.RegularExpressions;
using Minio;
using Minio.DataModel.Args;
using TrendVault.Core.Storage;
using TrendVault.Tests.Accounts;
using TrendVault.Tests.App;

namespace TrendVault.Tests.Benchmarks;

/// <summary>
/// Uploads of 2 GB to the sandbox's YouTube beside a bare client that PUTs the same bytes in the same chunks to the same sandbox, from
/// a file, and for S3 also from S3: a server on the same two cores takes its share of them.
/// Not part of the tests: <c>TrendVault.Tests -explicit only -class '*UploadBenchmark'</c>, of a Release build on a machine at rest.
/// </summary>
public sealed partial class UploadBenchmark(GoogleSandbox google, SwiftServer swift, ITestOutputHelper output) : IClassFixture<GoogleSandbox>
{
    private const int Rounds = 3;
    private const long FilmSize = 2L << 30;
    private const int Chunk = 8 << 20;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Limits: 1.15 x the time of the bare client that reads from the same store, 60 MB.</summary>
    [Theory(Explicit = true)]
    [InlineData("folder")]
    [InlineData("S3")]
    public async Task Two_gigabytes_to_YouTube(string store)
    {
        // Reachable for the postgres user.
        File.SetUnixFileMode(google.DataFolder, (UnixFileMode)0b111_101_101);
        google.Reset();
        var path = Path.Combine(google.DataFolder, "film.mp4");
        await using var site = await BigFile.ServeAsync(path, FilmSize);
        var folder = Directory.CreateDirectory(Path.Combine(google.DataFolder, store)).FullName;
        File.SetUnixFileMode(folder, (UnixFileMode)0b111_101_101);
        var storage = store == "S3" ? await swift.OptionsAsync($"two-{Guid.CreateVersion7():n}") : null;
        await using var app = await AppProcess.Start(folder, [.. Settings(site), .. SettingsOf(storage), ("DATA_DIR", folder)]).ReadyAsync();
        await ScriptClient.ConnectAsync(app);
        using var client = await ScriptClient.SignInAsync(app);
        var download = await client.PostAsync("api/downloads", new { videoUrl = site.Url, format = "best" }, "downloadId");
        await client.CompletedAsync($"api/downloads/{download}", Patience);

        // Everything is done once before it counts.
        await UploadAsync(client, download);
        using var memory = new MemoryWatch(app);
        var ratios = new List<double>();
        for (var round = 0; round < Rounds; round++)
        {
            var fromDisk = await TimeAsync(() => PutAsync(() => Task.FromResult<Stream>(File.OpenRead(path))));
            var bare = storage is null ? fromDisk : await TimeAsync(() => PutAsync(() => OpenAsync(storage)));
            var cpu = app.CpuTime;
            var whole = await TimeAsync(() => UploadAsync(client, download));
            ratios.Add(whole / bare);
            Tell($"{store}: {whole:0.0} s beside {bare:0.0} s: {ratios[^1]:0.00} x; from the disk {fromDisk:0.0} s: {whole / fromDisk:0.00} x; {(app.CpuTime - cpu).TotalSeconds:0.0} s of the app's CPU");
        }

        Tell($"{store}: median {ratios.Order().ElementAt(Rounds / 2):0.00} x the time; memory grows by {memory.Growth / MemoryWatch.MiB} MiB");
        Assert.True(memory.Growth <= 60_000_000, "The app grows by at most 60 MB.");
        Assert.True(ratios.Order().ElementAt(Rounds / 2) <= 1.15, "An upload takes at most 1.15 x a bare client's time.");
    }

    private static async Task UploadAsync(ScriptClient client, string download)
    {
        var body = new { downloadedVideoId = download, channelId = await client.ChannelAsync(), title = "Two gigabytes", privacy = "private" };
        var upload = await client.PostAsync("api/uploads", body, "uploadId");
        await client.CompletedAsync($"api/uploads/{upload}", Patience);
    }

    /// <summary>The least that can be done: a session, then chunk after chunk straight from where it is.</summary>
    private async Task PutAsync(Func<Task<Stream>> openAsync)
    {
        using var client = new HttpClient { BaseAddress = google.Server.Address, Timeout = Patience };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", AccessToken().Match(await File.ReadAllTextAsync(Path.Combine(google.DataFolder, "sandbox", "state.json"), Token)).Value);
        using var begin = new HttpRequestMessage(HttpMethod.Post, "upload/youtube/v3/videos?uploadType=resumable&part=snippet,status")
        {
            Content = JsonContent.Create(new { snippet = new { title = "Bare", categoryId = "22" }, status = new { privacyStatus = "private" } }),
        };
        using var session = await client.SendAsync(begin, Token);
        session.EnsureSuccessStatusCode();

        await using var file = await openAsync();
        var buffer = new byte[Chunk];
        for (long sent = 0; sent < FilmSize; sent += Chunk)
        {
            await file.ReadExactlyAsync(buffer, Token);
            using var content = new ByteArrayContent(buffer);
            content.Headers.ContentRange = new ContentRangeHeaderValue(sent, sent + Chunk - 1, FilmSize);
            using var answer = await client.PutAsync(session.Headers.Location, content, Token);
            Assert.Equal(sent + Chunk < FilmSize ? HttpStatusCode.PermanentRedirect : HttpStatusCode.Created, answer.StatusCode);
        }
    }

    private (string Name, string Value)[] Settings(BigFile site) =>
    [
        .. google.Settings,
        ("SANDBOX", "off"),
        ("PUBLIC_URL", new Uri(GoogleSandbox.RedirectUri).GetLeftPart(UriPartial.Authority)),
        ("DOWNLOAD_PRIVATE_ENDPOINTS", site.Endpoint),
        ("UPLOAD_CHUNK_BYTES", Chunk.ToString(CultureInfo.InvariantCulture)),
        ("MIN_FREE_BYTES", "0"),
        ScriptClient.Unlimited,
    ];

    private static (string Name, string Value)[] SettingsOf(StorageOptions? storage) => storage is null
        ? []
        : [("MINIO_ENDPOINT", storage.Endpoint!), ("MINIO_ACCESS_KEY", storage.AccessKey!), ("MINIO_SECRET_KEY", storage.SecretKey!), ("MINIO_BUCKET", storage.Bucket)];

    /// <summary>The one film in the bucket, by a plain GET.</summary>
    private static async Task<Stream> OpenAsync(StorageOptions storage)
    {
        using var client = new MinioClient().WithEndpoint(storage.Endpoint).WithCredentials(storage.AccessKey, storage.SecretKey).Build();
        var objects = await client.ListObjectsEnumAsync(new ListObjectsArgs().WithBucket(storage.Bucket).WithRecursive(true), Token).ToListAsync(Token);
        var address = await client.PresignedGetObjectAsync(
            new PresignedGetObjectArgs().WithBucket(storage.Bucket).WithObject(objects.MaxBy(item => item.Size)!.Key).WithExpiry(3600));
        return await new HttpClient().GetStreamAsync(address, Token);
    }

    private static async Task<double> TimeAsync(Func<Task> work)
    {
        var clock = Stopwatch.StartNew();
        await work();
        return clock.Elapsed.TotalSeconds;
    }

    private void Tell(FormattableString line) => output.WriteLine(line.ToString(CultureInfo.InvariantCulture));

    [GeneratedRegex(@"ya29\.[\w-]+")]
    private static partial Regex AccessToken();
}
