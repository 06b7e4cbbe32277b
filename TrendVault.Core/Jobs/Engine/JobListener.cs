using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace TrendVault.Core.Jobs;

/// <summary>Listens on one connection for the whole process and wakes the dispatcher of each kind that it hears of.</summary>
internal sealed class JobListener(NpgsqlDataSource db, JobSignals signals, IOptions<JobOptions> options, ILogger<JobListener> log) : BackgroundService
{
    private static readonly TimeSpan CheckConnectionEvery = TimeSpan.FromSeconds(15);

    private static readonly TimeSpan ReconnectAfter = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (options.Value.RunsJobs && !stoppingToken.IsCancellationRequested)
        {
            try
            {
                await ListenAsync(stoppingToken);
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                log.LogWarning("Not listening for new jobs, which are found by polling meanwhile: {Error}", e.Message);
                await Task.Delay(ReconnectAfter, stoppingToken);
            }
        }
    }

    private async Task ListenAsync(CancellationToken cancellationToken)
    {
        await using var connection = await db.OpenConnectionAsync(cancellationToken);
        connection.Notification += (_, notification) => signals.Ring(notification.Payload);
        await connection.ExecuteAsync($"listen {JobOrders.NotifyChannel}", null, cancellationToken);
        // For what was sent while nobody listened.
        signals.RingAll();

        while (true)
        {
            // A connection cut without a word would otherwise stay silent for ever.
            if (!await connection.WaitAsync(CheckConnectionEvery, cancellationToken))
                await connection.ExecuteAsync("select 1", null, cancellationToken);
        }
    }
}
