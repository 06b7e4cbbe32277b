using System.Globalization;
using TrendVault.Web.Sandbox.Faults;

namespace TrendVault.Web.Sandbox.TikTok;

/// <summary>A draft on its way to a creator's inbox, as it is kept.</summary>
internal sealed record Draft
{
    public required string PublishId { get; init; }

    public required string OpenId { get; init; }

    public required string UploadId { get; init; }

    public required string UploadToken { get; init; }

    public required DateTimeOffset BegunAt { get; init; }

    /// <summary>Bytes of the video, as announced.</summary>
    public required long Size { get; init; }

    public required long ChunkSize { get; init; }

    public required int Chunks { get; init; }

    /// <summary>Of whole chunks.</summary>
    public long Stored { get; set; }

    /// <summary>Bytes that came in, those that came twice or were thrown away counted each time.</summary>
    public long Received { get; set; }

    public int Puts { get; set; }

    public string? ContentType { get; set; }

    /// <summary>Of the whole file, once it is there.</summary>
    public string? Sha256 { get; set; }

    /// <summary>How often its status was asked for since then.</summary>
    public int Polls { get; set; }

    /// <summary>PROCESSING_UPLOAD, SEND_TO_USER_INBOX, PUBLISH_COMPLETE or FAILED.</summary>
    public string Status { get; set; } = "PROCESSING_UPLOAD";

    public string FailReason { get; set; } = "";

    /// <summary>Of the post, as whoever posted it says.</summary>
    public double Seconds { get; set; }

    /// <summary>When its creator posted it.</summary>
    public DateTimeOffset? PostedAt { get; set; }

    /// <summary>Of the public post; null for one that only its creator sees.</summary>
    public string? PostId { get; set; }

    /// <summary>By which an <see cref="UploadHold"/> knows it.</summary>
    public string HoldName => Size.ToString(CultureInfo.InvariantCulture);

    /// <summary>The chunk that begins at <see cref="Stored"/>; the last one takes the rest.</summary>
    public long NextChunk => Stored / ChunkSize == Chunks - 1 ? Size - Stored : ChunkSize;
}

/// <summary>A draft, for tests to compare with.</summary>
/// <param name="Received">Bytes that came in, repeats included.</param>
public sealed record LedgerDraft(
    string PublishId, string OpenId, long Size, long ChunkSize, long Stored, long Received, int Puts, string? ContentType, string? Sha256, string Status, string? PostId);
