using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using TrendVault.Core.Embedded;
using TrendVault.Web;

namespace TrendVault.Tests.App;

/// <summary>A class fixture: the whole app on a real socket, over a database and a Redis of its own.</summary>
public class TrendVaultApp : WebApplicationFactory<Program>, IAsyncLifetime
{
    private readonly TestServers _servers;
    private readonly string _dataFolder = Directory.CreateTempSubdirectory("tv-app-").FullName;
    private readonly Dictionary<string, string> _settings = [];
    private EmbeddedRedis? _redis;

    public TrendVaultApp(TestServers servers)
    {
        _servers = servers;
        UseKestrel(0);
    }

    /// <summary>Where the app listens, such as http://127.0.0.1:12345/.</summary>
    public Uri Address => ClientOptions.BaseAddress;

    /// <summary>The folder under which it keeps its objects and work in progress.</summary>
    public string DataFolder => _dataFolder;

    /// <summary>What DATABASE_URL is.</summary>
    public string DatabaseUrl => _settings["DATABASE_URL"];

    /// <summary>The Redis it uses, for tests that flush or stop it.</summary>
    internal EmbeddedRedis Redis => _redis!;

    public virtual async ValueTask InitializeAsync()
    {
        _redis = await TestServers.StartRedisAsync();
        Set("DATABASE_URL", await _servers.CreateDatabaseAsync());
        Set("REDIS_URL", _redis.Url);
        Set("DATA_DIR", _dataFolder);
        Set("SANDBOX", "off");
        Set("BCRYPT_COST", "4");
        foreach (var limit in (string[])["", "_SIGN_INS", "_DOWNLOADS", "_UPLOADS"])
            Set($"RATE_LIMIT{limit}_PER_MINUTE", "100000");
        Set("Logging:LogLevel:Default", "Warning");
        Set("Logging:LogLevel:Microsoft.Hosting.Lifetime", "Warning");
        Set("Logging:Console:LogLevel:Default", "Error");
        Configure();
        StartServer();
    }

    /// <summary>Sets one of the app's settings, as the environment would; before the start only.</summary>
    protected void Set(string name, string value) => _settings[name] = value;

    /// <summary>Where a derived fixture sets its own.</summary>
    protected virtual void Configure()
    {
    }

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        builder.UseEnvironment("Development");
        foreach (var (name, value) in _settings)
            builder.UseSetting(name, value);
        // A run's terminal is for what failed.
        builder.ConfigureTestServices(services => services.Remove(services.Single(service => service.ImplementationType == typeof(Greeting))));
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        if (_redis is not null)
            await _redis.DisposeAsync();
        Directory.Delete(_dataFolder, recursive: true);
        GC.SuppressFinalize(this);
    }
}
