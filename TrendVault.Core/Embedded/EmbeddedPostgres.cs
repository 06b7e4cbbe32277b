using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace TrendVault.Core.Embedded;

/// <summary>A private PostgreSQL cluster on a unix socket, which nothing else can reach and no busy port can block.</summary>
internal sealed class EmbeddedPostgres : IAsyncDisposable
{
    /// <summary>The database that TrendVault uses in it.</summary>
    public const string DatabaseName = "trendvault";

    private const string Superuser = "trendvault";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly ChildProcess _server;

    private EmbeddedPostgres(ChildProcess server, string connectionString)
    {
        _server = server;
        ConnectionString = connectionString;
    }

    /// <summary>How to reach the database, in Npgsql's form.</summary>
    public string ConnectionString { get; }

    /// <summary>Makes the cluster when it is not there, starts it, and makes the database when it is not there.</summary>
    /// <param name="folder">Where it lives: <c>data</c> and the socket, mode 0700.</param>
    /// <param name="durable">False for a cluster that may be lost with the machine, such as the tests'.</param>
    /// <exception cref="StartupException">PostgreSQL is not installed or does not start; the message says what to do.</exception>
    public static async Task<EmbeddedPostgres> StartAsync(string folder, bool durable, ILogger log, CancellationToken cancellationToken)
    {
        var binaries = FindBinaries();
        var user = SystemUser.ForPostgres();
        var data = Path.Combine(folder, "data");
        await PrepareFolderAsync(folder, user, cancellationToken);
        if (!File.Exists(Path.Combine(data, "PG_VERSION")))
            await InitialiseAsync(binaries, data, user, cancellationToken);

        await WaitForPreviousAsync(data, cancellationToken);
        // A launcher that looks into each of hundreds of small databases in turn starts several processes a second.
        string[] speed = durable ? [] : ["-F", "-c", "synchronous_commit=off", "-c", "full_page_writes=off", "-c", "autovacuum=off"];
        var server = ChildProcess.Start(
            [
                Path.Combine(binaries, "postgres"), "-D", data, "-k", folder,
                "-c", "listen_addresses=", "-c", "unix_socket_permissions=0700",
                "-c", "shared_buffers=64MB", "-c", "max_connections=200", .. speed,
            ],
            user,
            log);

        var postgres = new EmbeddedPostgres(server, ConnectionStringFor(folder, DatabaseName));
        try
        {
            await postgres.WaitUntilReadyAsync(folder, cancellationToken);
            return postgres;
        }
        catch
        {
            await postgres.DisposeAsync();
            throw;
        }
    }

    /// <summary>How to reach a database of the cluster in <paramref name="folder"/>.</summary>
    public static string ConnectionStringFor(string folder, string database) =>
        new NpgsqlConnectionStringBuilder { Host = folder, Port = 5432, Username = Superuser, Database = database }.ConnectionString;

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private static string FindBinaries()
    {
        var onPath = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries);
        var debian = Directory.Exists("/usr/lib/postgresql")
            ? Directory.GetDirectories("/usr/lib/postgresql")
                .OrderByDescending(version => int.TryParse(Path.GetFileName(version), CultureInfo.InvariantCulture, out var number) ? number : 0)
                .Select(version => Path.Combine(version, "bin"))
            : [];
        return debian.Concat(onPath).FirstOrDefault(folder => File.Exists(Path.Combine(folder, "initdb")) && File.Exists(Path.Combine(folder, "postgres")))
            ?? throw new StartupException("PostgreSQL is not installed. On Debian or Ubuntu: apt-get install postgresql. Or set DATABASE_URL to a server of yours.");
    }

    private static async Task PrepareFolderAsync(string folder, string? user, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        if (user is not null)
            await ChildProcess.RunAsync(["chown", $"{user}:{user}", folder], user: null, cancellationToken);
    }

    private static async Task InitialiseAsync(string binaries, string data, string? user, CancellationToken cancellationToken)
    {
        // initdb refuses a folder that an interrupted run left half-made; without PG_VERSION there is nothing in it to lose.
        if (Directory.Exists(data))
            Directory.Delete(data, recursive: true);

        var (exitCode, output) = await ChildProcess.RunAsync(
            [Path.Combine(binaries, "initdb"), "-D", data, "-U", Superuser, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync", "--no-instructions"],
            user,
            cancellationToken);
        if (exitCode != 0)
            throw new StartupException($"PostgreSQL could not make its data folder {data}: {output.Trim()}");
    }

    /// <summary>
    /// After a kill -9 the old server is still writing its last pages when the new TrendVault starts, and its pid file stays. The
    /// number in a pid file left by a power cut may belong to anything by now, and PostgreSQL would refuse to start for it.
    /// </summary>
    private static async Task WaitForPreviousAsync(string data, CancellationToken cancellationToken)
    {
        var pidFile = Path.Combine(data, "postmaster.pid");
        var started = Stopwatch.StartNew();
        while (File.Exists(pidFile))
        {
            if (!IsPostgresOf(pidFile, data))
            {
                File.Delete(pidFile);
                return;
            }

            if (started.Elapsed > Patience)
                throw new StartupException($"Another PostgreSQL still uses {data}. Stop the other TrendVault, or set DATA_DIR to another folder.");
            await Task.Delay(100, cancellationToken);
        }
    }

    private static bool IsPostgresOf(string pidFile, string data)
    {
        try
        {
            var pid = File.ReadLines(pidFile).FirstOrDefault();
            var commandLine = File.ReadAllText($"/proc/{pid}/cmdline").Split('\0');
            return commandLine.Length > 0 && commandLine[0].EndsWith("postgres", StringComparison.Ordinal) && commandLine.Contains(data);
        }
        catch (IOException)
        {
            return false;
        }
    }

    private async Task WaitUntilReadyAsync(string folder, CancellationToken cancellationToken)
    {
        var started = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                await EnsureDatabaseAsync(folder, cancellationToken);
                return;
            }
            catch (NpgsqlException) when (!_server.HasExited && started.Elapsed < Patience)
            {
                await Task.Delay(50, cancellationToken);
            }
            catch (NpgsqlException e)
            {
                throw new StartupException($"The embedded PostgreSQL did not start: {(_server.LastOutput is { Length: > 0 } output ? output : e.Message)}");
            }
        }
    }

    private static async Task EnsureDatabaseAsync(string folder, CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(ConnectionStringFor(folder, "postgres")) { Pooling = false }.ConnectionString);
        await connection.OpenAsync(cancellationToken);
        var known = await connection.QuerySingleOrDefaultAsync<int?>(
            "select 1 from pg_database where datname = @DatabaseName", new { DatabaseName }, cancellationToken);
        if (known is null)
            await connection.ExecuteAsync($"create database {DatabaseName}", null, cancellationToken);
    }
}
