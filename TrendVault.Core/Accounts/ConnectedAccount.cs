namespace TrendVault.Core.Accounts;

/// <summary>Whether an account can be used.</summary>
[StoredAsText]
internal enum AccountStatus
{
    /// <summary>It can.</summary>
    Connected,

    /// <summary>The platform takes its tokens no longer: its user has to connect it again. Its jobs wait for that.</summary>
    ReconnectNeeded,
}

/// <summary>A user's account at a platform, without its tokens.</summary>
internal sealed record ConnectedAccount
{
    /// <summary>UUID v7.</summary>
    public required Guid Id { get; init; }

    public required Guid UserId { get; init; }

    /// <summary>Where it is.</summary>
    public required Platform Platform { get; init; }

    /// <summary>
    /// The channel's id; the account's own where there is no channel. One Google account yields a connection for each channel that its
    /// owner picks on Google's page.
    /// </summary>
    public required string PlatformUserId { get; init; }

    /// <summary>What it is called there.</summary>
    public required string PlatformUserName { get; init; }

    /// <summary>Where the platform tells it.</summary>
    public string? Email { get; init; }

    /// <summary>A picture at the platform.</summary>
    public string? AvatarUrl { get; init; }

    /// <summary>What was granted.</summary>
    public required string[] Scopes { get; init; }

    /// <summary>Whether it can be used.</summary>
    public required AccountStatus Status { get; init; }

    /// <summary>First connected.</summary>
    public required DateTimeOffset CreatedAt { get; init; }
}
