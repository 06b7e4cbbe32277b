using System.Globalization;
using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using TrendVault.Core.Egress;
using TrendVault.Core.Storage;

namespace TrendVault.Core.Uploads;

/// <summary>
/// A stored object under an address of this machine, for as long as a child process reads it. The child fetches the pieces that it needs,
/// so that nothing is copied, whatever the object's size and wherever it is.
/// </summary>
internal sealed class LoopbackObject : ILoopbackServer, IAsyncDisposable
{
    private readonly IObjectStore _objects;
    private readonly string _key;
    private readonly long _size;
    private readonly string _path = "/" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly Task _answering;

    public LoopbackObject(IObjectStore objects, string key, long size)
    {
        (_objects, _key, _size) = (objects, key, size);
        _listener.Start();
        Url = $"http://{_listener.LocalEndpoint}{_path}";
        _answering = ServeAsync(_listener.Server, _end.Token);
    }

    /// <summary>Nobody else can guess it.</summary>
    public string Url { get; }

    /// <inheritdoc/>
    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Stop();
        await _answering;
        _end.Dispose();
    }

    /// <inheritdoc/>
    public async Task ServeAsync(Socket listener, CancellationToken cancellationToken)
    {
        var answers = new List<Task>();
        try
        {
            while (true)
                answers.Add(AnswerAsync(await listener.AcceptAsync(cancellationToken)));
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(answers);
        }
    }

    // A reader that has seen enough closes; one whose answer breaks off asks again, or gives up.
    private async Task AnswerAsync(Socket client)
    {
        try
        {
            await using var stream = new NetworkStream(client, ownsSocket: true);
            if (await HttpHead.ReadAsync(PipeReader.Create(stream, new StreamPipeReaderOptions(leaveOpen: true)), _end.Token) is not { } head || !head.StartLine.StartsWith($"GET {_path} ", StringComparison.Ordinal))
                return;

            var from = StartOf(head.Value("Range"));
            await stream.WriteAsync(Encoding.ASCII.GetBytes(HeadOf(from)), _end.Token);
            if (from >= _size)
                return;
            await using var content = await _objects.OpenAsync(_key, from, length: null, _end.Token);
            await content.CopyToAsync(stream, _end.Token);
        }
        catch (Exception e) when (e is IOException or SocketException or InvalidDataException or StorageException or OperationCanceledException)
        {
        }
    }

    // "bytes=1000-"; to the end, whatever stands behind.
    private static long StartOf(string? range) =>
        range is not null && range.StartsWith("bytes=", StringComparison.Ordinal)
        && long.TryParse(range[6..].Split('-')[0], NumberStyles.None, CultureInfo.InvariantCulture, out var from) ? from : 0;

    private string HeadOf(long from) => from >= _size
        ? "HTTP/1.1 416 Range Not Satisfiable\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
        : string.Create(
            CultureInfo.InvariantCulture,
            $"HTTP/1.1 206 Partial Content\r\nConnection: close\r\nAccept-Ranges: bytes\r\nContent-Length: {_size - from}\r\nContent-Range: bytes {from}-{_size - 1}/{_size}\r\n\r\n");
}
