using Htmx;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using TrendVault.Core.Downloads;
using TrendVault.Web.Infrastructure;

namespace TrendVault.Web.Pages.Downloads;

/// <summary>Names what goes before it goes.</summary>
[Authorize(Policy = Policies.Page)]
internal sealed class DeleteModel(DownloadService downloads, DownloadStore store) : PageModel
{
    public DownloadRow Row { get; private set; } = null!;

    public bool IsDialog { get; private set; }

    public async Task<IActionResult> OnGetAsync(Guid id, CancellationToken cancellationToken)
    {
        if (await store.FindAsync(User.Id(), id, cancellationToken) is not { } row)
            return NotFound();
        Row = row;
        IsDialog = Request.WantsFragment();
        return IsDialog ? Partial("_Delete", this) : Page();
    }

    public async Task<IActionResult> OnPostAsync(Guid id, CancellationToken cancellationToken)
    {
        if (await downloads.DeleteAsync(User.Id(), id, cancellationToken) == OrderOutcome.NotFound)
            return NotFound();
        if (Request.WantsFragment() && !IsOwnPage(id))
        {
            Response.Htmx(headers => headers.WithTrigger("dialog-close").WithTrigger("toast", new { text = "Deleted.", kind = "good" }));
            return Partial("_Gone", RowIds.Of(id));
        }

        TempData["Flash"] = "The download is deleted.";
        if (!Request.IsHtmx())
            return LocalRedirect("/downloads");
        Response.Htmx(headers => headers.Redirect("/downloads"));
        return new NoContentResult();
    }

    // The page of what is gone has nothing left to show.
    private bool IsOwnPage(Guid id) =>
        Uri.TryCreate(Request.Headers["HX-Current-URL"].ToString(), UriKind.Absolute, out var page) && page.AbsolutePath.EndsWith($"/{id}", StringComparison.OrdinalIgnoreCase);
}
