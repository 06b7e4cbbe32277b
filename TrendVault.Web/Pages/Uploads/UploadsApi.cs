using System.Text.Json;
using TrendVault.Core.Data;
using TrendVault.Core.Uploads;
using TrendVault.Core.Work;
using TrendVault.Web.Hubs;
using TrendVault.Web.Pages.Shared;

namespace TrendVault.Web.Pages.Uploads;

/// <summary>The JSON API of Uploads and of what was published.</summary>
internal static class UploadsApi
{
    // The original's body has no such field: whoever calls without it says so by calling.
    private const string StatementOfApi = "Published over the API, whose caller answers for the right to publish.";

    /// <summary>Registers the row that pages show and pushes renew.</summary>
    public static IServiceCollection AddUploadsPages(this IServiceCollection services) =>
        services.AddLiveRow<UploadRow>("/Pages/Uploads/_Row.cshtml", UploadJson.Of);

    public static void MapUploadsApi(this WebApplication app)
    {
        var api = app.MapApi("/api/uploads");
        api.MapPost("", StartAsync).RequireLimit(Limits.Uploads);
        api.MapGet("", ListAsync);
        api.MapGet("/{id:guid}", FindAsync);
        api.MapDelete("/{id:guid}", RemoveAsync);
        api.MapPost("/{id:guid}/cancel", CancelAsync);
        api.MapPost("/{id:guid}/retry", RetryAsync).RequireLimit(Limits.Uploads);
        api.MapPost("/{id:guid}/posted", ConfirmPostAsync);

        app.MapApi("/api/published").MapGet("", ListPublishedAsync);
    }

    private static async Task<IResult> StartAsync(StartBody body, UploadService uploads, HttpContext context, CancellationToken cancellationToken)
    {
        if (!Guid.TryParse(body.DownloadedVideoId, out var downloadId))
            return Envelope.Invalid("downloadedVideoId", "downloadedVideoId must be the id of a download.");
        if (!Guid.TryParse(body.ChannelId, out var channelId))
            return Envelope.Invalid("channelId", "channelId must be the id of a channel.");

        var request = new UploadRequest
        {
            DownloadId = downloadId,
            ChannelIds = [channelId],
            Draft = body.ToDraft(),
            RightsStatement = body.RightsStatement ?? StatementOfApi,
        };
        return await uploads.StartAsync(context.User.Id(), request, cancellationToken) switch
        {
            StartUploadOutcome.Started started =>
                Envelope.Success(StatusCodes.Status202Accepted, new { UploadId = started.UploadIds[0], Status = WorkWords.Uploads.Of(WorkStatus.Pending) }),
            StartUploadOutcome.NotFound missing => Envelope.NotFound(missing.What),
            StartUploadOutcome.Invalid invalid => Refusal(invalid.Breaks),
            var other => throw new InvalidOperationException($"{other} is not answered."),
        };
    }

    private static Task<IResult> ListAsync(UploadStore store, HttpRequest request, CancellationToken cancellationToken) =>
        WorkApi.ListAsync(store, "uploads", WorkWords.Uploads, UploadJson.Of, request, cancellationToken);

    private static async Task<IResult> ListPublishedAsync(
        string? page, string? limit, string? channelId, PublishedStore store, HttpContext context, CancellationToken cancellationToken)
    {
        if (WorkApi.RefuseNumbers(page, limit, out var number, out var size) is { } refusal)
            return refusal;
        Guid? channel = Guid.TryParse(channelId, out var id) ? id : null;
        if (channel is null && !string.IsNullOrEmpty(channelId))
            return Envelope.Invalid("channelId", "channelId must be the id of a channel.");

        var (rows, total) = await store.PageAsync(context.User.Id(), channel, number, size, cancellationToken);
        return Envelope.Ok(new { Published = rows.Select(PublishedJson.Of), Pagination = WorkApi.Pagination(number, size, total) });
    }

    private static async Task<IResult> FindAsync(Guid id, UploadStore store, HttpContext context, CancellationToken cancellationToken) =>
        await store.FindAsync(context.User.Id(), id, cancellationToken) is { } row ? Envelope.Ok(UploadJson.Of(row)) : Envelope.NotFound("upload");

    private static async Task<IResult> RemoveAsync(Guid id, UploadService uploads, UploadStore store, HttpContext context, CancellationToken cancellationToken)
    {
        if (await uploads.RemoveAsync(context.User.Id(), [id], cancellationToken) is not null)
            return Results.NoContent();
        return await store.FindAsync(context.User.Id(), id, cancellationToken) is null
            ? Envelope.NotFound("upload")
            : NotNow("Cancel the upload first: it has not ended.");
    }

    private static async Task<IResult> CancelAsync(Guid id, UploadService uploads, UploadStore store, HttpContext context, CancellationToken cancellationToken) =>
        await uploads.CancelAsync(context.User.Id(), id, cancellationToken) switch
        {
            OrderOutcome.NotNow => NotNow("This upload has ended already."),
            OrderOutcome.TooLate => NotNow("The whole video had been sent: there may be a video on the channel. Retry asks the platform and sends nothing twice."),
            _ => await FindAsync(id, store, context, cancellationToken),
        };

    private static async Task<IResult> RetryAsync(Guid id, UploadService uploads, UploadStore store, HttpContext context, CancellationToken cancellationToken) =>
        await uploads.RetryAsync(context.User.Id(), id, cancellationToken) == OrderOutcome.NotNow
            ? NotNow("Only an upload that waits, failed or was cancelled can be tried again.")
            : await FindAsync(id, store, context, cancellationToken);

    private static async Task<IResult> ConfirmPostAsync(
        Guid id, PostedBody body, InboxPosts posts, UploadStore store, HttpContext context, CancellationToken cancellationToken) =>
        await posts.ConfirmAsync(context.User.Id(), id, body.PostId ?? "", cancellationToken) == OrderOutcome.NotNow
            ? NotNow("This post is not, or no longer, what the draft probably became: read the upload again.")
            : await FindAsync(id, store, context, cancellationToken);

    private static IResult NotNow(string message) => Envelope.Error(StatusCodes.Status409Conflict, "not_now", message);

    private static IResult Refusal(IReadOnlyList<RuleBreak> breaks) => Envelope.Error(
        StatusCodes.Status400BadRequest,
        "invalid_request",
        string.Join(' ', breaks.Select(broken => broken.Message)),
        breaks.Select(broken => new { Field = FieldOf(broken.Field), broken.Code, broken.Message }));

    // As the body calls it.
    private static string FieldOf(string field) => field switch
    {
        nameof(UploadRequest.DownloadId) => "downloadedVideoId",
        nameof(UploadRequest.ChannelIds) => "channelId",
        _ => JsonNamingPolicy.CamelCase.ConvertName(field),
    };

    private sealed record PostedBody(string? PostId);

    private sealed record StartBody(
        string? DownloadedVideoId,
        string? ChannelId,
        string? Title,
        string? Description,
        string[]? Tags,
        string? Privacy,
        string? CategoryId,
        bool? MadeForKids,
        string? Licence,
        DateTimeOffset? PublishAt,
        string? RightsStatement)
    {
        private static readonly string Standard = EnumText<VideoLicence>.Of(VideoLicence.Standard);

        public PublishDraft ToDraft() => new()
        {
            Title = Title ?? "",
            Description = Description ?? "",
            Tags = Tags ?? [],
            Privacy = EnumText<VideoPrivacy>.TryParse(Privacy, out var privacy) ? privacy : null,
            CategoryId = CategoryId ?? PublishRules.DefaultCategory,
            MadeForKids = MadeForKids ?? false,
            Licence = EnumText<VideoLicence>.TryParse(Licence ?? Standard, out var licence) ? licence : null,
            PublishAt = PublishAt,
        };
    }
}
