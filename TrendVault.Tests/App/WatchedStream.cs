using TrendVault.Core.Storage;

namespace TrendVault.Tests.App;

/// <summary>Looks at the memory in use, garbage and all, as the bytes go by.</summary>
internal sealed class WatchedStream(Stream inner) : ForwardStream
{
    private readonly long _atFirst = GC.GetTotalMemory(forceFullCollection: true);
    private int _reads;

    /// <summary>How much more was in use at the worst moment, in bytes.</summary>
    public long Growth { get; private set; }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_reads++ % 100 == 0)
            Growth = Math.Max(Growth, GC.GetTotalMemory(forceFullCollection: false) - _atFirst);
        return inner.ReadAsync(buffer, cancellationToken);
    }

    protected override void Dispose(bool disposing)
    {
        inner.Dispose();
        base.Dispose(disposing);
    }
}
