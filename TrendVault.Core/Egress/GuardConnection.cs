using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging;

namespace TrendVault.Core.Egress;

/// <summary>
/// One connection of a client to the guard, which carries one request: <c>CONNECT</c> becomes a tunnel, a plain request is passed
/// on with <c>Connection: close</c> in both directions. Anything further on the connection would have been judged for another host.
/// </summary>
internal sealed class GuardConnection : IDisposable
{
    private const int BufferSize = 64 * 1024;

    // A gigabyte in 64 KB is 16,000 turns of the loop, each of which may sleep and be woken: at 1 MB it costs half the processor time.
    private const int LargestBuffer = 1024 * 1024;

    private readonly NetworkStream _client;
    private readonly PipeReader _fromClient;
    private readonly EgressDialer _dialer;
    private readonly GuardLimits _limits;
    private readonly ILogger _log;

    // One limit for the whole connection, moved on by each step and each buffer that passes.
    private readonly CancellationTokenSource _ended;
    private bool _answered;

    public GuardConnection(Socket client, EgressDialer dialer, GuardLimits limits, ILogger log, CancellationToken stopping)
    {
        client.NoDelay = true;
        _client = new NetworkStream(client, ownsSocket: true);
        _fromClient = ReaderOver(_client);
        _dialer = dialer;
        _limits = limits;
        _log = log;
        _ended = CancellationTokenSource.CreateLinkedTokenSource(stopping);
    }

    /// <summary>Serves the request; <paramref name="credential"/> is what it must show.</summary>
    public async Task RunAsync(byte[] credential)
    {
        try
        {
            await ServeAsync(credential);
        }
        catch (EgressRefusedException e)
        {
            await AnswerAsync("403 " + EgressGuard.RefusalPhrase, e.Message);
        }
        catch (InvalidDataException e)
        {
            await AnswerAsync("400 Bad Request", e.Message);
        }
        catch (SocketException)
        {
            await AnswerAsync("502 Bad Gateway", "The site does not answer.");
        }
        catch (OperationCanceledException)
        {
            await AnswerAsync("504 Gateway Timeout", "The site took too long.");
        }
        catch (IOException)
        {
            await AnswerAsync("502 Bad Gateway", "The site broke the connection.");
        }
    }

    /// <summary>Answers a client for which there is no room.</summary>
    public Task TurnAwayAsync() => AnswerAsync("503 Service Unavailable", "Too many connections.");

    public void Dispose()
    {
        _ended.Dispose();
        _client.Dispose();
    }

    private async Task ServeAsync(byte[] credential)
    {
        _ended.CancelAfter(_limits.Head);
        if (await HttpHead.ReadAsync(_fromClient, _ended.Token) is not { } head)
            return;

        if (!CryptographicOperations.FixedTimeEquals(credential, Encoding.Latin1.GetBytes(head.Value("Proxy-Authorization") ?? "")))
            await AnswerAsync("407 Proxy Authentication Required", "This proxy serves TrendVault alone.", "Proxy-Authenticate: Basic realm=\"TrendVault\"\r\n");
        else if (head.StartLine.Split(' ') is not [var method, var target, "HTTP/1.0" or "HTTP/1.1"] line)
            throw new InvalidDataException("This is no HTTP/1 request.");
        else if (method == "CONNECT")
            await TunnelAsync(target);
        else
            await ForwardAsync(head, method, target, version: line[2]);
    }

    private async Task TunnelAsync(string target)
    {
        await using var site = await DialAsync(EgressEndpoint.TryParse(target, defaultPort: null));
        await WriteAnswerAsync("HTTP/1.1 200 Connection established\r\n\r\n"u8.ToArray());

        var up = SendAllAsync(_fromClient, _client, site);
        var down = SendAllAsync(ReaderOver(site), site, _client);
        try
        {
            await await Task.WhenAny(up, down);
            await Task.WhenAll(up, down);
        }
        finally
        {
            await EndAsync(up, down);
        }
    }

    private async Task ForwardAsync(HttpHead head, string method, string target, string version)
    {
        const string Scheme = "http://";
        if (!target.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
            throw new InvalidDataException("A plain request must name an http:// address.");

        // The path goes on byte for byte: signed addresses break when somebody tidies them.
        var pathStart = target.IndexOfAny(['/', '?', '#'], Scheme.Length);
        var authority = pathStart < 0 ? target[Scheme.Length..] : target[Scheme.Length..pathStart];
        var path = pathStart < 0 ? "/" : target[pathStart] == '/' ? target[pathStart..] : "/" + target[pathStart..];
        var endpoint = EgressEndpoint.TryParse(authority, defaultPort: 80);
        var isChunked = head.IsChunked(out var length);

        await using var site = await DialAsync(endpoint);
        head.StartLine = $"{method} {path} {version}";
        head.Set("Host", endpoint!.Port == 80 ? endpoint.Host : endpoint.ToString());
        head.EndConnectionAfterwards();
        await site.WriteAsync(head.ToBytes(), _ended.Token);

        var answer = PassAnswerAsync(site);
        var watch = SendBodyAndWatchAsync(site, isChunked, length);
        try
        {
            await await Task.WhenAny(answer, watch);
        }
        finally
        {
            await EndAsync(answer, watch);
        }

        await TakeLeaveAsync();
    }

    private async Task<NetworkStream> DialAsync(EgressEndpoint? endpoint)
    {
        if (endpoint is null)
            throw new InvalidDataException("The request names no valid host.");

        _ended.CancelAfter(_limits.Connect);
        try
        {
            var site = await _dialer.ConnectAsync(endpoint, _ended.Token);
            _ended.CancelAfter(_limits.Idle);
            return site;
        }
        catch (EgressRefusedException e)
        {
            _log.LogWarning("Refused a connection to {Endpoint}: {Reason}", endpoint, e.Message);
            throw;
        }
    }

    private async Task SendBodyAsync(Stream site, bool isChunked, long length)
    {
        if (!isChunked)
        {
            await SendExactlyAsync(site, length);
            return;
        }

        long size;
        do
        {
            var line = await ReadChunkLineAsync(site);
            if (!long.TryParse(line.Split(';')[0].Trim(), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out size) || size < 0)
                throw new InvalidDataException("A chunk of the body has no length.");
            if (size > 0)
                await SendExactlyAsync(site, size + 2);
        }
        while (size > 0);

        while (await ReadChunkLineAsync(site) is { Length: > 0 })
        {
        }
    }

    private async Task<string> ReadChunkLineAsync(Stream site)
    {
        var line = await HttpHead.ReadLineAsync(_fromClient, limit: 4096, _ended.Token) ?? throw new IOException("The client left.");
        await site.WriteAsync(Encoding.Latin1.GetBytes(line + "\r\n"), _ended.Token);
        return line;
    }

    private async Task PassAnswerAsync(NetworkStream site)
    {
        var fromSite = ReaderOver(site);
        bool interim;
        do
        {
            var head = await ReadAnswerAsync(fromSite);
            interim = head.StartLine.StartsWith("HTTP/1.1 1", StringComparison.Ordinal);
            if (!interim)
                head.EndConnectionAfterwards();
            await WriteAnswerAsync(head.ToBytes());
        }
        while (interim);

        // To the end of the connection: the client knows from the head where the body ends, and leaves then.
        await SendAllAsync(fromSite, site, _client);
    }

    private async Task<HttpHead> ReadAnswerAsync(PipeReader fromSite)
    {
        try
        {
            // Nobody asked to switch protocols, so 101 is no answer either.
            if (await HttpHead.ReadAsync(fromSite, _ended.Token) is { } head && head.StartLine.StartsWith("HTTP/1.", StringComparison.Ordinal) && !head.StartLine.StartsWith("HTTP/1.1 101", StringComparison.Ordinal))
                return head;
        }
        catch (InvalidDataException)
        {
        }

        throw new IOException("The site gave no HTTP/1 answer.");
    }

    /// <summary>Once its body is sent a client only reads; when it closes instead, the rest of the answer has no reader.</summary>
    private async Task SendBodyAndWatchAsync(Stream site, bool isChunked, long length)
    {
        await SendBodyAsync(site, isChunked, length);
        while (true)
        {
            var result = await _fromClient.ReadAsync(_ended.Token);
            if (result.IsCompleted)
                throw new IOException("The client left.");
            _fromClient.AdvanceTo(result.Buffer.End);
        }
    }

    /// <summary>What was read along with a head, then all that <paramref name="source"/> gives.</summary>
    private async Task SendAllAsync(PipeReader begun, NetworkStream source, NetworkStream to)
    {
        if (begun.TryRead(out var rest))
        {
            foreach (var segment in rest.Buffer)
                await to.WriteAsync(segment, _ended.Token);
            begun.AdvanceTo(rest.Buffer.End);
        }

        await CopyAsync(source, to);
        to.Socket.Shutdown(SocketShutdown.Send);
    }

    private async Task CopyAsync(NetworkStream source, NetworkStream to)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            for (int count; (count = await source.ReadAsync(buffer, _ended.Token)) > 0;)
            {
                await to.WriteAsync(buffer.AsMemory(0, count), _ended.Token);
                _ended.CancelAfter(_limits.Idle);
                if (count == buffer.Length && count < LargestBuffer)
                    buffer = Larger(buffer);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    // Only where bytes come faster than they go: most connections stay small.
    private static byte[] Larger(byte[] buffer)
    {
        ArrayPool<byte>.Shared.Return(buffer);
        return ArrayPool<byte>.Shared.Rent(2 * buffer.Length);
    }

    private async Task SendExactlyAsync(Stream site, long length)
    {
        if (await SendAsync(_fromClient, site, length) < length)
            throw new IOException("The client left.");
    }

    private async Task<long> SendAsync(PipeReader from, Stream to, long length)
    {
        var sent = 0L;
        while (sent < length)
        {
            var result = await from.ReadAsync(_ended.Token);
            var buffer = result.Buffer.Length > length - sent ? result.Buffer.Slice(0, length - sent) : result.Buffer;
            var isLast = result.IsCompleted && buffer.Length == result.Buffer.Length;
            foreach (var segment in buffer)
                await to.WriteAsync(segment, _ended.Token);
            sent += buffer.Length;
            from.AdvanceTo(buffer.End);
            _ended.CancelAfter(_limits.Idle);
            if (isLast)
                break;
        }

        return sent;
    }

    /// <summary>Ends what still runs, and waits until nothing touches the streams any more.</summary>
    private async Task EndAsync(params Task[] transfers)
    {
        await _ended.CancelAsync();
        await Task.WhenAll(transfers).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private Task WriteAnswerAsync(byte[] head)
    {
        _answered = true;
        return _client.WriteAsync(head, _ended.Token).AsTask();
    }

    /// <summary>Answers in the guard's own name, unless the site's answer has begun: then closing is all that can be said.</summary>
    private async Task AnswerAsync(string status, string sentence, string fields = "")
    {
        if (_answered)
            return;

        _answered = true;
        var body = Encoding.UTF8.GetBytes(sentence + "\n");
        var head = $"HTTP/1.1 {status}\r\n{fields}Content-Type: text/plain; charset=utf-8\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n";
        try
        {
            using var limit = new CancellationTokenSource(_limits.Farewell);
            await _client.WriteAsync(Encoding.Latin1.GetBytes(head), limit.Token);
            await _client.WriteAsync(body, limit.Token);
            await TakeLeaveAsync();
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException)
        {
        }
    }

    /// <summary>Waits for the client to close: closed with bytes unread, the kernel resets the connection and the answer may be lost.</summary>
    private async Task TakeLeaveAsync()
    {
        using var limit = new CancellationTokenSource(_limits.Farewell);
        _client.Socket.Shutdown(SocketShutdown.Send);
        var rest = new byte[4096];
        while (await _client.ReadAsync(rest, limit.Token) > 0)
        {
        }
    }

    private static PipeReader ReaderOver(Stream stream) =>
        PipeReader.Create(stream, new StreamPipeReaderOptions(bufferSize: BufferSize, minimumReadSize: BufferSize / 4, leaveOpen: true));
}
