using System.Text.Json;
using System.Text.RegularExpressions;
using TrendVault.Core.Media;

namespace TrendVault.Core.Downloads;

/// <summary>Reads the one JSON object of <c>yt-dlp -J</c>. Every field of it comes from a stranger's page.</summary>
internal static partial class MediaInfoReader
{
    private const int MaxFormats = 500;
    private const int MaxTitle = 500;
    private const int MaxLanguages = 200;

    private static readonly string[] Protocols = ["http", "https", "m3u8", "m3u8_native", "http_dash_segments"];
    private static readonly string[] AudioExtensions = ["mp3", "m4a", "aac", "opus", "ogg", "oga", "flac", "wav"];
    private static readonly string?[] SubtitleExtensions = ["vtt", "srt", "ass", "ssa", "ttml", "dfxp"];

    private static readonly MediaFailure NotReadable = new(
        "unsupported", "yt-dlp found nothing that can be downloaded at this address.", Remedy.GiveUp);

    /// <summary>For who can take one video only. Its code leads to the choice among the videos, so only such a list has it.</summary>
    internal static readonly MediaFailure Playlist = new(
        "playlist", "This is a list of videos: open it under New download and choose from it.", Remedy.GiveUp);

    private static readonly MediaFailure NoAddresses = new(
        "no_addresses", "There are several videos here, but none has an address of its own: paste the address of one video.", Remedy.GiveUp);

    private static readonly MediaFailure Live = new(
        MediaFailure.LiveCode, "This is a live stream: it can be downloaded once it has ended.", Remedy.GiveUp);

    private static readonly MediaFailure Drm = new(
        "drm", "This video is protected against copying (DRM) and cannot be downloaded.", Remedy.GiveUp);

    /// <exception cref="MediaException">It is no finished video and no list of videos, or nothing of it can be had.</exception>
    public static MediaInfo Read(string json)
    {
        using var document = Parse(json);
        var root = document.RootElement;
        if (root.ValueKind != JsonValueKind.Object)
            throw new MediaException(NotReadable);

        if (IsList(root))
            return List(root);
        Refuse(root);
        var duration = Duration(root);
        return new MediaInfo
        {
            Title = Title(root),
            CreatorName = Creator(root),
            DurationSeconds = duration,
            ThumbnailUrl = Picture(root),
            Licence = Text(root, "license", 200),
            Formats = Formats(root, duration),
            Subtitles = [.. Subtitles(root, "subtitles", isAutomatic: false).Concat(Subtitles(root, "automatic_captions", isAutomatic: true)).DistinctBy(one => one.Language)],
        };
    }

    private static JsonDocument Parse(string json)
    {
        try
        {
            return OutsideJson.Parse(json);
        }
        catch (JsonException)
        {
            throw new MediaException(NotReadable);
        }
    }

    private static void Refuse(JsonElement root)
    {
        switch (Text(root, "live_status", 50))
        {
            case "is_upcoming":
                throw new MediaException(Premiere.Failure(Premiere.BeginOf(root)));
            case "is_live" or "post_live":
                throw new MediaException(Live with { Begins = Premiere.BeginOf(root) });
        }

        if (root.IsTrue("is_live"))
            throw new MediaException(Live);
    }

    private static MediaInfo List(JsonElement root)
    {
        var items = root.Objects("entries").Select(entry => Item(root, entry)).OfType<MediaItem>()
            .DistinctBy(item => item.Url).Take(MediaInfo.MostItems).ToList();
        if (items.Count == 0)
            throw new MediaException(NoAddresses);
        return new MediaInfo
        {
            Title = Title(root),
            CreatorName = Creator(root),
            ThumbnailUrl = Picture(root),
            Formats = [],
            Items = items,
            ItemCount = root.Number("playlist_count") is { } count and < 1e9 ? (int)count : null,
        };
    }

    private static bool IsList(JsonElement root) =>
        root.Text("_type") is "playlist" or "multi_video" || root.Find("entries").ValueKind != JsonValueKind.Undefined;

    // What was read with the list (a video whole, or a channel's tab with its videos) has the address of its page; of one page with
    // several videos that leads back to all of them.
    private static MediaItem? Item(JsonElement root, JsonElement entry)
    {
        var isRead = IsList(entry) || entry.Find("formats").ValueKind != JsonValueKind.Undefined;
        var url = WebAddress(Text(entry, isRead ? "webpage_url" : "url", 2048));
        if (url is null || url == WebAddress(Text(root, "webpage_url", 2048)))
            return null;
        return new MediaItem
        {
            Url = url,
            Title = Text(entry, "title", MaxTitle) ?? url,
            CreatorName = Creator(entry),
            DurationSeconds = Duration(entry),
            ThumbnailUrl = Picture(entry),
            IsList = IsList(entry) || (Text(entry, "ie_key", 100) is { } extractor && ListExtractor().IsMatch(extractor)),
        };
    }

    private static string Title(JsonElement root) => Text(root, "title", MaxTitle) ?? Text(root, "id", MaxTitle) ?? "Untitled";

    private static string? Creator(JsonElement item) => Text(item, "channel", 200) ?? Text(item, "uploader", 200);

    private static double? Duration(JsonElement item) => item.Number("duration") is { } seconds and < 1e7 ? seconds : null;

    // Lists give several sizes, the largest last.
    private static string? Picture(JsonElement item) =>
        WebAddress(Text(item, "thumbnail", 2048))
        ?? item.Objects("thumbnails").Select(size => WebAddress(Text(size, "url", 2048))).LastOrDefault(url => url is not null);

    private static List<MediaFormat> Formats(JsonElement root, double? duration)
    {
        // A page with a bare og:video has no list: the top level is its one format.
        List<JsonElement> items = root.Find("formats").ValueKind == JsonValueKind.Array ? [.. root.Objects("formats")] : [root];
        var free = items.Where(item => !item.IsTrue("has_drm")).ToList();
        if (free.Count == 0 && items.Count > 0)
            throw new MediaException(Drm);

        var formats = free.Select(item => Format(item, duration)).OfType<MediaFormat>().TakeLast(MaxFormats).ToList();
        return formats.Count > 0 ? formats : throw new MediaException(NotReadable);
    }

    private static IEnumerable<MediaSubtitles> Subtitles(JsonElement root, string name, bool isAutomatic)
    {
        var languages = root.Find(name) is { ValueKind: JsonValueKind.Object } found ? found.EnumerateObject().ToList() : [];
        return languages.Where(language => Language().IsMatch(language.Name) && language.Value.ValueKind == JsonValueKind.Array)
            .Select(language => (language.Name, Files: language.Value.EnumerateArray().Where(IsText).ToList()))
            .Where(language => language.Files.Count > 0)
            .Take(MaxLanguages)
            .Select(language => new MediaSubtitles(language.Name, Text(language.Files[0], "name", 100), isAutomatic));
    }

    // Of a chat or a list of comments no track can be made; for other protocols see Format.
    private static bool IsText(JsonElement file) =>
        file.ValueKind == JsonValueKind.Object && SubtitleExtensions.Contains(Text(file, "ext", 10))
        && WebAddress(Text(file, "url", 16_384)) is not null && (Text(file, "protocol", 50) is not { } protocol || Protocols.Contains(protocol));

    private static MediaFormat? Format(JsonElement item, double? duration)
    {
        // Exactly as it came, for so it is asked for.
        var id = item.Text("format_id");
        var ext = Text(item, "ext", 10) ?? "mp4";
        // Other protocols are fetched by programs that know no proxy, past the egress guard; storyboards (mhtml) are no video.
        if (id is null || !FormatId().IsMatch(id) || !Protocols.Contains(item.Text("protocol")) || ext == "mhtml" || !Word().IsMatch(ext))
            return null;

        var (videoCodec, audioCodec) = (Text(item, "vcodec", 50), Text(item, "acodec", 50));
        if (videoCodec == "none" && audioCodec == "none")
            return null;
        var exact = Bytes(item.Number("filesize"));
        return new MediaFormat
        {
            FormatId = id,
            Ext = ext,
            Width = Pixels(item, "width"),
            Height = Pixels(item, "height"),
            Fps = item.Number("fps") is { } fps and > 0 and < 1000 ? fps : null,
            VideoCodec = videoCodec ?? (AudioExtensions.Contains(ext) ? "none" : null),
            AudioCodec = audioCodec,
            SizeBytes = exact ?? Bytes(item.Number("filesize_approx")) ?? Bytes(item.Number("tbr") * 1000 / 8 * duration),
            SizeIsEstimated = exact is null,
            Note = Text(item, "format_note", 100),
            Preference = Preference(item),
        };
    }

    private static int? Pixels(JsonElement item, string name) => item.Number(name) is { } pixels and >= 1 and < 100_000 ? (int)pixels : null;

    private static long? Bytes(double? value) => value is > 0 and < 1e15 ? (long)value : null;

    // yt-dlp puts what a site's own extractor thinks little of (a copy with a watermark) below all else, whatever its size.
    private static int Preference(JsonElement item) =>
        item.Find("preference") is { ValueKind: JsonValueKind.Number } value && value.TryGetInt32(out var preference) ? preference : MediaFormat.UsualPreference;

    private static string? Text(JsonElement item, string name, int limit) => CleanText.Line(item.Text(name), limit);

    /// <summary>Null for what is no address of the web; which pictures a page may show is the page's business.</summary>
    internal static string? WebAddress(string? text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri) && (uri.Scheme == Uri.UriSchemeHttps || uri.Scheme == Uri.UriSchemeHttp) ? uri.AbsoluteUri : null;

    // yt-dlp itself replaces blanks and what its own selectors are made of; halves of characters, and what ends an argument, cannot be
    // passed to it. All else may stand in an id.
    [GeneratedRegex(@"^[^\s\p{Cc}\p{Cs}\uFFFD,/\[\]()]{1,255}\z")]
    internal static partial Regex FormatId();

    // By the names that yt-dlp's extractors have. One that is a video all the same costs a click: its page is looked at before anything starts.
    [GeneratedRegex("(Tab|Playlist|Channel|User|Album|Set|Search|Feed|Season|Series|Show|Collection|Group|Tag|Topic|Artist|Podcast|List|Videos|Category|Folder|Course|Favorite)s?(Base)?$")]
    private static partial Regex ListExtractor();

    // "all" is yt-dlp's word for every language.
    [GeneratedRegex("^(?!all$)[A-Za-z0-9][A-Za-z0-9_-]{0,34}$")]
    internal static partial Regex Language();

    [GeneratedRegex("^[a-z0-9]{1,8}$")]
    private static partial Regex Word();
}
