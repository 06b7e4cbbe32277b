using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TrendVault.Core.Data;
using TrendVault.Core.Downloads;
using TrendVault.Core.Egress;
using TrendVault.Core.Jobs;
using TrendVault.Core.Media;
using TrendVault.Core.Storage;
using TrendVault.Core.Work;
using TrendVault.Tests.App;
using TrendVault.Tests.Jobs;

namespace TrendVault.Tests.Downloads;

/// <summary>One instance with all that downloads need: engine, guard, store and a data folder of its own. No pages.</summary>
internal sealed class Rig : IAsyncDisposable
{
    private readonly IHost _host;
    private readonly DirectoryInfo _data;

    private Rig(IHost host, DirectoryInfo data, Told<DownloadRow> events)
    {
        _host = host;
        _data = data;
        Events = events;
    }

    public Told<DownloadRow> Events { get; }

    public DownloadService Downloads => Get<DownloadService>();

    public DownloadStore Store => Get<DownloadStore>();

    public DownloadBin Bin => Get<DownloadBin>();

    public IObjectStore Objects => Get<IObjectStore>();

    public string WorkFolder => Path.Combine(_data.FullName, "work");

    public string DataFolder => _data.FullName;

    public static async Task<Rig> StartAsync(TestDatabase database, MediaSite site, Action<DownloadOptions>? configure = null, Action<MediaOptions>? tools = null, params (string Name, string Value)[] settings)
    {
        var data = Directory.CreateTempSubdirectory("tv-rig-");
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["DATABASE_URL"] = database.DatabaseUrl,
            ["REDIS_URL"] = database.Redis.Url,
            ["DATA_DIR"] = data.FullName,
            ["DOWNLOAD_PRIVATE_ENDPOINTS"] = site.Endpoint,
        });
        builder.Configuration.AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Name, (string?)setting.Value)));
        var events = new Told<DownloadRow>();
        builder.Services
            .AddData(builder.Configuration)
            .AddStorage(builder.Configuration)
            .AddEgress(builder.Configuration)
            .AddJobs(builder.Configuration)
            .AddDownloads(builder.Configuration)
            .AddSingleton<IProgressSink>(events)
            .AddSingleton(Options.Create(Hurried(configure)))
            .AddSingleton(Options.Create(YtDlpPrograms.Options(tools)))
            .AddSingleton(Options.Create(new JobOptions
            {
                Grace = TimeSpan.FromMilliseconds(200),
                Poll = TimeSpan.FromMilliseconds(200),
                WatchEvery = TimeSpan.FromMilliseconds(200),
                FirstBackoff = TimeSpan.FromMilliseconds(50),
            }));
        database.AddTo(builder.Services);
        builder.Logging.AddProvider(new LogLines());
        var host = builder.Build();
        await host.StartAsync(TestContext.Current.CancellationToken);
        return new Rig(host, data, events);
    }

    public T Get<T>() where T : notnull => _host.Services.GetRequiredService<T>();

    /// <summary>Starts a download and answers its id.</summary>
    public async Task<Guid> StartDownloadAsync(Guid userId, string url, string format = "best", string? key = null)
    {
        var outcome = await Downloads.StartAsync(userId, new DownloadRequest { Url = url, Format = format, IdempotencyKey = key }, TestContext.Current.CancellationToken);
        return Assert.IsType<StartOutcome.Started>(outcome).DownloadId;
    }

    public Task<DownloadRow> BecomesAsync(Guid userId, Guid id, WorkStatus status, TimeSpan? patience = null) =>
        BecomesAsync(userId, id, row => row.Status == status, $"the download is {status}", patience);

    /// <summary>Waits for the row to be so; a failure shows how it was instead.</summary>
    public async Task<DownloadRow> BecomesAsync(Guid userId, Guid id, Func<DownloadRow, bool> condition, string what, TimeSpan? patience = null)
    {
        DownloadRow? row = null;
        try
        {
            await Eventually.TrueAsync(
                async () => (row = await Store.FindAsync(userId, id, TestContext.Current.CancellationToken)) is not null && condition(row),
                what,
                patience ?? TimeSpan.FromSeconds(60));
        }
        finally
        {
            TestContext.Current.TestOutputHelper?.WriteLine($"{row}");
        }

        return row!;
    }

    public string FolderOf(Guid id) => Path.Combine(WorkFolder, id.ToString());

    /// <summary>Waits until the slow file has begun to arrive.</summary>
    public Task HasPartialFileAsync(Guid id) => Eventually.TrueAsync(
        () => Directory.Exists(Path.Combine(FolderOf(id), "media"))
            && new DirectoryInfo(Path.Combine(FolderOf(id), "media")).EnumerateFiles("*.part").Any(file => file.Length > 100_000),
        "a partial file has grown",
        TimeSpan.FromSeconds(60));

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync(CancellationToken.None);
        _host.Dispose();
        _data.Delete(recursive: true);
    }

    private static DownloadOptions Hurried(Action<DownloadOptions>? configure)
    {
        var options = new DownloadOptions
        {
            MinFreeBytes = 0,
            WatchEvery = TimeSpan.FromMilliseconds(100),
            KillPatience = TimeSpan.FromSeconds(1),
            ParkFor = TimeSpan.FromSeconds(1),
            UndoFor = TimeSpan.FromMilliseconds(200),
        };
        configure?.Invoke(options);
        return options;
    }
}
