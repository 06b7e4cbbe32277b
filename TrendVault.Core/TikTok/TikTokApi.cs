using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Options;

namespace TrendVault.Core.TikTok;

/// <summary>Who granted a token, as TikTok says it.</summary>
/// <param name="OpenId">Of this person towards this app.</param>
/// <param name="DisplayName">For people.</param>
/// <param name="AvatarUrl">Works for some hours.</param>
internal sealed record TikTokUser(string OpenId, string? DisplayName, string? AvatarUrl);

/// <summary>A draft that has begun.</summary>
/// <param name="PublishId">By which its status is asked for.</param>
/// <param name="UploadUrl">Takes the bytes for an hour, from whoever knows it.</param>
internal sealed record TikTokDraft(string PublishId, Uri UploadUrl);

/// <summary>How far a draft is.</summary>
/// <param name="Status">Such as SEND_TO_USER_INBOX.</param>
/// <param name="FailReason">With FAILED.</param>
/// <param name="UploadedBytes">From the file's beginning; null when TikTok does not say, which is not 0.</param>
/// <param name="PublicalyAvailablePostId">As TikTok spells it: ids above 2^53, numbers or strings.</param>
internal sealed record TikTokDraftStatus(string Status, string? FailReason, long? UploadedBytes, JsonElement PublicalyAvailablePostId)
{
    /// <summary>True once the creator has it, posted or not.</summary>
    public bool HasArrived => Status == "SEND_TO_USER_INBOX" || IsPosted;

    /// <summary>True once the creator has posted it.</summary>
    public bool IsPosted => Status == "PUBLISH_COMPLETE";

    /// <summary>True when nothing comes of it any more.</summary>
    public bool HasFailed => Status == "FAILED";

    /// <summary>True while bytes are missing, or TikTok looks at them.</summary>
    public bool IsUploading => Status == "PROCESSING_UPLOAD";

    /// <summary>The public post; null for one that is not public, or not looked at by TikTok yet.</summary>
    public string? PostId => PublicalyAvailablePostId.ValueKind == JsonValueKind.Array
        ? PublicalyAvailablePostId.EnumerateArray().Select(TikTokPost.IdOf).FirstOrDefault(id => id is not null)
        : null;
}

/// <summary>A public post of a creator.</summary>
/// <param name="Id">Digits.</param>
/// <param name="At">When it was posted.</param>
/// <param name="Seconds">Its length, whole ones.</param>
internal sealed record TikTokPost(string Id, DateTimeOffset At, double Seconds)
{
    /// <summary>An id as it is in JSON; null for what is none.</summary>
    public static string? IdOf(JsonElement id) => id.ValueKind switch
    {
        JsonValueKind.Number when id.TryGetUInt64(out _) => id.GetRawText(),
        JsonValueKind.String when id.GetString() is { Length: > 0 and <= 20 } text && text.All(char.IsAsciiDigit) => text,
        _ => null,
    };
}

/// <summary>The answer to a chunk.</summary>
/// <param name="Status">As in HTTP.</param>
/// <param name="Stored">Bytes from the file's beginning, where the answer tells.</param>
internal sealed record TikTokChunkAnswer(HttpStatusCode Status, long? Stored);

/// <summary>TikTok's API with a creator's token: who it is, and drafts into the inbox. Every path ends with a slash.</summary>
/// <remarks><see href="https://developers.tiktok.com/doc/content-posting-api-reference-upload-video"/></remarks>
internal sealed class TikTokApi(TikTokLine line, IHttpClientFactory clients, IOptions<TikTokOptions> options)
{
    public const string UploadClientName = "tiktok-upload";

    /// <summary>The code of a refusal of an upload address: the draft that it is of has begun.</summary>
    public const string AddressRefused = "upload_address_refused";

    private const string UploadDomain = "tiktokapis.com";
    private const string ListPath = "v2/video/list/?fields=id,create_time,duration";
    private const int PageSize = 20;
    private const int MostPages = 10;

    /// <exception cref="PlatformException">TikTok refuses, or does not answer.</exception>
    public async Task<TikTokUser> ReadUserAsync(string accessToken, CancellationToken cancellationToken) =>
        (await CallAsync<UserData>(HttpMethod.Get, "v2/user/info/?fields=open_id,display_name,avatar_url", accessToken, body: null, cancellationToken)).User;

    /// <summary>Begins a draft. May have made one although no answer comes.</summary>
    /// <exception cref="PlatformException">TikTok refuses, or does not answer.</exception>
    public async Task<TikTokDraft> BeginAsync(string accessToken, TikTokChunks chunks, CancellationToken cancellationToken)
    {
        var body = new { SourceInfo = new { Source = "FILE_UPLOAD", VideoSize = chunks.Size, ChunkSize = chunks.ChunkSize, TotalChunkCount = chunks.Count } };
        var data = await CallAsync<InitData>(HttpMethod.Post, "v2/post/publish/inbox/video/init/", accessToken, body, cancellationToken);
        return IsUploadUrl(data.UploadUrl, options.Value.PublishUrl)
            ? new TikTokDraft(data.PublishId, new Uri(data.UploadUrl))
            : throw new PlatformException(Remedy.GiveUp, AddressRefused, "TikTok names an address for the upload that is not TikTok's. Nothing was sent there.");
    }

    /// <exception cref="PlatformException">TikTok refuses, or does not answer.</exception>
    public Task<TikTokDraftStatus> ReadStatusAsync(string accessToken, string publishId, CancellationToken cancellationToken) =>
        CallAsync<TikTokDraftStatus>(HttpMethod.Post, "v2/post/publish/status/fetch/", accessToken, new { PublishId = publishId }, cancellationToken);

    /// <summary>
    /// The creator's public posts since a moment, newest first, of which a few hundred are read at most. Takes the scope
    /// <c>video.list</c>.
    /// </summary>
    /// <exception cref="PlatformException">TikTok refuses, or does not answer.</exception>
    public async Task<IReadOnlyList<TikTokPost>> ListPostsAsync(string accessToken, DateTimeOffset since, CancellationToken cancellationToken)
    {
        var posts = new List<TikTokPost>();
        long? cursor = null;
        for (var page = 0; page < MostPages; page++)
        {
            var data = await CallAsync<ListData>(HttpMethod.Post, ListPath, accessToken, new { MaxCount = PageSize, Cursor = cursor }, cancellationToken);
            posts.AddRange((data.Videos ?? []).Select(video => video.ToPost()).OfType<TikTokPost>());
            if (!data.HasMore || posts is not [.., var last] || last.At < since)
                break;
            cursor = data.Cursor;
        }

        return [.. posts.Where(post => post.At >= since)];
    }

    /// <summary>Sends one chunk. The address is the credential, so no token goes with it.</summary>
    /// <exception cref="PlatformException">The connection broke.</exception>
    public async Task<TikTokChunkAnswer> PutAsync(Uri uploadUrl, HttpContent chunk, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, uploadUrl) { Content = chunk };
        // All that counts is in the head.
        using var answer = await TikTokLine.SendAsync(clients.CreateClient(UploadClientName), request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        return new TikTokChunkAnswer(answer.StatusCode, answer.Content.Headers.ContentRange?.To);
    }

    /// <summary>
    /// True for https on any host of TikTok's, and for the server that the API is at, which a stand-in's uploads go to as well. Which
    /// hosts TikTok uses changes by region and year, and a refusal here costs one of the creator's few drafts.
    /// </summary>
    internal static bool IsUploadUrl(string? text, Uri publishUrl) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url)
        && url.UserInfo.Length == 0
        && (url.GetLeftPart(UriPartial.Authority) == publishUrl.GetLeftPart(UriPartial.Authority)
            || (url is { Scheme: "https", IsDefaultPort: true } && IsTikTokHost(url.IdnHost)));

    private static bool IsTikTokHost(string host) => host == UploadDomain || host.EndsWith("." + UploadDomain, StringComparison.Ordinal);

    private async Task<T> CallAsync<T>(HttpMethod method, string path, string accessToken, object? body, CancellationToken cancellationToken)
        where T : class
    {
        using var request = new HttpRequestMessage(method, new Uri(options.Value.PublishUrl, path));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", accessToken);
        if (body is not null)
            request.Content = new StringContent(JsonSerializer.Serialize(body, TikTokLine.Json), Encoding.UTF8, "application/json");
        var answer = await line.SendAsync<Envelope<T>>(request, cancellationToken);
        return answer is { IsSuccess: true, Body: { Error.Code: "ok", Data: { } data } }
            ? data
            : throw TikTokErrors.OfApi(answer.Status, answer.Body?.Error?.Code ?? "", answer.RetryAfter);
    }

    private sealed record Envelope<T>(T? Data, ErrorPart? Error);

    private sealed record ErrorPart(string Code);

    private sealed record UserData(TikTokUser User);

    private sealed record InitData(string PublishId, string UploadUrl);

    private sealed record ListData(IReadOnlyList<VideoPart>? Videos, long? Cursor, bool HasMore);

    private sealed record VideoPart(JsonElement Id, long? CreateTime, double? Duration)
    {
        // Of the year 9987.
        private const long LastSecond = 253_000_000_000;

        public TikTokPost? ToPost() => TikTokPost.IdOf(Id) is { } id && CreateTime is > 0 and < LastSecond
            ? new TikTokPost(id, DateTimeOffset.FromUnixTimeSeconds(CreateTime.Value), Duration ?? 0)
            : null;
    }
}
