namespace TrendVault.Core.Uploads;

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
