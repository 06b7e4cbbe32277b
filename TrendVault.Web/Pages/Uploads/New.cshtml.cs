using System.Globalization;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using TrendVault.Core;
using TrendVault.Core.Accounts;
using TrendVault.Core.Channels;
using TrendVault.Core.Data;
using TrendVault.Core.Downloads;
using TrendVault.Core.Uploads;
using TrendVault.Web.Infrastructure;

namespace TrendVault.Web.Pages.Uploads;

/// <summary>The form from which a download is published. Whatever is wrong with it, nothing typed is lost.</summary>
[Authorize(Policy = Policies.Page)]
[RequireLimit(Limits.Uploads)]
internal sealed class NewModel(
    UploadService uploads, DownloadStore downloads, ChannelStore channels, AccountStore accounts, TimeProvider time) : PageModel
{
    private const int FilesToChooseFrom = 30;

    [BindProperty(SupportsGet = true, Name = "download")]
    public Guid? DownloadId { get; set; }

    [BindProperty]
    public Guid[] ChannelIds { get; set; } = [];

    [BindProperty]
    public string? Title { get; set; }

    [BindProperty]
    public string? Description { get; set; }

    /// <summary>Between commas.</summary>
    [BindProperty]
    public string? Tags { get; set; }

    [BindProperty]
    public string? Privacy { get; set; }

    [BindProperty]
    public string? CategoryId { get; set; }

    [BindProperty]
    public bool MadeForKids { get; set; }

    /// <summary>As the browser's field writes it; UTC, for a form says no zone.</summary>
    [BindProperty]
    public string? PublishAt { get; set; }

    [BindProperty]
    public bool RightsStatement { get; set; }

    /// <summary>Made with the form: the same form sent twice makes one upload.</summary>
    [BindProperty]
    public string? Key { get; set; }

    /// <summary>Null while none is chosen.</summary>
    public DownloadRow? Download { get; private set; }

    /// <summary>What there is to choose from, when no download is chosen.</summary>
    public IReadOnlyList<DownloadRow> Files { get; private set; } = [];

    public IReadOnlyList<PublishingChannel> Channels { get; private set; } = [];

    public IReadOnlySet<Guid> BrokenAccounts { get; private set; } = new HashSet<Guid>();

    public IReadOnlyList<PreflightItem> Preflight => PublishRules.Preflight(Draft(), Download, PlatformsOfChosen(), time.GetUtcNow());

    public async Task<IActionResult> OnGetAsync(CancellationToken cancellationToken)
    {
        if (DownloadId is null)
        {
            Files = await downloads.ListAsync(User.Id(), new DownloadFilter(DownloadStatus.Completed, null), null, FilesToChooseFrom, cancellationToken);
            return Page();
        }

        if (!await LoadAsync(cancellationToken))
            return NotFound();
        Title = Suggest(Download!.Title);
        Privacy = EnumText<VideoPrivacy>.Of(VideoPrivacy.Private);
        CategoryId = PublishRules.DefaultCategory;
        Key = Guid.CreateVersion7().ToString("n");
        if (Channels is [var only])
            ChannelIds = [only.Id];
        return Page();
    }

    /// <summary>The preflight list alone, while the form is being filled in.</summary>
    public async Task<IActionResult> OnPostPreflightAsync(CancellationToken cancellationToken) =>
        await LoadAsync(cancellationToken) ? Partial("_Preflight", Preflight) : NotFound();

    public async Task<IActionResult> OnPostAsync(CancellationToken cancellationToken)
    {
        if (!await LoadAsync(cancellationToken))
            return NotFound();
        if (PublishAt is { Length: > 0 } && ReadPublishAt() is null)
            ModelState.AddModelError(nameof(PublishAt), "Enter date and time, such as 2027-01-31T18:00.");
        if (!ModelState.IsValid)
            return Refuse([]);

        switch (await uploads.StartAsync(User.Id(), RequestOf(DownloadId!.Value), cancellationToken))
        {
            case StartUploadOutcome.Started started:
                TempData["Flash"] = started.UploadIds.Count == 1 ? "The upload is on its way." : $"{started.UploadIds.Count} uploads are on their way.";
                TempData["FlashKind"] = "good";
                return LocalRedirect("/uploads");
            case StartUploadOutcome.Invalid invalid:
                return Refuse(invalid.Breaks);
            default:
                return NotFound();
        }
    }

    /// <summary>What a Creative Commons source asks to be named with; null for any other.</summary>
    public string? CreditLine => Download is { } file && file.Licence?.Contains("creative", StringComparison.OrdinalIgnoreCase) == true
        ? $"“{file.Title}” by {file.CreatorName ?? "unknown"}, {file.SourceVideoUrl}, licensed under Creative Commons Attribution."
        : null;

    private async Task<bool> LoadAsync(CancellationToken cancellationToken)
    {
        Download = DownloadId is { } id ? await downloads.FindAsync(User.Id(), id, cancellationToken) : null;
        Channels = await channels.ListAsync(User.Id(), cancellationToken);
        BrokenAccounts = (await accounts.ListAsync(User.Id(), cancellationToken))
            .Where(account => account.Status == AccountStatus.ReconnectNeeded)
            .Select(account => account.Id)
            .ToHashSet();
        return Download is not null;
    }

    private Platform[] PlatformsOfChosen() =>
        [.. Channels.Where(channel => ChannelIds.Contains(channel.Id)).Select(channel => channel.Platform)];

    private PageResult Refuse(IReadOnlyList<RuleBreak> breaks)
    {
        foreach (var broken in breaks)
            ModelState.AddModelError(broken.Field == nameof(UploadRequest.DownloadId) ? "" : broken.Field, broken.Message);
        Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
        return Page();
    }

    private UploadRequest RequestOf(Guid downloadId) => new()
    {
        DownloadId = downloadId,
        ChannelIds = ChannelIds,
        Draft = Draft(),
        RightsStatement = RightsStatement ? UploadService.RightsStatement : "",
        IdempotencyKey = Key,
    };

    // Browsers send the lines of a text area with CR LF, which would count twice.
    private PublishDraft Draft() => new()
    {
        Title = Title ?? "",
        Description = (Description ?? "").ReplaceLineEndings("\n"),
        Tags = PublishRules.SplitTags(Tags),
        Privacy = EnumText<VideoPrivacy>.TryParse(Privacy, out var privacy) ? privacy : null,
        CategoryId = CategoryId ?? PublishRules.DefaultCategory,
        MadeForKids = MadeForKids,
        PublishAt = ReadPublishAt(),
    };

    private DateTimeOffset? ReadPublishAt() =>
        DateTimeOffset.TryParse(PublishAt, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var at) ? at : null;

    private static string Suggest(string title)
    {
        var clean = string.Concat(title.Where(letter => letter is not ('<' or '>') && !char.IsControl(letter))).Trim();
        if (clean.Length <= PublishRules.TitleLength)
            return clean;
        // Not between the two halves of one character.
        var end = char.IsHighSurrogate(clean[PublishRules.TitleLength - 1]) ? PublishRules.TitleLength - 1 : PublishRules.TitleLength;
        return clean[..end];
    }
}
