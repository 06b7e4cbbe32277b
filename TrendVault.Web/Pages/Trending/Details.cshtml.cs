using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using TrendVault.Core;
using TrendVault.Core.Data;
using TrendVault.Core.Trending;

namespace TrendVault.Web.Pages.Trending;

/// <summary>One video: a dialog over the wall, and a page of its own.</summary>
internal sealed class DetailsModel(TrendingStore store, PlatformPlayers players, TimeProvider time) : PageModel
{
    public Details Details { get; private set; } = null!;

    public async Task<IActionResult> OnGetAsync(string platform, string id, CancellationToken cancellationToken)
    {
        if (await FindAsync(platform, id, cancellationToken) is not { } video)
            return NotFound();

        var standings = await store.ListStandingsAsync(video.Id, cancellationToken);
        var fragment = Request.WantsFragment();
        Details = new Details(video, standings, time.GetUtcNow(), IsPage: !fragment);
        return fragment ? Partial("_Details", Details) : Page();
    }

    /// <summary>The platform's player, in place of the picture. Nothing is asked of the platform before the reader wants it.</summary>
    public async Task<IActionResult> OnGetPlayerAsync(string platform, string id, CancellationToken cancellationToken) =>
        await FindAsync(platform, id, cancellationToken) is { } video && players.UrlOf(video) is { } url
            ? Partial("_Embed", new Embed(video.Title, url))
            : NotFound();

    private async Task<ChartVideo?> FindAsync(string platform, string id, CancellationToken cancellationToken) =>
        EnumText<Platform>.TryParse(platform, out var known) ? await store.FindVideoAsync(known, id, User.FindId(), cancellationToken) : null;
}

/// <summary>What the sheet of a video shows.</summary>
/// <param name="Video">With its description.</param>
/// <param name="Standings">Where it is trending now.</param>
/// <param name="Now">For ages.</param>
/// <param name="IsPage">On a page of its own its title is the page's.</param>
internal sealed record Details(ChartVideo Video, IReadOnlyList<Standing> Standings, DateTimeOffset Now, bool IsPage);

/// <summary>A platform's player.</summary>
internal sealed record Embed(string Title, string Url);
