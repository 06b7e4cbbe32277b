using System.Net.Sockets;

namespace TrendVault.Core.Egress;

/// <summary>
/// Serves child processes at a port of loopback. A child in a network of its own has another loopback: there a socket listens on the
/// same port, which is handed over to be served from here.
/// </summary>
internal interface ILoopbackServer
{
    /// <summary>Of 127.0.0.1, in this network and in the child's.</summary>
    int Port { get; }

    /// <summary>Serves whoever connects to <paramref name="listener"/>, until the token ends it and its connections.</summary>
    Task ServeAsync(Socket listener, CancellationToken cancellationToken);
}
