using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using TrendVault.Core.Settings;

namespace TrendVault.Core.Embedded;

/// <summary>
/// The servers that the environment does not name. They fill in <c>DATABASE_URL</c> and <c>REDIS_URL</c>; from there on nothing
/// knows whether a server is embedded.
/// </summary>
public sealed class EmbeddedServers : IAsyncDisposable
{
    // sockaddr_un holds 108 bytes; PostgreSQL appends /.s.PGSQL.5432.lock to the folder.
    private const int LongestSocketFolder = 80;

    private readonly FileStream? _lock;
    private readonly EmbeddedPostgres? _postgres;
    private readonly EmbeddedRedis? _redis;

    private EmbeddedServers(FileStream? folderLock, EmbeddedPostgres? postgres, EmbeddedRedis? redis)
    {
        _lock = folderLock;
        _postgres = postgres;
        _redis = redis;
    }

    /// <summary>What is embedded, in words for the banner and the status page.</summary>
    public IReadOnlyList<string> Names =>
        [.. new[] { _postgres is null ? null : "PostgreSQL", _redis is null ? null : "Redis" }.OfType<string>()];

    /// <summary>Starts what is missing, both at once, and writes their addresses into <paramref name="configuration"/>.</summary>
    /// <exception cref="StartupException">One of them cannot run here; the message says what to do.</exception>
    public static async Task<EmbeddedServers> StartAsync(IConfigurationManager configuration, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        var data = configuration.ReadSettings<DataOptions>();
        var needsPostgres = data.DatabaseUrl.Length == 0;
        var needsRedis = data.RedisUrl.Length == 0;
        if (!needsPostgres && !needsRedis)
            return new EmbeddedServers(null, null, null);

        var folder = Path.GetFullPath(configuration.ReadSettings<FolderOptions>().DataFolder);
        var folderLock = Lock(folder);
        var postgres = needsPostgres
            ? EmbeddedPostgres.StartAsync(PostgresFolder(folder), durable: true, loggers.CreateLogger<EmbeddedPostgres>(), cancellationToken)
            : null;
        var redis = needsRedis
            ? EmbeddedRedis.StartAsync(Path.Combine(folder, "redis"), SocketFolder(folder, "redis"), loggers.CreateLogger<EmbeddedRedis>(), cancellationToken)
            : null;
        try
        {
            await Task.WhenAll(new Task?[] { postgres, redis }.OfType<Task>());
        }
        catch
        {
            await DisposeStartedAsync(postgres, redis, folderLock);
            throw;
        }

        var servers = new EmbeddedServers(folderLock, postgres?.Result, redis?.Result);
        servers.FillIn(configuration);
        return servers;
    }

    /// <summary>Stops them. Redis first: nothing of worth is lost there.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_redis is not null)
            await _redis.DisposeAsync();
        if (_postgres is not null)
            await _postgres.DisposeAsync();
        if (_lock is not null)
            await _lock.DisposeAsync();
    }

    private void FillIn(IConfigurationManager configuration)
    {
        if (_postgres is not null)
            configuration["DATABASE_URL"] = _postgres.ConnectionString;
        if (_redis is not null)
            configuration["REDIS_URL"] = _redis.Url;
    }

    /// <summary>Two copies over one folder would end each other's servers. The kernel frees the lock with the process.</summary>
    private static FileStream Lock(string folder)
    {
        Directory.CreateDirectory(folder);
        try
        {
            return new FileStream(Path.Combine(folder, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException)
        {
            throw new StartupException($"Another TrendVault already runs on {folder}. Stop it, or set DATA_DIR (and PORT) for this one.");
        }
    }

    /// <summary>Started as root, the cluster belongs to the postgres user, who must be able to reach it.</summary>
    private static string PostgresFolder(string dataFolder)
    {
        var folder = Path.Combine(dataFolder, "postgres");
        if (Environment.IsPrivilegedProcess && !EveryoneCanReach(dataFolder))
            return Path.Combine("/var/lib/trendvault", ShortHash(dataFolder));
        return folder.Length <= LongestSocketFolder
            ? folder
            : throw new StartupException($"DATA_DIR {dataFolder} is too long for a unix socket: choose one of at most {LongestSocketFolder - "/postgres".Length} characters, or set DATABASE_URL.");
    }

    private static string SocketFolder(string dataFolder, string name)
    {
        var folder = Path.Combine(dataFolder, name);
        return folder.Length <= LongestSocketFolder ? folder : Path.Combine(Path.GetTempPath(), $"trendvault-{ShortHash(folder)}");
    }

    private static bool EveryoneCanReach(string folder)
    {
        for (var current = new DirectoryInfo(folder); current is not null; current = current.Parent)
        {
            if (!current.UnixFileMode.HasFlag(UnixFileMode.OtherExecute))
                return false;
        }

        return true;
    }

    private static string ShortHash(string text) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..12];

    private static async Task DisposeStartedAsync(Task<EmbeddedPostgres>? postgres, Task<EmbeddedRedis>? redis, FileStream folderLock)
    {
        if (postgres is { IsCompletedSuccessfully: true })
            await postgres.Result.DisposeAsync();
        if (redis is { IsCompletedSuccessfully: true })
            await redis.Result.DisposeAsync();
        await folderLock.DisposeAsync();
    }
}
