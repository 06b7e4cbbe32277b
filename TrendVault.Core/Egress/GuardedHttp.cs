namespace TrendVault.Core.Egress;

/// <summary>How TrendVault itself fetches an address that came from outside, such as a thumbnail's.</summary>
internal sealed class GuardedHttp(EgressDialer dialer)
{
    /// <summary>
    /// A handler whose every connection goes through <see cref="EgressDialer"/>. It follows no redirect, asks no proxy and keeps no
    /// cookie. A refused destination is an <see cref="HttpRequestException"/> around an <see cref="EgressRefusedException"/>.
    /// </summary>
    public SocketsHttpHandler CreateHandler() => new()
    {
        AllowAutoRedirect = false,
        UseProxy = false,
        UseCookies = false,
        ConnectTimeout = TimeSpan.FromSeconds(15),
        PooledConnectionLifetime = TimeSpan.FromMinutes(2),
        ConnectCallback = async (context, cancellationToken) =>
            EgressEndpoint.From(context.DnsEndPoint) is { } endpoint
                ? await dialer.ConnectAsync(endpoint, cancellationToken)
                : throw new EgressRefusedException("The address names no valid host."),
    };
}
