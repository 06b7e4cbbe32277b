using System.Globalization;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace TrendVault.Core.Jobs;

/// <summary>Work that comes round again.</summary>
/// <param name="Kind">Which handler runs it.</param>
/// <param name="Every">Whole minutes; slots begin at multiples of it, counted from midnight UTC if it divides a day.</param>
/// <param name="KeyPrefix">Tells apart two that share a kind.</param>
/// <param name="Args">For the handler, as JSON.</param>
internal sealed record RecurringJob(string Kind, TimeSpan Every, string KeyPrefix, string Args)
{
    public DateTimeOffset SlotAt(DateTimeOffset now) => new(now.UtcTicks - (now.UtcTicks % Every.Ticks), TimeSpan.Zero);

    public string KeyAt(DateTimeOffset now) => string.Create(CultureInfo.InvariantCulture, $"{KeyPrefix}:{SlotAt(now):yyyyMMddHHmm}");
}

/// <summary>
/// Enqueues each slot of recurring work under a key that is unique in the table, so that any number of instances make one job of
/// it. A slot that began while nothing ran is caught up with; older ones are not.
/// </summary>
internal sealed class RecurringJobs(
    NpgsqlDataSource db, JobQueue queue, IEnumerable<RecurringJob> jobs, IOptions<JobOptions> options, TimeProvider time, ILogger<RecurringJobs> log)
    : BackgroundService
{
    // Clocks are compared this often at least, should either be set anew.
    private static readonly TimeSpan LongestSleep = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(5);

    private readonly RecurringJob[] _jobs = [.. jobs];
    private readonly HashSet<string> _enqueued = [];

    /// <summary>Enqueues the present slot of each; answers how long until the next one begins.</summary>
    internal async Task<TimeSpan> EnqueueDueAsync(CancellationToken cancellationToken)
    {
        var now = await db.QuerySingleOrDefaultAsync<DateTimeOffset>("select now()", null, cancellationToken);
        var due = _jobs.Where(job => !_enqueued.Contains(job.KeyAt(now))).ToArray();
        if (due.Length > 0)
            await EnqueueAsync(due, now, cancellationToken);

        return _jobs.Select(job => job.SlotAt(now) + job.Every - now).Append(LongestSleep).Min();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (options.Value.RunsJobs)
        {
            var sleep = RetryAfter;
            try
            {
                sleep = await EnqueueDueAsync(stoppingToken);
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                log.LogWarning("Recurring jobs could not be enqueued: {Error}", e.Message);
            }

            await Task.Delay(sleep, time, stoppingToken);
        }
    }

    private async Task EnqueueAsync(RecurringJob[] due, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await db.InTransactionAsync(
            async connection =>
            {
                foreach (var job in due)
                {
                    var slot = new NewJob { Kind = job.Kind, SlotKey = job.KeyAt(now), Args = job.Args };
                    await queue.EnqueueAsync(connection, slot, cancellationToken);
                }

                return due.Length;
            },
            cancellationToken);

        _enqueued.IntersectWith(_jobs.Select(job => job.KeyAt(now)));
        _enqueued.UnionWith(due.Select(job => job.KeyAt(now)));
    }
}
