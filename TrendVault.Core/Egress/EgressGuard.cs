using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace TrendVault.Core.Egress;

/// <summary>
/// The only way to the network for child processes: a forward proxy on loopback, theirs or this machine's, that opens every connection
/// through <see cref="EgressDialer"/>. Redirects, manifests and segments meet it as the first request did. It serves whoever knows the
/// credential that it made at its start, which keeps other users of the machine out.
/// </summary>
internal sealed class EgressGuard(EgressDialer dialer, IOptions<EgressOptions> options, ILogger<EgressGuard> log) : BackgroundService, ILoopbackServer
{
    /// <summary>The reason phrase of a 403 of the guard's, which clients such as yt-dlp repeat in their errors.</summary>
    public const string RefusalPhrase = "Address Not Allowed";

    private const string UserName = "trendvault";

    private readonly string _password = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private CancellationToken _stopping;
    private int _connections;

    internal GuardLimits Limits { get; init; } = new();

    /// <summary>
    /// The variables that send a child through the guard. They hold its credential, so they belong into the environment and not on a
    /// command line, which every user of the machine can read.
    /// </summary>
    public IReadOnlyDictionary<string, string> ChildEnvironment
    {
        get
        {
            var proxy = ProxyAddress.AbsoluteUri.TrimEnd('/');
            return new Dictionary<string, string> { ["http_proxy"] = proxy, ["https_proxy"] = proxy, ["all_proxy"] = proxy, ["no_proxy"] = "" };
        }
    }

    /// <summary>Where it listens, with the credential: <c>http://user:password@127.0.0.1:port</c>.</summary>
    /// <exception cref="InvalidOperationException">It has not started.</exception>
    public Uri ProxyAddress =>
        _listener.LocalEndpoint is IPEndPoint { Port: > 0 } endpoint
            ? new Uri($"http://{UserName}:{_password}@{endpoint}")
            : throw new InvalidOperationException("The egress guard has not started.");

    /// <inheritdoc/>
    public int Port => ProxyAddress.Port;

    /// <summary>Listens before whatever starts next can start a child.</summary>
    public override Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var endpoint in options.Value.PrivateEndpoints)
            log.LogWarning("Downloads may connect to {Endpoint} although it is private (DOWNLOAD_PRIVATE_ENDPOINTS).", endpoint);
        _listener.Start();
        return base.StartAsync(cancellationToken);
    }

    /// <summary>Stops listening; open connections end.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        _listener.Stop();
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _listener.Dispose();
        base.Dispose();
    }

    /// <inheritdoc/>
    public async Task ServeAsync(Socket listener, CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _stopping);
        await AcceptAsync(listener, either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stoppingToken)
    {
        _stopping = stoppingToken;
        return AcceptAsync(_listener.Server, stoppingToken);
    }

    private byte[] Credential => Encoding.Latin1.GetBytes("Basic " + Convert.ToBase64String(Encoding.Latin1.GetBytes($"{UserName}:{_password}")));

    private async Task AcceptAsync(Socket listener, CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                var client = await listener.AcceptAsync(stoppingToken);
                _ = ServeClientAsync(client, stoppingToken);
            }
            catch (SocketException e)
            {
                // Out of descriptors, most likely: those that are open will end.
                log.LogError(e, "The egress guard could not accept a connection.");
                await Task.Delay(TimeSpan.FromMilliseconds(200), stoppingToken);
            }
        }
    }

    private async Task ServeClientAsync(Socket client, CancellationToken stoppingToken)
    {
        using var connection = new GuardConnection(client, dialer, Limits, log, stoppingToken);
        try
        {
            if (Interlocked.Increment(ref _connections) <= Limits.Connections)
                await connection.RunAsync(Credential);
            else
                await connection.TurnAwayAsync();
        }
        catch (Exception e)
        {
            log.LogError(e, "The egress guard failed on a connection.");
        }
        finally
        {
            Interlocked.Decrement(ref _connections);
        }
    }
}

/// <summary>How much and how long the guard bears.</summary>
internal sealed record GuardLimits
{
    public int Connections { get; init; } = 256;

    public TimeSpan Head { get; init; } = TimeSpan.FromSeconds(10);

    public TimeSpan Connect { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Without a byte in either direction.</summary>
    public TimeSpan Idle { get; init; } = TimeSpan.FromSeconds(120);

    /// <summary>For the client to take an answer of the guard's own.</summary>
    public TimeSpan Farewell { get; init; } = TimeSpan.FromSeconds(2);
}
