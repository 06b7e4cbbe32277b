using TrendVault.Core.Channels;
using TrendVault.Core.Downloads;

namespace TrendVault.Core.Uploads;

/// <summary>Brings a file to a platform. The strategy: each platform has its own way to begin, to send and to ask.</summary>
internal interface IPlatformUploader
{
    /// <summary>Where it uploads to.</summary>
    Platform Platform { get; }

    /// <summary>The platform's name for people.</summary>
    string Name { get; }

    /// <summary>Where a user sees what became of an upload, such as "the channel's videos in YouTube Studio".</summary>
    string WhereToLook { get; }

    /// <summary>
    /// Begins, or goes on where the journal's handle stands, until the platform has accepted the video. A step that changes the
    /// platform is sent once; what became of it is asked of the handle, then of the channel.
    /// </summary>
    /// <exception cref="PlatformException">It did not get through; a later attempt goes on from where this one came.</exception>
    /// <exception cref="OutcomeUnknownException">Nobody can tell whether there is a video.</exception>
    /// <exception cref="Storage.StorageException">The file cannot be read.</exception>
    Task<AcceptedVideo> UploadAsync(UploadOrder order, UploadJournal journal, CancellationToken cancellationToken);

    /// <summary>What the platform has made of a video that it has accepted; null when it does not say.</summary>
    /// <exception cref="PlatformException">It does not answer.</exception>
    Task<VideoState?> ReadStateAsync(UploadRow upload, PublishingChannel channel, string videoId, CancellationToken cancellationToken);

    /// <summary>Gives a video a picture of its own: a JPEG or PNG. To set it twice does no harm.</summary>
    /// <exception cref="PlatformException">The platform did not take it.</exception>
    Task SetThumbnailAsync(
        UploadRow upload, PublishingChannel channel, string videoId, ReadOnlyMemory<byte> picture, CancellationToken cancellationToken);

    /// <summary>Puts a picture into a corner of all videos of the channel: a JPEG or PNG. To set it twice does no harm.</summary>
    /// <exception cref="PlatformException">The platform did not take it.</exception>
    Task SetWatermarkAsync(UploadRow upload, PublishingChannel channel, ReadOnlyMemory<byte> picture, CancellationToken cancellationToken);
}

/// <summary>What to upload, and where to.</summary>
internal sealed record UploadOrder(UploadRow Upload, DownloadRow File, PublishingChannel Channel);

/// <summary>A video that the platform has.</summary>
/// <param name="Id">Its id there.</param>
/// <param name="Url">Its page there.</param>
/// <param name="Privacy">As the platform answered; null when it did not say.</param>
/// <param name="PublishAt">When the platform will make it public, as it answered; null for never.</param>
internal sealed record AcceptedVideo(string Id, string Url, VideoPrivacy? Privacy, DateTimeOffset? PublishAt = null);

/// <summary>What a platform has made of a video.</summary>
/// <param name="Privacy">Which may be stricter than was asked; null when it does not say.</param>
/// <param name="Processing">How far it has come.</param>
/// <param name="Problem">Why it was not processed, as a sentence; null when it was, or will be.</param>
internal sealed record VideoState(VideoPrivacy? Privacy, VideoProcessing Processing, string? Problem = null)
{
    /// <summary>When the platform will make it public; null for never.</summary>
    public DateTimeOffset? PublishAt { get; init; }
}

/// <summary>The last byte may have arrived, and neither the handle nor the channel tells. Sending again could make a second video.</summary>
internal sealed class OutcomeUnknownException() : Exception("Nobody can tell whether the platform has the video.")
{
    /// <summary>True when the handle may tell later: it did not answer in the little time that a cancel leaves.</summary>
    public bool MayBeAskedAgain { get; init; }
}
