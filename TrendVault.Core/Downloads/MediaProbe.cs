using System.Globalization;
using System.Text.Json;

namespace TrendVault.Core.Downloads;

/// <summary>A finished file, as it is and not as its site said.</summary>
/// <param name="Path">In the working folder.</param>
/// <param name="Extension">One of those allowed, without the dot.</param>
/// <param name="ContentType">That goes with it.</param>
/// <param name="DurationSeconds">Null where the file does not tell.</param>
/// <param name="Height">Of the picture in pixels; null for sound alone.</param>
public sealed record MediaFile(string Path, string Extension, string ContentType, double? DurationSeconds, int? Height);

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

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    private static readonly DownloadFailure NoFile = new(
        "no_file", "yt-dlp ended without a file: the site may have sent nothing. Try again, or choose another format.", Remedy.Retry);

    private static readonly DownloadFailure SeveralFiles = new(
        "bad_media", "yt-dlp left several files where one was asked for. Choose another format.", Remedy.GiveUp);

    private static readonly DownloadFailure NotMedia = new(
        "bad_media", "What the site sent is no video and no sound. Choose another format, or the address of the video's own page.", Remedy.GiveUp);

    /// <exception cref="DownloadException">It is not.</exception>
    public static async Task<MediaFile> ReadAsync(string ffprobe, WorkFolder folder, long maxBytes, CancellationToken cancellationToken)
    {
        var file = OnlyFile(folder);
        if (file.Length > maxBytes)
            throw new DownloadException(new("too_large", "The file is larger than the limit. Choose a smaller format.", Remedy.GiveUp));

        var extension = file.Extension.TrimStart('.').ToLowerInvariant();
        if (!ContentTypes.TryGetValue(extension, out var contentType))
            throw new DownloadException(NotMedia);
        using var facts = await AskAsync(ffprobe, file, folder, cancellationToken);
        return Describe(facts.RootElement, file, extension, contentType) ?? throw new DownloadException(NotMedia);
    }

    private static FileInfo OnlyFile(WorkFolder folder)
    {
        var entries = new DirectoryInfo(folder.Media).GetFileSystemInfos();
        // Attributes are the link's own: a symbolic link has a target and is not followed.
        var files = entries.OfType<FileInfo>().Where(file => file is { LinkTarget: null, Length: > 0 }).ToList();
        if (files.Count == 0)
            throw new DownloadException(NoFile);
        return files.Count == 1 && entries.Length == 1 ? files[0] : throw new DownloadException(SeveralFiles);
    }

    // A playlist in disguise would have ffprobe open other files or the network: only the file itself, and only media containers.
    private static async Task<JsonDocument> AskAsync(string ffprobe, FileInfo file, WorkFolder folder, CancellationToken cancellationToken)
    {
        var command = new ProcessGroup.Command
        {
            Program = ffprobe,
            Arguments =
            [
                "-v", "error", "-protocol_whitelist", "file", "-format_whitelist", "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,mp3,ogg,aac,flac,wav,mpegts",
                "-show_entries", "format=duration:stream=codec_type,height:stream_disposition=attached_pic", "-of", "json=compact=1", "-i", "file:" + file.FullName,
            ],
            WorkingFolder = folder.Home,
            Environment = Toolbox.BareEnvironment(folder.Home),
        };
        var json = new System.Text.StringBuilder();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Timeout);
        try
        {
            var exitCode = await ProcessGroup.RunAsync(command, line => json.AppendLine(line), _ => { }, limit.Token);
            return exitCode == 0 ? JsonDocument.Parse(json.ToString()) : throw new DownloadException(NotMedia);
        }
        catch (Exception e) when (e is JsonException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw new DownloadException(NotMedia);
        }
    }

    private static MediaFile? Describe(JsonElement facts, FileInfo file, string extension, string contentType)
    {
        var streams = facts.TryGetProperty("streams", out var list) ? list.EnumerateArray().ToList() : [];
        var pictures = streams.Where(stream => Type(stream) == "video" && !IsCover(stream)).ToList();
        if (pictures.Count == 0 && !streams.Any(stream => Type(stream) == "audio"))
            return null;

        var height = pictures.Count > 0 && pictures[0].TryGetProperty("height", out var pixels) ? pixels.GetInt32() : (int?)null;
        // An mp4 without a picture is sound, and is played as such.
        var type = pictures.Count == 0 ? contentType.Replace("video/", "audio/", StringComparison.Ordinal) : contentType;
        return new MediaFile(file.FullName, extension, type, Duration(facts), height);
    }

    private static string? Type(JsonElement stream) => stream.TryGetProperty("codec_type", out var type) ? type.GetString() : null;

    private static bool IsCover(JsonElement stream) =>
        stream.TryGetProperty("disposition", out var disposition) && disposition.TryGetProperty("attached_pic", out var cover) && cover.GetInt32() == 1;

    private static double? Duration(JsonElement facts) =>
        facts.TryGetProperty("format", out var format) && format.TryGetProperty("duration", out var text)
            && double.TryParse(text.GetString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds) && double.IsFinite(seconds)
            ? seconds
            : null;
}
