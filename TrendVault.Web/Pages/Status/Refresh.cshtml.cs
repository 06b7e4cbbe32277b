using Htmx;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using TrendVault.Core.Trending;

namespace TrendVault.Web.Pages.Status;

/// <summary>Says what a refresh of all charts costs before an admin asks for it.</summary>
[Authorize(Policy = Policies.Admin)]
internal sealed class RefreshModel(RefreshDesk desk) : PageModel
{
    public IReadOnlyList<RefreshCost> Costs { get; private set; } = [];

    public bool IsDialog { get; private set; }

    public async Task<IActionResult> OnGetAsync(CancellationToken cancellationToken)
    {
        Costs = await desk.OfferAsync(cancellationToken);
        IsDialog = Request.WantsFragment();
        return IsDialog ? Partial("_RefreshNow", this) : Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancellationToken)
    {
        var text = await desk.OrderAsync(User.Id(), cancellationToken)
            ? "The charts are being fetched."
            : "Somebody has just asked for that: the charts are being fetched.";
        if (Request.IsHtmx())
        {
            Response.Htmx(headers => headers.WithTrigger("dialog-close").WithTrigger("toast", new { text, kind = "good" }));
            return new NoContentResult();
        }

        TempData["Flash"] = text;
        return LocalRedirect("/status");
    }
}
