using TrendVault.Core;
using TrendVault.Core.Downloads;
using TrendVault.Core.Media;
using TrendVault.Core.Storage;
using TrendVault.Core.Work;
using TrendVault.Web.Hubs;
using TrendVault.Web.Pages.Shared;

namespace TrendVault.Web.Pages.Downloads;

/// <summary>The JSON API of Downloads, and the file of a download for the signed-in browser.</summary>
internal static class DownloadsApi
{
    /// <summary>Registers the row that pages show and pushes renew.</summary>
    public static IServiceCollection AddDownloadsPages(this IServiceCollection services) =>
        services.AddLiveRow<DownloadRow>("/Pages/Downloads/_Row.cshtml", DownloadJson.Of);

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
            StartOutcome.Started started => Envelope.Success(StatusCodes.Status202Accepted, new { started.DownloadId, Status = WorkWords.Downloads.Of(WorkStatus.Pending) }),
            StartOutcome.Refused { Code: "invalid_request" } refused => Envelope.Invalid(refused.Field, refused.Message),
            StartOutcome.Refused refused => Envelope.Error(StatusCodes.Status422UnprocessableEntity, refused.Code, refused.Message, new { refused.Field }),
            var other => throw new InvalidOperationException($"{other} is not answered."),
        };
    }

    private static Task<IResult> ListAsync(DownloadStore store, HttpRequest request, CancellationToken cancellationToken) =>
        WorkApi.ListAsync(store, "downloads", WorkWords.Downloads, DownloadJson.Of, request, cancellationToken);

    private static async Task<IResult> QueueAsync(DownloadService downloads, DownloadStore store, HttpContext context, CancellationToken cancellationToken)
    {
        var counts = await store.CountAsync(context.User.Id(), cancellationToken);
        return Envelope.Ok(new { Paused = await downloads.IsPausedAsync(context.User.Id(), cancellationToken), Running = counts.Running, Waiting = counts.Pending });
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

    private static async Task<IResult> DeleteAsync(Guid id, DownloadService downloads, HttpContext context, CancellationToken cancellationToken) =>
        await downloads.RemoveAsync(context.User.Id(), [id], cancellationToken) is null ? Missing : Results.NoContent();

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
