using System.Security.Cryptography;

namespace TrendVault.Core.Storage;

/// <summary>
/// Counts and digests what is read through it, so that nothing is read twice. It does not own the inner stream.
/// </summary>
internal sealed class HashingStream(Stream inner, CancellationToken cancellationToken) : ForwardStream
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private long _size;
    private StoredObject? _finished;

    /// <summary>Called before each read, for a limit that moves with the transfer.</summary>
    public Action OnRead { get; set; } = () => { };

    /// <summary>True when the inner stream failed, which is not the store's fault.</summary>
    public bool HasFailed { get; private set; }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken _ = default)
    {
        OnRead();
        try
        {
            var count = await inner.ReadAsync(buffer, cancellationToken);
            _hash.AppendData(buffer.Span[..count]);
            _size += count;
            return count;
        }
        catch
        {
            HasFailed = true;
            throw;
        }
    }

    /// <summary>What was read, once it is all read; also after the stream is closed, as HttpClient does with what it has sent.</summary>
    public StoredObject Finish() => _finished ??= new StoredObject(_size, Convert.ToHexStringLower(_hash.GetHashAndReset()));

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            Finish();
            _hash.Dispose();
        }

        base.Dispose(disposing);
    }
}
