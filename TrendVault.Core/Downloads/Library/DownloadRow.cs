using TrendVault.Core.Media;
using TrendVault.Core.Work;

namespace TrendVault.Core.Downloads;

/// <summary>A user's download, as pages, API and pushes show it.</summary>
internal sealed record DownloadRow : WorkRow
{
    public override string Kind => "download";

    /// <summary>The canonical address it comes from.</summary>
    public required string SourceVideoUrl { get; init; }

    /// <summary>Of the chart's video that it was chosen from, if any.</summary>
    public Platform? Platform { get; init; }

    public string? PlatformVideoId { get; init; }

    public string? CreatorName { get; init; }

    /// <summary>The platform's word, such as <c>creativeCommon</c>.</summary>
    public string? Licence { get; init; }

    /// <summary>For saving to disk; empty until there is a file.</summary>
    public required string FileName { get; init; }

    /// <summary>A preset's name or a format id.</summary>
    public required string Format { get; init; }

    /// <summary>For people: 1080p, audio.</summary>
    public required string Quality { get; init; }

    public string? ContentType { get; init; }

    /// <summary>Of the file, in seconds.</summary>
    public double? DurationSeconds { get; init; }

    /// <summary>Of the picture in pixels; null for sound, and for files from before it was looked for.</summary>
    public int? Width { get; init; }

    /// <summary>Of the picture in pixels; null as the width.</summary>
    public int? Height { get; init; }

    /// <summary>Pictures per second.</summary>
    public double? FrameRate { get; init; }

    /// <summary>Of the picture, in ffmpeg's words.</summary>
    public string? VideoCodec { get; init; }

    /// <summary>Of the sound, in ffmpeg's words.</summary>
    public string? AudioCodec { get; init; }

    /// <summary>Bits per second, of the whole file.</summary>
    public long? BitRate { get; init; }

    /// <summary>Bytes.</summary>
    public long? FileSize { get; init; }

    /// <summary>Lower-case hex.</summary>
    public string? Sha256 { get; init; }

    /// <summary>Where the file is in the object store; not for users.</summary>
    public string? StorageKey { get; init; }

    /// <summary>Where a picture from the file is in the object store, a JPEG; not for users.</summary>
    public string? PosterKey { get; init; }

    /// <summary>The language of the subtitles that were asked for, in the site's word; null is none.</summary>
    public string? Subtitles { get; init; }

    /// <summary>Where the subtitles are in the object store; null when there are none. Not for users.</summary>
    public string? SubtitlesKey { get; init; }

    /// <summary>Where it stands among the user's waiting downloads, from 1; null when it does not wait its turn, or far behind.</summary>
    public int? QueuePlace { get; init; }

    /// <summary>Waits because the user paused the queue.</summary>
    public bool IsPaused { get; init; }

    /// <summary>Waits because so many from its host run already; null when there is room.</summary>
    public int? HostRuns { get; init; }

    /// <summary>yt-dlp's words, stripped, to copy.</summary>
    public string? ErrorDetail { get; init; }

    /// <summary>When its file was stored, UTC.</summary>
    public DateTimeOffset? DownloadedAt { get; init; }

    /// <summary>Why it waits, whatever the reason is; null when it does not.</summary>
    public override string? WaitsFor => Status switch
    {
        not WorkStatus.Pending => null,
        _ when WaitReason is not null => WaitReason,
        _ when IsPaused => "Your queue is paused.",
        _ when HostRuns == 1 => "One download from this site runs already.",
        _ when HostRuns is { } running => $"{Number(running)} downloads from this site run already.",
        _ when QueuePlace == 1 => "Next in your queue.",
        _ when QueuePlace is { } place => $"{Ordinal(place)} in your queue.",
        _ => "Further down your queue.",
    };

    private static string Number(int number) => number switch { 2 => "Two", 3 => "Three", 4 => "Four", _ => $"{number}" };

    private static string Ordinal(int place) => (place % 10, place / 10 % 10) switch
    {
        (1, not 1) => $"{place}st",
        (2, not 1) => $"{place}nd",
        (3, not 1) => $"{place}rd",
        _ => $"{place}th",
    };
}

/// <summary>How many of a user's downloads stand where, and what they hold.</summary>
internal sealed record DownloadCounts : WorkCounts
{
    /// <summary>Of the files of those that are completed.</summary>
    public required long Bytes { get; init; }
}

/// <summary>What becomes of a download when it is done.</summary>
internal sealed record StoredFile
{
    public required string Title { get; init; }

    public required string FileName { get; init; }

    public required string Quality { get; init; }

    public required string ContentType { get; init; }

    public required MediaFacts Facts { get; init; }

    public required long Size { get; init; }

    public required string Sha256 { get; init; }

    public required string Key { get; init; }

    public string? PosterKey { get; init; }

    public string? SubtitlesKey { get; init; }

    /// <summary>All that was put in the object store.</summary>
    public IEnumerable<string> Keys => new[] { Key, PosterKey, SubtitlesKey }.OfType<string>();
}
