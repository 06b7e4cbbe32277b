using TrendVault.Core.Media;

namespace TrendVault.Core.Downloads;

/// <summary>Where a download stands. The last three are final; a retry by the user begins again at the first.</summary>
[StoredAsText]
internal enum DownloadStatus
{
    /// <summary>Waits for a worker, or, with a reason beside it, for something else.</summary>
    Pending,

    /// <summary>A worker has it.</summary>
    Downloading,

    /// <summary>Its file is in the store.</summary>
    Completed,

    Failed,

    Cancelled,
}

/// <summary>A user's download, as pages, API and pushes show it.</summary>
internal sealed record DownloadRow
{
    public required Guid Id { get; init; }

    public required Guid UserId { get; init; }

    /// <summary>The canonical address it comes from.</summary>
    public required string SourceVideoUrl { get; init; }

    /// <summary>Of the chart's video that it was chosen from, if any.</summary>
    public Platform? Platform { get; init; }

    public string? PlatformVideoId { get; init; }

    /// <summary>The site's title; until that is known, the address.</summary>
    public required string Title { get; init; }

    public string? CreatorName { get; init; }

    /// <summary>The platform's word, such as <c>creativeCommon</c>.</summary>
    public string? Licence { get; init; }

    /// <summary>The platform's picture, for showing only; https.</summary>
    public string? ThumbnailUrl { get; init; }

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

    /// <summary>Where it stands.</summary>
    public required DownloadStatus Status { get; init; }

    /// <summary>video, audio, merge or store, while a worker has it.</summary>
    public string? Phase { get; init; }

    /// <summary>0 to 100; never falls within a job.</summary>
    public required int Progress { get; init; }

    /// <summary>Bytes fetched so far.</summary>
    public long? DownloadedBytes { get; init; }

    /// <summary>Bytes there will be, or an estimate.</summary>
    public long? TotalBytes { get; init; }

    /// <summary>Bytes per second.</summary>
    public long? SpeedBytes { get; init; }

    /// <summary>Seconds left.</summary>
    public int? EtaSeconds { get; init; }

    /// <summary>Why it waits, in the user's words.</summary>
    public string? WaitReason { get; init; }

    /// <summary>Where it stands among the user's waiting downloads, from 1; null when it does not wait its turn, or far behind.</summary>
    public int? QueuePlace { get; init; }

    /// <summary>Waits because the user paused the queue.</summary>
    public bool IsPaused { get; init; }

    /// <summary>Waits because so many from its host run already; null when there is room.</summary>
    public int? HostRuns { get; init; }

    /// <summary>Until when it waits, UTC.</summary>
    public DateTimeOffset? WaitUntil { get; init; }

    /// <summary>A snake_case word for scripts.</summary>
    public string? ErrorCode { get; init; }

    public string? Error { get; init; }

    /// <summary>yt-dlp's words, stripped, to copy.</summary>
    public string? ErrorDetail { get; init; }

    /// <summary>When its file was stored, UTC.</summary>
    public DateTimeOffset? DownloadedAt { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset UpdatedAt { get; init; }

    /// <summary>Why it waits, whatever the reason is; null when it does not.</summary>
    public string? WaitsFor => Status switch
    {
        not DownloadStatus.Pending => null,
        _ when WaitReason is not null => WaitReason,
        _ when IsPaused => "Your queue is paused.",
        _ when HostRuns == 1 => "One download from this site runs already.",
        _ when HostRuns is { } running => $"{Number(running)} downloads from this site run already.",
        _ when QueuePlace == 1 => "Next in your queue.",
        _ when QueuePlace is { } place => $"{Ordinal(place)} in your queue.",
        _ => "Further down your queue.",
    };

    /// <summary>Can be cancelled; what cannot, can be retried or deleted.</summary>
    public bool IsLive => Status is DownloadStatus.Pending or DownloadStatus.Downloading;

    private static string Number(int number) => number switch { 2 => "Two", 3 => "Three", 4 => "Four", _ => $"{number}" };

    private static string Ordinal(int place) => (place % 10, place / 10 % 10) switch
    {
        (1, not 1) => $"{place}st",
        (2, not 1) => $"{place}nd",
        (3, not 1) => $"{place}rd",
        _ => $"{place}th",
    };
}

/// <summary>What the list is asked for.</summary>
/// <param name="Status">Null is all.</param>
/// <param name="Text">In the title, the creator or the address, in any case; null is all.</param>
internal sealed record DownloadFilter(DownloadStatus? Status, string? Text)
{
    public static readonly DownloadFilter None = new(null, null);
}

/// <summary>Where a page of the list ends and the next begins.</summary>
internal sealed record DownloadCursor(DateTimeOffset CreatedAt, Guid Id);

/// <summary>How many of a user's downloads stand where.</summary>
internal sealed record DownloadCounts
{
    /// <summary>Waiting for a worker or for something else.</summary>
    public required int Pending { get; init; }

    /// <summary>In a worker's hands.</summary>
    public required int Downloading { get; init; }

    /// <summary>With a file.</summary>
    public required int Completed { get; init; }

    public required int Failed { get; init; }

    public required int Cancelled { get; init; }

    /// <summary>What their files hold.</summary>
    public required long Bytes { get; init; }

    public int Total => Pending + Downloading + Completed + Failed + Cancelled;
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
