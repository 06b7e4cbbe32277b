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
    TrendingStore store, TrendingCache cache, IEnumerable<ITrendingSource> sources, IDatabase redis, TimeProvider time, ILogger<ChartRefresher> log)
    : IAsyncDisposable
{
    // Another instance at work on a chart is waited for this long before its old version is shown.
    private static readonly TimeSpan LockPatience = TimeSpan.FromSeconds(4);

    private readonly ConcurrentDictionary<ChartKey, Lazy<Task<Chart?>>> _flights = [];
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
            // Whoever came a moment too late for the last flight, or waited for another instance, finds its work done.
            if (await store.FindAsync(key, _ending.Token) is { FetchedAt: { } fetchedAt } state && time.GetUtcNow() - fetchedAt < maxAge)
                return state.ToChart();
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
            var chart = await store.SaveAsync(key, fetched, time.GetUtcNow(), _ending.Token);
            await WarmAsync(key, chart);
            return chart;
        }
        catch (PlatformException e)
        {
            log.LogWarning("{Chart} could not be fetched: {Code}", key, e.Code);
            await store.SaveFailureAsync(key, e.Message, time.GetUtcNow(), _ending.Token);
            throw;
        }
    }

    /// <summary>The parts as far as they can be had: one that is missing does not cost the whole, and an old one does for it.</summary>
    /// <exception cref="PlatformException">None could be refreshed: a whole of old parts would call itself new.</exception>
    private async Task<IReadOnlyList<IReadOnlyList<TrendingVideo>>> ReadPartsAsync(ITrendingSource source, ChartKey key)
    {
        var keys = source.PartsOf(key.Category).Select(category => key with { Category = category }).ToList();
        var failures = await Task.WhenAll(keys.Select(part => TryRefreshAsync(part, source.Lifetime)));
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
            ? await store.ListVideosAsync(state.Id, state.Version, _ending.Token)
            : null;

    /// <summary>Puts the new version's pages where readers look first, and removes what is left of the old one.</summary>
    private async Task WarmAsync(ChartKey key, Chart chart)
    {
        var pages = (chart.Total + ChartPage.Size - 1) / ChartPage.Size;
        for (var page = 1; page <= pages; page++)
        {
            var videos = await store.ListPageAsync(chart.Id, chart.Version, page, _ending.Token);
            await cache.SetAsync(key, page, new ChartPage { Chart = chart, Videos = videos, ExpiresAt = chart.FetchedAt + TrendingCache.LifetimeOf(key.Platform) });
        }

        await cache.RemoveAsync(key, firstPage: pages + 1);
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
