using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using TrendVault.Core.Uploads;
using TrendVault.Web.Infrastructure;

namespace TrendVault.Web.Pages.Uploads;

/// <summary>What was published, newest first.</summary>
[Authorize(Policy = Policies.Page)]
internal sealed class PublishedModel(PublishedStore store) : PageModel
{
    private const int PageSize = 30;

    public PublishedList List { get; private set; } = null!;

    public async Task<IActionResult> OnGetAsync(string? after, CancellationToken cancellationToken)
    {
        var rows = await store.ListAsync(User.Id(), UploadCursorText.Read(after ?? ""), PageSize + 1, cancellationToken);
        List = rows.Count > PageSize ? new PublishedList([.. rows.Take(PageSize)], NextUrl(rows[PageSize - 1])) : new PublishedList(rows, null);
        return Request.WantsFragment() ? Partial("_Published", List) : Page();
    }

    private static string NextUrl(PublishedVideo last) => "/published?after=" + UploadCursorText.Of(new UploadCursor(last.PublishedAt, last.Id));
}
