using System.Diagnostics;
using TrendVault.Core.Jobs;

namespace TrendVault.Core.Uploads;

/// <summary>Tells how far an upload is, and how fast.</summary>
internal sealed class UploadReporter : IAsyncDisposable
{
    private readonly IProgressSink _sink;
    private readonly long _total;
    private readonly Stopwatch _sending = new();
    private readonly ProgressTeller<UploadProgress> _teller;
    private UploadRow _row;
    private long _firstSent;

    public UploadReporter(UploadStore store, IProgressSink sink, Job job, UploadRow row, long total, CancellationToken cancellationToken)
    {
        _sink = sink;
        _row = row;
        _total = total;
        _teller = new((progress, token) => store.ProgressAsync(job, progress, token), PushAsync, cancellationToken);
    }

    /// <summary>The job's own token, which also ends when the row no longer takes this attempt's writes.</summary>
    public CancellationToken Lost => _teller.Lost;

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
        _teller.Report(new UploadProgress(phase, percent, sent, _total, speed, left));
    }

    /// <summary>Nothing is told after this.</summary>
    public ValueTask DisposeAsync() => _teller.DisposeAsync();

    private Task PushAsync(UploadProgress latest, CancellationToken cancellationToken)
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
        return _sink.PublishAsync(new ProgressEvent("upload:progress", _row.UserId, _row), cancellationToken);
    }
}
