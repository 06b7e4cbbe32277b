using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace TrendVault.Tests.Storage;

/// <summary>A line to a server that a test can cut and mend.</summary>
internal sealed class CutLine : IDisposable
{
    private readonly IPEndPoint _server;
    private readonly ConcurrentBag<TcpClient> _ends = [];
    private long _bytesLeft = long.MaxValue;
    private long _untilHeld = long.MaxValue;
    private TaskCompletionSource _released = new();
    private TcpListener _listener = new(IPAddress.Loopback, 0);

    public CutLine(string server)
    {
        _server = IPEndPoint.Parse(server);
        _ = ListenAsync();
        Endpoint = _listener.LocalEndpoint.ToString()!;
    }

    public string Endpoint { get; }

    public void Cut()
    {
        _listener.Dispose();
        foreach (var end in _ends)
            end.Dispose();
    }

    /// <summary>Cuts once the clients have sent that many bytes from now on.</summary>
    public void CutAfter(long bytes) => _bytesLeft = bytes;

    /// <summary>Passes nothing more once the clients have sent that many bytes from now on, and stays open.</summary>
    public void HoldAfter(long bytes)
    {
        _released = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _untilHeld = bytes;
    }

    public bool IsHeld => Interlocked.Read(ref _untilHeld) < 0;

    public void Mend()
    {
        _bytesLeft = _untilHeld = long.MaxValue;
        _released.TrySetResult();
        _listener = new TcpListener(IPEndPoint.Parse(Endpoint));
        _ = ListenAsync();
    }

    public void Dispose() => Cut();

    private async Task ListenAsync()
    {
        var listener = _listener;
        listener.Start();
        try
        {
            while (true)
                _ = CarryAsync(await listener.AcceptTcpClientAsync());
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
        }
    }

    private async Task CarryAsync(TcpClient client)
    {
        var server = new TcpClient();
        _ends.Add(client);
        _ends.Add(server);
        try
        {
            await server.ConnectAsync(_server);
            await await Task.WhenAny(SendAsync(client.GetStream(), server.GetStream()), server.GetStream().CopyToAsync(client.GetStream()));
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException or InvalidOperationException)
        {
        }
        finally
        {
            client.Dispose();
            server.Dispose();
        }
    }

    private async Task SendAsync(NetworkStream client, NetworkStream server)
    {
        var buffer = new byte[64 * 1024];
        for (int count; (count = await client.ReadAsync(buffer)) > 0;)
        {
            if (Interlocked.Add(ref _untilHeld, -count) < 0)
                await _released.Task;
            await server.WriteAsync(buffer.AsMemory(0, count));
            if (Interlocked.Add(ref _bytesLeft, -count) < 0)
                Cut();
        }
    }
}
