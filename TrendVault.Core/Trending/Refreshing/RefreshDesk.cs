using System.Globalization;
using Npgsql;
using TrendVault.Core.Jobs;

namespace TrendVault.Core.Trending;

/// <summary>What a refresh of all charts would take from a bucket now.</summary>
/// <param name="Bucket">Which, as it is now.</param>
/// <param name="Charts">How many it would pay for.</param>
/// <param name="Of">How many there are.</param>
/// <param name="Cost">Of these charts, at most.</param>
/// <param name="Affordable">What the bucket has left beside its reserve.</param>
internal sealed record RefreshCost(QuotaBucket Bucket, int Charts, int Of, int Cost, long Affordable);

/// <summary>A chart that could not be fetched last time.</summary>
/// <param name="Key">Which.</param>
/// <param name="Reason">One sentence.</param>
/// <param name="FailedAt">UTC.</param>
/// <param name="FetchedAt">Of what is shown instead, UTC; null when there is nothing.</param>
internal sealed record FailingChart(ChartKey Key, string Reason, DateTimeOffset FailedAt, DateTimeOffset? FetchedAt);

/// <summary>How the refresh is.</summary>
/// <param name="Rounds">The last ones, newest first.</param>
/// <param name="Failing">Charts that could not be fetched last time.</param>
/// <param name="Buckets">The day's budgets.</param>
internal sealed record RefreshReport(IReadOnlyList<RefreshRound> Rounds, IReadOnlyList<FailingChart> Failing, IReadOnlyList<QuotaBucket> Buckets)
{
    /// <summary>Something is being fetched, or will be within the half hour.</summary>
    public bool IsUnderWay => Rounds is [{ ToGo: > 0 }, ..];
}

/// <summary>Where people look after the refresh, and ask for one.</summary>
internal sealed class RefreshDesk(
    RefreshRounds rounds, TrendingStore store, TrendingPlanner planner, TrendingQuota quota, JobQueue queue, NpgsqlDataSource db, TimeProvider time)
{
    private const int RoundsShown = 5;

    /// <summary>How the refresh is.</summary>
    public async Task<RefreshReport> ReadAsync(CancellationToken cancellationToken)
    {
        var states = await store.ListStatesAsync(cancellationToken);
        var failing = states
            .Where(state => state.FailedAt is not null && state.Failure is not null)
            .Select(state => new FailingChart(state.Key, state.Failure!, state.FailedAt!.Value, state.FetchedAt))
            .OrderBy(chart => chart.Key.Platform).ThenBy(chart => chart.Key.Region).ThenBy(chart => chart.Key.Category);
        return new RefreshReport(await rounds.ListAsync(RoundsShown, cancellationToken), [.. failing], await quota.ReadAsync());
    }

    /// <summary>What a refresh of all charts would cost now; what the budgets do not afford is not in it.</summary>
    public async Task<IReadOnlyList<RefreshCost>> OfferAsync(CancellationToken cancellationToken)
    {
        var plan = await planner.MakeAsync();
        var ages = (await store.ListStatesAsync(cancellationToken)).ToDictionary(state => state.Key, state => state.Age);
        return plan.Offer(plan.All(ages), await quota.ReadAsync());
    }

    /// <summary>Has all charts fetched that the budgets afford, at once. False when somebody has just asked for it.</summary>
    public Task<bool> OrderAsync(Guid adminId, CancellationToken cancellationToken)
    {
        var job = new NewJob
        {
            Kind = TrendingRefresh.JobKind,
            Args = new RefreshOrder(adminId).ToString(),
            // Two clicks are one refresh.
            SlotKey = string.Create(CultureInfo.InvariantCulture, $"{TrendingRefresh.JobKind}:now:{time.GetUtcNow():yyyyMMddHHmm}"),
        };
        return db.InTransactionAsync(connection => queue.EnqueueAsync(connection, job, cancellationToken), cancellationToken);
    }
}
