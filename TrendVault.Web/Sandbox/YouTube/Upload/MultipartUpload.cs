namespace TrendVault.Web.Sandbox.YouTube;

/// <summary>
/// An upload in one request, <c>uploadType=multipart</c>: first what it says of the video, then the video. One that breaks off leaves
/// nothing behind.
/// </summary>
internal static class MultipartUpload
{
    public static async Task<IResult> TakeAsync(YouTubeCall call, string channelId, UploadDesk desk, YouTubeResources resources)
    {
        var ct = call.Context.RequestAborted;
        if (RelatedParts.Of(call.Context.Request) is not { } parts)
            throw NoVideo();
        var about = await parts.FirstAsync(ct) ?? throw NoVideo();
        var metadata = VideoMetadata.Read(await UploadEndpoints.ReadJsonAsync(about.Body, ct));
        var film = await parts.NextAsync(ct) ?? throw NoVideo();
        UploadEndpoints.CheckMediaType(film.ContentType);

        var session = desk.Start(channelId, metadata, total: null);
        await ReceiveAsync(session, film, desk, ct);
        var video = await desk.FinishAsync(session, CancellationToken.None);
        return SandboxJson.Ok(resources.VideoOf(video, call, owner: true));
    }

    private static async Task ReceiveAsync(UploadSession session, RelatedPart film, UploadDesk desk, CancellationToken ct)
    {
        try
        {
            await desk.AppendAsync(session, film.Body, expected: null, keep: null, ct);
        }
        catch
        {
            desk.Cancel(session);
            throw;
        }
    }

    private static YouTubeError NoVideo() =>
        new(400, "mediaBodyRequired", "The request does not include the video content.", "youtube.video");
}
