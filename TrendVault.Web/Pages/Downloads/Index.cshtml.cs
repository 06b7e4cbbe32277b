using System.Globalization;
using Htmx;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Options;
using TrendVault.Core.Downloads;
using TrendVault.Core.Media;

namespace TrendVault.Web.Pages.Downloads;

/// <summary>The history of downloads, and what is done to its rows.</summary>
[Authorize(Policy = Policies.Page)]
[RequireLimit(Limits.Downloads, Handler = "Retry")]
[RequireLimit(Limits.Downloads, Handler = "RetryTicked")]
[RequireLimit(Limits.Downloads, Handler = "RetryFailed")]
internal sealed class IndexModel(
    DownloadService downloads, DownloadStore store, DownloadBin bin, StorageShare share, Toolbox toolbox, IOptions<AppOptions> options) : PageModel
{
    private const int MostAtOnce = 200;
    private const string ViewCookie = "tv_view";

    private static readonly TimeSpan Remembered = TimeSpan.FromDays(365);

    public DownloadListQuery Query { get; private set; } = null!;

    public DownloadList List { get; private set; } = null!;

    public DownloadCounts Counts { get; private set; } = null!;

    /// <summary>What the files hold, and may.</summary>
    public Space Space => new(Counts.Bytes, share.Limit);

    /// <summary>Pictures first, instead of a row for each.</summary>
    public bool IsGrid => Request.Cookies[ViewCookie] == "grid";

    /// <summary>Nothing that waits starts.</summary>
    public bool IsPaused { get; private set; }

    /// <summary>What the admin should install; null when all is well.</summary>
    public string? ToolWarning { get; private set; }

    public async Task<IActionResult> OnGetAsync(CancellationToken cancellationToken)
    {
        Query = DownloadListQuery.Of(Request.Query);
        List = Query.Cut(await store.ListAsync(User.Id(), Query.Filter, Query.After, Query.Size + 1, cancellationToken));
        if (Request.WantsFragment())
            return Partial("_Rows", List);

        Counts = await store.CountAsync(User.Id(), cancellationToken);
        IsPaused = await downloads.IsPausedAsync(User.Id(), cancellationToken);
        ToolWarning = await toolbox.WarningAsync(cancellationToken);
        return Page();
    }

    public async Task<IActionResult> OnGetRowAsync(Guid id, CancellationToken cancellationToken) =>
        await store.FindAsync(User.Id(), id, cancellationToken) is { } row ? Partial("_Row", row) : NotFound();

    /// <summary>Remembers list or grid, in a cookie that names nobody.</summary>
    public IActionResult OnPostView(string? view)
    {
        var cookie = new CookieOptions { Path = "/downloads", HttpOnly = true, Secure = options.Value.IsHttps, SameSite = SameSiteMode.Lax };
        if (view == "grid")
            Response.Cookies.Append(ViewCookie, view, new CookieOptions(cookie) { MaxAge = Remembered });
        else
            Response.Cookies.Delete(ViewCookie, cookie);
        return this.ToList("/downloads");
    }

    public async Task<IActionResult> OnPostPauseAsync(CancellationToken cancellationToken)
    {
        await downloads.PauseAsync(User.Id(), cancellationToken);
        return this.ToList("/downloads");
    }

    public async Task<IActionResult> OnPostResumeAsync(CancellationToken cancellationToken)
    {
        await downloads.ResumeAsync(User.Id(), cancellationToken);
        return this.ToList("/downloads");
    }

    public async Task<IActionResult> OnPostCancelAsync(Guid id, CancellationToken cancellationToken) =>
        await AnswerAsync(id, await downloads.CancelAsync(User.Id(), id, cancellationToken), cancellationToken);

    public async Task<IActionResult> OnPostRetryAsync(Guid id, CancellationToken cancellationToken) =>
        await AnswerAsync(id, await downloads.RetryAsync(User.Id(), id, cancellationToken), cancellationToken);

    public Task<IActionResult> OnPostCancelTickedAsync(Guid[] ids, CancellationToken cancellationToken) =>
        EachAsync(ids, "cancelled", id => downloads.CancelAsync(User.Id(), id, cancellationToken));

    public Task<IActionResult> OnPostRetryTickedAsync(Guid[] ids, CancellationToken cancellationToken) =>
        EachAsync(ids, "started again", id => downloads.RetryAsync(User.Id(), id, cancellationToken));

    public async Task<IActionResult> OnPostRetryFailedAsync(CancellationToken cancellationToken) =>
        Told(await downloads.RetryFailedAsync(User.Id(), cancellationToken), "started again");

    public async Task<IActionResult> OnPostDeleteTickedAsync(Guid[] ids, CancellationToken cancellationToken)
    {
        var deletion = await bin.DeleteAsync(User.Id(), [.. ids.Distinct().Take(MostAtOnce)], cancellationToken);
        TempData["FlashUndo"] = deletion is null ? null : UndoUrl(deletion);
        return Told(deletion?.Count ?? 0, "deleted");
    }

    public async Task<IActionResult> OnPostDeleteAsync(Guid id, CancellationToken cancellationToken)
    {
        if (await bin.DeleteAsync(User.Id(), [id], cancellationToken) is not { } deletion)
            return NotFound();
        if (Request.WantsFragment() && !IsOwnPage(id))
        {
            Response.Htmx(headers => headers.WithTrigger("toast", new { text = "The download was deleted.", undo = UndoUrl(deletion) }));
            return Partial("_Gone", new Gone(id, new Space(await share.UsedAsync(User.Id(), cancellationToken), share.Limit) { IsNews = true }));
        }

        (TempData["Flash"], TempData["FlashUndo"]) = ("The download was deleted.", UndoUrl(deletion));
        return this.ToList("/downloads");
    }

    /// <summary>Takes a deletion back, which is named by its time.</summary>
    public async Task<IActionResult> OnPostUndoAsync(long at, CancellationToken cancellationToken)
    {
        var outcome = await bin.UndoAsync(User.Id(), new DateTimeOffset(Math.Clamp(at, 0, DateTimeOffset.MaxValue.Ticks), TimeSpan.Zero), cancellationToken);
        (TempData["Flash"], TempData["FlashKind"]) = outcome switch
        {
            { LacksRoom: true } => ("It cannot be taken back: your storage has been filled since. Delete something else first.", "bad"),
            { Restored: 0 } => ("It is too late: what was deleted is gone.", "warn"),
            { Restored: 1 } => ("The download is back.", "good"),
            { Restored: var many } => ($"{many} downloads are back.", "good"),
        };
        return this.ToList("/downloads");
    }

    private static string UndoUrl(Deletion deletion) => string.Create(CultureInfo.InvariantCulture, $"/downloads?handler=Undo&at={deletion.At.UtcTicks}");

    // The page of what is gone has nothing left to show.
    private bool IsOwnPage(Guid id) =>
        Uri.TryCreate(Request.Headers["HX-Current-URL"].ToString(), UriKind.Absolute, out var page) && page.AbsolutePath.EndsWith($"/{id}", StringComparison.OrdinalIgnoreCase);

    // A row that is in another state by now is shown as it is: that says more than a refusal.
    private async Task<IActionResult> AnswerAsync(Guid id, OrderOutcome outcome, CancellationToken cancellationToken)
    {
        if (outcome == OrderOutcome.NotFound || await store.FindAsync(User.Id(), id, cancellationToken) is not { } row)
            return NotFound();
        return Request.WantsFragment() ? Partial("_Row", row) : this.ToList("/downloads");
    }

    private async Task<IActionResult> EachAsync(Guid[] ids, string done, Func<Guid, Task<OrderOutcome>> order)
    {
        var changed = 0;
        foreach (var id in ids.Distinct().Take(MostAtOnce))
            changed += await order(id) == OrderOutcome.Done ? 1 : 0;
        return Told(changed, done);
    }

    private IActionResult Told(int changed, string done)
    {
        TempData["Flash"] = changed == 1 ? $"1 download was {done}." : $"{Format.Exact(changed)} downloads were {done}.";
        return this.ToList("/downloads");
    }
}

/// <summary>What a user's files hold, and may.</summary>
/// <param name="Used">Bytes.</param>
/// <param name="Limit">Bytes; null where there is none.</param>
internal sealed record Space(long Used, long? Limit)
{
    /// <summary>Takes the place of what a page said before.</summary>
    public bool IsNews { get; init; }
}

/// <summary>A deleted download, and the space that is left without it.</summary>
internal sealed record Gone(Guid Id, Space Space);
