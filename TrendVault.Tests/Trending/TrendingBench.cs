using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using StackExchange.Redis;
using TrendVault.Core.Data;
using TrendVault.Core.Trending;
using TrendVault.Core.YouTube;
using TrendVault.Tests.App;
using TrendVault.Web.Sandbox;

namespace TrendVault.Tests.Trending;

/// <summary>A class fixture: Trending over servers and a sandbox of its own, with a clock that the test moves.</summary>
public sealed class TrendingBench(TestServers servers) : IAsyncLifetime
{
    private readonly TestDatabase _database = new(servers);
    private readonly string _folder = Directory.CreateTempSubdirectory("tv-trending-").FullName;
    private ServiceProvider _services = null!;

    public SandboxServer Sandbox { get; private set; } = null!;

    public TestDatabase Database => _database;

    public FakeTimeProvider Time { get; init; } = new(TestDay.Now);

    /// <summary>The platforms go by <see cref="Time"/> too, and not by a clock that runs by itself.</summary>
    public bool MovesPlatforms { get; init; }

    internal TrendingService Trending => _services.GetRequiredService<TrendingService>();

    internal ChartRows Rows => _services.GetRequiredService<ChartRows>();

    internal TrendingStore Store => _services.GetRequiredService<TrendingStore>();

    internal ChartRefresher Refresher => _services.GetRequiredService<ChartRefresher>();

    internal YouTubeQuota Quota => _services.GetRequiredService<YouTubeQuota>();

    internal TrendingQuota AllQuota => _services.GetRequiredService<TrendingQuota>();

    public async ValueTask InitializeAsync()
    {
        await _database.InitializeAsync();
        Sandbox = await SandboxServer.StartAsync(
            new SandboxOptions
            {
                DataFolder = _folder,
                Time = MovesPlatforms ? Time : TestDay.Clock,
                ApifyRunTime = MovesPlatforms ? TimeSpan.Zero : TimeSpan.FromMilliseconds(50),
            },
            CancellationToken.None);
        _services = BuildServices();
    }

    /// <summary>Another instance over the same servers.</summary>
    public ServiceProvider BuildServices(params (string Name, string Value)[] settings) => BuildServices(Time, _ => { }, settings);

    /// <summary>Another instance over the same servers, with a clock of its own and what <paramref name="add"/> registers.</summary>
    public ServiceProvider BuildServices(TimeProvider time, Action<IServiceCollection> add, params (string Name, string Value)[] settings)
    {
        SandboxPlatform[] platforms = [SandboxPlatform.YouTube, SandboxPlatform.Apify, SandboxPlatform.TikTokResearch];
        var all = new Dictionary<string, string> { ["APIFY_RUNS_PER_DAY"] = "100000" };
        foreach (var (name, value) in platforms.SelectMany(Sandbox.SettingsFor).Select(setting => (setting.Key, setting.Value!)).Concat(settings))
            all[name] = value;
        return _database.BuildServices(
            (services, configuration) =>
            {
                services.AddSingleton(time);
                services.AddTrending(configuration);
                add(services);
            },
            [.. all.Select(setting => (setting.Key, setting.Value))]);
    }

    /// <summary>Takes back what was ordered, and makes TrendVault forget what it remembers of the platforms.</summary>
    public async Task ForgetAsync()
    {
        Sandbox.Faults.Clear();
        var options = RedisUrl.Parse(_database.Redis.Url);
        options.AllowAdmin = true;
        await using var redis = await ConnectionMultiplexer.ConnectAsync(options);
        await redis.GetServers()[0].FlushAllDatabasesAsync();
    }

    /// <summary>Units that the sandbox's YouTube has counted in its general bucket.</summary>
    public long UnitsUsed => Sandbox.Quota["other"].Used;

    public long SearchesUsed => Sandbox.Quota["search"].Used;

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        await Sandbox.DisposeAsync();
        await _database.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
