using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace TrendVault.Core.Trending;

/// <summary>Charts for readers: cached, fetched when cold, and the last known one when the platform fails.</summary>
internal sealed class TrendingService(
    TrendingStore store,
    TrendingCache cache,
    ChartRefresher refresher,
    TrendingPlanner planner,
    ChartHeat heat,
    TimeProvider time,
    ILogger<TrendingService> log)
{
    // No request waits longer than 5 s for a platform; the fetch goes on and serves the next one.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(4.5);

    // Of an old chart a page is kept no longer: the next version may come at any time.
    private static readonly TimeSpan StaleKept = TimeSpan.FromSeconds(15);

    private readonly ConcurrentDictionary<(ChartKey Chart, int Page), Lazy<Task<(ChartPage Page, bool Cached)>>> _readings = [];
    private readonly ConcurrentDictionary<ChartSelection, Opened> _opened = [];

    /// <summary>The charts of a selection. One that is missing does not cost the others.</summary>
    /// <exception cref="PlatformException">None of them can be shown.</exception>
    public async ValueTask<ChartsNow> OpenAsync(ChartSelection selection, CancellationToken cancellationToken)
    {
        if (FindOpened(selection) is { } same)
            return same;

        var keys = KeysOf(selection).ToList();
        foreach (var key in keys)
            heat.Look(key);
        var opened = await Task.WhenAll(keys.Select(key => TryOpenAsync(key, cancellationToken)));
        var present = opened.Where(chart => chart.Missing is null).ToList();
        if (present.Count == 0)
            throw opened[0].Missing!.Reason;

        var plan = await planner.ReadAsync();
        var now = new ChartsNow
        {
            Charts = [.. present.Select(chart => chart.Page!.Chart).Select(chart => chart with { NextAt = plan.NextOf(KeyOf(chart), chart.FetchedAt) })],
            Missing = [.. opened.Select(chart => chart.Missing).OfType<MissingChart>()],
            ExpiresAt = present.Min(chart => chart.Page!.ExpiresAt),
            Cached = present.All(chart => chart.Cached),
        };
        if (now.Cached && now.Missing.Count == 0)
            _opened[selection] = new Opened(now, [.. present.Select(chart => (KeyOf(chart.Page!.Chart), chart.Page!))], plan);
        return now;
    }

    /// <summary>
    /// What <see cref="OpenAsync"/> answered last, the same object, while that is still right; it counts as a reader's look. Null when
    /// the charts have to be looked up.
    /// </summary>
    public ChartsNow? FindOpened(ChartSelection selection)
    {
        if (!_opened.TryGetValue(selection, out var opened) || planner.Find() != opened.Plan)
            return null;

        foreach (var (key, page) in opened.Pages)
        {
            if (cache.Find(key, 1) != page)
                return null;
            heat.Look(key);
        }

        return opened.Now;
    }

    /// <summary>Part of opened charts, interleaved by rank.</summary>
    /// <param name="now">The charts.</param>
    /// <param name="offset">How many videos to pass over.</param>
    /// <param name="limit">How many at most.</param>
    /// <exception cref="PlatformException">A page of them can be had neither from the cache nor from the platform.</exception>
    public async Task<ChartSlice> ReadAsync(ChartsNow now, long offset, int limit, CancellationToken cancellationToken)
    {
        var lengths = now.Charts.Select(chart => chart.Total).ToList();
        var positions = Interleaving.Positions(lengths).Skip((int)Math.Min(offset, int.MaxValue)).Take(limit).ToList();

        var pages = new Dictionary<(int Chart, int Page), ChartPage>();
        foreach (var place in positions.Select(position => (Chart: position.List, Page: position.Index / ChartPage.Size + 1)).Distinct())
            pages[place] = (await ReadPageAsync(KeyOf(now.Charts[place.Chart]), place.Page, cancellationToken)).Page;

        // A refresh between the pages can leave a shorter chart than its first page said.
        var videos = positions.Select(position => pages[(position.List, position.Index / ChartPage.Size + 1)].Videos.ElementAtOrDefault(position.Index % ChartPage.Size));
        return new ChartSlice { From = now, Videos = [.. videos.OfType<ChartVideo>()], Total = lengths.Sum() };
    }

    /// <summary>A page of a chart, from 1; without videos past its end. Its first page tells all about the chart.</summary>
    /// <returns>The page, and whether it was there already.</returns>
    /// <exception cref="PlatformException">The chart was never seen, and the platform does not answer or is off.</exception>
    public async Task<(ChartPage Page, bool Cached)> ReadPageAsync(ChartKey key, int page, CancellationToken cancellationToken)
    {
        if (await cache.GetAsync(key, page) is { } cached)
            return (cached, true);

        // However many ask at once, PostgreSQL is asked once, and goes on when they have left.
        var reading = _readings.GetOrAdd((key, page), _ => new Lazy<Task<(ChartPage, bool)>>(() => Task.Run(() => ReadAsync(key, page))));
        return await reading.Value.WaitAsync(cancellationToken);
    }

    private async Task<(ChartPage Page, bool Cached)> ReadAsync(ChartKey key, int page)
    {
        try
        {
            var (chart, fetched) = await EnsureAsync(key);
            if (fetched && await cache.GetAsync(key, page) is { } warm)
                return (warm, false);

            var content = new ChartPage
            {
                Chart = chart,
                Videos = await store.ListPageAsync(chart.Id, chart.Version, page, CancellationToken.None),
                ExpiresAt = ExpiryOf(chart),
            };
            await cache.SetAsync(key, page, content);
            return (content, !fetched);
        }
        finally
        {
            _readings.TryRemove((key, page), out _);
        }
    }

    /// <summary>With the version's own lifetime, or with another one when the budget lets it grow older.</summary>
    private DateTimeOffset ExpiryOf(Chart chart)
    {
        var (now, lifetime) = (time.GetUtcNow(), TrendingCache.LifetimeOf(chart.Platform));
        if (chart.StaleReason is not null)
            return now + StaleKept;
        return chart.FetchedAt + lifetime > now ? chart.FetchedAt + lifetime : now + lifetime;
    }

    private IEnumerable<ChartKey> KeysOf(ChartSelection selection)
    {
        if (selection.Platform is { } platform)
        {
            var category = refresher.SourceOf(platform).Categories.Contains(selection.Category) ? selection.Category : Categories.General;
            return [new ChartKey(platform, selection.Region, category)];
        }

        return Enum.GetValues<Platform>()
            .Where(every => refresher.SourceOf(every).Categories.Contains(selection.Category))
            .Select(every => new ChartKey(every, selection.Region, selection.Category));
    }

    private static ChartKey KeyOf(Chart chart) => new(chart.Platform, chart.Region, chart.Category);

    private async Task<(ChartPage? Page, bool Cached, MissingChart? Missing)> TryOpenAsync(ChartKey key, CancellationToken cancellationToken)
    {
        try
        {
            var (page, cached) = await ReadPageAsync(key, 1, cancellationToken);
            return (page, cached, null);
        }
        catch (PlatformException e)
        {
            return (null, false, new MissingChart(key.Platform, e));
        }
    }

    /// <summary>The present version of a chart, fetched when it is too old.</summary>
    private async Task<(Chart Chart, bool Fetched)> EnsureAsync(ChartKey key)
    {
        var (state, plan, now) = (await store.FindAsync(key, CancellationToken.None), await planner.ReadAsync(), time.GetUtcNow());
        var patience = plan.PatienceOf(key);
        if (state is { FetchedAt: { } fetchedAt } && now - fetchedAt < patience)
            return (state.ToChart()!, false);

        if (refresher.SourceOf(key.Platform).WhyOff is { } off)
            return (LastOrThrow(state, new PlatformException(Remedy.GiveUp, "platform_off", off)), false);
        if (state is { RetryAt: { } retryAt, Failure: { } failure } && now < retryAt)
            return (LastOrThrow(state, Unavailable(failure, retryAt - now)), false);
        return await FetchAsync(key, state, patience);
    }

    private async Task<(Chart Chart, bool Fetched)> FetchAsync(ChartKey key, ChartState? state, TimeSpan maxAge)
    {
        try
        {
            var flight = refresher.RefreshAsync(key, maxAge, CancellationToken.None);
            return await flight.WaitAsync(Patience, time) is { } chart
                ? (chart, true)
                : (LastOrThrow(state, StillComing(key)), false);
        }
        catch (PlatformException e)
        {
            return (LastOrThrow(state, e), false);
        }
        catch (TimeoutException)
        {
            log.LogInformation("{Chart} takes longer than a reader waits", key);
            return (LastOrThrow(state, StillComing(key)), false);
        }
    }

    private static Chart LastOrThrow(ChartState? state, PlatformException e) => state?.ToChart(staleReason: e.Message) ?? throw e;

    private static PlatformException StillComing(ChartKey key) =>
        Unavailable($"{key.Platform}'s chart is being fetched right now. Load the page again in a few seconds.", TimeSpan.FromSeconds(5));

    private static PlatformException Unavailable(string message, TimeSpan retryAfter) =>
        new(Remedy.Retry, "platform_unavailable", message, retryAfter);

    /// <summary>An answer with all that it was made of.</summary>
    private sealed record Opened(ChartsNow Now, (ChartKey Key, ChartPage Page)[] Pages, ChartPlan Plan);
}
