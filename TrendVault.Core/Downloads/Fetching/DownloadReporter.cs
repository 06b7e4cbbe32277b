using TrendVault.Core.Jobs;

namespace TrendVault.Core.Downloads;

/// <summary>Tells how far a download is.</summary>
internal sealed class DownloadReporter : IAsyncDisposable
{
    private readonly IProgressSink _sink;
    private readonly ProgressTeller<DownloadProgress> _teller;
    private DownloadRow _row;

    public DownloadReporter(DownloadStore store, IProgressSink sink, Job job, DownloadRow row, CancellationToken cancellationToken)
    {
        _sink = sink;
        _row = row;
        _teller = new((progress, token) => store.ProgressAsync(job, progress, token), PushAsync, cancellationToken);
    }

    /// <summary>The job's own token, which also ends when the row no longer takes this attempt's writes.</summary>
    public CancellationToken Lost => _teller.Lost;

    /// <summary>From any thread; costs nothing.</summary>
    public void Report(DownloadProgress progress) => _teller.Report(progress);

    /// <summary>Nothing is told after this.</summary>
    public ValueTask DisposeAsync() => _teller.DisposeAsync();

    private Task PushAsync(DownloadProgress latest, CancellationToken cancellationToken)
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
        return _sink.PublishAsync(new ProgressEvent("download:progress", _row.UserId, _row), cancellationToken);
    }
}
