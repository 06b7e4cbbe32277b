using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Http;
using TrendVault.Tests.Egress;

namespace TrendVault.Tests.Media;

/// <summary>What nobody may reach: a web server and a UDP port on this machine's loopback, and a port that nobody should open.</summary>
internal sealed class Canaries : IAsyncDisposable
{
    private readonly UdpClient _datagrams = new(new IPEndPoint(IPAddress.Loopback, 0));
    private readonly CancellationTokenSource _end = new();
    private readonly Task _looking;
    private LocalSite _site = null!;

    private Canaries()
    {
        using (var free = new UdpClient(new IPEndPoint(IPAddress.Any, 0)))
            OpenedPort = ((IPEndPoint)free.Client.LocalEndPoint!).Port;
        _looking = LookAsync();
    }

    /// <summary>Of the web server: <c>127.0.0.1:1234</c>.</summary>
    public string Endpoint => _site.Endpoint;

    public int WebPort => _site.Address.Port;

    public int DatagramPort => ((IPEndPoint)_datagrams.Client.LocalEndPoint!).Port;

    /// <summary>A free one, which an attack has a program open.</summary>
    public int OpenedPort { get; }

    private bool WasOpened { get; set; }

    public static async Task<Canaries> StartAsync() =>
        new() { _site = await LocalSite.StartAsync(context => Results.Bytes(new byte[3000], "video/mp4").ExecuteAsync(context)) };

    public async Task SingsNotAsync()
    {
        await _end.CancelAsync();
        await _looking;
        Assert.Empty(_site.Paths);
        Assert.Equal(0, _datagrams.Available);
        Assert.False(WasOpened, "A port was opened.");
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _looking;
        _end.Dispose();
        _datagrams.Dispose();
        await _site.DisposeAsync();
    }

    // "sl local_address …", where the port stands in hexadecimal digits behind the address.
    private async Task LookAsync()
    {
        var mark = string.Create(CultureInfo.InvariantCulture, $":{OpenedPort:X4} ");
        while (!_end.IsCancellationRequested)
        {
            WasOpened |= File.ReadLines("/proc/net/udp").Concat(File.ReadLines("/proc/net/udp6")).Any(line => line.Contains(mark, StringComparison.Ordinal));
            await Task.Delay(10, CancellationToken.None);
        }
    }
}
