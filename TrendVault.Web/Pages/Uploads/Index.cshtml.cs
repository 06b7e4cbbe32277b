using System.Globalization;
using Htmx;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using TrendVault.Core.Uploads;

namespace TrendVault.Web.Pages.Uploads;

/// <summary>The history of uploads, and what is done to its rows.</summary>
[Authorize(Policy = Policies.Page)]
[RequireLimit(Limits.Uploads, Handler = "Retry")]
[RequireLimit(Limits.Uploads, Handler = "RetryTicked")]
[RequireLimit(Limits.Uploads, Handler = "RetryFailed")]
internal sealed class IndexModel(UploadService uploads, UploadStore store, InboxPosts posts) : PageModel
{
    private const int MostAtOnce = 200;

    public UploadListQuery Query { get; private set; } = null!;

    public UploadList List { get; private set; } = null!;

    public UploadCounts Counts { get; private set; } = null!;

    public async Task<IActionResult> OnGetAsync(CancellationToken cancellationToken)
    {
        Query = UploadListQuery.Of(Request.Query);
        List = Query.Cut(await store.ListAsync(User.Id(), Query.Chip.Statuses, Query.Text, Query.After, Query.Size + 1, cancellationToken));
        if (Request.WantsFragment())
            return Partial("_Rows", List);

        Counts = await store.CountAsync(User.Id(), cancellationToken);
        return Page();
    }

    public async Task<IActionResult> OnGetRowAsync(Guid id, CancellationToken cancellationToken) =>
        await store.FindAsync(User.Id(), id, cancellationToken) is { } row ? Partial("_Row", row) : NotFound();

    public async Task<IActionResult> OnPostCancelAsync(Guid id, CancellationToken cancellationToken) =>
        await AnswerAsync(id, await uploads.CancelAsync(User.Id(), id, cancellationToken), cancellationToken);

    public async Task<IActionResult> OnPostRetryAsync(Guid id, CancellationToken cancellationToken) =>
        await AnswerAsync(id, await uploads.RetryAsync(User.Id(), id, cancellationToken), cancellationToken);

    /// <summary>The user says that this is the post that a draft became.</summary>
    public async Task<IActionResult> OnPostPostedAsync(Guid id, string post, CancellationToken cancellationToken) =>
        await AnswerAsync(id, await posts.ConfirmAsync(User.Id(), id, post, cancellationToken), cancellationToken);

    public Task<IActionResult> OnPostCancelTickedAsync(Guid[] ids, CancellationToken cancellationToken) =>
        EachAsync(ids, "cancelled", id => uploads.CancelAsync(User.Id(), id, cancellationToken));

    public Task<IActionResult> OnPostRetryTickedAsync(Guid[] ids, CancellationToken cancellationToken) =>
        EachAsync(ids, "started again", id => uploads.RetryAsync(User.Id(), id, cancellationToken));

    public async Task<IActionResult> OnPostRetryFailedAsync(CancellationToken cancellationToken) =>
        Told(await uploads.RetryFailedAsync(User.Id(), cancellationToken), "started again");

    public async Task<IActionResult> OnPostRemoveTickedAsync(Guid[] ids, CancellationToken cancellationToken)
    {
        var removal = await store.RemoveAsync(User.Id(), [.. ids.Distinct().Take(MostAtOnce)], cancellationToken);
        TempData["FlashUndo"] = removal is null ? null : UndoUrl(removal);
        return Told(removal?.Count ?? 0, "removed from the list");
    }

    public async Task<IActionResult> OnPostRemoveAsync(Guid id, CancellationToken cancellationToken)
    {
        if (await store.RemoveAsync(User.Id(), [id], cancellationToken) is not { } removal)
            return await AnswerAsync(id, UploadOrderOutcome.NotNow, cancellationToken);
        const string Said = "The upload was removed from the list.";
        if (Request.WantsFragment())
        {
            Response.Htmx(headers => headers.WithTrigger("toast", new { text = Said, undo = UndoUrl(removal) }));
            return Partial("_RowGone", UploadIds.Of(id));
        }

        (TempData["Flash"], TempData["FlashUndo"]) = (Said, UndoUrl(removal));
        return this.ToList("/uploads");
    }

    /// <summary>Takes a removal back, which is named by its time.</summary>
    public async Task<IActionResult> OnPostUndoAsync(long at, CancellationToken cancellationToken)
    {
        var restored = await store.RestoreAsync(User.Id(), new DateTimeOffset(Math.Clamp(at, 0, DateTimeOffset.MaxValue.Ticks), TimeSpan.Zero), cancellationToken);
        (TempData["Flash"], TempData["FlashKind"]) = restored switch
        {
            0 => ("It is too late: what was removed is gone.", "warn"),
            1 => ("The upload is back.", "good"),
            _ => ($"{restored} uploads are back.", "good"),
        };
        return this.ToList("/uploads");
    }

    private static string UndoUrl(Removal removal) => string.Create(CultureInfo.InvariantCulture, $"/uploads?handler=Undo&at={removal.At.UtcTicks}");

    // A row that is in another state by now is shown as it is: that says more than a refusal.
    private async Task<IActionResult> AnswerAsync(Guid id, UploadOrderOutcome outcome, CancellationToken cancellationToken)
    {
        if (outcome == UploadOrderOutcome.NotFound || await store.FindAsync(User.Id(), id, cancellationToken) is not { } row)
            return NotFound();
        return Request.WantsFragment() ? Partial("_Row", row) : this.ToList("/uploads");
    }

    private async Task<IActionResult> EachAsync(Guid[] ids, string done, Func<Guid, Task<UploadOrderOutcome>> order)
    {
        var changed = 0;
        foreach (var id in ids.Distinct().Take(MostAtOnce))
            changed += await order(id) == UploadOrderOutcome.Done ? 1 : 0;
        return Told(changed, done);
    }

    private IActionResult Told(int changed, string done)
    {
        TempData["Flash"] = changed == 1 ? $"1 upload was {done}." : $"{Format.Exact(changed)} uploads were {done}.";
        return this.ToList("/uploads");
    }
}
