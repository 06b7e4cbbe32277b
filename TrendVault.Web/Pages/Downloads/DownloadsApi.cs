using System.Globalization;
using TrendVault.Core.Data;
using TrendVault.Core;
using TrendVault.Core.Downloads;
using TrendVault.Core.Media;
using TrendVault.Core.Storage;
using TrendVault.Web.Hubs;

namespace TrendVault.Web.Pages.Downloads;

/// <summary>The JSON API of Downloads, and the file of a download for the signed-in browser.</summary>
internal static class DownloadsApi
{
    private const int MaxLimit = 50;

    /// <summary>Registers the row that pages show and pushes renew.</summary>
    public static IServiceCollection AddDownloadsPages(this IServiceCollection services) =>
        services.AddLiveRow<DownloadRow>("/Pages/Downloads/_Row.cshtml", row => RowIds.Of(row.Id), DownloadJson.Of);

    public static void MapDownloadsApi(this WebApplication app)
    {
        var api = app.MapApi("/api/downloads");
        api.MapPost("/formats", FormatsAsync).RequireLimit(Limits.Downloads);
        api.MapPost("", StartAsync).RequireLimit(Limits.Downloads);
        api.MapGet("", ListAsync);
        api.MapGet("/queue", QueueAsync);
        api.MapPost("/queue/pause", PauseAsync);
        api.MapPost("/queue/resume", ResumeAsync);
        api.MapGet("/{id:guid}", FindAsync);
        api.MapPost("/{id:guid}/cancel", CancelAsync);
        api.MapPost("/{id:guid}/retry", RetryAsync).RequireLimit(Limits.Downloads);
        api.MapDelete("/{id:guid}", DeleteAsync);
        api.MapMethods("/{id:guid}/file", [HttpMethods.Get, HttpMethods.Head], FileAsync);
        api.MapMethods("/{id:guid}/subtitles", [HttpMethods.Get, HttpMethods.Head], SubtitlesAsync);

        app.MapMethods("/downloads/{id:guid}/file", [HttpMethods.Get, HttpMethods.Head], PageFileAsync).RequireAuthorization(Policies.Page);
        app.MapMethods("/downloads/{id:guid}/subtitles", [HttpMethods.Get, HttpMethods.Head], PageSubtitlesAsync).RequireAuthorization(Policies.Page);
        app.MapMethods("/downloads/{id:guid}/poster", [HttpMethods.Get, HttpMethods.Head], PosterAsync).RequireAuthorization(Policies.Page).WithoutLimit();
    }

    private static async Task<IResult> FormatsAsync(FormatsBody body, DownloadService downloads, CancellationToken cancellationToken) =>
        await downloads.FormatsAsync(body.VideoUrl ?? "", cancellationToken) switch
        {
            FormatsOutcome.Found found => Envelope.Ok(FormatsJson.Of(found.Info)),
            FormatsOutcome.Several several => Envelope.Ok(FormatsJson.Of(several.List)),
            FormatsOutcome.Refused { Failure.IsNotYet: true } announced => NotYet(announced.Failure),
            FormatsOutcome.Refused refused => Refusal(refused.Failure),
            var other => throw new InvalidOperationException($"{other} is not answered."),
        };

    private static async Task<IResult> StartAsync(StartBody body, DownloadService downloads, HttpContext context, CancellationToken cancellationToken)
    {
        var request = new DownloadRequest { Url = body.VideoUrl ?? "", Format = body.Format ?? "best", Subtitles = body.Subtitles };
        return await downloads.StartAsync(context.User.Id(), request, cancellationToken) switch
        {
            StartOutcome.Started started => Envelope.Success(StatusCodes.Status202Accepted, new { started.DownloadId, Status = DownloadStatus.Pending }),
            StartOutcome.Refused { Code: "invalid_request" } refused => Envelope.Invalid(refused.Field, refused.Message),
            StartOutcome.Refused refused => Envelope.Error(StatusCodes.Status422UnprocessableEntity, refused.Code, refused.Message, new { refused.Field }),
            var other => throw new InvalidOperationException($"{other} is not answered."),
        };
    }

    private static async Task<IResult> ListAsync(
        string? page, string? limit, string? status, string? q, DownloadStore store, HttpContext context, CancellationToken cancellationToken)
    {
        if (!TryNumber(page, 1, 1, int.MaxValue, out var number))
            return Envelope.Invalid("page", "page must be a number from 1 on.");
        if (!TryNumber(limit, 20, 1, MaxLimit, out var size))
            return Envelope.Invalid("limit", $"limit must be a number from 1 to {MaxLimit}.");
        if (!TryStatus(status, out var wanted))
            return Envelope.Invalid("status", $"status must be one of {string.Join(", ", Enum.GetValues<DownloadStatus>().Select(EnumText<DownloadStatus>.Of))}.");

        var (rows, total) = await store.PageAsync(context.User.Id(), new DownloadFilter(wanted, Blank(q)), number, size, cancellationToken);
        return Envelope.Ok(new
        {
            Downloads = rows.Select(DownloadJson.Of),
            Pagination = new { Page = number, Limit = size, Total = total, HasMore = (long)number * size < total },
        });
    }

    private static async Task<IResult> QueueAsync(DownloadService downloads, DownloadStore store, HttpContext context, CancellationToken cancellationToken)
    {
        var counts = await store.CountAsync(context.User.Id(), cancellationToken);
        return Envelope.Ok(new { Paused = await downloads.IsPausedAsync(context.User.Id(), cancellationToken), Running = counts.Downloading, Waiting = counts.Pending });
    }

    private static async Task<IResult> PauseAsync(DownloadService downloads, DownloadStore store, HttpContext context, CancellationToken cancellationToken)
    {
        await downloads.PauseAsync(context.User.Id(), cancellationToken);
        return await QueueAsync(downloads, store, context, cancellationToken);
    }

    private static async Task<IResult> ResumeAsync(DownloadService downloads, DownloadStore store, HttpContext context, CancellationToken cancellationToken)
    {
        await downloads.ResumeAsync(context.User.Id(), cancellationToken);
        return await QueueAsync(downloads, store, context, cancellationToken);
    }

    private static async Task<IResult> FindAsync(Guid id, DownloadStore store, HttpContext context, CancellationToken cancellationToken) =>
        await store.FindAsync(context.User.Id(), id, cancellationToken) is { } row ? Envelope.Ok(DownloadJson.Of(row)) : Missing;

    private static async Task<IResult> CancelAsync(Guid id, DownloadService downloads, DownloadStore store, HttpContext context, CancellationToken cancellationToken) =>
        await downloads.CancelAsync(context.User.Id(), id, cancellationToken) == OrderOutcome.NotNow
            ? NotNow("This download has ended already.")
            : await FindAsync(id, store, context, cancellationToken);

    private static async Task<IResult> RetryAsync(Guid id, DownloadService downloads, DownloadStore store, HttpContext context, CancellationToken cancellationToken) =>
        await downloads.RetryAsync(context.User.Id(), id, cancellationToken) == OrderOutcome.NotNow
            ? NotNow("Only a download that failed or was cancelled can be tried again.")
            : await FindAsync(id, store, context, cancellationToken);

    private static async Task<IResult> DeleteAsync(Guid id, DownloadBin bin, HttpContext context, CancellationToken cancellationToken) =>
        await bin.DeleteAsync(context.User.Id(), [id], cancellationToken) is null ? Missing : Results.NoContent();

    private static async Task<IResult> FileAsync(Guid id, DownloadStore store, IObjectStore objects, HttpContext context, CancellationToken cancellationToken) =>
        await store.FindAsync(context.User.Id(), id, cancellationToken) is { } row
            ? DownloadFile.Send(row, save: true, objects, context) ?? NotNow("This download has no file yet.")
            : Missing;

    private static async Task<IResult> SubtitlesAsync(Guid id, DownloadStore store, IObjectStore objects, HttpContext context, CancellationToken cancellationToken) =>
        await store.FindAsync(context.User.Id(), id, cancellationToken) is { } row
            ? await DownloadFile.SendSubtitlesAsync(row, save: true, objects, context) ?? NotNow("This download has no subtitles.")
            : Missing;

    private static async Task<IResult> PageSubtitlesAsync(Guid id, string? save, DownloadStore store, IObjectStore objects, HttpContext context, CancellationToken cancellationToken) =>
        (await store.FindAsync(context.User.Id(), id, cancellationToken) is { } row ? await DownloadFile.SendSubtitlesAsync(row, save == "1", objects, context) : null)
            ?? Results.NotFound();

    private static async Task<IResult> PageFileAsync(Guid id, string? save, DownloadStore store, IObjectStore objects, HttpContext context, CancellationToken cancellationToken) =>
        (await store.FindAsync(context.User.Id(), id, cancellationToken) is { } row ? DownloadFile.Send(row, save == "1", objects, context) : null)
            ?? Results.NotFound();

    private static async Task<IResult> PosterAsync(Guid id, DownloadStore store, IObjectStore objects, HttpContext context, CancellationToken cancellationToken) =>
        (await store.FindAsync(context.User.Id(), id, cancellationToken) is { } row ? await DownloadFile.SendPosterAsync(row, objects, context) : null)
            ?? Results.NotFound();

    private static IResult Missing => Envelope.NotFound("download");

    private static IResult NotNow(string message) => Envelope.Error(StatusCodes.Status409Conflict, "not_now", message);

    // To start it all the same is no mistake: it waits.
    private static IResult NotYet(MediaFailure failure) => Envelope.Error(
        StatusCodes.Status422UnprocessableEntity,
        failure.Code,
        $"{failure.Message} A download that is started now goes on by itself then.",
        new { failure.Begins });

    // What is wrong here and passes is no fault of the request.
    private static IResult Refusal(MediaFailure failure) => Envelope.Error(
        failure.Remedy == Remedy.Wait ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status422UnprocessableEntity, failure.Code, failure.Message);

    private static bool TryNumber(string? text, int fallback, int least, int most, out int number)
    {
        number = fallback;
        return text is null || (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number >= least && number <= most);
    }

    private static bool TryStatus(string? text, out DownloadStatus? status)
    {
        status = EnumText<DownloadStatus>.TryParse(text, out var known) ? known : null;
        return status is not null || string.IsNullOrEmpty(text);
    }

    private static string? Blank(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();

    private sealed record FormatsBody(string? VideoUrl);

    private sealed record StartBody(string? VideoUrl, string? Format, string? Subtitles);

    // Either formats, or the items of a list, which are asked for one by one; those that are lists themselves are looked at, not started.
    private sealed record FormatsJson(
        string Title,
        double? DurationSeconds,
        string? ThumbnailUrl,
        IReadOnlyList<string> Presets,
        IEnumerable<FormatJson> Formats,
        IEnumerable<SubtitlesJson> Subtitles,
        IEnumerable<ItemJson> Items,
        int? ItemCount)
    {
        public static FormatsJson Of(MediaInfo info) => new(
            info.Title,
            info.DurationSeconds,
            info.ThumbnailUrl,
            FormatPicker.PresetsOf(info),
            info.Formats.Select(format =>
                new FormatJson(format.FormatId, format.Ext, format.Width, format.Height, format.Fps, format.VideoCodec, format.AudioCodec, format.SizeBytes, format.Note)),
            info.Subtitles.Select(subtitles => new SubtitlesJson(subtitles.Language, subtitles.Name, subtitles.IsAutomatic)),
            info.Items.Select(item => new ItemJson(item.Url, item.Title, item.CreatorName, item.DurationSeconds, item.ThumbnailUrl, item.IsList)),
            info.ItemCount);
    }

    private sealed record SubtitlesJson(string Language, string? Name, bool Automatic);

    private sealed record ItemJson(string VideoUrl, string Title, string? CreatorName, double? DurationSeconds, string? ThumbnailUrl, bool IsList);

    private sealed record FormatJson(
        string FormatId, string Ext, int? Width, int? Height, double? Fps, string? VideoCodec, string? AudioCodec, long? SizeBytes, string? Note);
}

/// <summary>Ids of elements, the same for the page, its fragments and the pushes.</summary>
internal static class RowIds
{
    public static string Of(Guid id) => $"download-{id}";
}
