using Htmx;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using TrendVault.Core;
using TrendVault.Core.Data;
using TrendVault.Core.Downloads;
using TrendVault.Core.Media;
using TrendVault.Core.Trending;
using TrendVault.Web.Pages.Shared;

namespace TrendVault.Web.Pages.Downloads;

/// <summary>From a URL to a started download. Looking at a page takes yt-dlp seconds, so the picker is a fragment that follows.</summary>
[Authorize(Policy = Policies.Page)]
[RequireLimit(Limits.Downloads)]
internal sealed class NewModel(DownloadService downloads, DownloadStore store, TrendingStore trending) : PageModel
{
    /// <summary>In characters. A browser sends it in a URL, of which servers take 8 KB.</summary>
    public const int LongestPaste = 4000;

    /// <summary>One address, or several.</summary>
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
    public string? Subtitles { get; set; }

    [BindProperty]
    public string? Key { get; set; }

    /// <summary>The form is that of several videos.</summary>
    [BindProperty]
    public bool Several { get; set; }

    /// <summary>The addresses that are ticked of several.</summary>
    [BindProperty(Name = "items")]
    public string[] Ticked { get; set; } = [];

    [BindProperty(SupportsGet = true, Name = "sort")]
    public string? Sort { get; set; }

    /// <summary>In the frame's dialog, and not on a page of its own.</summary>
    public bool IsDialog { get; private set; }

    /// <summary>What is wrong with the URL, or with the page behind it.</summary>
    public MediaFailure? Refusal { get; private set; }

    public FormatOffer? Offer { get; private set; }

    /// <summary>Instead of an offer, when there are several videos.</summary>
    public Batch? Batch { get; private set; }

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
        await FillAsync(look: show == "1", cancellationToken);
        return Show();
    }

    public async Task<IActionResult> OnGetFormatsAsync(string? dialog, CancellationToken cancellationToken)
    {
        IsDialog = dialog == "1";
        await FillAsync(look: true, cancellationToken);
        return Refusal is null or { IsNotYet: true } ? Partial("_Picker", this) : Refused("_Picker");
    }

    /// <summary>The row of one of several.</summary>
    public async Task<IActionResult> OnGetItemAsync(int number, CancellationToken cancellationToken)
    {
        var url = VideoUrl ?? "";
        return Partial("_BatchItem", await LookAsync(new BatchItem(number, url), await FindSameAsync([url], cancellationToken), cancellationToken));
    }

    public async Task<IActionResult> OnPostAsync(string? dialog, CancellationToken cancellationToken)
    {
        IsDialog = dialog == "1" && Request.WantsFragment();
        if (Several)
            return await StartSeveralAsync(cancellationToken);
        return await downloads.StartAsync(User.Id(), await RequestAsync(cancellationToken), cancellationToken) switch
        {
            StartOutcome.Started started => Done("The download has started.", "good", $"/downloads/{started.DownloadId}"),
            StartOutcome.Refused refused => Refuse(refused.Code, refused.Message),
            _ => throw new InvalidOperationException("An outcome that this page does not know."),
        };
    }

    // One order, however many videos it names: it is kept whole, and counts once against the limit.
    private async Task<IActionResult> StartSeveralAsync(CancellationToken cancellationToken)
    {
        var outcomes = Ticked.Length is > 0 and <= MediaInfo.MostItems
            ? await downloads.StartAsync(User.Id(), RequestsOfTicked(), cancellationToken)
            : [new StartOutcome.Refused("items", "invalid_request", Ticked.Length == 0 ? "Tick at least one video." : $"Tick {MediaInfo.MostItems} videos at most.")];
        var refusals = outcomes.OfType<StartOutcome.Refused>().ToList();
        var started = outcomes.Count - refusals.Count;
        if (started == 0)
        {
            await FillAsync(look: true, cancellationToken);
            return Refuse(refusals[0].Code, refusals[0].Message);
        }

        var text = started == 1 ? "1 download has started." : $"{started} downloads have started.";
        return refusals.Count == 0
            ? Done(text, "good", "/downloads")
            : Done($"{text} {refusals.Count} could not: {refusals[0].Message}", "warn", "/downloads");
    }

    private List<DownloadRequest> RequestsOfTicked()
    {
        var list = downloads.AddressesIn(VideoUrl) is [var only] ? only : null;
        return [.. Ticked.Select((url, number) => new DownloadRequest
        {
            Url = url,
            ListUrl = list,
            Format = VideoFormat ?? "best",
            IdempotencyKey = string.IsNullOrEmpty(Key) ? null : $"{Key}-{number}",
        })];
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

    private async Task FillAsync(bool look, CancellationToken cancellationToken)
    {
        var addresses = downloads.AddressesIn(VideoUrl);
        if (addresses.Count > DownloadService.MostPasted)
            Refusal = new MediaFailure("invalid_request", $"These are {addresses.Count} URLs: paste {DownloadService.MostPasted} at most at a time.", Remedy.GiveUp);
        else if (addresses.Count > 1)
            Batch = await PastedAsync(addresses, look, cancellationToken);
        else if (look)
            await LookAsync(cancellationToken);
    }

    private async Task<Batch> PastedAsync(IReadOnlyList<string> addresses, bool look, CancellationToken cancellationToken)
    {
        VideoUrl = string.Join('\n', addresses);
        var same = await FindSameAsync(addresses, cancellationToken);
        var items = addresses.Select((url, number) => new BatchItem(number, url) { Same = same.GetValueOrDefault(url) });
        return new Batch(
            Title: null,
            $"{addresses.Count} addresses",
            look ? await Task.WhenAll(items.Select(item => LookAsync(item, same, cancellationToken))) : [.. items]);
    }

    private Task<IReadOnlyDictionary<string, DownloadRow>> FindSameAsync(IEnumerable<string> addresses, CancellationToken cancellationToken) =>
        store.FindSameAsync(User.Id(), [.. addresses.Select(VideoAddress.Of)], cancellationToken);

    private async Task<BatchItem> LookAsync(BatchItem item, IReadOnlyDictionary<string, DownloadRow> same, CancellationToken cancellationToken) =>
        await downloads.FormatsAsync(item.Url, cancellationToken) switch
        {
            FormatsOutcome.Found found => item with { Video = MediaItem.Of(found.Url, found.Info), Same = same.GetValueOrDefault(item.Url) },
            FormatsOutcome.Several several => item with { Video = MediaItem.Of(several.Url, several.List), IsList = true },
            FormatsOutcome.Refused { Failure.IsNotYet: true } announced =>
                item with { Video = new MediaItem { Url = item.Url, Title = item.Url }, Announced = announced.Failure.Message, Same = same.GetValueOrDefault(item.Url) },
            FormatsOutcome.Refused refused => item with { Refusal = refused.Failure.Message },
            _ => throw new InvalidOperationException("An outcome that this page does not know."),
        };

    private async Task LookAsync(CancellationToken cancellationToken)
    {
        switch (await downloads.FormatsAsync(VideoUrl ?? "", cancellationToken))
        {
            case FormatsOutcome.Found found:
                Offer = FormatOffer.Of(found.Info, Sort);
                var address = EnumText<Platform>.TryParse(PlatformWord, out var platform) ? new VideoAddress(found.Url, platform, PlatformVideoId) : VideoAddress.Of(found.Url);
                Same = (await store.FindSameAsync(User.Id(), [address], cancellationToken)).GetValueOrDefault(found.Url);
                break;
            case FormatsOutcome.Several several:
                Batch = Batch.Of(several.List, await FindSameAsync(several.List.Items.Select(item => item.Url), cancellationToken));
                break;
            case FormatsOutcome.Refused refused:
                Refusal = refused.Failure;
                break;
        }
    }

    // What the chart knows of the video is ours and not the form's: a form can say anything.
    private async Task<DownloadRequest> RequestAsync(CancellationToken cancellationToken)
    {
        var request = new DownloadRequest { Url = VideoUrl ?? "", Format = VideoFormat ?? "best", Subtitles = Subtitles, IdempotencyKey = Key };
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

    private IActionResult Refuse(string code, string message)
    {
        Refusal = new MediaFailure(code, message, Remedy.GiveUp);
        return Refused(IsDialog ? "_New" : null);
    }

    private IActionResult Done(string text, string kind, string href)
    {
        if (!IsDialog)
        {
            TempData["Flash"] = text;
            TempData["FlashKind"] = kind;
            return LocalRedirect("/downloads");
        }

        Response.Htmx(headers => headers
            .WithTrigger("dialog-close")
            .WithTrigger("toast", new { text, kind, label = "Open", href }));
        return new NoContentResult();
    }
}
