namespace TrendVault.Core.Channels;

/// <summary>Where a user can publish to: a YouTube channel, or a TikTok creator.</summary>
internal sealed record PublishingChannel
{
    /// <summary>UUID v7.</summary>
    public required Guid Id { get; init; }

    /// <summary>The account whose tokens publish to it.</summary>
    public required Guid ConnectedAccountId { get; init; }

    /// <summary>Where it is.</summary>
    public required Platform Platform { get; init; }

    /// <summary>Its id there.</summary>
    public required string PlatformChannelId { get; init; }

    /// <summary>Its name there.</summary>
    public required string ChannelName { get; init; }

    /// <summary>Such as @mychannel.</summary>
    public string? Handle { get; init; }

    /// <summary>A picture at the platform; it may be there for hours only.</summary>
    public string? AvatarUrl { get; init; }

    /// <summary>The content type of the copy of that picture; null when there is none.</summary>
    public string? PictureType { get; init; }

    /// <summary>As the platform rounds it; null when hidden.</summary>
    public long? Subscribers { get; init; }

    /// <summary>When it was last read from the platform.</summary>
    public required DateTimeOffset UpdatedAt { get; init; }

    /// <summary>
    /// Since when the platform leaves it out, although its account is connected; null while it shows it. Nothing is uploaded to it
    /// meanwhile, and nothing of it is lost.
    /// </summary>
    public DateTimeOffset? MissingSince { get; init; }
}

/// <summary>A channel as its platform tells it.</summary>
/// <param name="Id">Stable.</param>
/// <param name="Name">For people.</param>
/// <param name="Handle">Such as @mychannel.</param>
/// <param name="AvatarUrl">A picture.</param>
/// <param name="Subscribers">Null when hidden.</param>
internal sealed record PlatformChannel(string Id, string Name, string? Handle, string? AvatarUrl, long? Subscribers);
