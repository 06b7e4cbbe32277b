using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using TrendVault.Core.Downloads;
using TrendVault.Web.Infrastructure;

namespace TrendVault.Web.Pages.Downloads;

/// <summary>The history of downloads, and what is done to its rows.</summary>
[Authorize(Policy = Policies.Page)]
[RequireLimit(Limits.Downloads, Handler = "Retry")]
internal sealed class IndexModel(DownloadService downloads, DownloadStore store, Toolbox toolbox) : PageModel
{
    private const int PageSize = 30;
    private const int MostAtOnce = 200;

    public DownloadListQuery Query { get; private set; } = null!;

    public DownloadList List { get; private set; } = null!;

    public DownloadCounts Counts { get; private set; } = null!;

    /// <summary>Nothing that waits starts.</summary>
    public bool IsPaused { get; private set; }

    /// <summary>What the admin should install; null when all is well.</summary>
    public string? ToolWarning { get; private set; }

    public async Task<IActionResult> OnGetAsync(CancellationToken cancellationToken)
    {
        await LoadAsync(cancellationToken);
        if (Request.WantsFragment())
            return Partial("_Rows", List);

        Counts = await store.CountAsync(User.Id(), cancellationToken);
        IsPaused = await downloads.IsPausedAsync(User.Id(), cancellationToken);
        ToolWarning = await toolbox.WarningAsync(cancellationToken);
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

    public async Task<IActionResult> OnPostPauseAsync(CancellationToken cancellationToken)
    {
        await downloads.PauseAsync(User.Id(), cancellationToken);
        return LocalRedirect("/downloads");
    }

    public async Task<IActionResult> OnPostResumeAsync(CancellationToken cancellationToken)
    {
        await downloads.ResumeAsync(User.Id(), cancellationToken);
        return LocalRedirect("/downloads");
    }

    public async Task<IActionResult> OnPostCancelAsync(Guid id, CancellationToken cancellationToken) =>
        await AnswerAsync(id, await downloads.CancelAsync(User.Id(), id, cancellationToken), cancellationToken);

    public async Task<IActionResult> OnPostRetryAsync(Guid id, CancellationToken cancellationToken) =>
        await AnswerAsync(id, await downloads.RetryAsync(User.Id(), id, cancellationToken), cancellationToken);

    public Task<IActionResult> OnPostCancelTickedAsync(Guid[] ids, CancellationToken cancellationToken) =>
        EachAsync(ids, "cancelled", id => downloads.CancelAsync(User.Id(), id, cancellationToken));

    public Task<IActionResult> OnPostRetryTickedAsync(Guid[] ids, CancellationToken cancellationToken) =>
        EachAsync(ids, "started again", id => downloads.RetryAsync(User.Id(), id, cancellationToken));

    public Task<IActionResult> OnPostDeleteTickedAsync(Guid[] ids, CancellationToken cancellationToken) =>
        EachAsync(ids, "deleted", id => downloads.DeleteAsync(User.Id(), id, cancellationToken));

    private async Task LoadAsync(CancellationToken cancellationToken)
    {
        Query = DownloadListQuery.Of(Request.Query);
        var rows = await store.ListAsync(User.Id(), Query.Filter, Query.After, PageSize + 1, cancellationToken);
        List = rows.Count > PageSize ? new DownloadList([.. rows.Take(PageSize)], Query.NextUrl(rows[PageSize - 1])) : new DownloadList(rows, null);
    }

    // A row that is in another state by now is shown as it is: that says more than a refusal.
    private async Task<IActionResult> AnswerAsync(Guid id, OrderOutcome outcome, CancellationToken cancellationToken)
    {
        if (outcome == OrderOutcome.NotFound || await store.FindAsync(User.Id(), id, cancellationToken) is not { } row)
            return NotFound();
        return Request.WantsFragment() ? Partial("_Row", row) : LocalRedirect("/downloads");
    }

    private async Task<IActionResult> EachAsync(Guid[] ids, string done, Func<Guid, Task<OrderOutcome>> order)
    {
        var changed = 0;
        foreach (var id in ids.Distinct().Take(MostAtOnce))
            changed += await order(id) == OrderOutcome.Done ? 1 : 0;

        TempData["Flash"] = changed == 1 ? $"1 download was {done}." : $"{changed} downloads were {done}.";
        return LocalRedirect("/downloads");
    }
}
