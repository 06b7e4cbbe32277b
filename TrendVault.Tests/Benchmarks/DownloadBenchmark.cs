using System.Diagnostics;
using System.Globalization;
using TrendVault.Tests.App;
using TrendVault.Tests.Downloads;
using TrendVault.Web.Pages.Shared;

namespace TrendVault.Tests.Benchmarks;

/// <summary>
/// Downloads of 1 GB from a server on loopback beside their floors of the same run: a bare yt-dlp, a bare Kestrel.
/// Not part of the tests: <c>TrendVault.Tests -explicit only -class '*DownloadBenchmark'</c>, of a Release build on a machine at rest.
/// </summary>
public sealed class DownloadBenchmark(SwiftServer swift, ITestOutputHelper output) : IDisposable
{
    private const int Rounds = 5;
    private const int BlockSize = 128 * 1024;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private readonly string _folder = Directory.CreateTempSubdirectory("tv-gigabyte-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>Limits: 1.25 x the time of a bare yt-dlp, 1.4 x where yt-dlp is confined; 0.5 x its CPU, 30 MB.</summary>
    [Theory(Explicit = true)]
    [InlineData("off", 1.25)]
    [InlineData("required", 1.4)]
    public async Task A_gigabyte_from_the_click_to_the_folder(string confinement, double limit)
    {
        await using var file = await BigFile.ServeAsync(Path.Combine(_folder, "big.mp4"));
        await using var app = await StartAsync(file.Endpoint, ("DOWNLOAD_CONFINEMENT", confinement));
        using var client = await ScriptClient.SignInAsync(app);
        // The user has seen the formats before the click; and everything is done once before it counts.
        await client.PostAsync("api/downloads/formats", new { videoUrl = file.Url }, "title");
        await DownloadAsync(client, file);
        using var memory = new MemoryWatch(app);

        var (times, cpus) = (new List<double>(), new List<double>());
        for (var round = 0; round < Rounds; round++)
        {
            var bare = await RunYtDlpAsync(file.Url);
            var cpu = app.CpuTime;
            var whole = await TimeAsync(() => DownloadAsync(client, file));
            times.Add(whole / bare.Seconds);
            cpus.Add((app.CpuTime - cpu).TotalSeconds / bare.CpuSeconds);
            Tell($"{whole:0.00} s beside {bare.Seconds:0.00} s: {times[^1]:0.00} x; CPU of the app {cpus[^1]:0.00} x yt-dlp's {bare.CpuSeconds:0.00} s");
        }

        Tell($"confinement {confinement}: median {Median(times):0.00} x the time (at best {times.Min():0.00}), {Median(cpus):0.00} x the CPU; memory grows by {memory.Growth / MemoryWatch.MiB} MiB");
        Assert.True(Median(times) <= limit, string.Create(CultureInfo.InvariantCulture, $"The whole job takes at most {limit} x a bare yt-dlp."));
        Assert.True(Median(cpus) <= 0.5, "The app's own CPU is at most half of yt-dlp's.");
        Assert.True(memory.Growth <= 30_000_000, "The app grows by at most 30 MB.");
    }

    /// <summary>Limit: 60 MB.</summary>
    [Fact(Explicit = true)]
    public async Task A_gigabyte_into_S3()
    {
        var storage = await swift.OptionsAsync($"gigabyte-{Guid.CreateVersion7():n}");
        await using var file = await BigFile.ServeAsync(Path.Combine(_folder, "big.mp4"));
        await using var app = await StartAsync(
            file.Endpoint, ("MINIO_ENDPOINT", storage.Endpoint!), ("MINIO_ACCESS_KEY", storage.AccessKey!), ("MINIO_SECRET_KEY", storage.SecretKey!), ("MINIO_BUCKET", storage.Bucket));
        using var client = await ScriptClient.SignInAsync(app);
        await client.PostAsync("api/downloads/formats", new { videoUrl = file.Url }, "title");
        using var memory = new MemoryWatch(app);

        var whole = await TimeAsync(() => DownloadAsync(client, file));

        Tell($"{whole:0.00} s; memory grows by {memory.Growth / MemoryWatch.MiB} MiB");
        Assert.True(memory.Growth <= 60_000_000, "The app grows by at most 60 MB.");
    }

    /// <summary>Limit: 0.7 x the throughput of a bare Kestrel that serves the same file.</summary>
    [Fact(Explicit = true)]
    public async Task A_stored_gigabyte_is_served()
    {
        await using var file = await BigFile.ServeAsync(Path.Combine(_folder, "big.mp4"));
        await using var app = await StartAsync(file.Endpoint);
        using var client = await ScriptClient.SignInAsync(app);
        using var bare = new HttpClient();
        var id = await client.PostAsync("api/downloads", new { videoUrl = file.Url, format = "best" }, "downloadId");
        await client.CompletedAsync($"api/downloads/{id}", Patience);

        var ratios = new List<double>();
        for (var round = 0; round < Rounds; round++)
        {
            var floor = await TimeAsync(async () => await DrainAsync(await bare.GetStreamAsync(file.Url, TestContext.Current.CancellationToken)));
            var served = await TimeAsync(async () => await DrainAsync(await client.OpenAsync($"api/downloads/{id}/file")));
            ratios.Add(floor / served);
            Tell($"{BigFile.Size / served / MemoryWatch.MiB:0} MiB/s beside {BigFile.Size / floor / MemoryWatch.MiB:0} MiB/s: {ratios[^1]:0.00} x");
        }

        Tell($"median {Median(ratios):0.00} x the throughput");
        Assert.True(Median(ratios) >= 0.7, "A stored file is served at 0.7 x a bare Kestrel at least.");
    }

    /// <summary>Limits: 2 s to the row's CANCELLED, 5 s to the end of the last process.</summary>
    [Fact(Explicit = true)]
    public async Task A_gigabyte_is_cancelled()
    {
        await using var file = await BigFile.ServeAsync(Path.Combine(_folder, "big.mp4"));
        await using var app = await StartAsync(file.Endpoint);
        using var client = await ScriptClient.SignInAsync(app);

        var (rows, processes) = (new List<double>(), new List<double>());
        for (var round = 0; round < Rounds; round++)
        {
            var id = await client.PostAsync("api/downloads", new { videoUrl = file.Url, format = "best" }, "downloadId");
            await Eventually.TrueAsync(() => Partial(id) > 100 * MemoryWatch.MiB, "it is under way", Patience);
            var clock = Stopwatch.StartNew();
            await client.PostAsync($"api/downloads/{id}/cancel", new { }, "id");
            await Eventually.TrueAsync(async () => (await client.GetAsync($"api/downloads/{id}")).GetProperty("status").GetString() == "cancelled", "it is cancelled");
            rows.Add(clock.Elapsed.TotalSeconds);
            await Eventually.TrueAsync(() => Processes.In(WorkFolderOf(id)).Count == 0, "its processes are gone");
            processes.Add(clock.Elapsed.TotalSeconds);
        }

        Tell($"CANCELLED within {rows.Max():0.00} s (median {Median(rows):0.00}), every process gone within {processes.Max():0.00} s");
        Assert.True(rows.Max() <= 2, "CANCELLED within 2 s.");
        Assert.True(processes.Max() <= 5, "Every process is gone within 5 s.");
    }

    private Task<AppProcess> StartAsync(string site, params (string Name, string Value)[] settings)
    {
        File.SetUnixFileMode(_folder, (UnixFileMode)0b111_101_101);
        return AppProcess.Start(
            _folder,
            [("SANDBOX", "off"), ("DOWNLOAD_PRIVATE_ENDPOINTS", site), ("RATE_LIMIT_DOWNLOADS_PER_MINUTE", "1000"), ScriptClient.Unlimited, .. settings]).ReadyAsync();
    }

    /// <summary>The working folder goes with the end: to ask the app all the time would be work that no user makes.</summary>
    private async Task DownloadAsync(ScriptClient client, BigFile file)
    {
        var id = await client.PostAsync("api/downloads", new { videoUrl = file.Url, format = "best" }, "downloadId");
        await Eventually.TrueAsync(() => Directory.Exists(WorkFolderOf(id)), "it begins", Patience);
        await Eventually.TrueAsync(() => !Directory.Exists(WorkFolderOf(id)), "it ends", Patience);
        await client.CompletedAsync($"api/downloads/{id}", Patience);
    }

    private async Task<(double Seconds, double CpuSeconds)> RunYtDlpAsync(string url)
    {
        var target = Path.Combine(_folder, "bare.mp4");
        using var shell = Process.Start(new ProcessStartInfo("bash", ["-c", "TIMEFORMAT='%R %U %S'; time \"$2\" --ignore-config -q -o \"$0\" -- \"$1\"", target, url, YtDlpPrograms.Current]) { RedirectStandardError = true })!;
        var words = (await shell.StandardError.ReadToEndAsync()).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        var numbers = words.TakeLast(3).Select(word => double.Parse(word, CultureInfo.InvariantCulture)).ToList();
        Assert.Equal(BigFile.Size, new FileInfo(target).Length);
        File.Delete(target);
        return (numbers[0], numbers[1] + numbers[2]);
    }

    private static async Task DrainAsync(Stream content)
    {
        await using (content)
        {
            var block = new byte[BlockSize];
            long all = 0;
            for (int count; (count = await content.ReadAsync(block)) > 0;)
                all += count;
            Assert.Equal(BigFile.Size, all);
        }
    }

    private string WorkFolderOf(string id) => Path.Combine(_folder, "work", id);

    private long Partial(string id)
    {
        var media = new DirectoryInfo(Path.Combine(WorkFolderOf(id), "media"));
        return media.Exists ? media.EnumerateFiles("*.part").Sum(file => file.Length) : 0;
    }

    private static async Task<double> TimeAsync(Func<Task> work)
    {
        var started = Stopwatch.GetTimestamp();
        await work();
        return Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    private void Tell(FormattableString line) => output.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
