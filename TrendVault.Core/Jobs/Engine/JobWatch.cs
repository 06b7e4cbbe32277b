using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace TrendVault.Core.Jobs;

/// <summary>
/// Keeps this instance's workers in line with their rows. A cancel comes over Redis at once; the rows, which are the truth, are
/// read every second besides, for when Redis is away, and for a worker that was paused and no longer owns its job.
/// </summary>
internal sealed class JobWatch(
    JobStore store, RunningJobs running, IConnectionMultiplexer redis, IOptions<JobOptions> options, TimeProvider time, ILogger<JobWatch> log)
    : BackgroundService
{
    private bool _subscribed;
    private long _lastRead = time.GetTimestamp();

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!options.Value.RunsJobs)
            return;

        using var timer = new PeriodicTimer(options.Value.WatchEvery, time);
        do
        {
            await SubscribeAsync();
            await ReadRowsAsync(stoppingToken);
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    // The client subscribes again by itself when its connection returns, once it has succeeded.
    private async Task SubscribeAsync()
    {
        if (_subscribed || !redis.IsConnected)
            return;

        try
        {
            await redis.GetSubscriber().SubscribeAsync(JobQueue.CancelChannel, (_, id) => Cancel((string?)id));
            _subscribed = true;
        }
        catch (Exception e) when (Outage.IsOf(e))
        {
            log.LogWarning("Not hearing cancels over Redis, rows are read instead: {Error}", e.Message);
        }
    }

    private void Cancel(string? jobId)
    {
        foreach (var run in running.All.Where(run => run.Job.Id.ToString() == jobId))
            run.Stop(StopReason.Cancelled);
    }

    private async Task ReadRowsAsync(CancellationToken cancellationToken)
    {
        var runs = running.All.ToArray();
        if (runs.Length == 0)
        {
            _lastRead = time.GetTimestamp();
            return;
        }

        try
        {
            var rows = await store.FindRunningAsync([.. runs.Select(run => run.Job.Id)], cancellationToken);
            _lastRead = time.GetTimestamp();
            Compare(runs, rows);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            if (time.GetElapsedTime(_lastRead) < options.Value.DatabasePatience)
                return;
            log.LogWarning("PostgreSQL stays away, so the work stops until it returns: {Error}", e.Message);
            foreach (var run in runs)
                run.Stop(StopReason.DatabaseAway);
        }
    }

    private static void Compare(JobRun[] runs, IReadOnlyList<JobStore.RunningRow> rows)
    {
        var byId = rows.ToDictionary(row => row.Id);
        foreach (var run in runs)
        {
            if (!byId.TryGetValue(run.Job.Id, out var row) || row.Attempt != run.Job.Attempt)
                run.Stop(StopReason.Superseded);
            else if (row.CancelRequested)
                run.Stop(StopReason.Cancelled);
        }
    }
}
