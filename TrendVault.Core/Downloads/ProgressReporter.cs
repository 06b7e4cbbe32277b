using System.Diagnostics;
using TrendVault.Core.Jobs;

namespace TrendVault.Core.Downloads;

/// <summary>
/// Takes progress as often as it comes; tells the user's pages four times a second at most and the row once. The row's answer is
/// also how a worker that lost its job without noticing learns of it.
/// </summary>
internal sealed class ProgressReporter : IAsyncDisposable
{
    private static readonly TimeSpan PushEvery = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan WriteEvery = TimeSpan.FromSeconds(1);

    private readonly DownloadStore _store;
    private readonly IProgressSink _sink;
    private readonly Job _job;
    private readonly CancellationTokenSource _lost;
    private readonly CancellationTokenSource _ended = new();
    private readonly Task _telling;
    private DownloadRow _row;
    private DownloadProgress? _latest;

    public ProgressReporter(DownloadStore store, IProgressSink sink, Job job, DownloadRow row, CancellationToken cancellationToken)
    {
        _store = store;
        _sink = sink;
        _job = job;
        _row = row;
        _lost = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Lost = _lost.Token;
        _telling = TellAsync();
    }

    /// <summary>The job's own token, which also ends when the row no longer takes this attempt's writes.</summary>
    public CancellationToken Lost { get; }

    /// <summary>From any thread; costs nothing.</summary>
    public void Report(DownloadProgress progress) => Volatile.Write(ref _latest, progress);

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
        DownloadProgress? told = null;
        DownloadProgress? written = null;
        using var timer = new PeriodicTimer(PushEvery);
        try
        {
            while (await timer.WaitForNextTickAsync(_ended.Token))
            {
                if (Volatile.Read(ref _latest) is not { } latest)
                    continue;
                if (latest != written && (written is null || sinceWrite.Elapsed >= WriteEvery))
                {
                    if (!await TryWriteAsync(latest))
                        return;
                    written = latest;
                    sinceWrite.Restart();
                }

                if (latest != told)
                    await PushAsync(latest);
                told = latest;
            }
        }
        catch (OperationCanceledException)
        {
        }
    }

    private async Task<bool> TryWriteAsync(DownloadProgress latest)
    {
        try
        {
            if (await _store.ProgressAsync(_job, latest, _ended.Token))
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

    private Task PushAsync(DownloadProgress latest)
    {
        _row = _row with
        {
            Phase = latest.Phase,
            Progress = Math.Max(_row.Progress, latest.Percent),
            DownloadedBytes = latest.Bytes,
            TotalBytes = latest.TotalBytes,
            SpeedBytes = latest.SpeedBytes,
            EtaSeconds = latest.EtaSeconds,
        };
        return _sink.PublishAsync(new ProgressEvent("download:progress", _row.UserId, _row), _ended.Token);
    }
}
