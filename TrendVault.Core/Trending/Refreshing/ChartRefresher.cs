using System.Collections.Concurrent;
using Medallion.Threading.Redis;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace TrendVault.Core.Trending;

/// <summary>
/// Fetches charts, each once however many ask: callers of this process share one flight, and a Redis lock keeps other instances
/// from making the same call. A flight goes on when its callers have left.
/// </summary>
/// <remarks>Key: <c>trending:lock:{platform}:{region}:{category}</c>.</remarks>
internal sealed class ChartRefresher(
    TrendingStore store,
    ChartRows rows,
    TrendingCache cache,
    TrendingPlanner planner,
    ChartHeat heat,
    IEnumerable<ITrendingSource> sources,
    IDatabase redis,
    TimeProvider time,
    ILogger<ChartRefresher> log)
    : IAsyncDisposable
{
    // A chart that failed is not tried again by whoever wanted it in the same moment.
    private static readonly TimeSpan SameMoment = TimeSpan.FromSeconds(15);

    // Another instance at work on a chart is waited for this long before its old version is shown.
    private static readonly TimeSpan LockPatience = TimeSpan.FromSeconds(4);

    private readonly ConcurrentDictionary<ChartKey, Lazy<Task<Chart?>>> _flights = [];
    private readonly Lock _telling = new();
    private readonly Dictionary<ChartKey, string> _told = [];
    private readonly Dictionary<Platform, ITrendingSource> _sources = sources.ToDictionary(source => source.Platform);
    private readonly CancellationTokenSource _ending = new();

    public IReadOnlyCollection<ITrendingSource> Sources => _sources.Values;

    public ITrendingSource SourceOf(Platform platform) => _sources[platform];

    /// <summary>Fetches a chart that is older than <paramref name="maxAge"/>; answers its present version, or null when another instance is still at it.</summary>
    /// <exception cref="PlatformException">The platform did not answer. The chart's row says so too.</exception>
    public async Task<Chart?> RefreshAsync(ChartKey key, TimeSpan maxAge, CancellationToken cancellationToken)
    {
        var flight = _flights.GetOrAdd(key, _ => new Lazy<Task<Chart?>>(() => Task.Run(() => FlyAsync(key, maxAge))));
        return await flight.Value.WaitAsync(cancellationToken);
    }

    private async Task<Chart?> FlyAsync(ChartKey key, TimeSpan maxAge)
    {
        try
        {
            await using var held = await TryLockAsync(key);
            // Whoever came a moment too late for the last flight, or waited for another instance, finds its work done, or in vain.
            var (state, now) = (await store.FindAsync(key, _ending.Token), time.GetUtcNow());
            if (state is { FetchedAt: { } fetchedAt } && now - fetchedAt < maxAge)
                return state.ToChart();
            if (state is { FailedAt: { } failedAt, Failure: { } failure } && now - failedAt < SameMoment)
                throw new PlatformException(Remedy.Retry, "platform_unavailable", failure, failedAt + SameMoment - now);
            return held.IsOthers ? null : await FetchAsync(key);
        }
        finally
        {
            _flights.TryRemove(key, out _);
        }
    }

    private async Task<Chart> FetchAsync(ChartKey key)
    {
        var source = _sources[key.Platform];
        try
        {
            var parts = await ReadPartsAsync(source, key);
            var fetched = await source.FetchAsync(key.Region, key.Category, parts, _ending.Token);
            if (fetched.Skipped > 0)
                log.LogInformation("{Skipped} items of {Chart} were left out", fetched.Skipped, key);
            var chart = await rows.SaveAsync(key, fetched, time.GetUtcNow(), _ending.Token);
            await WarmAsync(key, chart);
            TellRecovered(key);
            return chart;
        }
        catch (PlatformException e)
        {
            TellOnce(key, e);
            await rows.SaveFailureAsync(key, e.Message, time.GetUtcNow(), _ending.Token);
            throw;
        }
    }

    /// <summary>Says why once, not for every chart of the platform and not every time it is tried.</summary>
    private void TellOnce(ChartKey key, PlatformException e)
    {
        bool isKnown;
        lock (_telling)
        {
            isKnown = IsTold(key.Platform, e.Message);
            _told[key] = e.Message;
        }

        if (!isKnown)
            log.LogWarning("{Chart} could not be fetched ({Code}): {Reason} The next ones for the same reason are not told", key, e.Code, e.Message);
    }

    private void TellRecovered(ChartKey key)
    {
        string? reason;
        lock (_telling)
        {
            if (!_told.Remove(key, out reason) || IsTold(key.Platform, reason))
                return;
        }

        log.LogInformation("{Platform}'s charts are fetched again. Before: {Reason}", key.Platform, reason);
    }

    private bool IsTold(Platform platform, string reason) => _told.Any(told => told.Key.Platform == platform && told.Value == reason);

    /// <summary>The parts as far as they can be had: one that is missing does not cost the whole, and an old one does for it.</summary>
    /// <exception cref="PlatformException">None could be refreshed: a whole of old parts would call itself new.</exception>
    private async Task<IReadOnlyList<IReadOnlyList<TrendingVideo>>> ReadPartsAsync(ITrendingSource source, ChartKey key)
    {
        var keys = source.PartsOf(key.Category).Select(category => key with { Category = category }).ToList();
        var plan = await planner.ReadAsync();
        var failures = await Task.WhenAll(keys.Select(part => TryRefreshAsync(part, plan.IntervalOf(part) / 2)));
        if (failures is [{ } failure, ..] && failures.All(one => one is not null))
            throw failure;

        var parts = await Task.WhenAll(keys.Select(ReadPartAsync));
        return [.. parts.OfType<IReadOnlyList<TrendingVideo>>()];
    }

    private async Task<PlatformException?> TryRefreshAsync(ChartKey key, TimeSpan maxAge)
    {
        try
        {
            await RefreshAsync(key, maxAge, _ending.Token);
            return null;
        }
        catch (PlatformException e)
        {
            return e;
        }
    }

    private async Task<IReadOnlyList<TrendingVideo>?> ReadPartAsync(ChartKey key) =>
        await store.FindAsync(key, _ending.Token) is { Version: > 0 } state
            ? await rows.ListVideosAsync(state.Id, state.Version, _ending.Token)
            : null;

    /// <summary>Puts the new version's first page where readers look first, removes what is left of the old one, and sees how much has moved.</summary>
    private async Task WarmAsync(ChartKey key, Chart chart)
    {
        var videos = await store.ListPageAsync(chart.Id, chart.Version, page: 1, _ending.Token);
        var page = new ChartPage { Chart = chart, Videos = videos, ExpiresAt = chart.FetchedAt + TrendingCache.LifetimeOf(key.Platform) };
        await Task.WhenAll(cache.SetAsync(key, 1, page), cache.RemoveAsync(key, firstPage: 2));
        if (chart is { Version: > 1, Total: > 0 })
            heat.Move(key, (double)await rows.CountMovedAsync(chart, _ending.Token) / chart.Total);
    }

    private async Task<Held> TryLockAsync(ChartKey key)
    {
        try
        {
            if (!redis.Multiplexer.IsConnected)
                return new Held(null, IsOthers: false);
            var name = $"trending:lock:{EnumText<Platform>.Of(key.Platform)}:{key.Region}:{key.Category}";
            var handle = await new RedisDistributedLock(name, redis).TryAcquireAsync(LockPatience, _ending.Token);
            return new Held(handle, IsOthers: handle is null);
        }
        catch (Exception e) when (e is RedisException or TimeoutException)
        {
            // Two instances may make the same call then, which costs a unit and nothing else.
            log.LogWarning("{Chart} is fetched without a lock: {Reason}", key, e.Message);
            return new Held(null, IsOthers: false);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        await Task.WhenAll(_flights.Values.Where(flight => flight.IsValueCreated).Select(flight => flight.Value))
            .ContinueWith(_ => { }, TaskScheduler.Default);
        _ending.Dispose();
    }

    /// <summary>The lock in hand, none because Redis is away, or another's.</summary>
    private sealed record Held(RedisDistributedLockHandle? Handle, bool IsOthers) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            try
            {
                if (Handle is not null)
                    await Handle.DisposeAsync();
            }
            catch (Exception e) when (e is RedisException or TimeoutException)
            {
                // it ends by itself
            }
        }
    }
}
