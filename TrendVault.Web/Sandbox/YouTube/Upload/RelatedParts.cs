using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using Microsoft.Net.Http.Headers;

namespace TrendVault.Web.Sandbox.YouTube;

/// <summary>
/// The parts of a body that is <c>multipart/related</c>, one after the other: JSON first, then a file. Lines end in CRLF or, as Google's
/// client for Python writes them and Google takes them, in LF alone; the framework's reader knows the first only.
/// </summary>
internal sealed class RelatedParts
{
    private const int LongestLine = 4096;

    private readonly PipeReader _body;
    private readonly string _boundary;
    private readonly byte[] _delimiter;

    private RelatedParts(Stream body, string boundary)
    {
        _body = PipeReader.Create(body, new StreamPipeReaderOptions(bufferSize: 64 * 1024, leaveOpen: true));
        _boundary = "--" + boundary;
        _delimiter = Encoding.Latin1.GetBytes("\n" + _boundary);
    }

    /// <summary>Null for a body of another kind.</summary>
    public static RelatedParts? Of(HttpRequest request) =>
        MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
        && type.MediaType == "multipart/related"
        && type.Boundary.Length > 0
            ? new RelatedParts(request.Body, HeaderUtilities.RemoveQuotes(type.Boundary).ToString())
            : null;

    /// <summary>The first part; null for an empty body.</summary>
    public async Task<RelatedPart?> FirstAsync(CancellationToken ct)
    {
        string? line;
        do
            line = await ReadLineAsync(ct);
        while (line is not null && line != _boundary);
        return line is null ? null : await OpenAsync(ct);
    }

    /// <summary>The part behind one that has been read to its end; null behind the last.</summary>
    public async Task<RelatedPart?> NextAsync(CancellationToken ct) =>
        // What follows a boundary on its line is nothing, or the two hyphens of the end.
        await ReadLineAsync(ct) is null or "--" ? null : await OpenAsync(ct);

    private async Task<RelatedPart> OpenAsync(CancellationToken ct)
    {
        var contentType = "";
        while (await ReadLineAsync(ct) is { Length: > 0 } header)
        {
            if (header.StartsWith("Content-Type:", StringComparison.OrdinalIgnoreCase))
                contentType = header["Content-Type:".Length..].Trim();
        }

        return new RelatedPart(contentType, new PartStream(_body, _delimiter));
    }

    // Null at the end of the body.
    private async Task<string?> ReadLineAsync(CancellationToken ct)
    {
        while (true)
        {
            var read = await _body.ReadAsync(ct);
            if (read.Buffer.PositionOf((byte)'\n') is { } end)
            {
                var line = Encoding.Latin1.GetString(read.Buffer.Slice(0, end)).TrimEnd('\r');
                _body.AdvanceTo(read.Buffer.GetPosition(1, end));
                return line;
            }

            var (isLast, rest) = (read.IsCompleted, read.Buffer.Length);
            var last = isLast && rest > 0 ? Encoding.Latin1.GetString(read.Buffer) : null;
            _body.AdvanceTo(isLast ? read.Buffer.End : read.Buffer.Start, read.Buffer.End);
            if (isLast)
                return last;
            if (rest > LongestLine)
                throw Broken();
        }
    }

    private static YouTubeError Broken() => new(400, "badRequest", "The parts of the request cannot be told apart.", "global");

    /// <summary>The bytes of one part, up to the boundary behind it.</summary>
    private sealed class PartStream(PipeReader body, byte[] delimiter) : Stream
    {
        private bool _ended;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            while (!_ended)
            {
                var read = await body.ReadAsync(cancellationToken);
                var (content, behind) = ContentOf(read.Buffer);
                // Taken before the reader moves on, which takes the bytes back.
                var count = (int)Math.Min(content.Length, buffer.Length);
                content.Slice(0, count).CopyTo(buffer.Span);
                if (behind is { } next && count == content.Length)
                {
                    body.AdvanceTo(next);
                    _ended = true;
                    return count;
                }

                if (count > 0)
                {
                    body.AdvanceTo(content.GetPosition(count));
                    return count;
                }

                if (read.IsCompleted)
                    throw Broken();
                body.AdvanceTo(read.Buffer.Start, read.Buffer.End);
            }

            return 0;
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Flush()
        {
        }

        // As long as no boundary is seen, the last bytes might be the beginning of one, with the CR before it.
        private (ReadOnlySequence<byte> Content, SequencePosition? Behind) ContentOf(ReadOnlySequence<byte> bytes)
        {
            var reader = new SequenceReader<byte>(bytes);
            if (!reader.TryReadTo(out ReadOnlySequence<byte> content, delimiter))
                return (bytes.Slice(0, Math.Max(0, bytes.Length - delimiter.Length)), null);
            var hasReturn = content.Length > 0 && content.Slice(content.Length - 1).ToArray() is [(byte)'\r'];
            return (hasReturn ? content.Slice(0, content.Length - 1) : content, reader.Position);
        }
    }
}

/// <summary>One part, to be read to its end before the next.</summary>
internal sealed record RelatedPart(string ContentType, Stream Body);
