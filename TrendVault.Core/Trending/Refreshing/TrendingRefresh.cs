using System.Text.Json;
using Microsoft.Extensions.Logging;
using Npgsql;
using TrendVault.Core.Jobs;

namespace TrendVault.Core.Trending;

/// <summary>What a refresh job is told.</summary>
/// <param name="AskedBy">The admin who wants all charts now; null is the half hour's own.</param>
internal sealed record RefreshOrder(Guid? AskedBy)
{
    public static RefreshOrder Parse(string args) => JsonSerializer.Deserialize<RefreshOrder>(args, JsonSerializerOptions.Web)!;

    public override string ToString() => JsonSerializer.Serialize(this, JsonSerializerOptions.Web);
}

/// <summary>
/// Brings the charts up to date before readers ask. The job of a half hour fetches a few charts each minute, as the plan has it, and
/// is parked in between, so that no instance holds it; an admin's fetches all that the budgets afford.
/// </summary>
internal sealed class TrendingRefresh(
    ChartRefresher refresher, TrendingPlanner planner, TrendingStore store, ChartRows rows, RefreshRounds rounds, TimeProvider time, ILogger<TrendingRefresh> log) : IJobHandler
{
    public const string JobKind = "trending.refresh";

    public static readonly TimeSpan Every = TimeSpan.FromMinutes(30);

    private static readonly TimeSpan Step = TimeSpan.FromMinutes(1);

    private const int CallsAtOnce = 4;

    public string Kind => JobKind;

    public int Workers => 1;

    public Task<JobOutcome> RunAsync(Job job, CancellationToken cancellationToken) =>
        RefreshOrder.Parse(job.Args).AskedBy is { } admin ? RefreshAllAsync(job.Id, admin, cancellationToken) : StepAsync(job, cancellationToken);

    public Task ApplyAsync(NpgsqlConnection connection, Job job, JobTransition transition, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task AnnounceAsync(Job job, JobTransition transition, CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task<JobOutcome> StepAsync(Job job, CancellationToken cancellationToken)
    {
        var (began, plan) = (time.GetUtcNow(), await planner.MakeAsync());
        var ages = await AgesAsync(cancellationToken);
        var ends = new DateTimeOffset(job.CreatedAt.UtcTicks - (job.CreatedAt.UtcTicks % Every.Ticks), TimeSpan.Zero) + Every;
        var round = new RefreshRound { Id = job.Id, BeganAt = began, Planned = plan.CountDue(ages, job.CreatedAt, ends) };
        await rounds.SaveAsync(round, cancellationToken);
        await RefreshAsync(round, plan.Due(ages, Step), chart => plan.IntervalOf(chart) / 2, cancellationToken);
        if (began + Step < ends)
            return new JobOutcome.Parked("The charts of a half hour are fetched one after the other.", began + Step);

        await rows.CleanUpAsync(began, cancellationToken);
        await rounds.CleanUpAsync(cancellationToken);
        return await EndAsync(round, cancellationToken);
    }

    private async Task<JobOutcome> RefreshAllAsync(Guid jobId, Guid admin, CancellationToken cancellationToken)
    {
        var charts = (await planner.MakeAsync()).All(await AgesAsync(cancellationToken));
        var round = new RefreshRound { Id = jobId, AskedBy = admin, BeganAt = time.GetUtcNow(), Planned = charts.Count };
        await rounds.SaveAsync(round, cancellationToken);
        await RefreshAsync(round, charts, _ => Step, cancellationToken);
        return await EndAsync(round, cancellationToken);
    }

    private async Task<JobOutcome> EndAsync(RefreshRound round, CancellationToken cancellationToken)
    {
        var ended = await rounds.SaveAsync(round with { EndedAt = time.GetUtcNow() }, cancellationToken);
        log.LogInformation("{Refreshed} of {Planned} charts were fetched, {Failed} failed", ended.Refreshed, ended.Planned, ended.Failed);
        return new JobOutcome.Completed();
    }

    private async Task<IReadOnlyDictionary<ChartKey, ChartAge>> AgesAsync(CancellationToken cancellationToken) =>
        (await store.ListStatesAsync(cancellationToken)).ToDictionary(state => state.Key, state => state.Age);

    /// <summary>Parts before the wholes that are made of them, which then need no call for a part: so many charts are so many calls.</summary>
    private async Task RefreshAsync(RefreshRound round, IReadOnlyList<ChartKey> charts, Func<ChartKey, TimeSpan> maxAge, CancellationToken cancellationToken)
    {
        var options = new ParallelOptions { MaxDegreeOfParallelism = CallsAtOnce, CancellationToken = cancellationToken };
        foreach (var stage in charts.GroupBy(chart => refresher.SourceOf(chart.Platform).PartsOf(chart.Category).Count > 0))
        {
            await Parallel.ForEachAsync(stage, options, async (chart, token) =>
            {
                await TryRefreshAsync(chart, maxAge(chart), token);
                await rounds.SaveAsync(round, token);
            });
        }
    }

    private async Task TryRefreshAsync(ChartKey chart, TimeSpan maxAge, CancellationToken cancellationToken)
    {
        try
        {
            await refresher.RefreshAsync(chart, maxAge, cancellationToken);
        }
        catch (PlatformException)
        {
            // told in the log and on the chart's row
        }
    }
}
