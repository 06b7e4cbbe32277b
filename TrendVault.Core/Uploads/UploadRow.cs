namespace TrendVault.Core.Uploads;

/// <summary>Where an upload stands. The last three are final; a retry by the user begins again at the first.</summary>
[StoredAsText]
public enum UploadStatus
{
    /// <summary>Waits for a worker, or, with a reason beside it, for something else.</summary>
    Pending,

    /// <summary>A worker has it.</summary>
    Uploading,

    /// <summary>The platform has the video.</summary>
    Completed,

    Failed,

    Cancelled,
}

/// <summary>Who may see a video.</summary>
[StoredAsText]
public enum VideoPrivacy
{
    /// <summary>Everybody.</summary>
    Public,

    /// <summary>Whoever has the link.</summary>
    Unlisted,

    /// <summary>The channel's owner.</summary>
    Private,
}

/// <summary>How far a platform has come with a video that it has accepted.</summary>
[StoredAsText]
public enum VideoProcessing
{
    /// <summary>It can be watched later.</summary>
    Running,

    /// <summary>It can be watched.</summary>
    Done,

    /// <summary>The platform cannot show it.</summary>
    Failed,

    /// <summary>The platform does not want to show it.</summary>
    Rejected,
}

/// <summary>What became of a draft once it lay in TikTok's inbox.</summary>
[StoredAsText]
public enum InboxState
{
    /// <summary>Its creator has not posted it.</summary>
    Waiting,

    /// <summary>Its creator has posted it.</summary>
    Posted,

    /// <summary>TikTok has ended it.</summary>
    Ended,

    /// <summary>Nobody has said within eight days, or there is nobody to ask any more.</summary>
    Unknown,
}

/// <summary>The terms under which others may use a video.</summary>
[StoredAsText]
public enum VideoLicence
{
    /// <summary>The platform's own.</summary>
    Standard,

    /// <summary>Creative Commons, attribution.</summary>
    CreativeCommon,
}

/// <summary>A user's upload, as pages, API and pushes show it.</summary>
internal sealed record UploadRow
{
    public required Guid Id { get; init; }

    public required Guid UserId { get; init; }

    /// <summary>What is uploaded; null once that is deleted.</summary>
    public Guid? DownloadId { get; init; }

    /// <summary>Where to; null once that is disconnected.</summary>
    public Guid? ChannelId { get; init; }

    public required Platform Platform { get; init; }

    /// <summary>As it was called when the upload was asked for.</summary>
    public required string ChannelName { get; init; }

    public required string Title { get; init; }

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

    /// <summary>The platform's picture of the download.</summary>
    public string? ThumbnailUrl { get; init; }

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

    /// <summary>Where it stands.</summary>
    public required UploadStatus Status { get; init; }

    /// <summary>connect, send or confirm, while a worker has it.</summary>
    public string? Phase { get; init; }

    /// <summary>0 to 100; never falls within a job.</summary>
    public required int Progress { get; init; }

    /// <summary>Bytes that the platform has.</summary>
    public long? SentBytes { get; init; }

    /// <summary>Bytes of the file.</summary>
    public long? TotalBytes { get; init; }

    /// <summary>Bytes per second.</summary>
    public long? SpeedBytes { get; init; }

    /// <summary>Seconds left.</summary>
    public int? EtaSeconds { get; init; }

    /// <summary>The video's id at the platform, once it has accepted it.</summary>
    public string? PlatformVideoId { get; init; }

    /// <summary>The video's page there.</summary>
    public string? Url { get; init; }

    /// <summary>Why it waits, in the user's words.</summary>
    public string? WaitReason { get; init; }

    /// <summary>Until when it waits, UTC.</summary>
    public DateTimeOffset? WaitUntil { get; init; }

    /// <summary>A word for scripts.</summary>
    public string? ErrorCode { get; init; }

    public string? Error { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset UpdatedAt { get; init; }

    /// <summary>Its user has taken it off the list.</summary>
    internal bool IsRemoved { get; init; }

    /// <summary>The platform knows of it.</summary>
    internal bool HasSession { get; init; }

    /// <summary>True from the moment before the last byte was sent: whatever is heard or not, there may be a video.</summary>
    internal bool LastByteSent => LastByteAt is not null;

    /// <summary>When that moment was, UTC.</summary>
    internal DateTimeOffset? LastByteAt { get; init; }

    /// <summary>Can be cancelled; what cannot, can be retried.</summary>
    public bool IsLive => Status is UploadStatus.Pending or UploadStatus.Uploading;

    /// <summary>What is said of the video can still be changed: nothing has begun at the platform. To a TikTok draft nothing is said.</summary>
    public bool IsEditable =>
        Platform == Platform.YouTube
        && Status is UploadStatus.Pending or UploadStatus.Failed or UploadStatus.Cancelled
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

/// <summary>What became of an upload.</summary>
internal sealed record PublishedVideo
{
    /// <summary>UUID v7.</summary>
    public required Guid Id { get; init; }

    /// <summary>The upload that made it.</summary>
    public required Guid UploadJobId { get; init; }

    /// <summary>What was uploaded; null once that is deleted.</summary>
    public Guid? DownloadId { get; init; }

    /// <summary>Null once that is disconnected.</summary>
    public Guid? ChannelId { get; init; }

    /// <summary>As it was called when the upload was asked for.</summary>
    public required string ChannelName { get; init; }

    /// <summary>Where it is.</summary>
    public required Platform Platform { get; init; }

    /// <summary>Its id there.</summary>
    public required string PlatformVideoId { get; init; }

    public required string Title { get; init; }

    public required string Url { get; init; }

    /// <summary>As the platform made it.</summary>
    public required VideoPrivacy Privacy { get; init; }

    /// <summary>As the user wanted it.</summary>
    public required VideoPrivacy AskedPrivacy { get; init; }

    /// <summary>When the user wants a private video to become public, UTC.</summary>
    public DateTimeOffset? PublishAt { get; init; }

    /// <summary>When the platform will make it public, as it says, UTC; null for never.</summary>
    public DateTimeOffset? PlatformPublishAt { get; init; }

    /// <summary>When the platform last said who may see it, UTC.</summary>
    public DateTimeOffset? VisibilityReadAt { get; init; }

    /// <summary>What the platform does with it; null when it does not say.</summary>
    public VideoProcessing? Processing { get; init; }

    /// <summary>Why it was not processed, as a sentence.</summary>
    public string? ProcessingError { get; init; }

    /// <summary>The platform's picture of the download.</summary>
    public string? ThumbnailUrl { get; init; }

    /// <summary>The download has a frame of its own to show.</summary>
    public required bool HasPoster { get; init; }

    /// <summary>When the platform accepted it, UTC.</summary>
    public required DateTimeOffset PublishedAt { get; init; }

    /// <summary>Who may see it; null on TikTok, where its creator decides that in the app.</summary>
    public VideoVisibility? Visibility => Platform != Platform.YouTube
        ? null
        : new()
        {
            Asked = AskedPrivacy,
            AskedAt = PublishAt,
            Found = Privacy,
            FoundAt = PlatformPublishAt,
            ReadAt = VisibilityReadAt,
            Processing = Processing,
            ProcessingError = ProcessingError,
            CanBeRead = ChannelId is not null,
        };

    /// <summary>What became of a draft in TikTok's inbox; null before the first look, and on other platforms.</summary>
    public InboxState? Inbox { get; init; }

    /// <summary>Why TikTok has ended it, as a sentence.</summary>
    public string? InboxError { get; init; }

    /// <summary>The public post that its creator made of it.</summary>
    public string? PostId { get; init; }

    /// <summary>The one post that fits by time and length, for the user to confirm.</summary>
    public string? LikelyPostId { get; init; }

    /// <summary>When that was posted, UTC.</summary>
    public DateTimeOffset? LikelyPostedAt { get; init; }
}

/// <summary>An upload in the calendar.</summary>
internal sealed record CalendarEntry
{
    public required Guid Id { get; init; }

    public required string Title { get; init; }

    /// <summary>Where it goes.</summary>
    public required string ChannelName { get; init; }

    /// <summary>Where that is.</summary>
    public required Platform Platform { get; init; }

    /// <summary>How far the upload is.</summary>
    public required UploadStatus Status { get; init; }

    /// <summary>The video's page, once it is there.</summary>
    public string? Url { get; init; }

    /// <summary>When it becomes public, or the platform accepted it, UTC.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>As the user wants it.</summary>
    public required VideoPrivacy Privacy { get; init; }

    /// <summary>When the user wants a private video to become public, UTC.</summary>
    public DateTimeOffset? PublishAt { get; init; }

    /// <summary>As the platform made it; null until then.</summary>
    public VideoPrivacy? PublishedPrivacy { get; init; }

    /// <summary>When the platform will make it public, as it says, UTC; null for never, and until then.</summary>
    public DateTimeOffset? PlatformPublishAt { get; init; }

    /// <summary>When the platform last said so, UTC.</summary>
    public DateTimeOffset? VisibilityReadAt { get; init; }

    /// <summary>The channel is still connected.</summary>
    public required bool HasChannel { get; init; }

    /// <summary>Who may see the video; null before it is on YouTube.</summary>
    public VideoVisibility? Visibility => Platform != Platform.YouTube || PublishedPrivacy is not { } found
        ? null
        : new() { Asked = Privacy, AskedAt = PublishAt, Found = found, FoundAt = PlatformPublishAt, ReadAt = VisibilityReadAt, CanBeRead = HasChannel };
}

/// <summary>Where a page of a list ends and the next begins.</summary>
internal sealed record UploadCursor(DateTimeOffset At, Guid Id);

/// <summary>How many of a user's uploads stand where.</summary>
internal sealed record UploadCounts
{
    /// <summary>Waiting for a worker or for something else.</summary>
    public required int Pending { get; init; }

    /// <summary>In a worker's hands.</summary>
    public required int Uploading { get; init; }

    /// <summary>At the platform.</summary>
    public required int Completed { get; init; }

    public required int Failed { get; init; }

    public required int Cancelled { get; init; }

    public int Total => Pending + Uploading + Completed + Failed + Cancelled;
}
