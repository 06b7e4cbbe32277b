using Microsoft.Extensions.Logging;
using Npgsql;
using TrendVault.Core.Jobs;

namespace TrendVault.Core.Trending;

/// <summary>Brings every chart up to date before readers ask: the job of each half hour.</summary>
internal sealed class TrendingRefresh(ChartRefresher refresher, ILogger<TrendingRefresh> log) : IJobHandler
{
    public const string JobKind = "trending.refresh";

    public static readonly TimeSpan Every = TimeSpan.FromMinutes(30);

    private const int CallsAtOnce = 4;

    // The slots are half an hour apart and a round takes some minutes: a chart nearly due is due.
    private static readonly TimeSpan Slack = TimeSpan.FromMinutes(10);

    public string Kind => JobKind;

    public int Workers => 1;

    public async Task<JobOutcome> RunAsync(Job job, CancellationToken cancellationToken)
    {
        var charts = Charts().ToList();
        var failed = 0;
        await Parallel.ForEachAsync(
            charts,
            new ParallelOptions { MaxDegreeOfParallelism = CallsAtOnce, CancellationToken = cancellationToken },
            async (chart, token) =>
            {
                if (!await TryRefreshAsync(chart, token))
                    Interlocked.Increment(ref failed);
            });

        log.LogInformation("{Refreshed} of {Charts} charts are up to date", charts.Count - failed, charts.Count);
        return failed > 0 && failed == charts.Count
            ? new JobOutcome.Failed("platforms_unavailable", "No platform could be read.", MayPass: true)
            : new JobOutcome.Completed();
    }

    public Task ApplyAsync(NpgsqlConnection connection, Job job, JobTransition transition, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task AnnounceAsync(Job job, JobTransition transition, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Charts that others are made from come first.</summary>
    private IEnumerable<ChartKey> Charts() =>
        from source in refresher.Sources
        where source.WhyOff is null
        from region in Regions.All
        from category in source.Categories.OrderBy(category => source.PartsOf(category).Count)
        select new ChartKey(source.Platform, region, category);

    private async Task<bool> TryRefreshAsync(ChartKey chart, CancellationToken cancellationToken)
    {
        try
        {
            await refresher.RefreshAsync(chart, refresher.SourceOf(chart.Platform).Lifetime - Slack, cancellationToken);
            return true;
        }
        catch (PlatformException)
        {
            return false; // told in the log and on the chart's row
        }
    }
}
