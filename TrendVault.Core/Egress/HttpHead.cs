using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Text;

namespace TrendVault.Core.Egress;

/// <summary>The first line and the fields of an HTTP/1 message, as far as a proxy has to understand them.</summary>
internal sealed class HttpHead(string startLine)
{
    private const int MaxBytes = 64 * 1024;

    // What belongs to one hop (RFC 9110, 7.6.1). Trailers and chunks pass as they are, so TE and Transfer-Encoding stay.
    private static readonly string[] HopByHop = ["Connection", "Keep-Alive", "Proxy-Connection", "Proxy-Authorization", "Proxy-Authenticate", "Upgrade"];

    private readonly List<(string Name, string Value)> _fields = [];

    public string StartLine { get; set; } = startLine;

    /// <summary>The one value of a field; null when it is not there.</summary>
    /// <exception cref="InvalidDataException">It is there twice, with different values.</exception>
    public string? Value(string name)
    {
        var values = _fields.Where(field => field.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Select(field => field.Value).Distinct().ToList();
        return values.Count <= 1 ? values.FirstOrDefault() : throw new InvalidDataException($"The message has two values for {name}.");
    }

    /// <summary>True for a body in chunks; else <paramref name="length"/> is the body's, 0 when none is announced.</summary>
    /// <exception cref="InvalidDataException">The length can be read in two ways, or in none.</exception>
    public bool IsChunked(out long length)
    {
        length = 0;
        var coding = Value("Transfer-Encoding");
        var announced = Value("Content-Length");
        if (coding is not null && (announced is not null || !coding.Equals("chunked", StringComparison.OrdinalIgnoreCase)))
            throw new InvalidDataException("The length of the body is not clear.");
        if (announced is not null && !long.TryParse(announced, NumberStyles.None, CultureInfo.InvariantCulture, out length))
            throw new InvalidDataException("The length of the body is no number.");
        return coding is not null;
    }

    /// <summary>Makes it the head of a message on a connection that ends after it.</summary>
    public void EndConnectionAfterwards()
    {
        var named = _fields.Where(field => field.Name.Equals("Connection", StringComparison.OrdinalIgnoreCase)).SelectMany(field => field.Value.Split(',', StringSplitOptions.TrimEntries));
        var dropped = HopByHop.Concat(named.Except(["Transfer-Encoding", "Content-Length"], StringComparer.OrdinalIgnoreCase)).ToHashSet(StringComparer.OrdinalIgnoreCase);
        _fields.RemoveAll(field => dropped.Contains(field.Name));
        _fields.Add(("Connection", "close"));
    }

    /// <summary>Gives a field one value.</summary>
    public void Set(string name, string value)
    {
        _fields.RemoveAll(field => field.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
        _fields.Insert(0, (name, value));
    }

    public byte[] ToBytes()
    {
        var text = new StringBuilder(StartLine).Append("\r\n");
        foreach (var (name, value) in _fields)
            text.Append(name).Append(": ").Append(value).Append("\r\n");
        return Encoding.Latin1.GetBytes(text.Append("\r\n").ToString());
    }

    /// <summary>Reads a head and leaves the body in the reader; null when the other side closed before it began.</summary>
    /// <exception cref="InvalidDataException">It is no HTTP, or too long.</exception>
    public static async Task<HttpHead?> ReadAsync(PipeReader reader, CancellationToken cancellationToken)
    {
        if (await ReadLineAsync(reader, MaxBytes, cancellationToken) is not { } startLine)
            return null;

        var head = new HttpHead(startLine);
        var left = MaxBytes - startLine.Length;
        while (await ReadLineAsync(reader, left, cancellationToken) is not "" and var line)
        {
            if (line is null)
                throw new InvalidDataException("The message is cut off.");

            left -= line.Length;
            var colon = line.IndexOf(':');
            if (colon <= 0 || line.AsSpan(0, colon).ContainsAny(' ', '\t'))
                throw new InvalidDataException("The message has a malformed field.");
            head._fields.Add((line[..colon], line[(colon + 1)..].Trim(' ', '\t')));
        }

        return head;
    }

    /// <summary>Reads one line without its end; null when the other side closed before it began.</summary>
    /// <exception cref="InvalidDataException">The line is longer than <paramref name="limit"/> bytes, cut off, or not text.</exception>
    public static async Task<string?> ReadLineAsync(PipeReader reader, int limit, CancellationToken cancellationToken)
    {
        while (true)
        {
            var result = await reader.ReadAsync(cancellationToken);
            var buffer = result.Buffer;
            if (buffer.PositionOf((byte)'\n') is { } end && buffer.Slice(0, end).Length <= limit)
            {
                var line = Encoding.Latin1.GetString(buffer.Slice(0, end)).TrimEnd('\r');
                reader.AdvanceTo(buffer.GetPosition(1, end));
                return line.Any(c => char.IsControl(c) && c < 0x80 && c != '\t') ? throw new InvalidDataException("The message holds control characters.") : line;
            }

            if (result.IsCompleted && buffer.IsEmpty)
                return null;
            if (result.IsCompleted || buffer.Length > limit)
                throw new InvalidDataException("The message is cut off, or its head is too long.");
            reader.AdvanceTo(buffer.Start, buffer.End);
        }
    }
}
