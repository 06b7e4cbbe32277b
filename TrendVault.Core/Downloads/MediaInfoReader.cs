using System.Text.Json;
using System.Text.RegularExpressions;

namespace TrendVault.Core.Downloads;

/// <summary>Reads the one JSON object of <c>yt-dlp -J</c>. Every field of it comes from a stranger's page.</summary>
internal static partial class MediaInfoReader
{
    private const int MaxFormats = 500;
    private const int MaxTitle = 500;

    private static readonly string[] Protocols = ["http", "https", "m3u8", "m3u8_native", "http_dash_segments"];
    private static readonly string[] AudioExtensions = ["mp3", "m4a", "aac", "opus", "ogg", "oga", "flac", "wav"];

    private static readonly DownloadFailure NotReadable = new(
        "unsupported", "yt-dlp found nothing that can be downloaded at this address.", Remedy.GiveUp);

    private static readonly DownloadFailure Playlist = new(
        "playlist", "This is a playlist: paste the address of one video.", Remedy.GiveUp);

    private static readonly DownloadFailure Live = new(
        "live", "This is a live stream: it can be downloaded once it has ended.", Remedy.GiveUp);

    private static readonly DownloadFailure NotYet = new(
        "not_yet", "This video has not been published yet: try again after its premiere.", Remedy.GiveUp);

    private static readonly DownloadFailure Drm = new(
        "drm", "This video is protected against copying (DRM) and cannot be downloaded.", Remedy.GiveUp);

    /// <exception cref="DownloadException">It is no single finished video, or nothing of it can be had.</exception>
    public static MediaInfo Read(string json)
    {
        using var document = Parse(json);
        var root = document.RootElement;
        if (root.ValueKind != JsonValueKind.Object)
            throw new DownloadException(NotReadable);

        Refuse(root);
        var duration = Number(root, "duration") is { } seconds and >= 0 and < 1e7 ? seconds : (double?)null;
        return new MediaInfo
        {
            Title = Text(root, "title", MaxTitle) ?? Text(root, "id", MaxTitle) ?? "Untitled",
            CreatorName = Text(root, "channel", 200) ?? Text(root, "uploader", 200),
            DurationSeconds = duration,
            ThumbnailUrl = WebAddress(Text(root, "thumbnail", 2048)),
            Licence = Text(root, "license", 200),
            Formats = Formats(root, duration),
        };
    }

    private static JsonDocument Parse(string json)
    {
        try
        {
            return JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 64 });
        }
        catch (JsonException)
        {
            throw new DownloadException(NotReadable);
        }
    }

    private static void Refuse(JsonElement root)
    {
        if (Text(root, "_type", 50) is "playlist" or "multi_video" || root.TryGetProperty("entries", out _))
            throw new DownloadException(Playlist);
        switch (Text(root, "live_status", 50))
        {
            case "is_upcoming":
                throw new DownloadException(NotYet);
            case "is_live" or "post_live":
                throw new DownloadException(Live);
        }

        if (root.TryGetProperty("is_live", out var live) && live.ValueKind == JsonValueKind.True)
            throw new DownloadException(Live);
    }

    private static List<MediaFormat> Formats(JsonElement root, double? duration)
    {
        // A page with a bare og:video has no list: the top level is its one format.
        var items = root.TryGetProperty("formats", out var list) && list.ValueKind == JsonValueKind.Array
            ? [.. list.EnumerateArray().Where(item => item.ValueKind == JsonValueKind.Object)]
            : new List<JsonElement> { root };

        var free = items.Where(item => !(item.TryGetProperty("has_drm", out var drm) && drm.ValueKind == JsonValueKind.True)).ToList();
        if (free.Count == 0 && items.Count > 0)
            throw new DownloadException(Drm);

        var formats = free.Select(item => Format(item, duration)).OfType<MediaFormat>().TakeLast(MaxFormats).ToList();
        return formats.Count > 0 ? formats : throw new DownloadException(NotReadable);
    }

    private static MediaFormat? Format(JsonElement item, double? duration)
    {
        var id = Text(item, "format_id", 65);
        var ext = Text(item, "ext", 10) ?? "mp4";
        // Other protocols are fetched by programs that know no proxy, past the egress guard; storyboards (mhtml) are no video.
        if (id is null || !FormatId().IsMatch(id) || !Protocols.Contains(Text(item, "protocol", 50)) || ext == "mhtml" || !Word().IsMatch(ext))
            return null;

        var (videoCodec, audioCodec) = (Text(item, "vcodec", 50), Text(item, "acodec", 50));
        if (videoCodec == "none" && audioCodec == "none")
            return null;
        var exact = Bytes(Number(item, "filesize"));
        return new MediaFormat
        {
            FormatId = id,
            Ext = ext,
            Width = Pixels(item, "width"),
            Height = Pixels(item, "height"),
            Fps = Number(item, "fps") is { } fps and > 0 and < 1000 ? fps : null,
            VideoCodec = videoCodec ?? (AudioExtensions.Contains(ext) ? "none" : null),
            AudioCodec = audioCodec,
            SizeBytes = exact ?? Bytes(Number(item, "filesize_approx")) ?? Bytes(Number(item, "tbr") * 1000 / 8 * duration),
            SizeIsEstimated = exact is null,
            Note = Text(item, "format_note", 100),
        };
    }

    private static int? Pixels(JsonElement item, string name) => Number(item, name) is { } pixels and > 0 and < 100_000 ? (int)pixels : null;

    private static long? Bytes(double? value) => value is > 0 and < 1e15 ? (long)value : null;

    private static double? Number(JsonElement item, string name) =>
        item.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) && double.IsFinite(number)
            ? number
            : null;

    private static string? Text(JsonElement item, string name, int limit)
    {
        if (!item.TryGetProperty(name, out var value) || value.ValueKind != JsonValueKind.String)
            return null;
        var text = CleanText.OneLine(value.GetString()!);
        return text.Length == 0 ? null : CleanText.Cut(text, limit);
    }

    /// <summary>Null for what is no address of the web; which pictures a page may show is the page's business.</summary>
    internal static string? WebAddress(string? text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri) && (uri.Scheme == Uri.UriSchemeHttps || uri.Scheme == Uri.UriSchemeHttp) ? uri.AbsoluteUri : null;

    [GeneratedRegex(@"^[A-Za-z0-9_.+-]{1,64}$")]
    internal static partial Regex FormatId();

    [GeneratedRegex("^[a-z0-9]{1,8}$")]
    private static partial Regex Word();
}
