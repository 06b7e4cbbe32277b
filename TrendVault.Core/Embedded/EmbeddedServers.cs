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
internal sealed class EmbeddedServers : IAsyncDisposable
{
    // sockaddr_un holds 108 bytes; PostgreSQL appends /.s.PGSQL.5432.lock to the folder.
    private const int LongestSocketFolder = 80;

    private const UnixFileMode LetsThrough = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupExecute;

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
        var folder = Path.GetFullPath(configuration.ReadSettings<FolderOptions>().DataFolder);
        if (!needsPostgres && !needsRedis)
        {
            DataFolder.Close(folder);
            return new EmbeddedServers(null, null, null);
        }

        // Looked at before the folder is closed, which hides how it was.
        var postgresFolder = needsPostgres ? PostgresFolder(folder) : null;
        var folderLock = Lock(folder);
        DataFolder.Close(folder);
        if (postgresFolder is not null && Environment.IsPrivilegedProcess && postgresFolder.StartsWith(folder + "/", StringComparison.Ordinal))
            await LetThroughAsync(SystemUser.ForPostgres()!, folder, cancellationToken);
        var postgres = postgresFolder is not null
            ? EmbeddedPostgres.StartAsync(postgresFolder, durable: true, loggers.CreateLogger<EmbeddedPostgres>(), cancellationToken)
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
        DataFolder.Make(folder);
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
        var outside = Path.Combine("/var/lib/trendvault", ShortHash(dataFolder));
        if (Environment.IsPrivilegedProcess && !PostgresMayLiveIn(dataFolder, outside))
            return outside;
        return folder.Length <= LongestSocketFolder
            ? folder
            : throw new StartupException($"DATA_DIR {dataFolder} is too long for a unix socket: choose one of at most {LongestSocketFolder - "/postgres".Length} characters, or set DATABASE_URL.");
    }

    // The postgres user's group may pass through a data folder that holds the cluster, which others may not; it lists nothing there.
    private static async Task LetThroughAsync(string user, string dataFolder, CancellationToken cancellationToken)
    {
        await ChildProcess.RunAsync(["chgrp", user, dataFolder], user: null, cancellationToken);
        File.SetUnixFileMode(dataFolder, LetsThrough);
    }

    // A cluster stays where it is: in a folder that everybody could reach until it was closed, or outside of one that nobody could.
    private static bool PostgresMayLiveIn(string dataFolder, string outside)
    {
        if (!EveryoneCanReach(Path.GetDirectoryName(dataFolder) ?? "/"))
            return false;
        if (!Directory.Exists(dataFolder) || File.GetUnixFileMode(dataFolder) is var mode && mode.HasFlag(UnixFileMode.OtherExecute))
            return true;
        return HasCluster(Path.Combine(dataFolder, "postgres")) && (mode == LetsThrough || !HasCluster(outside));
    }

    private static bool HasCluster(string folder) => File.Exists(Path.Combine(folder, "data", "PG_VERSION"));

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
