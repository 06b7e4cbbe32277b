using System.Diagnostics;

namespace TrendVault.Core.Work;

/// <summary>
/// Takes progress as often as it comes; tells the user's pages four times a second at most and the row once. The row's answer is
/// also how a worker that lost its job without noticing learns of it.
/// </summary>
/// <typeparam name="TProgress">What is told, compared by value: the same is not told twice.</typeparam>
internal sealed class ProgressTeller<TProgress> : IAsyncDisposable
    where TProgress : class, IEquatable<TProgress>
{
    private static readonly TimeSpan PushEvery = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan WriteEvery = TimeSpan.FromSeconds(1);

    private readonly Func<TProgress, CancellationToken, Task<bool>> _write;
    private readonly Func<TProgress, CancellationToken, Task> _push;
    private readonly CancellationTokenSource _lost;
    private readonly CancellationTokenSource _ended = new();
    private readonly Task _telling;
    private TProgress? _latest;

    /// <param name="write">To the row; false when it no longer takes this attempt's writes.</param>
    /// <param name="push">To the pages.</param>
    public ProgressTeller(
        Func<TProgress, CancellationToken, Task<bool>> write, Func<TProgress, CancellationToken, Task> push, CancellationToken cancellationToken)
    {
        _write = write;
        _push = push;
        _lost = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Lost = _lost.Token;
        _telling = TellAsync();
    }

    /// <summary>The job's own token, which also ends when the row no longer takes this attempt's writes.</summary>
    public CancellationToken Lost { get; }

    /// <summary>From any thread; costs nothing.</summary>
    public void Report(TProgress progress) => Volatile.Write(ref _latest, progress);

    /// <summary>Nothing is told after this: the next event is the final one.</summary>
    public async ValueTask DisposeAsync()
    {
        await _ended.CancelAsync();
        await _telling;
        _ended.Dispose();
        _lost.Dispose();
    }

    private async Task TellAsync()
    {
        var sinceWrite = Stopwatch.StartNew();
        TProgress? told = null;
        TProgress? written = null;
        using var timer = new PeriodicTimer(PushEvery);
        try
        {
            while (await timer.WaitForNextTickAsync(_ended.Token))
            {
                if (Volatile.Read(ref _latest) is not { } latest)
                    continue;
                if (!latest.Equals(written) && (written is null || sinceWrite.Elapsed >= WriteEvery))
                {
                    if (!await TryWriteAsync(latest))
                        return;
                    written = latest;
                    sinceWrite.Restart();
                }

                if (!latest.Equals(told))
                    await _push(latest, _ended.Token);
                told = latest;
            }
        }
        catch (OperationCanceledException)
        {
        }
    }

    private async Task<bool> TryWriteAsync(TProgress latest)
    {
        try
        {
            if (await _write(latest, _ended.Token))
                return true;
            await _lost.CancelAsync();
            return false;
        }
        catch (Exception e) when (Outage.IsOf(e))
        {
            // The engine decides how long work goes on without PostgreSQL.
            return true;
        }
    }
}
