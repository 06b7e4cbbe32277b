using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using TrendVault.Core.Uploads;
using TrendVault.Web.Infrastructure;

namespace TrendVault.Web.Pages.Uploads;

/// <summary>The history of uploads, and what is done to its rows.</summary>
[Authorize(Policy = Policies.Page)]
[RequireLimit(Limits.Uploads, Handler = "Retry")]
[RequireLimit(Limits.Uploads, Handler = "RetryTicked")]
[RequireLimit(Limits.Uploads, Handler = "RetryFailed")]
internal sealed class IndexModel(UploadService uploads, UploadStore store) : PageModel
{
    private const int PageSize = 30;
    private const int MostAtOnce = 200;

    public UploadListQuery Query { get; private set; } = null!;

    public UploadList List { get; private set; } = null!;

    public UploadCounts Counts { get; private set; } = null!;

    public async Task<IActionResult> OnGetAsync(CancellationToken cancellationToken)
    {
        await LoadAsync(cancellationToken);
        if (Request.WantsFragment())
            return Partial("_Rows", List);

        Counts = await store.CountAsync(User.Id(), cancellationToken);
        return Page();
    }

    /// <summary>The inner HTML of the list, for pages that have missed pushes.</summary>
    public async Task<IActionResult> OnGetListAsync(CancellationToken cancellationToken)
    {
        await LoadAsync(cancellationToken);
        return Partial("_Rows", List);
    }

    public async Task<IActionResult> OnGetRowAsync(Guid id, CancellationToken cancellationToken) =>
        await store.FindAsync(User.Id(), id, cancellationToken) is { } row ? Partial("_Row", row) : NotFound();

    public async Task<IActionResult> OnPostCancelAsync(Guid id, CancellationToken cancellationToken) =>
        await AnswerAsync(id, await uploads.CancelAsync(User.Id(), id, cancellationToken), cancellationToken);

    public async Task<IActionResult> OnPostRetryAsync(Guid id, CancellationToken cancellationToken) =>
        await AnswerAsync(id, await uploads.RetryAsync(User.Id(), id, cancellationToken), cancellationToken);

    public Task<IActionResult> OnPostCancelTickedAsync(Guid[] ids, CancellationToken cancellationToken) =>
        EachAsync(ids, "cancelled", id => uploads.CancelAsync(User.Id(), id, cancellationToken));

    public Task<IActionResult> OnPostRetryTickedAsync(Guid[] ids, CancellationToken cancellationToken) =>
        EachAsync(ids, "started again", id => uploads.RetryAsync(User.Id(), id, cancellationToken));

    public async Task<IActionResult> OnPostRetryFailedAsync(CancellationToken cancellationToken) =>
        Told(await uploads.RetryFailedAsync(User.Id(), cancellationToken), "started again");

    private async Task LoadAsync(CancellationToken cancellationToken)
    {
        Query = UploadListQuery.Of(Request.Query);
        var rows = await store.ListAsync(User.Id(), Query.Chip.Statuses, Query.Text, Query.After, PageSize + 1, cancellationToken);
        List = rows.Count > PageSize ? new UploadList([.. rows.Take(PageSize)], Query.NextUrl(rows[PageSize - 1])) : new UploadList(rows, null);
    }

    // A row that is in another state by now is shown as it is: that says more than a refusal.
    private async Task<IActionResult> AnswerAsync(Guid id, UploadOrderOutcome outcome, CancellationToken cancellationToken)
    {
        if (outcome == UploadOrderOutcome.NotFound || await store.FindAsync(User.Id(), id, cancellationToken) is not { } row)
            return NotFound();
        return Request.WantsFragment() ? Partial("_Row", row) : ToList();
    }

    private async Task<IActionResult> EachAsync(Guid[] ids, string done, Func<Guid, Task<UploadOrderOutcome>> order)
    {
        var changed = 0;
        foreach (var id in ids.Distinct().Take(MostAtOnce))
            changed += await order(id) == UploadOrderOutcome.Done ? 1 : 0;
        return Told(changed, done);
    }

    private LocalRedirectResult Told(int changed, string done)
    {
        TempData["Flash"] = changed == 1 ? $"1 upload was {done}." : $"{Format.Exact(changed)} uploads were {done}.";
        return ToList();
    }

    // As the reader had it, filter and all.
    private LocalRedirectResult ToList()
    {
        var referer = ReturnUrl.OfReferer(Request);
        return LocalRedirect(referer.StartsWith("/uploads?", StringComparison.Ordinal) ? referer : "/uploads");
    }
}
