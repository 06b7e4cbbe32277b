using System.Security.Cryptography;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using StackExchange.Redis;
using TrendVault.Core.Accounts;
using TrendVault.Core.Channels;
using TrendVault.Core.Data;
using TrendVault.Core.Downloads;
using TrendVault.Core.Egress;
using TrendVault.Core.Jobs;
using TrendVault.Core.Media;
using TrendVault.Core.Settings;
using TrendVault.Core.Storage;
using TrendVault.Core.TikTok;
using TrendVault.Core.Uploads;
using TrendVault.Core.Work;
using TrendVault.Tests.Accounts;
using TrendVault.Tests.App;
using TrendVault.Tests.Jobs;

namespace TrendVault.Tests.Uploads;

/// <summary>One instance that uploads, in a host of its own. Two of them over one database are two instances.</summary>
internal sealed class UploadRig : IAsyncDisposable
{
    /// <summary>The smallest that YouTube takes.</summary>
    public const int Chunk = 256 * 1024;

    /// <summary>The smallest that TikTok takes.</summary>
    public const int TikTokChunk = 5_242_880;

    private readonly TestDatabase _database;
    private readonly GoogleSandbox _google;
    private readonly IHost _host;
    private bool _stopped;

    private UploadRig(TestDatabase database, GoogleSandbox google, IHost host) => (_database, _google, _host) = (database, google, host);

    public UploadService Uploads => Get<UploadService>();

    public UploadStore Store => Get<UploadStore>();

    public PublishedStore Published => Get<PublishedStore>();

    public Told<UploadRow> Told => Get<Told<UploadRow>>();

    /// <param name="change">What is different in this one.</param>
    public static async Task<UploadRig> StartAsync(TestDatabase database, GoogleSandbox google, Action<IServiceCollection>? change = null)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(google.Settings.ToDictionary(setting => setting.Name, setting => (string?)setting.Value));
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?> { ["DATABASE_URL"] = database.DatabaseUrl, ["REDIS_URL"] = database.Redis.Url });
        builder.Services
            .AddData(builder.Configuration)
            .AddStorage(builder.Configuration)
            .AddJobs(builder.Configuration)
            .AddEgress(builder.Configuration)
            .AddChannels(builder.Configuration)
            .AddAccounts(builder.Configuration)
            .AddUploads(builder.Configuration);
        database.AddTo(builder.Services);
        builder.Services.AddSingleton(Options.Create(GoogleSandbox.Vault));
        builder.Services.AddSingleton<DownloadQueue>();
        builder.Services.AddSingleton<DownloadStore>();
        builder.Services.AddSingleton<Confiner>();
        builder.Services.AddSingleton<Told<UploadRow>>();
        builder.Services.AddSingleton<IProgressSink>(provider => provider.GetRequiredService<Told<UploadRow>>());
        builder.Services.AddSingleton(Options.Create(new JobOptions
        {
            Grace = TimeSpan.FromMilliseconds(100),
            Poll = TimeSpan.FromMilliseconds(200),
            SweepEvery = TimeSpan.FromMilliseconds(200),
            WatchEvery = TimeSpan.FromMilliseconds(100),
            LockRetry = TimeSpan.FromMilliseconds(100),
            FirstBackoff = TimeSpan.FromMilliseconds(20),
        }));
        builder.Services.AddSingleton(Options.Create(new UploadOptions { ChunkBytes = Chunk, FirstPause = TimeSpan.FromMilliseconds(10), FirstFollowUp = TimeSpan.FromMilliseconds(100) }));
        var tikTok = builder.Configuration.ReadSettings<TikTokOptions>();
        tikTok.ChunkBytes = TikTokChunk;
        tikTok.Polls = [TimeSpan.FromMilliseconds(20)];
        builder.Services.AddSingleton(Options.Create(tikTok));
        builder.Logging.AddProvider(new LogLines());
        change?.Invoke(builder.Services);

        var rig = new UploadRig(database, google, builder.Build());
        // A test before may have emptied the day's quota.
        await rig.Get<IDatabase>().KeyDeleteAsync("trending:youtube:quota:daily");
        await rig._host.StartAsync(TestContext.Current.CancellationToken);
        return rig;
    }

    public T Get<T>() where T : notnull => _host.Services.GetRequiredService<T>();

    /// <summary>A user with a channel and a file of random bytes.</summary>
    public Task<Given> GivenAsync(int bytes, string provider = "google") => GivenAsync(RandomNumberGenerator.GetBytes(bytes), provider);

    /// <summary>A user with a channel and a file.</summary>
    public async Task<Given> GivenAsync(byte[] file, string provider = "google")
    {
        var userId = await _database.GivenUserAsync();
        await _google.ConnectAsync(_host.Services, userId, provider);
        var channel = Assert.Single(await Get<ChannelStore>().ListAsync(userId, TestContext.Current.CancellationToken));
        var (downloadId, sha256) = await GivenDownloadAsync(userId, file);
        return new Given(userId, downloadId, channel, sha256, file.Length, $"Test {downloadId:n}");
    }

    /// <summary>A finished download, as its worker leaves it.</summary>
    public async Task<(Guid Id, string Sha256)> GivenDownloadAsync(Guid userId, byte[] file)
    {
        var id = Guid.CreateVersion7();
        var key = $"{userId}/{id}/1-test.mp4";
        var stored = await Get<IObjectStore>().PutAsync(key, new MemoryStream(file), "video/mp4", TestContext.Current.CancellationToken);
        await _database.Db.ExecuteAsync(
            """
            insert into downloads (id, user_id, source_video_url, title, format, content_type, duration_seconds, file_size, sha256, storage_key, status, progress)
            values (@id, @userId, 'https://example.org/v', 'A download', 'best', 'video/mp4', 42, @Size, @Sha256, @key, 'completed', 100)
            """,
            new { id, userId, stored.Size, stored.Sha256, key },
            TestContext.Current.CancellationToken);
        return (id, stored.Sha256);
    }

    public async Task<Guid> UploadAsync(Given given, VideoPrivacy privacy = VideoPrivacy.Unlisted)
    {
        var outcome = await Uploads.StartAsync(given.UserId, given.Request(privacy), TestContext.Current.CancellationToken);
        return Assert.Single(Assert.IsType<StartUploadOutcome.Started>(outcome).UploadIds);
    }

    public async Task<UploadRow> BecomesAsync(Given given, Guid id, WorkStatus status) =>
        await BecomesAsync(given, id, row => row.Status == status, $"the upload is {status}");

    public async Task<UploadRow> BecomesAsync(Given given, Guid id, Func<UploadRow, bool> condition, string what)
    {
        UploadRow row = null!;
        await Eventually.TrueAsync(
            async () => condition(row = (await Store.FindAsync(given.UserId, id, TestContext.Current.CancellationToken))!), what, TimeSpan.FromSeconds(30));
        return row;
    }

    /// <summary>What SIGTERM does: the job goes back to the queue in the middle of its work.</summary>
    public async Task StopAsync()
    {
        _stopped = true;
        await _host.StopAsync(TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_stopped)
            await _host.StopAsync(CancellationToken.None);
        _host.Dispose();
    }

    /// <summary>What a test begins with.</summary>
    internal sealed record Given(Guid UserId, Guid DownloadId, PublishingChannel Channel, string Sha256, int Bytes, string Title)
    {
        public UploadRequest Request(VideoPrivacy privacy = VideoPrivacy.Unlisted) => new()
        {
            DownloadId = DownloadId,
            ChannelIds = [Channel.Id],
            Draft = new PublishDraft { Title = Title, Description = "Zeile 1\nZeile 2", Tags = ["rally", "two words"], Privacy = privacy },
            RightsStatement = UploadService.RightsStatement,
        };
    }
}
