using Npgsql;
using TrendVault.Core.Jobs;

namespace TrendVault.Core.Work;

/// <summary>Tells the row and the user's pages how far a worker is.</summary>
internal sealed class WorkReporter : IAsyncDisposable
{
    private readonly IProgressSink _sink;
    private readonly ProgressTeller<WorkProgress> _teller;
    private WorkRow _row;

    public WorkReporter(WorkTable table, NpgsqlDataSource db, IProgressSink sink, Job job, WorkRow row, CancellationToken cancellationToken)
    {
        _sink = sink;
        _row = row;
        _teller = new((progress, token) => table.SaveProgressAsync(db, job, progress, token), PushAsync, cancellationToken);
    }

    /// <summary>The job's own token, which also ends when the row no longer takes this attempt's writes.</summary>
    public CancellationToken Lost => _teller.Lost;

    /// <summary>From any thread; costs nothing.</summary>
    public void Report(WorkProgress progress) => _teller.Report(progress);

    /// <summary>Nothing is told after this.</summary>
    public ValueTask DisposeAsync() => _teller.DisposeAsync();

    private Task PushAsync(WorkProgress latest, CancellationToken cancellationToken)
    {
        _row = _row with
        {
            Phase = latest.Phase,
            Progress = Math.Max(_row.Progress, latest.Percent),
            DoneBytes = latest.Bytes,
            TotalBytes = latest.TotalBytes,
            SpeedBytes = latest.SpeedBytes,
            EtaSeconds = latest.EtaSeconds,
        };
        return _sink.PublishAsync(_row.Tell(WorkEvent.Progress), cancellationToken);
    }
}
