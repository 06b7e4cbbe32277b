using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using TrendVault.Core.Uploads;
using TrendVault.Core.Work;
using TrendVault.Web.Pages.Shared;

namespace TrendVault.Web.Pages.Uploads;

/// <summary>What was published, newest first.</summary>
[Authorize(Policy = Policies.Page)]
internal sealed class PublishedModel(PublishedStore store, InboxPosts posts) : PageModel
{
    private const int PageSize = 30;

    public PublishedList List { get; private set; } = null!;

    /// <summary>What each channel has got.</summary>
    public IReadOnlyList<PublishedCount> Channels { get; private set; } = [];

    /// <summary>The one that is shown; null is all.</summary>
    public Guid? Channel { get; private set; }

    public async Task<IActionResult> OnGetAsync(string? channel, string? after, CancellationToken cancellationToken)
    {
        // What is no id, as an old link may have it, shows all.
        Channel = Guid.TryParse(channel, out var id) ? id : null;
        var rows = await store.ListAsync(User.Id(), Channel, ListPaging.ReadCursor(after), PageSize + 1, cancellationToken);
        List = rows.Count > PageSize ? new PublishedList([.. rows.Take(PageSize)], NextUrl(rows[PageSize - 1])) : new PublishedList(rows, null);
        if (Request.WantsFragment())
            return Partial("_Published", List);

        Channels = await store.CountAsync(User.Id(), cancellationToken);
        return Page();
    }

    /// <summary>The user says that this is the post that a draft became.</summary>
    public async Task<IActionResult> OnPostPostedAsync(Guid id, string post, CancellationToken cancellationToken)
    {
        var outcome = await posts.ConfirmAsync(User.Id(), id, post, cancellationToken);
        (TempData["Flash"], TempData["FlashKind"]) = outcome == OrderOutcome.Done
            ? ("The post is linked.", "good")
            : ("Another post is likely by now: look again.", "warn");
        return this.ToList("/published");
    }

    private string NextUrl(PublishedVideo last) => $"/published?{(Channel is null ? "" : $"channel={Channel}&")}after=" + ListPaging.WriteCursor(new WorkCursor(last.PublishedAt, last.Id));
}
