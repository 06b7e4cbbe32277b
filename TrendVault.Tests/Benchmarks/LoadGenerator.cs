using System.Buffers.Text;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace TrendVault.Tests.Benchmarks;

/// <summary>Asks for one address over and over on 32 connections, each waiting for its answer; little more than sockets, to leave the processors to the server.</summary>
internal static class LoadGenerator
{
    private const int Connections = 32;

    /// <param name="port">On loopback.</param>
    /// <param name="path">With its query.</param>
    /// <param name="headers">Lines that end in CRLF.</param>
    /// <param name="duration">How long.</param>
    public static async Task<Load> RunAsync(int port, string path, string headers, TimeSpan duration)
    {
        var request = Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: localhost:{port}\r\n{headers}\r\n");
        var until = Stopwatch.GetTimestamp() + (long)(duration.TotalSeconds * Stopwatch.Frequency);
        var began = Stopwatch.GetTimestamp();
        var latencies = await Task.WhenAll(Enumerable.Range(0, Connections).Select(_ => Task.Run(() => AskAsync(port, request, until))));
        return new Load(Stopwatch.GetElapsedTime(began), [.. latencies.SelectMany(each => each).Order()]);
    }

    private static async Task<List<TimeSpan>> AskAsync(int port, byte[] request, long until)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, port);
        var latencies = new List<TimeSpan>(100_000);
        var buffer = new byte[512 * 1024];
        while (Stopwatch.GetTimestamp() < until)
        {
            var sent = Stopwatch.GetTimestamp();
            await socket.SendAsync(request);
            await ReceiveAsync(socket, buffer);
            latencies.Add(Stopwatch.GetElapsedTime(sent));
        }

        return latencies;
    }

    private static async Task ReceiveAsync(Socket socket, byte[] buffer)
    {
        var (received, length) = (0, -1);
        while (length < 0 || received < length)
        {
            var count = await socket.ReceiveAsync(buffer.AsMemory(received));
            if (count == 0)
                throw new InvalidOperationException("The connection was closed.");
            received += count;
            if (length < 0)
                length = LengthOf(buffer.AsSpan(0, received));
            else if (length == int.MaxValue && buffer.AsSpan(0, received).EndsWith("\r\n0\r\n\r\n"u8))
                return;
        }
    }

    /// <summary>Of the whole answer, or the largest number when it says so only at its end; -1 while its head is not complete.</summary>
    private static int LengthOf(ReadOnlySpan<byte> answer)
    {
        var end = answer.IndexOf("\r\n\r\n"u8);
        if (end < 0)
            return -1;
        var head = answer[..end];
        if (!head.StartsWith("HTTP/1.1 200"u8))
            throw new InvalidOperationException(Encoding.ASCII.GetString(head));
        var at = head.IndexOf("\r\nContent-Length: "u8);
        if (at < 0)
            return answer.EndsWith("\r\n0\r\n\r\n"u8) ? answer.Length : int.MaxValue;
        return Utf8Parser.TryParse(head[(at + 18)..], out int body, out _) ? end + 4 + body : throw new InvalidOperationException("The length is no number.");
    }
}

/// <summary>How long it took, and what each request took, the fastest first.</summary>
internal sealed record Load(TimeSpan Elapsed, List<TimeSpan> Latencies)
{
    public double PerSecond => Latencies.Count / Elapsed.TotalSeconds;

    /// <summary>What 99 of 100 requests took at most.</summary>
    public TimeSpan P99 => Latencies[(int)(Latencies.Count * 0.99)];
}
