using System.Diagnostics;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace TrendVault.Core.Embedded;

/// <summary>A private redis-server on a unix socket. It keeps a snapshot, so that charts are warm after a restart.</summary>
internal sealed class EmbeddedRedis : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private readonly ChildProcess _server;

    private EmbeddedRedis(ChildProcess server, string url)
    {
        _server = server;
        Url = url;
    }

    /// <summary>How to reach it, as <c>REDIS_URL</c> is written.</summary>
    public string Url { get; }

    /// <summary>Starts it in <paramref name="folder"/>, with its socket under <paramref name="socketFolder"/>.</summary>
    /// <exception cref="StartupException">redis-server is not installed or does not start; the message says what to do.</exception>
    public static async Task<EmbeddedRedis> StartAsync(string folder, string socketFolder, ILogger log, CancellationToken cancellationToken)
    {
        if (!(Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(path => File.Exists(Path.Combine(path, "redis-server"))))
            throw new StartupException("Redis is not installed. On Debian or Ubuntu: apt-get install redis-server. Or set REDIS_URL to a server of yours.");

        Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Directory.CreateDirectory(socketFolder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var socket = Path.Combine(socketFolder, "redis.sock");
        var server = ChildProcess.Start(
            [
                "redis-server", "--port", "0", "--unixsocket", socket, "--unixsocketperm", "700", "--dir", folder,
                "--save", "300 1", "--appendonly", "no", "--daemonize", "no", "--set-proc-title", "no",
            ],
            user: null,
            log);

        var redis = new EmbeddedRedis(server, "unix:" + socket);
        try
        {
            await redis.WaitUntilReadyAsync(cancellationToken);
            return redis;
        }
        catch
        {
            await redis.DisposeAsync();
            throw;
        }
    }

    /// <summary>Stops it; it writes its snapshot first.</summary>
    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private async Task WaitUntilReadyAsync(CancellationToken cancellationToken)
    {
        var options = RedisUrl.Parse(Url);
        options.ConnectTimeout = 1000;
        var started = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                await using var connection = await ConnectionMultiplexer.ConnectAsync(options);
                await connection.GetDatabase().PingAsync();
                return;
            }
            catch (RedisException) when (!_server.HasExited && started.Elapsed < Patience)
            {
                await Task.Delay(25, cancellationToken);
            }
            catch (RedisException e)
            {
                throw new StartupException($"The embedded Redis did not start: {(_server.LastOutput is { Length: > 0 } output ? output : e.Message)}");
            }
        }
    }
}
