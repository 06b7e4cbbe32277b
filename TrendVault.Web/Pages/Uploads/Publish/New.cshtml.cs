using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using TrendVault.Core;
using TrendVault.Core.Accounts;
using TrendVault.Core.Channels;
using TrendVault.Core.Downloads;
using TrendVault.Core.Uploads;
using TrendVault.Core.Work;
using TrendVault.Web.Pages.Downloads;
using TrendVault.Web.Pages.Shared;

namespace TrendVault.Web.Pages.Uploads;

/// <summary>
/// The form from which a download is published. Whatever is typed is kept as a draft, so that nothing is lost, whatever is wrong with it
/// and wherever its user goes.
/// </summary>
[Authorize(Policy = Policies.Page)]
[RequireLimit(Limits.Uploads)]
internal sealed class NewModel(
    UploadService uploads,
    DraftStore drafts,
    PublishPictures pictures,
    UploadAllowances allowances,
    DownloadStore downloads,
    ChannelStore channels,
    AccountStore accounts,
    ImageOrigins images,
    TimeProvider time) : PageModel
{
    private const int FilesToChooseFrom = 30;

    [BindProperty(SupportsGet = true, Name = "download")]
    public Guid? DownloadId { get; set; }

    [BindProperty]
    public PublishForm Form { get; set; } = new();

    [BindProperty]
    public IFormFile? Thumbnail { get; set; }

    [BindProperty]
    public IFormFile? Watermark { get; set; }

    /// <summary>Made with the form: the same form sent twice makes one upload.</summary>
    [BindProperty]
    public string? Key { get; set; }

    /// <summary>Null while none is chosen.</summary>
    public DownloadRow? Download { get; private set; }

    /// <summary>What there is to choose from, when no download is chosen.</summary>
    public IReadOnlyList<DownloadRow> Files { get; private set; } = [];

    /// <summary>What was begun, when no download is chosen.</summary>
    public IReadOnlyList<SavedDraft> Drafts { get; private set; } = [];

    public IReadOnlyList<PublishingChannel> Channels { get; private set; } = [];

    public IReadOnlySet<Guid> BrokenAccounts { get; private set; } = new HashSet<Guid>();

    /// <summary>The picture that the video is to get; null for YouTube's own choice.</summary>
    public string? ThumbnailKey { get; private set; }

    /// <summary>The picture that the channels are to get; null for none.</summary>
    public string? WatermarkKey { get; private set; }

    public string? ThumbnailUrl => UrlOf(ThumbnailKey);

    public string? WatermarkUrl => UrlOf(WatermarkKey);

    /// <summary>Where something of its own can be said: to a TikTok draft nothing is.</summary>
    public IReadOnlyList<PublishingChannel> OwnWords => [.. Channels.Where(channel => channel.Platform == Platform.YouTube)];

    /// <summary>Something else is said on one of the channels.</summary>
    public bool HasOwnWords => Form.Titles.Values.Concat(Form.Descriptions.Values).Any(text => !string.IsNullOrWhiteSpace(text));

    public Checks Checks { get; private set; } = new([], [], "", IsNews: false);

    public async Task<IActionResult> OnGetAsync(CancellationToken cancellationToken)
    {
        if (DownloadId is null)
        {
            Files = await downloads.ListAsync(User.Id(), new WorkFilter(WorkStatus.Completed, null), null, FilesToChooseFrom, cancellationToken);
            Drafts = await drafts.ListAsync(User.Id(), FilesToChooseFrom, cancellationToken);
            return Page();
        }

        if (await LoadAsync(cancellationToken) is not { } file)
            return NotFound();
        var draft = await drafts.FindAsync(User.Id(), file.Id, cancellationToken);
        (ThumbnailKey, WatermarkKey) = (draft?.ThumbnailKey, draft?.WatermarkKey);
        Form = (draft is null ? null : PublishForm.Read(draft.Form)) ?? FirstForm(file);
        Key = Guid.CreateVersion7().ToString("n");
        return await ShowAsync(file, cancellationToken);
    }

    /// <summary>A picture of the draft.</summary>
    public async Task<IActionResult> OnGetPictureAsync(string? picture, CancellationToken cancellationToken)
    {
        var draft = DownloadId is { } id ? await drafts.FindAsync(User.Id(), id, cancellationToken) : null;
        return new[] { draft?.ThumbnailKey, draft?.WatermarkKey }.FirstOrDefault(key => key is not null && Path.GetFileName(key) == picture) is { } key
            ? File(await pictures.OpenAsync(key, cancellationToken), Path.GetExtension(key) == ".png" ? "image/png" : "image/jpeg")
            : NotFound();
    }

    /// <summary>The preflight list alone, while the form is being filled in; each change is kept.</summary>
    public async Task<IActionResult> OnPostPreflightAsync(CancellationToken cancellationToken)
    {
        if (await LoadAsync(cancellationToken) is not { } file)
            return NotFound();
        await KeepAsync(file, cancellationToken);
        return Partial("_Preflight", await CheckAsync(file, cancellationToken) with { IsNews = true });
    }

    /// <summary>Keeps the form, its new picture too.</summary>
    public async Task<IActionResult> OnPostDraftAsync(CancellationToken cancellationToken)
    {
        if (await LoadAsync(cancellationToken) is not { } file)
            return NotFound();
        await KeepAsync(file, cancellationToken);
        await TakePicturesAsync(file, cancellationToken);
        if (!ModelState.IsValid)
            return await RefuseAsync(file, [], cancellationToken);
        TempData["Flash"] = "Saved as a draft: you find it under Publish.";
        return ToForm(file);
    }

    /// <summary>Makes a frame of the video the thumbnail.</summary>
    public async Task<IActionResult> OnPostFrameAsync(CancellationToken cancellationToken)
    {
        if (await LoadAsync(cancellationToken) is not { } file)
            return NotFound();
        await KeepAsync(file, cancellationToken);
        if (Form.FrameSecond is not { } second)
            ModelState.AddModelError(nameof(PublishForm.FrameAt), "Enter the frame's time in the video, such as 0:12.");
        else
            await KeepPictureAsync(file, PictureKind.Thumbnail, await pictures.TakeFrameAsync(file, second, cancellationToken), nameof(PublishForm.FrameAt), cancellationToken);
        return ModelState.IsValid ? ToForm(file) : await RefuseAsync(file, [], cancellationToken);
    }

    /// <summary>Leaves the thumbnail to YouTube again.</summary>
    public Task<IActionResult> OnPostNoThumbnailAsync(CancellationToken cancellationToken) => DropPictureAsync(PictureKind.Thumbnail, cancellationToken);

    /// <summary>Leaves the channels as they are.</summary>
    public Task<IActionResult> OnPostNoWatermarkAsync(CancellationToken cancellationToken) => DropPictureAsync(PictureKind.Watermark, cancellationToken);

    public async Task<IActionResult> OnPostDeleteAsync(CancellationToken cancellationToken)
    {
        if (DownloadId is not { } id || !await drafts.DeleteAsync(User.Id(), id, cancellationToken))
            return NotFound();
        (TempData["Flash"], TempData["FlashUndo"]) = ("The draft was deleted.", $"/uploads/new?handler=Undo&download={id}");
        return LocalRedirect("/uploads/new");
    }

    public async Task<IActionResult> OnPostUndoAsync(CancellationToken cancellationToken)
    {
        var isBack = DownloadId is { } id && await drafts.RestoreAsync(User.Id(), id, cancellationToken);
        (TempData["Flash"], TempData["FlashKind"]) = isBack ? ("The draft is back.", "good") : ("It is too late: the draft is gone.", "warn");
        return LocalRedirect("/uploads/new");
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancellationToken)
    {
        if (await LoadAsync(cancellationToken) is not { } file)
            return NotFound();
        await KeepAsync(file, cancellationToken);
        await TakePicturesAsync(file, cancellationToken);
        if (Form.TimeProblem is { } problem)
            ModelState.AddModelError(nameof(PublishForm.PublishAt), problem);
        if (!ModelState.IsValid)
            return await RefuseAsync(file, [], cancellationToken);

        switch (await uploads.StartAsync(User.Id(), Form.ToRequest(file, ThumbnailKey, WatermarkKey, Key), cancellationToken))
        {
            case StartUploadOutcome.Started started:
                await drafts.RemoveAsync(User.Id(), file.Id, cancellationToken);
                TempData["Flash"] = started.UploadIds.Count == 1 ? "The upload is on its way." : $"{started.UploadIds.Count} uploads are on their way.";
                TempData["FlashKind"] = "good";
                return LocalRedirect("/uploads");
            case StartUploadOutcome.Invalid invalid:
                return await RefuseAsync(file, invalid.Breaks, cancellationToken);
            default:
                return NotFound();
        }
    }

    private async Task<DownloadRow?> LoadAsync(CancellationToken cancellationToken)
    {
        Download = DownloadId is { } id ? await downloads.FindAsync(User.Id(), id, cancellationToken) : null;
        Channels = await channels.ListAsync(User.Id(), cancellationToken);
        BrokenAccounts = (await accounts.ListAsync(User.Id(), cancellationToken))
            .Where(account => account.Status == AccountStatus.ReconnectNeeded)
            .Select(account => account.Id)
            .ToHashSet();
        return Download;
    }

    private PublishForm FirstForm(DownloadRow file)
    {
        var form = PublishForm.For(file);
        form.TimeZone = ZoneCookie.Read(Request)?.Id;
        if (Channels is [{ MissingSince: null } only])
            form.ChannelIds = [only.Id];
        return form;
    }

    private async Task KeepAsync(DownloadRow file, CancellationToken cancellationToken)
    {
        await drafts.SaveAsync(User.Id(), file.Id, Form.Write(), Key ?? "", cancellationToken);
        var draft = await drafts.FindAsync(User.Id(), file.Id, cancellationToken);
        (ThumbnailKey, WatermarkKey) = (draft?.ThumbnailKey, draft?.WatermarkKey);
        ZoneCookie.Keep(HttpContext, Form.TimeZone);
    }

    private async Task TakePicturesAsync(DownloadRow file, CancellationToken cancellationToken)
    {
        foreach (var (kind, sent) in new[] { (PictureKind.Thumbnail, Thumbnail), (PictureKind.Watermark, Watermark) })
        {
            if (sent is null)
                continue;
            await using var picture = sent.OpenReadStream();
            await KeepPictureAsync(file, kind, await pictures.TakeAsync(User.Id(), kind, picture, cancellationToken), kind.ToString(), cancellationToken);
        }
    }

    private async Task KeepPictureAsync(DownloadRow file, PictureKind kind, PictureOutcome outcome, string field, CancellationToken cancellationToken)
    {
        if (outcome is PictureOutcome.Refused refused)
            ModelState.AddModelError(field, refused.Broken.Message);
        if (outcome is PictureOutcome.Kept kept)
            await SetPictureAsync(file, kind, kept.Key, cancellationToken);
    }

    private async Task<IActionResult> DropPictureAsync(PictureKind kind, CancellationToken cancellationToken)
    {
        if (await LoadAsync(cancellationToken) is not { } file)
            return NotFound();
        await KeepAsync(file, cancellationToken);
        await SetPictureAsync(file, kind, key: null, cancellationToken);
        return ToForm(file);
    }

    private Task<int> SetPictureAsync(DownloadRow file, PictureKind kind, string? key, CancellationToken cancellationToken)
    {
        (ThumbnailKey, WatermarkKey) = kind == PictureKind.Thumbnail ? (key, WatermarkKey) : (ThumbnailKey, key);
        return drafts.SetPicturesAsync(User.Id(), file.Id, ThumbnailKey, WatermarkKey, cancellationToken);
    }

    // A thumbnail of one's own is YouTube's alone.
    private string? PictureOn(Platform platform) => (platform == Platform.YouTube ? ThumbnailUrl : null) ?? images.PictureOf(Download!);

    // Each picture has an address of its own.
    private string? UrlOf(string? key) => key is null ? null : $"/uploads/new?handler=Picture&download={DownloadId}&picture={Path.GetFileName(key)}";

    private async Task<Checks> CheckAsync(DownloadRow file, CancellationToken cancellationToken)
    {
        var targets = Channels.Where(channel => Form.ChannelIds.Contains(channel.Id)).ToList();
        var items = PublishRules.Preflight(Form.ToRequest(file, ThumbnailKey, WatermarkKey, Key), file, targets, time.GetUtcNow()).ToList();
        if (Form.TimeProblem is { } problem)
            items.Insert(0, new(PreflightState.Bad, problem));
        else if (Form.IsTwice)
            items.Add(new(PreflightState.Warn, $"The clocks of {Form.Zone.Id} go back that night, and this time comes twice: the first is meant."));
        items.AddRange(await allowances.CheckAsync(User.Id(), targets, cancellationToken));
        return new Checks(PreviewsOf(targets), items, Form.Action, IsNews: false);
    }

    /// <summary>YouTube's while no channel is chosen.</summary>
    private IReadOnlyList<Preview> PreviewsOf(List<PublishingChannel> targets) => targets.Count > 0
        ? [.. targets.DistinctBy(target => target.Platform).Select(target => new Preview(target.Platform, target.ChannelName, Form.Title, PictureOn(target.Platform)))]
        : [new Preview(Platform.YouTube, Channels.Count > 0 ? Channels[0].ChannelName : "Your channel", Form.Title, PictureOn(Platform.YouTube))];

    private async Task<PageResult> ShowAsync(DownloadRow file, CancellationToken cancellationToken)
    {
        Checks = await CheckAsync(file, cancellationToken);
        return Page();
    }

    private Task<PageResult> RefuseAsync(DownloadRow file, IReadOnlyList<RuleBreak> breaks, CancellationToken cancellationToken)
    {
        foreach (var broken in breaks)
            ModelState.AddModelError(broken.Field == nameof(UploadRequest.DownloadId) ? "" : broken.Field, broken.Message);
        Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
        return ShowAsync(file, cancellationToken);
    }

    private LocalRedirectResult ToForm(DownloadRow file) => LocalRedirect($"/uploads/new?download={file.Id}");
}
