using System.Buffers.Binary;

namespace TrendVault.Web.Sandbox.VideoSite;

/// <summary>
/// An MP4 with a "free" box of any size behind it: a film of a gigabyte that plays like the small one it is, costs no disk, and can
/// be read in ranges.
/// </summary>
internal sealed class PaddedStream(Stream film, long padding) : Stream
{
    private const int HeaderSize = 16;

    private readonly byte[] _header = MakeHeader(padding);
    private long _position;

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => film.Length + HeaderSize + padding;

    public override long Position
    {
        get => _position;
        set => _position = value;
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = 0;
        if (_position < film.Length)
        {
            film.Position = _position;
            read = await film.ReadAsync(buffer, cancellationToken);
        }
        else if (_position < film.Length + HeaderSize)
        {
            var rest = _header.AsMemory((int)(_position - film.Length));
            read = Math.Min(rest.Length, buffer.Length);
            rest[..read].CopyTo(buffer);
        }
        else
        {
            read = (int)Math.Min(buffer.Length, Length - _position);
            buffer.Span[..read].Clear();
        }

        _position += read;
        return read;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override long Seek(long offset, SeekOrigin origin) => _position = origin switch
    {
        SeekOrigin.Begin => offset,
        SeekOrigin.Current => _position + offset,
        _ => Length + offset,
    };

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush() => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            film.Dispose();
        base.Dispose(disposing);
    }

    // The 64-bit form of a box: size 1, the type, and the size behind it.
    private static byte[] MakeHeader(long padding)
    {
        var header = new byte[HeaderSize];
        header[3] = 1;
        "free"u8.CopyTo(header.AsSpan(4));
        BinaryPrimitives.WriteInt64BigEndian(header.AsSpan(8), HeaderSize + padding);
        return header;
    }
}
