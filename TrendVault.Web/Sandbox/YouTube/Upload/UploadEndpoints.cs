using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.WebUtilities;
using TrendVault.Web.Sandbox.Faults;
using TrendVault.Web.Sandbox.Google;

namespace TrendVault.Web.Sandbox.YouTube;

/// <summary>The writing half of the Data API: uploads, resumable and in one request, thumbnails and watermarks.</summary>
internal static class UploadEndpoints
{
    private const string VideosPath = "/upload/youtube/v3/videos";
    private const long LargestFile = 256L << 30;
    private const int LargestThumbnail = 50 << 20;
    private const int LargestWatermark = 10 << 20;

    private static readonly string[] WriteScopes = [Scopes.YouTubeUpload, Scopes.YouTube, Scopes.YouTubeForceSsl];

    private static readonly string[] VideoParts = ["snippet", "status", "localizations", "recordingDetails", "contentDetails", "id", "player", "processingDetails", "statistics"];

    public static void MapYouTubeUploads(this WebApplication app)
    {
        app.MapPost(
            VideosPath,
            (HttpContext context, YouTubeFrontDoor door, UploadDesk desk, YouTubeResources resources, SandboxAddress address, SandboxFaults faults) =>
                door.Enter(context, QuotaBook.Uploads, 1, call => StartAsync(call, desk, resources, address, faults)))
            .WithPartialResponse();
        app.MapPut(VideosPath, (HttpContext context, YouTubeFrontDoor door, UploadDesk desk, YouTubeResources resources, SandboxFaults faults) =>
            ContinueAsync(context, door, desk, resources, faults));
        app.MapDelete(VideosPath, (string? upload_id, UploadDesk desk) => Cancel(upload_id, desk));
        app.MapPost("/upload/youtube/v3/thumbnails/set", (HttpContext context, YouTubeFrontDoor door, UploadDesk desk, YouTubeResources resources) =>
            door.Enter(context, QuotaBook.Other, 50, call => SetThumbnailAsync(call, desk, resources)));
        app.MapPost("/upload/youtube/v3/watermarks/set", (HttpContext context, YouTubeFrontDoor door, UploadDesk desk) =>
            door.Enter(context, QuotaBook.Other, 50, call => SetWatermarkAsync(call, desk)));
    }

    private static async Task<IResult> StartAsync(
        YouTubeCall call, UploadDesk desk, YouTubeResources resources, SandboxAddress address, SandboxFaults faults)
    {
        var caller = call.Require(WriteScopes);
        call.Expecting(VideoParts, "notifySubscribers", "autoLevels", "stabilize", "onBehalfOfContentOwner", "onBehalfOfContentOwnerChannel");
        var uploadType = call.Text("uploadType");
        if (uploadType is not ("resumable" or "multipart"))
            throw YouTubeError.Invalid("uploadType", "The sandbox takes uploads that are resumable or multipart.");
        if (caller.ChannelId is null)
            throw new YouTubeError(401, "youtubeSignupRequired", "Unauthorized", "youtube.header", "Authorization", "header");
        if (!desk.Takes(caller.ChannelId))
            throw new YouTubeError(400, "uploadLimitExceeded", "The user has exceeded the number of videos they may upload.", "youtube.video");
        if (uploadType == "multipart")
            return await MultipartUpload.TakeAsync(call, caller.ChannelId, desk, resources);

        var headers = call.Context.Request.Headers;
        var type = headers["X-Upload-Content-Type"].ToString();
        CheckMediaType(type);
        long? total = long.TryParse(headers["X-Upload-Content-Length"].ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var length) ? length : null;
        if (total > LargestFile)
            throw new YouTubeError(400, "badRequest", "The file is larger than 256 GB.", "global");

        var metadata = VideoMetadata.Read(await ReadJsonAsync(call.Context.Request.Body, call.Context.RequestAborted));
        var session = desk.Start(caller.ChannelId, metadata, total);
        await faults.PassAsync(metadata.Title, -1, call.Context);
        call.Context.Response.Headers.Location = QueryHelpers.AddQueryString(address.Of(VideosPath), new Dictionary<string, string?>
        {
            ["uploadType"] = "resumable",
            ["upload_id"] = session.Id,
            ["part"] = string.Join(',', call.Parts),
        });
        call.Context.Response.Headers["X-GUploader-UploadID"] = session.Id;
        return Results.Ok();
    }

    private static async Task<IResult> ContinueAsync(HttpContext context, YouTubeFrontDoor door, UploadDesk desk, YouTubeResources resources, SandboxFaults faults)
    {
        try
        {
            if (desk.FindSession(context.Request.Query["upload_id"]) is not { } session)
                return Results.NotFound();
            // The address is a credential by itself; a token that is sent along must be alive, though.
            var caller = context.Request.Headers.Authorization.Count > 0 ? door.CallerOf(context) : null;
            var range = ContentRange.Read(context.Request);
            if (!await desk.TryEnterAsync(session, context.RequestAborted))
                throw new YouTubeError(503, "backendError", "The upload is busy with another request.", "global");
            try
            {
                var call = new YouTubeCall(context, caller).Expecting(VideoParts);
                return await TakeAsync(call, desk, session, range, resources, faults);
            }
            finally
            {
                desk.Leave(session);
            }
        }
        catch (YouTubeError error)
        {
            return error.ToResult();
        }
    }

    private static async Task<IResult> TakeAsync(
        YouTubeCall call, UploadDesk desk, UploadSession session, ContentRange range, YouTubeResources resources, SandboxFaults faults)
    {
        if (session.VideoId is { } done)
            return Finished(desk.Find(done)!);

        var stored = desk.StoredOf(session);
        if (range.IsQuery)
        {
            desk.NoteQuery(session);
        }
        else
        {
            range.Check(stored, session.Total, call.Context.Request.ContentLength);
            await faults.PassAsync(session.Metadata.Title, stored, call.Context);
            var keep = call.Context.Features.Get<FaultOrder>()?.KeepOfChunk;
            stored = await desk.AppendAsync(session, call.Context.Request.Body, range.Length, keep, call.Context.RequestAborted);
        }

        // The last byte is known by the total: of the announcement, of this chunk, or (unknown until now) of the body that just ended.
        var total = range.Total ?? session.Total;
        if (total is { } all && stored >= all)
        {
            var video = await desk.FinishAsync(session, CancellationToken.None);
            await faults.PassAsync(session.Metadata.Title, all, call.Context);
            return Finished(video);
        }

        call.Context.Response.StatusCode = StatusCodes.Status308PermanentRedirect;
        if (stored > 0)
            call.Context.Response.Headers.Range = $"bytes=0-{stored - 1}";
        return Results.StatusCode(StatusCodes.Status308PermanentRedirect);

        IResult Finished(UploadedVideo video) =>
            Results.Json(resources.VideoOf(video, call, owner: true), SandboxJson.Lean, statusCode: StatusCodes.Status201Created);
    }

    private static IResult Cancel(string? uploadId, UploadDesk desk)
    {
        if (desk.FindSession(uploadId) is not { VideoId: null } session)
            return Results.NotFound();
        desk.Cancel(session);
        return Results.StatusCode(499);
    }

    private static async Task<IResult> SetThumbnailAsync(YouTubeCall call, UploadDesk desk, YouTubeResources resources)
    {
        var caller = call.Require(WriteScopes);
        var video = desk.Find(call.Text("videoId") ?? throw YouTubeError.Missing("videoId"))
            ?? throw new YouTubeError(404, "videoNotFound", "The video that you are trying to insert a thumbnail image for cannot be found.", "youtube.thumbnail", "videoId");
        if (video.ChannelId != caller.ChannelId)
            throw new YouTubeError(403, "forbidden", "The thumbnail can't be set for the specified video.", "youtube.thumbnail", "videoId");

        var image = await ReadAllAsync(call.Context.Request.Body, LargestThumbnail, "invalidImage", call.Context.RequestAborted);
        if (!IsImage(image))
            throw new YouTubeError(400, "invalidImage", "The provided image content is invalid.", "youtube.thumbnail");
        desk.SetThumbnail(video, image);
        return SandboxJson.Ok(new
        {
            kind = "youtube#thumbnailSetResponse",
            etag = YouTubeResources.Etag(video.Id, image.Length),
            items = new[] { resources.Thumbnails(video.Id, large: true) },
        });
    }

    private static async Task<IResult> SetWatermarkAsync(YouTubeCall call, UploadDesk desk)
    {
        var caller = call.Require(WriteScopes);
        if (call.Text("channelId") is not { } channelId)
            throw YouTubeError.Missing("channelId");
        if (channelId != caller.ChannelId)
            throw new YouTubeError(403, "forbidden", "The watermark can't be set for the specified channel.", "youtube.watermark", "channelId");
        if (RelatedParts.Of(call.Context.Request) is not { } parts)
            throw NoImage();

        var branding = await parts.FirstAsync(call.Context.RequestAborted) ?? throw NoImage();
        await ReadJsonAsync(branding.Body, call.Context.RequestAborted);
        var picture = await parts.NextAsync(call.Context.RequestAborted) ?? throw NoImage();
        var image = await ReadAllAsync(picture.Body, LargestWatermark, "imageFormatUnsupported", call.Context.RequestAborted);
        if (!IsImage(image))
            throw new YouTubeError(400, "imageFormatUnsupported", "The image format is not supported.", "youtube.watermark");
        desk.SetWatermark(channelId, image);
        return Results.NoContent();

        static YouTubeError NoImage() => new(400, "mediaBodyRequired", "The request does not include the image content.", "youtube.watermark");
    }

    internal static void CheckMediaType(string type)
    {
        if (type.Length > 0 && !type.StartsWith("video/", StringComparison.OrdinalIgnoreCase) && type != "application/octet-stream")
            throw new YouTubeError(400, "badRequest", $"Media type '{type}' is not supported. Valid media types: [video/*, application/octet-stream]", "global");
    }

    internal static async Task<JsonElement> ReadJsonAsync(Stream body, CancellationToken ct)
    {
        try
        {
            return await JsonSerializer.DeserializeAsync<JsonElement>(body, cancellationToken: ct);
        }
        catch (JsonException)
        {
            throw new YouTubeError(400, "badRequest", "Parse Error", "global");
        }
    }

    private static async Task<byte[]> ReadAllAsync(Stream body, int limit, string tooLarge, CancellationToken ct)
    {
        using var image = new MemoryStream();
        var buffer = new byte[64 * 1024];
        int read;
        while ((read = await body.ReadAsync(buffer, ct)) > 0)
        {
            image.Write(buffer, 0, read);
            if (image.Length > limit)
                throw new YouTubeError(400, tooLarge, "The image is too large.", "global");
        }

        return image.Length > 0 ? image.ToArray() : throw new YouTubeError(400, "mediaBodyRequired", "The request does not include the image content.", "global");
    }

    private static bool IsImage(ReadOnlySpan<byte> bytes) =>
        bytes.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF]) || bytes.StartsWith((ReadOnlySpan<byte>)[0x89, (byte)'P', (byte)'N', (byte)'G']);
}
