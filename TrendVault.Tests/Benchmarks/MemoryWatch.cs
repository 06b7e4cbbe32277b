using TrendVault.Tests.App;

namespace TrendVault.Tests.Benchmarks;

/// <summary>The most that the app's resident memory grew since this began.</summary>
internal sealed class MemoryWatch : IDisposable
{
    public const long MiB = 1L << 20;

    private readonly long _before;
    private readonly Timer _timer;
    private long _most;

    public MemoryWatch(AppProcess app)
    {
        _before = _most = app.ResidentBytes;
        _timer = new Timer(_ => _most = Math.Max(_most, app.ResidentBytes), null, TimeSpan.Zero, TimeSpan.FromMilliseconds(100));
    }

    public long Growth => _most - _before;

    public void Dispose() => _timer.Dispose();
}
