using TrendVault.Core.Storage;

namespace TrendVault.Core.Uploads;

/// <summary>
/// A stored object as a stream that seeks, which the resumable upload needs: a jump opens the object anew at that place. Holds one
/// small buffer, whatever the object's size.
/// </summary>
/// <param name="objects">Where it is.</param>
/// <param name="key">Which one.</param>
/// <param name="length">Its size in bytes.</param>
/// <param name="beforeLastByte">Runs once, before the last byte is handed out for the first time.</param>
internal sealed class ObjectStream(IObjectStore objects, string key, long length, Func<CancellationToken, Task> beforeLastByte) : Stream
{
    // The library reads 4 KB at a time.
    private const int BufferBytes = 1024 * 1024;

    private Stream? _open;
    private long _position;
    private bool _told;

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => length;

    public override long Position
    {
        get => _position;
        set
        {
            if (value == _position)
                return;
            _open?.Dispose();
            _open = null;
            _position = value;
        }
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_position >= length || buffer.IsEmpty)
            return 0;
        if (!_told && _position + buffer.Length >= length)
        {
            await beforeLastByte(cancellationToken);
            _told = true;
        }

        _open ??= new BufferedStream(await objects.OpenAsync(key, _position, null, cancellationToken), BufferBytes);
        var read = await _open.ReadAsync(buffer, cancellationToken);
        if (read == 0)
            throw new StorageException($"The object {key} ends after {_position} of {length} bytes.", missing: true);
        _position += read;
        return read;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override long Seek(long offset, SeekOrigin origin) => Position = origin switch
    {
        SeekOrigin.Begin => offset,
        SeekOrigin.Current => _position + offset,
        _ => length + offset,
    };

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("Objects are read asynchronously.");

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Flush()
    {
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _open?.Dispose();
        base.Dispose(disposing);
    }
}
