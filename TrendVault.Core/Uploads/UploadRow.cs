using TrendVault.Core.Work;

namespace TrendVault.Core.Uploads;

/// <summary>A user's upload, as pages, API and pushes show it.</summary>
internal sealed record UploadRow : WorkRow
{
    public override string Kind => "upload";

    /// <summary>What is uploaded; null once that is deleted.</summary>
    public Guid? DownloadId { get; init; }

    /// <summary>Where to; null once that is disconnected.</summary>
    public Guid? ChannelId { get; init; }

    public required Platform Platform { get; init; }

    /// <summary>As it was called when the upload was asked for.</summary>
    public required string ChannelName { get; init; }

    public required string Description { get; init; }

    public required string[] Tags { get; init; }

    /// <summary>As the user wants it.</summary>
    public required VideoPrivacy Privacy { get; init; }

    /// <summary>As the platform made it, which may be otherwise; null until then.</summary>
    public VideoPrivacy? PublishedPrivacy { get; init; }

    /// <summary>When the platform will make it public, as it says, UTC; null for never, and until then.</summary>
    public DateTimeOffset? PlatformPublishAt { get; init; }

    /// <summary>When the platform last said so, UTC.</summary>
    public DateTimeOffset? VisibilityReadAt { get; init; }

    /// <summary>YouTube's number of it.</summary>
    public required string CategoryId { get; init; }

    /// <summary>As the user says.</summary>
    public required bool MadeForKids { get; init; }

    /// <summary>As the user wants it.</summary>
    public required VideoLicence VideoLicence { get; init; }

    /// <summary>When a private video becomes public, UTC.</summary>
    public DateTimeOffset? PublishAt { get; init; }

    /// <summary>The download has a frame of its own to show.</summary>
    public required bool HasPoster { get; init; }

    /// <summary>Where the picture is in the object store that the video is still to get; not for users.</summary>
    public string? ThumbnailKey { get; init; }

    /// <summary>Why the video did not get its picture, as a sentence.</summary>
    public string? ThumbnailError { get; init; }

    /// <summary>Where the channel's watermark is in the object store that it is still to get; not for users.</summary>
    public string? WatermarkKey { get; init; }

    /// <summary>Why the channel did not get its watermark, as a sentence.</summary>
    public string? WatermarkError { get; init; }

    /// <summary>What the platform does with the video, once it has accepted it; null when it does not say.</summary>
    public VideoProcessing? Processing { get; init; }

    /// <summary>Why it was not processed, as a sentence.</summary>
    public string? ProcessingError { get; init; }

    /// <summary>What became of a draft in TikTok's inbox; null before the first look, and on other platforms.</summary>
    public InboxState? Inbox { get; init; }

    /// <summary>Why TikTok has ended it, as a sentence.</summary>
    public string? InboxError { get; init; }

    /// <summary>The public post that its creator made of it; null where TikTok names none and its user has not confirmed one.</summary>
    public string? PostId { get; init; }

    /// <summary>The one post that fits by time and length, for the user to confirm.</summary>
    public string? LikelyPostId { get; init; }

    /// <summary>When that was posted, UTC.</summary>
    public DateTimeOffset? LikelyPostedAt { get; init; }

    /// <summary>The video's id at the platform, once it has accepted it.</summary>
    public string? PlatformVideoId { get; init; }

    /// <summary>The video's page there.</summary>
    public string? Url { get; init; }

    /// <summary>Its user has taken it off the list.</summary>
    internal bool IsRemoved { get; init; }

    /// <summary>The platform knows of it.</summary>
    internal bool HasSession { get; init; }

    /// <summary>True from the moment before the last byte was sent: whatever is heard or not, there may be a video.</summary>
    internal bool LastByteSent => LastByteAt is not null;

    /// <summary>When that moment was, UTC.</summary>
    internal DateTimeOffset? LastByteAt { get; init; }

    /// <summary>What is said of the video can still be changed: nothing has begun at the platform. To a TikTok draft nothing is said.</summary>
    public bool IsEditable =>
        Platform == Platform.YouTube
        && Status is WorkStatus.Pending or WorkStatus.Failed or WorkStatus.Cancelled
        && !HasSession
        && !LastByteSent
        && PlatformVideoId is null;

    /// <summary>Who may see the video; null before it is on YouTube. A TikTok draft's creator decides that in the app.</summary>
    public VideoVisibility? Visibility => Platform != Platform.YouTube || PublishedPrivacy is not { } found
        ? null
        : new()
        {
            Asked = Privacy,
            AskedAt = PublishAt,
            Found = found,
            FoundAt = PlatformPublishAt,
            ReadAt = VisibilityReadAt,
            Processing = Processing,
            ProcessingError = ProcessingError,
            CanBeRead = ChannelId is not null,
        };
}
