using System.Globalization;
using Htmx;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using TrendVault.Core;
using TrendVault.Core.Trending;
using TrendVault.Web.Pages.Shared;

namespace TrendVault.Web.Pages.Trending;

/// <summary>The wall. Its URL is its whole state; the next page carries the versions that the reader began with.</summary>
internal sealed class IndexModel(
    TrendingService trending, TrendingStore store, MinuteCache cache, OwnMemory memory, KeptPages kept, PageFrame frame, TimeProvider time) : PageModel
{
    // With the frame some 55 KB of HTML, and whole rows in four columns.
    private const int FirstPageSize = 20;

    // Pages that are added to it come without the frame, while the reader looks at what is there.
    private const int NextPageSize = 48;

    // Two charts are at an end before.
    private const int LastPage = 12;

    private const int BytesOfVideo = 1500;

    // Of addresses; no link of ours is longer.
    private const int LongestKept = 300;

    public TrendingQuery Query { get; private set; } = new();

    /// <summary>Null when nothing can be shown; then <see cref="Problem"/> says why.</summary>
    public ChartsNow? Now { get; private set; }

    /// <summary>The versions that the cards are from: the present ones, or those that the reader began with.</summary>
    public IReadOnlyList<Chart> Shown { get; private set; } = [];

    public CardList Cards { get; private set; } = new([], null, null);

    public PlatformException? Problem { get; private set; }

    public DateTimeOffset Time => time.GetUtcNow();

    public async Task<IActionResult> OnGetAsync(CancellationToken cancellationToken)
    {
        if (!ReadQuery())
            return new EmptyResult();

        var fragment = Request.WantsFragment();
        KeptKey? key = null;
        try
        {
            Now = await trending.OpenAsync(Query.Selection, cancellationToken);
            Shown = await PinAsync(Now.Charts, cancellationToken);
            Cards = await ReadCardsAsync(cancellationToken);
            key = await KeyAsync(Now, fragment);
            if (key is not null && kept.Find(key) is { } same)
                return same;
        }
        catch (PlatformException e)
        {
            (Problem, key) = (e, null);
            if (!Request.IsHtmx()) // the script puts into its place what is a success
                Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            Response.Headers.RetryAfter = Math.Ceiling(Math.Clamp(e.RetryAfter?.TotalSeconds ?? 30, 1, 86_400)).ToString(CultureInfo.InvariantCulture);
        }

        if (!fragment)
            return key is null ? Page() : kept.KeepPage(key);
        var part = (Query.Page, Problem) switch
        {
            (1, _) => Partial("_Wall", this),
            (_, null) => Partial("_Cards", Cards),
            _ => Partial("_CardsMissing", this),
        };
        return key is null ? part : kept.Keep(key, part);
    }

    /// <summary>How many videos a reload would bring. Asked every minute; 204 leaves the page as it is.</summary>
    public async Task<IActionResult> OnGetNewsAsync(CancellationToken cancellationToken)
    {
        if (!ReadQuery())
            return new EmptyResult();

        try
        {
            var charts = (await trending.OpenAsync(Query.Selection, cancellationToken)).Charts;
            var count = 0;
            foreach (var chart in charts.Where(chart => Query.Versions.TryGetValue(chart.Platform, out var seen) && seen < chart.Version))
                count += await store.CountNewAsync(chart, Query.Versions[chart.Platform], Query.Filter, cancellationToken);
            return count == 0 ? new NoContentResult() : Partial("_News", new News(count, Query.ToUrl()));
        }
        catch (PlatformException)
        {
            return new NoContentResult();
        }
    }

    private bool ReadQuery()
    {
        if (TrendingQuery.TryParse(Request.Query, out _, out var problem) is { } query)
        {
            Query = query with { Page = Math.Min(query.Page, LastPage), Pages = Math.Min(query.Pages, LastPage) };
            return true;
        }

        Web.Problem.Malformed(problem).Raise(HttpContext);
        return false;
    }

    /// <summary>All that the answer is made of; ages stand in it by the minute. Null for what is not kept.</summary>
    private async Task<KeptKey?> KeyAsync(ChartsNow now, bool fragment)
    {
        var (url, minute) = (Request.Path + Request.QueryString, MinuteOf(Time));
        if (frame.HasFlash || Query.Search is not null || url.Length > LongestKept || await frame.ReadOwnAsync() is { HasCounts: false })
            return null;

        var own = frame.IsSignedIn
            ? string.Join(' ', Cards.Cards.Select(card => card.Video).Where(video => video.InLibrary).Select(video => $"{video.Id}{video.IsPublished}"))
            : "stranger";
        return new KeptKey(
            $"page {fragment} {frame.Theme} {url} {now.Tag} {TrendingQuery.VersionsOf(Shown)} {minute} {own}",
            () => trending.FindOpened(Query.Selection) == now && MinuteOf(Time) == minute);
    }

    private static long MinuteOf(DateTimeOffset time) => time.ToUnixTimeSeconds() / 60;

    /// <summary>The versions that the reader began with, so that a refresh between two pages neither repeats nor drops a video.</summary>
    private async Task<IReadOnlyList<Chart>> PinAsync(IReadOnlyList<Chart> charts, CancellationToken cancellationToken)
    {
        if (Query.Versions.Count == 0)
            return charts;

        var pinned = new List<Chart>();
        foreach (var chart in charts.Where(chart => Query.Versions.ContainsKey(chart.Platform)))
        {
            var version = Query.Versions[chart.Platform];
            // After two days the old version is gone, and the reader goes on in the present one.
            pinned.Add(await store.FindVersionAsync(chart, version, cancellationToken) ?? chart);
        }

        return pinned;
    }

    private async Task<CardList> ReadCardsAsync(CancellationToken cancellationToken)
    {
        var last = Query.Page == 1 ? Query.Pages : Query.Page;
        var (offset, end) = (CardsBefore(Query.Page), CardsBefore(last + 1));
        var videos = await ListAsync(offset, end - offset + 1, cancellationToken);
        var cards = videos.Take(end - offset).Select(video => new Card(video, Time)).ToList();
        return cards.Count < videos.Count
            ? new CardList(cards, Query.ToUrl(last + 1, charts: Shown), Query.ToUrl(pages: last + 1, charts: Shown))
            : new CardList(cards, null, null);
    }

    /// <summary>What a version holds is the same for all; only what of it is in the reader's library is not.</summary>
    private async Task<IReadOnlyList<ChartVideo>> ListAsync(int offset, int limit, CancellationToken cancellationToken)
    {
        var key = (string.Join(' ', Shown.Select(chart => $"{chart.Id}-{chart.Version}")), Query.Filter, offset, limit);
        if (cache.Find<IReadOnlyList<ChartVideo>>(key) is not { } videos)
        {
            videos = await store.ListAsync(Shown, Query.Filter, offset, limit, cancellationToken);
            if (Query.Search is null)
                cache.Keep(key, videos, BytesOfVideo * videos.Count);
        }

        return User.FindId() is { } userId
            ? await memory.RecallAsync(userId, videos, () => store.MarkOwnAsync(videos, userId, cancellationToken))
            : videos;
    }

    private static int CardsBefore(int page) => page == 1 ? 0 : FirstPageSize + ((page - 2) * NextPageSize);
}

/// <summary>Some cards of a wall.</summary>
/// <param name="Cards">In their order.</param>
/// <param name="NextUrl">Where the next ones are; null at the end.</param>
/// <param name="ShownUrl">The wall with all up to the next ones, so that Back and a reload find them again; null at the end.</param>
internal sealed record CardList(IReadOnlyList<Card> Cards, string? NextUrl, string? ShownUrl);

/// <summary>A video as a card shows it.</summary>
internal sealed record Card(ChartVideo Video, DateTimeOffset Now);

/// <summary>What a reload would bring, and its address.</summary>
internal sealed record News(int Count, string Url);
