using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Options;

namespace TrendVault.Core.Egress;

/// <summary>Every address that a name has, at this moment.</summary>
/// <exception cref="SocketException">The name does not resolve.</exception>
internal delegate Task<IPAddress[]> HostResolver(string host, CancellationToken cancellationToken);

/// <summary>The destination is not allowed; the message is a sentence for the user.</summary>
internal sealed class EgressRefusedException(string message) : Exception(message);

/// <summary>
/// The one way out to addresses that came from outside. It resolves a name once, judges every address that it has, and connects to
/// the very addresses that it judged, so that a name cannot change its mind between the judgement and the connection.
/// </summary>
internal sealed class EgressDialer(IOptions<EgressOptions> options, HostResolver resolve)
{
    private const string Private = "The address leads into a private network, which is not allowed.";
    private static readonly TimeSpan ResolveLimit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan AttemptLimit = TimeSpan.FromSeconds(5);

    /// <summary>The addresses of a destination, all of them public unless it is an exception.</summary>
    /// <exception cref="EgressRefusedException">It is not allowed, or its name does not resolve.</exception>
    public async Task<IReadOnlyList<IPAddress>> ResolveAsync(EgressEndpoint endpoint, CancellationToken cancellationToken)
    {
        var isException = options.Value.AllowsPrivate(endpoint);
        if (!isException && Objection(endpoint) is { } objection)
            throw new EgressRefusedException(objection);
        if (endpoint.Address is not null)
            return [endpoint.Address];

        var addresses = await LookUpAsync(endpoint.Host, cancellationToken);
        // One public address among private ones is how a name is made to pass a check and then lead elsewhere.
        if (!isException && !addresses.All(AddressJudge.IsPublic))
            throw new EgressRefusedException(Private);
        return addresses;
    }

    /// <summary>Connects to the first address that answers.</summary>
    /// <exception cref="EgressRefusedException">The destination is not allowed.</exception>
    /// <exception cref="SocketException">None of its addresses answers.</exception>
    public async Task<NetworkStream> ConnectAsync(EgressEndpoint endpoint, CancellationToken cancellationToken)
    {
        SocketException? last = null;
        foreach (var address in await ResolveAsync(endpoint, cancellationToken))
        {
            try
            {
                return await ConnectAsync(new IPEndPoint(address, endpoint.Port), cancellationToken);
            }
            catch (SocketException e)
            {
                last = e;
            }
        }

        throw last!;
    }

    /// <summary>What speaks against a destination before its name is resolved; null when nothing does.</summary>
    internal static string? Objection(EgressEndpoint endpoint)
    {
        if (endpoint.Port is not (80 or 443))
            return "Only the ports 80 and 443 are allowed.";
        return endpoint.Address is { } address && !AddressJudge.IsPublic(address) ? Private : null;
    }

    private async Task<IPAddress[]> LookUpAsync(string host, CancellationToken cancellationToken)
    {
        try
        {
            var addresses = await resolve(host, cancellationToken).WaitAsync(ResolveLimit, cancellationToken);
            if (addresses.Length > 0)
                return addresses;
        }
        catch (Exception e) when (e is SocketException or TimeoutException)
        {
        }

        throw new EgressRefusedException($"The site {host} could not be found.");
    }

    private static async Task<NetworkStream> ConnectAsync(IPEndPoint address, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(AttemptLimit);
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(address, limit.Token);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            socket.Dispose();
            throw new SocketException((int)SocketError.TimedOut);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
