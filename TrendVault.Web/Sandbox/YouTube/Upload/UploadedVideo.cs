

namespace TrendVault.Web.Sandbox.YouTube;

/// <summary>A running or finished upload, as it is kept.</summary>
internal sealed record UploadSession
{
    public required string Id { get; init; }

    public required string ChannelId { get; init; }

    public required VideoMetadata Metadata { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>Bytes in all, once known.</summary>
    public long? Total { get; set; }

    /// <summary>Bytes that came in, those that came twice or were thrown away counted each time.</summary>
    public long Received { get; set; }

    public int Puts { get; set; }

    public int Queries { get; set; }

    /// <summary>The video it became.</summary>
    public string? VideoId { get; set; }

    public bool Cancelled { get; set; }
}

/// <summary>A video that came by upload.</summary>
internal sealed record UploadedVideo
{
    public required string Id { get; init; }

    public required string ChannelId { get; init; }

    public required VideoMetadata Metadata { get; init; }

    public required long Bytes { get; init; }

    public required string Sha256 { get; init; }

    public required DateTimeOffset UploadedAt { get; init; }

    public required DateTimeOffset ProcessedAt { get; init; }

    /// <summary>How processing ends.</summary>
    public required string EndsAs { get; init; }

    public string? EndReason { get; init; }

    /// <summary>Length of the film, when the file could be read.</summary>
    public TimeSpan? Duration { get; init; }

    public bool HasMedia { get; init; }

    public string? ThumbnailSha256 { get; set; }

    public string UploadStatusAt(DateTimeOffset now) => now < ProcessedAt ? "uploaded" : EndsAs;

    /// <summary>A scheduled video is private until its time comes; one that YouTube does not show stays so.</summary>
    public string PrivacyAt(DateTimeOffset now) =>
        Metadata.PublishTime() is { } due && due <= now && EndsAs == "processed" ? "public" : Metadata.PrivacyStatus;
}

/// <summary>All that was ever uploaded to the sandbox.</summary>
public sealed record UploadLedger(IReadOnlyList<LedgerSession> Sessions, IReadOnlyList<LedgerVideo> Videos, IReadOnlyDictionary<string, string> Watermarks);

/// <summary>An upload session.</summary>
/// <param name="Stored">Bytes that are kept.</param>
/// <param name="Received">Bytes that came in, repeats included.</param>
public sealed record LedgerSession(string Id, string ChannelId, string Title, long? Total, long Stored, long Received, int Puts, int Queries, string? VideoId);

/// <summary>A video that came by upload.</summary>
public sealed record LedgerVideo(string Id, string ChannelId, string Title, string Description, IReadOnlyList<string> Tags, string PrivacyStatus, string? PublishAt,
    long Bytes, string Sha256, string WorkStatus, string? ThumbnailSha256, bool? SelfDeclaredMadeForKids, string License);
