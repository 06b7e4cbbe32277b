using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using TrendVault.Core.Uploads;
using TrendVault.Core.Work;

namespace TrendVault.Web.Pages.Uploads;

/// <summary>Says something else of an upload before it begins; one that has failed is tried again with it.</summary>
[Authorize(Policy = Policies.Page)]
[RequireLimit(Limits.Uploads)]
internal sealed class EditModel(UploadService uploads, UploadStore store) : PageModel
{
    [BindProperty(SupportsGet = true)]
    public Guid Id { get; set; }

    [BindProperty]
    public PublishForm Form { get; set; } = new();

    public UploadRow Upload { get; private set; } = null!;

    public async Task<IActionResult> OnGetAsync(CancellationToken cancellationToken)
    {
        if (!await LoadAsync(cancellationToken))
            return NotFound();
        if (!Upload.IsEditable)
            return TooLate();
        Form = PublishForm.For(Upload, ZoneCookie.Read(Request));
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancellationToken)
    {
        if (!await LoadAsync(cancellationToken))
            return NotFound();
        ZoneCookie.Keep(HttpContext, Form.TimeZone);
        if (Form.TimeProblem is { } problem)
            ModelState.AddModelError(nameof(PublishForm.PublishAt), problem);
        if (!ModelState.IsValid)
            return Refuse([]);

        var outcome = await uploads.EditAsync(User.Id(), Id, Form.ToDraft(file: null), cancellationToken);
        if (outcome.Breaks.Count > 0)
            return Refuse(outcome.Breaks);
        if (outcome.Outcome != OrderOutcome.Done)
            return TooLate();
        if (!Upload.IsLive)
            await uploads.RetryAsync(User.Id(), Id, cancellationToken);
        (TempData["Flash"], TempData["FlashKind"]) = (Upload.IsLive ? "The upload was changed." : "The upload was changed and started again.", "good");
        return LocalRedirect("/uploads");
    }

    private async Task<bool> LoadAsync(CancellationToken cancellationToken)
    {
        if (await store.FindAsync(User.Id(), Id, cancellationToken) is not { } upload)
            return false;
        Upload = upload;
        return true;
    }

    private LocalRedirectResult TooLate()
    {
        (TempData["Flash"], TempData["FlashKind"]) = ("The upload has begun by now: change the video on the platform once it is published.", "warn");
        return LocalRedirect("/uploads");
    }

    private PageResult Refuse(IReadOnlyList<RuleBreak> breaks)
    {
        foreach (var broken in breaks)
            ModelState.AddModelError(broken.Field, broken.Message);
        Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
        return Page();
    }
}
