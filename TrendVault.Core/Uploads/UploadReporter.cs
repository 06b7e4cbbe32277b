using System.Diagnostics;
using TrendVault.Core.Jobs;

namespace TrendVault.Core.Uploads;

/// <summary>
/// Takes progress as often as it comes; tells the user's pages four times a second at most and the row once. The row's answer is
/// also how a worker that lost its job without noticing learns of it.
/// </summary>
internal sealed class UploadReporter : IAsyncDisposable
{
    private static readonly TimeSpan PushEvery = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan WriteEvery = TimeSpan.FromSeconds(1);

    private readonly UploadStore _store;
    private readonly IProgressSink _sink;
    private readonly Job _job;
    private readonly long _total;
    private readonly CancellationTokenSource _lost;
    private readonly CancellationTokenSource _ended = new();
    private readonly Stopwatch _sending = new();
    private readonly Task _telling;
    private UploadRow _row;
    private UploadProgress? _latest;
    private long _firstSent;

    public UploadReporter(UploadStore store, IProgressSink sink, Job job, UploadRow row, long total, CancellationToken cancellationToken)
    {
        _store = store;
        _sink = sink;
        _job = job;
        _row = row;
        _total = total;
        _lost = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Lost = _lost.Token;
        _telling = TellAsync();
    }

    /// <summary>The job's own token, which also ends when the row no longer takes this attempt's writes.</summary>
    public CancellationToken Lost { get; }

    /// <summary>Costs nothing. What was sent before this attempt does not count towards its speed.</summary>
    public void Report(string phase, long sent)
    {
        if (!_sending.IsRunning)
        {
            _firstSent = sent;
            _sending.Start();
        }

        var seconds = _sending.Elapsed.TotalSeconds;
        var speed = sent > _firstSent && seconds > 0 ? (long)((sent - _firstSent) / seconds) : (long?)null;
        var left = speed > 0 ? (int)Math.Min(int.MaxValue, (_total - sent) / speed.Value) : (int?)null;
        // 100 belongs to the video that the platform has accepted.
        var percent = (int)Math.Min(99, sent * 100 / Math.Max(1, _total));
        Volatile.Write(ref _latest, new UploadProgress(phase, percent, sent, _total, speed, left));
    }

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
        UploadProgress? told = null;
        UploadProgress? written = null;
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

    private async Task<bool> TryWriteAsync(UploadProgress latest)
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

    private Task PushAsync(UploadProgress latest)
    {
        _row = _row with
        {
            Phase = latest.Phase,
            Progress = Math.Max(_row.Progress, latest.Percent),
            SentBytes = latest.SentBytes,
            TotalBytes = latest.TotalBytes,
            SpeedBytes = latest.SpeedBytes,
            EtaSeconds = latest.EtaSeconds,
        };
        return _sink.PublishAsync(new ProgressEvent("upload:progress", _row.UserId, _row), _ended.Token);
    }
}
