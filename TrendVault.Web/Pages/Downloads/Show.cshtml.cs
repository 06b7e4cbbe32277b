using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using TrendVault.Core.Downloads;
using TrendVault.Web.Infrastructure;

namespace TrendVault.Web.Pages.Downloads;

/// <summary>One download: its player once there is a file, its row while there is not.</summary>
[Authorize(Policy = Policies.Page)]
internal sealed class ShowModel(DownloadStore store) : PageModel
{
    public DownloadRow Row { get; private set; } = null!;

    public async Task<IActionResult> OnGetAsync(Guid id, CancellationToken cancellationToken)
    {
        if (await store.FindAsync(User.Id(), id, cancellationToken) is not { } row)
            return NotFound();
        Row = row;
        return Request.WantsFragment() ? Partial("_Player", row) : Page();
    }
}
