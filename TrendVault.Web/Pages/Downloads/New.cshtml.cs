using Htmx;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using TrendVault.Core;
using TrendVault.Core.Data;
using TrendVault.Core.Downloads;
using TrendVault.Core.Trending;
using TrendVault.Web.Infrastructure;

namespace TrendVault.Web.Pages.Downloads;

/// <summary>From a URL to a started download. Looking at a page takes yt-dlp seconds, so the picker is a fragment that follows.</summary>
[Authorize(Policy = Policies.Page)]
[RequireLimit(Limits.Downloads)]
internal sealed class NewModel(DownloadService downloads, DownloadStore store, TrendingStore trending) : PageModel
{
    [BindProperty(SupportsGet = true, Name = "url")]
    public string? VideoUrl { get; set; }

    /// <summary>Of the card that it was chosen from.</summary>
    [BindProperty(SupportsGet = true, Name = "platform")]
    public string? PlatformWord { get; set; }

    [BindProperty(SupportsGet = true, Name = "id")]
    public string? PlatformVideoId { get; set; }

    [BindProperty]
    public string? VideoFormat { get; set; }

    [BindProperty]
    public string? Key { get; set; }

    [BindProperty(SupportsGet = true, Name = "sort")]
    public string? Sort { get; set; }

    /// <summary>In the frame's dialog, and not on a page of its own.</summary>
    public bool IsDialog { get; private set; }

    /// <summary>What is wrong with the URL, or with the page behind it.</summary>
    public DownloadFailure? Refusal { get; private set; }

    public FormatOffer? Offer { get; private set; }

    /// <summary>What the user has of the same video already.</summary>
    public DownloadRow? Same { get; private set; }

    /// <summary>The fragment with the picker, for htmx.</summary>
    public string PickerUrl(string? sort = null) => Address(("handler", "Formats"), ("sort", sort), ("dialog", IsDialog ? "1" : null));

    /// <summary>The whole page with the picker, for browsers without the script.</summary>
    public string PageUrl(string? sort = null) => Address(("show", "1"), ("sort", sort));

    /// <summary>With <c>show=1</c>, a browser without the script waits for the picker.</summary>
    public async Task<IActionResult> OnGetAsync(string? show, CancellationToken cancellationToken)
    {
        IsDialog = Request.WantsFragment();
        if (show == "1")
            await LookAsync(cancellationToken);
        return Show();
    }

    /// <summary>The picker alone.</summary>
    public async Task<IActionResult> OnGetFormatsAsync(string? dialog, CancellationToken cancellationToken)
    {
        IsDialog = dialog == "1";
        await LookAsync(cancellationToken);
        return Refusal is null ? Partial("_Picker", this) : Refused("_Picker");
    }

    public async Task<IActionResult> OnPostAsync(string? dialog, CancellationToken cancellationToken)
    {
        IsDialog = dialog == "1" && Request.WantsFragment();
        switch (await downloads.StartAsync(User.Id(), await RequestAsync(cancellationToken), cancellationToken))
        {
            case StartOutcome.Started started:
                return Done(started.DownloadId);
            case StartOutcome.Refused refused:
                Refusal = new DownloadFailure(refused.Code, refused.Message, Remedy.GiveUp);
                return Refused(IsDialog ? "_New" : null);
            default:
                throw new InvalidOperationException("An outcome that this page does not know.");
        }
    }

    private string Address(params (string Name, string? Value)[] more)
    {
        var query = new QueryBuilder();
        foreach (var (name, value) in ((string, string?)[])[.. more, ("url", VideoUrl), ("platform", PlatformWord), ("id", PlatformVideoId)])
        {
            if (!string.IsNullOrEmpty(value))
                query.Add(name, value);
        }

        return "/downloads/new" + query.ToQueryString();
    }

    private async Task LookAsync(CancellationToken cancellationToken)
    {
        switch (await downloads.FormatsAsync(VideoUrl ?? "", cancellationToken))
        {
            case FormatsOutcome.Found found:
                Offer = FormatOffer.Of(found.Info, Sort);
                Same = await store.FindSameAsync(
                    User.Id(), found.Url, EnumText<Platform>.TryParse(PlatformWord, out var platform) ? platform : null, PlatformVideoId, cancellationToken);
                break;
            case FormatsOutcome.Refused refused:
                Refusal = refused.Failure;
                break;
        }
    }

    // What the chart knows of the video is ours and not the form's: a form can say anything.
    private async Task<DownloadRequest> RequestAsync(CancellationToken cancellationToken)
    {
        var request = new DownloadRequest { Url = VideoUrl ?? "", Format = VideoFormat ?? "best", IdempotencyKey = Key };
        if (!EnumText<Platform>.TryParse(PlatformWord, out var platform) || PlatformVideoId is not { Length: > 0 and <= 100 } id
            || await trending.FindVideoAsync(platform, id, User.Id(), cancellationToken) is not { } video || video.VideoUrl != VideoUrl)
            return request;

        return request with
        {
            Platform = platform,
            PlatformVideoId = id,
            Title = video.Title,
            CreatorName = video.CreatorName,
            Licence = video.Licence,
            ThumbnailUrl = video.ThumbnailUrl,
        };
    }

    private IActionResult Show() => IsDialog ? Partial("_New", this) : Page();

    private IActionResult Refused(string? partial)
    {
        Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
        return partial is null ? Page() : Partial(partial, this);
    }

    private IActionResult Done(Guid id)
    {
        if (!IsDialog)
        {
            TempData["Flash"] = "The download has started.";
            TempData["FlashKind"] = "good";
            return LocalRedirect("/downloads");
        }

        Response.Htmx(headers => headers
            .WithTrigger("dialog-close")
            .WithTrigger("toast", new { text = "The download has started.", kind = "good", label = "Open", href = $"/downloads/{id}" }));
        return new NoContentResult();
    }
}
