using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using TrendVault.Core.Downloads;
using TrendVault.Core.Uploads;

namespace TrendVault.Web.Pages.Downloads;

/// <summary>One download: its player once there is a file, its row while there is not.</summary>
[Authorize(Policy = Policies.Page)]
internal sealed class ShowModel(DownloadStore store, PublishedStore published) : PageModel
{
    public Player Player { get; private set; } = null!;

    public async Task<IActionResult> OnGetAsync(Guid id, CancellationToken cancellationToken)
    {
        if (await store.FindAsync(User.Id(), id, cancellationToken) is not { } row)
            return NotFound();
        Player = new Player(row, await published.ListOfDownloadAsync(User.Id(), id, cancellationToken));
        return Request.WantsFragment() ? Partial("_Player", Player) : Page();
    }
}

/// <summary>A download, and what was made of it.</summary>
internal sealed record Player(DownloadRow Download, IReadOnlyList<PublishedVideo> Published);
