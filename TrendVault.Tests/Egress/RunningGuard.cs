using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using TrendVault.Core.Egress;

namespace TrendVault.Tests.Egress;

/// <summary>A guard on its port, with the exceptions that a test names and a resolver that the test can play with.</summary>
internal sealed class RunningGuard : IAsyncDisposable
{
    private RunningGuard(EgressGuard guard, EgressDialer dialer)
    {
        Guard = guard;
        Dialer = dialer;
    }

    public EgressGuard Guard { get; }

    public EgressDialer Dialer { get; }

    public static Task<RunningGuard> StartAsync(params string[] exceptions) => StartAsync(exceptions, Dns.GetHostAddressesAsync);

    public static async Task<RunningGuard> StartAsync(string[] exceptions, HostResolver resolver, GuardLimits? limits = null)
    {
        var options = Options.Create(new EgressOptions { PrivateEndpoints = exceptions });
        var dialer = new EgressDialer(options, resolver);
        var guard = new EgressGuard(dialer, options, NullLogger<EgressGuard>.Instance) { Limits = limits ?? new GuardLimits() };
        await guard.StartAsync(TestContext.Current.CancellationToken);
        return new RunningGuard(guard, dialer);
    }

    /// <summary>A browser-like client: it follows redirects, keeps connections and trusts the test's certificate.</summary>
    public HttpClient CreateClient(bool withCredential = true)
    {
        var address = Guard.ProxyAddress;
        var proxy = new WebProxy(address.GetLeftPart(UriPartial.Scheme) + address.Authority);
        if (withCredential)
            proxy.Credentials = new NetworkCredential(address.UserInfo.Split(':')[0], address.UserInfo.Split(':')[1]);
        var handler = new SocketsHttpHandler { Proxy = proxy, AllowAutoRedirect = true };
        handler.SslOptions.RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate?.Subject == LocalSite.CertificateName;
        return new HttpClient(handler, disposeHandler: true) { Timeout = TimeSpan.FromSeconds(30) };
    }

    /// <summary>Sends these very bytes, with <c>{auth}</c> replaced by the credential's field, and reads to the end of the connection.</summary>
    public async Task<string> TalkAsync(string request)
    {
        using var client = await ConnectAsync();
        await client.GetStream().WriteAsync(Encoding.Latin1.GetBytes(request.Replace("{auth}", Authorization, StringComparison.Ordinal)), TestContext.Current.CancellationToken);
        using var reader = new StreamReader(client.GetStream(), Encoding.Latin1);
        return await reader.ReadToEndAsync(TestContext.Current.CancellationToken);
    }

    public async Task<TcpClient> ConnectAsync()
    {
        var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, Guard.ProxyAddress.Port, TestContext.Current.CancellationToken);
        return client;
    }

    /// <summary>The field that a client with the credential sends.</summary>
    public string Authorization => "Proxy-Authorization: Basic " + Convert.ToBase64String(Encoding.Latin1.GetBytes(Guard.ProxyAddress.UserInfo)) + "\r\n";

    public async ValueTask DisposeAsync()
    {
        await Guard.StopAsync(CancellationToken.None);
        Guard.Dispose();
    }
}
