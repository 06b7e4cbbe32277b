using TrendVault.Core.Work;

namespace TrendVault.Core.Uploads;

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
    public required WorkStatus Status { get; init; }

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
