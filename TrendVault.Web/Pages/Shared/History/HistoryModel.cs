using System.Globalization;
using Htmx;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using TrendVault.Core.Work;

namespace TrendVault.Web.Pages.Shared;

/// <summary>A list of work: what it shows, and what is done to its rows.</summary>
internal abstract class HistoryModel<TRow>(string path, IWorkList<TRow> rows, IWorkOrders orders) : PageModel
    where TRow : WorkRow
{
    private const int MostAtOnce = 200;

    public WorkQuery Query { get; private set; } = null!;

    public WorkPiece List { get; private set; } = null!;

    /// <summary>The word for one row.</summary>
    protected abstract string Noun { get; }

    /// <summary>What has happened to a row that was taken off the list.</summary>
    protected virtual string Removed => "removed from the list";

    public async Task<IActionResult> OnGetAsync(CancellationToken cancellationToken)
    {
        Query = WorkQuery.Of(path, Request.Query);
        List = Query.Cut(await rows.ListAsync(User.Id(), Query.Filter, Query.After, Query.Size + 1, cancellationToken));
        if (Request.WantsFragment())
            return Partial("History/_Rows", List);

        await ReadAsync(cancellationToken);
        return Page();
    }

    public async Task<IActionResult> OnGetRowAsync(Guid id, CancellationToken cancellationToken) =>
        await rows.FindAsync(User.Id(), id, cancellationToken) is { } row ? Partial("_Row", row) : NotFound();

    public async Task<IActionResult> OnPostCancelAsync(Guid id, CancellationToken cancellationToken) =>
        await AnswerAsync(id, await orders.CancelAsync(User.Id(), id, cancellationToken), cancellationToken);

    public async Task<IActionResult> OnPostRetryAsync(Guid id, CancellationToken cancellationToken) =>
        await AnswerAsync(id, await orders.RetryAsync(User.Id(), id, cancellationToken), cancellationToken);

    public async Task<IActionResult> OnPostCancelTickedAsync(Guid[] ids, CancellationToken cancellationToken) =>
        Told(await orders.CancelAsync(User.Id(), Some(ids), cancellationToken), "cancelled");

    public async Task<IActionResult> OnPostRetryTickedAsync(Guid[] ids, CancellationToken cancellationToken) =>
        Told(await orders.RetryAsync(User.Id(), Some(ids), cancellationToken), "started again");

    public async Task<IActionResult> OnPostRetryFailedAsync(CancellationToken cancellationToken) =>
        Told(await orders.RetryFailedAsync(User.Id(), cancellationToken), "started again");

    public async Task<IActionResult> OnPostRemoveTickedAsync(Guid[] ids, CancellationToken cancellationToken)
    {
        var removal = await orders.RemoveAsync(User.Id(), Some(ids), cancellationToken);
        TempData["FlashUndo"] = removal is null ? null : UndoUrl(removal);
        return Told(removal?.Count ?? 0, Removed);
    }

    public async Task<IActionResult> OnPostRemoveAsync(Guid id, CancellationToken cancellationToken)
    {
        if (await orders.RemoveAsync(User.Id(), [id], cancellationToken) is not { } removal)
            return await AnswerAsync(id, OrderOutcome.NotNow, cancellationToken);
        var said = $"The {Noun} was {Removed}.";
        if (Request.WantsFragment() && !IsOwnPage(id))
        {
            Response.Htmx(headers => headers.WithTrigger("toast", new { text = said, undo = UndoUrl(removal) }));
            return await GoneAsync(id, cancellationToken);
        }

        (TempData["Flash"], TempData["FlashUndo"]) = (said, UndoUrl(removal));
        return this.ToList(path);
    }

    /// <summary>Takes a removal back, which is named by its time.</summary>
    public async Task<IActionResult> OnPostUndoAsync(long at, CancellationToken cancellationToken)
    {
        var outcome = await orders.UndoAsync(User.Id(), new DateTimeOffset(Math.Clamp(at, 0, DateTimeOffset.MaxValue.Ticks), TimeSpan.Zero), cancellationToken);
        (TempData["Flash"], TempData["FlashKind"]) = outcome switch
        {
            { LacksRoom: true } => ("It cannot be taken back: your storage has been filled since. Delete something else first.", "bad"),
            { Restored: 0 } => ($"It is too late: what was {Removed.Split(' ')[0]} is gone.", "warn"),
            { Restored: 1 } => ($"The {Noun} is back.", "good"),
            { Restored: var many } => ($"{many} {Noun}s are back.", "good"),
        };
        return this.ToList(path);
    }

    /// <summary>What stands around the list.</summary>
    protected abstract Task ReadAsync(CancellationToken cancellationToken);

    /// <summary>Takes a row off the page, with whatever else changes by it.</summary>
    protected virtual Task<IActionResult> GoneAsync(Guid id, CancellationToken cancellationToken) =>
        Task.FromResult<IActionResult>(Partial("_RowGone", $"{Noun}-{id}"));

    // A row that is in another state by now is shown as it is: that says more than a refusal.
    protected async Task<IActionResult> AnswerAsync(Guid id, OrderOutcome outcome, CancellationToken cancellationToken)
    {
        if (outcome == OrderOutcome.NotFound || await rows.FindAsync(User.Id(), id, cancellationToken) is not { } row)
            return NotFound();
        return Request.WantsFragment() ? Partial("_Row", row) : this.ToList(path);
    }

    private static Guid[] Some(Guid[] ids) => [.. ids.Distinct().Take(MostAtOnce)];

    private string UndoUrl(Removal removal) => string.Create(CultureInfo.InvariantCulture, $"{path}?handler=Undo&at={removal.At.UtcTicks}");

    // The page of what is gone has nothing left to show.
    private bool IsOwnPage(Guid id) =>
        Uri.TryCreate(Request.Headers["HX-Current-URL"].ToString(), UriKind.Absolute, out var page) && page.AbsolutePath.EndsWith($"/{id}", StringComparison.OrdinalIgnoreCase);

    private IActionResult Told(int changed, string done)
    {
        TempData["Flash"] = changed == 1 ? $"1 {Noun} was {done}." : $"{Format.Exact(changed)} {Noun}s were {done}.";
        return this.ToList(path);
    }
}
