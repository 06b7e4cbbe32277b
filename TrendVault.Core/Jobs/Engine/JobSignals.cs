using System.Collections.Concurrent;
using System.Threading.Channels;

namespace TrendVault.Core.Jobs;

/// <summary>One bell per kind. Ringing it twice before it is heard rings once; a lost ring costs one poll, never a job.</summary>
internal sealed class JobSignals
{
    private readonly ConcurrentDictionary<string, Channel<bool>> _bells = new();

    public void Ring(string kind) => Bell(kind).Writer.TryWrite(true);

    public void RingAll()
    {
        foreach (var kind in _bells.Keys)
            Ring(kind);
    }

    /// <summary>Ends at the next ring, or after <paramref name="atMost"/>.</summary>
    public async Task WaitAsync(string kind, TimeSpan atMost, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(atMost);
        try
        {
            await Bell(kind).Reader.ReadAsync(patience.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
        }
    }

    private Channel<bool> Bell(string kind) =>
        _bells.GetOrAdd(kind, static _ => Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite }));
}
