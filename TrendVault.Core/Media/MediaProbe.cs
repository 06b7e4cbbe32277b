using System.Globalization;
using System.Text.Json;

namespace TrendVault.Core.Media;

/// <summary>A finished file, as it is and not as its site said.</summary>
/// <param name="Path">In the working folder.</param>
/// <param name="Extension">One of those allowed, without the dot.</param>
/// <param name="ContentType">That goes with it.</param>
/// <param name="Facts">What is in it.</param>
internal sealed record MediaFile(string Path, string Extension, string ContentType, MediaFacts Facts);

/// <summary>What a file holds; null is what it does not tell, or does not have.</summary>
internal sealed record MediaFacts
{
    public double? DurationSeconds { get; init; }

    /// <summary>Of the picture in pixels.</summary>
    public int? Width { get; init; }

    /// <summary>Of the picture in pixels.</summary>
    public int? Height { get; init; }

    /// <summary>Pictures per second.</summary>
    public double? FrameRate { get; init; }

    /// <summary>Of the picture, in ffmpeg's words: <c>h264</c>.</summary>
    public string? VideoCodec { get; init; }

    /// <summary>Of the sound: <c>aac</c>.</summary>
    public string? AudioCodec { get; init; }

    /// <summary>Bits per second, of picture and sound together.</summary>
    public long? BitRate { get; init; }
}

/// <summary>Accepts what a download left behind, if it is exactly one media file.</summary>
internal static class MediaProbe
{
    private static readonly Dictionary<string, string> ContentTypes = new()
    {
        ["mp4"] = "video/mp4",
        ["m4v"] = "video/mp4",
        ["mov"] = "video/quicktime",
        ["webm"] = "video/webm",
        ["mkv"] = "video/x-matroska",
        ["m4a"] = "audio/mp4",
        ["mp3"] = "audio/mpeg",
        ["opus"] = "audio/ogg",
        ["ogg"] = "audio/ogg",
        ["aac"] = "audio/aac",
        ["flac"] = "audio/flac",
        ["wav"] = "audio/wav",
    };

    // A playlist in disguise would have ffmpeg open other files or the network: only the file itself, and only media containers.
    internal static readonly string[] OnlyMedia =
        ["-v", "error", "-protocol_whitelist", "file", "-format_whitelist", PlainFfmpeg.Media];

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    private static readonly MediaFailure NoFile = new(
        "no_file", "yt-dlp ended without a file: the site may have sent nothing. Try again, or choose another format.", Remedy.Retry);

    private static readonly MediaFailure SeveralFiles = new(
        "bad_media", "yt-dlp left several files where one was asked for. Choose another format.", Remedy.GiveUp);

    private static readonly MediaFailure NotMedia = new(
        "bad_media", "What the site sent is no video and no sound. Choose another format, or the address of the video's own page.", Remedy.GiveUp);

    /// <exception cref="MediaException">It is not.</exception>
    public static async Task<MediaFile> ReadAsync(Confiner confiner, string ffprobe, WorkFolder folder, long maxBytes, CancellationToken cancellationToken)
    {
        var file = OnlyFile(folder);
        if (file.Length > maxBytes)
            throw new MediaException(new("too_large", "The file is larger than the limit. Choose a smaller format.", Remedy.GiveUp));

        var extension = file.Extension.TrimStart('.').ToLowerInvariant();
        if (!ContentTypes.TryGetValue(extension, out var contentType))
            throw new MediaException(NotMedia);
        using var facts = await AskAsync(confiner, ffprobe, file, folder, cancellationToken);
        return Describe(facts.RootElement, file, extension, contentType) ?? throw new MediaException(NotMedia);
    }

    private static FileInfo OnlyFile(WorkFolder folder)
    {
        var entries = new DirectoryInfo(folder.Media).GetFileSystemInfos();
        // Attributes are the link's own: a symbolic link has a target and is not followed.
        var files = entries.OfType<FileInfo>().Where(file => file is { LinkTarget: null, Length: > 0 }).ToList();
        if (files.Count == 0)
            throw new MediaException(NoFile);
        return files.Count == 1 && entries.Length == 1 ? files[0] : throw new MediaException(SeveralFiles);
    }

    private static async Task<JsonDocument> AskAsync(Confiner confiner, string ffprobe, FileInfo file, WorkFolder folder, CancellationToken cancellationToken)
    {
        var command = new ProcessGroup.Command
        {
            Program = ffprobe,
            Arguments =
            [
                .. OnlyMedia, "-show_entries",
                "format=duration,bit_rate:stream=codec_type,codec_name,width,height,avg_frame_rate:stream_disposition=attached_pic:stream_side_data=rotation:stream_tags=rotate",
                "-of", "json=compact=1", "-i", "file:" + file.FullName,
            ],
            WorkingFolder = folder.Home,
            Environment = Toolbox.BareEnvironment(folder.Home),
            Reads = [folder.Media],
        };
        var json = new System.Text.StringBuilder();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Timeout);
        try
        {
            var exitCode = await confiner.RunAsync(command, line => json.AppendLine(line), _ => { }, limit.Token);
            return exitCode == 0 ? OutsideJson.Parse(json.ToString()) : throw new MediaException(NotMedia);
        }
        catch (Exception e) when (e is JsonException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw new MediaException(NotMedia);
        }
    }

    private static MediaFile? Describe(JsonElement facts, FileInfo file, string extension, string contentType)
    {
        var streams = facts.Objects("streams").ToList();
        var pictures = streams.Where(stream => Type(stream) == "video" && !IsCover(stream)).ToList();
        if (pictures.Count == 0 && !streams.Any(stream => Type(stream) == "audio"))
            return null;

        // An mp4 without a picture is sound, and is played as such.
        var type = pictures.Count == 0 ? contentType.Replace("video/", "audio/", StringComparison.Ordinal) : contentType;
        return new MediaFile(file.FullName, extension, type, Read(facts, pictures.FirstOrDefault(), streams.FirstOrDefault(stream => Type(stream) == "audio")));
    }

    // Where there is no such stream the element is undefined, and has no such property either.
    private static MediaFacts Read(JsonElement facts, JsonElement picture, JsonElement sound)
    {
        var format = facts.Find("format");
        var (width, height) = (Pixels(picture, "width"), Pixels(picture, "height"));
        if (IsOnItsSide(picture))
            (width, height) = (height, width);
        return new MediaFacts
        {
            DurationSeconds = format.Number("duration"),
            Width = width,
            Height = height,
            FrameRate = Ratio(picture.Text("avg_frame_rate")),
            VideoCodec = picture.Text("codec_name"),
            AudioCodec = sound.Text("codec_name"),
            BitRate = format.Count("bit_rate"),
        };
    }

    private static string? Type(JsonElement stream) => stream.Text("codec_type");

    private static bool IsCover(JsonElement stream) => stream.Find("disposition").Number("attached_pic") == 1;

    // A telephone films on its side and writes down which way is up: players, and ffmpeg where it makes a picture of it, turn it so.
    private static bool IsOnItsSide(JsonElement picture)
    {
        var turns = picture.Objects("side_data_list").Append(picture.Find("tags")).Select(told => told.Text("rotation") ?? told.Text("rotate")).OfType<string>();
        return Number(turns.FirstOrDefault()) is { } degrees && Math.Abs(Math.Round(degrees / 90) % 2) == 1;
    }

    private static int? Pixels(JsonElement picture, string name) => picture.Number(name) is { } pixels and >= 1 and < 100_000 ? (int)pixels : null;

    // "30000/1001"; "0/0" is unknown.
    private static double? Ratio(string? text) =>
        text?.Split('/') is [var over, var under] && Number(over) / Number(under) is { } rate && double.IsFinite(rate) && rate > 0 ? rate : null;

    private static double? Number(string? text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? number : null;
}
