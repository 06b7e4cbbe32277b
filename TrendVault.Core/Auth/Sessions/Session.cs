namespace TrendVault.Core.Auth;

/// <summary>What a session belongs to.</summary>
[StoredAsText]
internal enum SessionKind
{
    /// <summary>A browser with a cookie.</summary>
    Browser,

    /// <summary>A script with access and refresh tokens.</summary>
    Api,
}

/// <summary>From where somebody calls, as far as we know.</summary>
/// <param name="Address">The client's IP address; IPv6 is counted by /64 where it is counted.</param>
/// <param name="UserAgent">What the client says it is.</param>
/// <param name="KnownBrowser">Set for a browser that signed in to this account before: limits count it by itself.</param>
internal sealed record ClientInfo(string Address, string? UserAgent, string? KnownBrowser = null);

/// <summary>A living session with its user.</summary>
internal sealed record SignedIn
{
    /// <summary>The sid of access tokens.</summary>
    public required Guid SessionId { get; init; }

    public required Guid UserId { get; init; }

    public required string Email { get; init; }

    public required string Name { get; init; }

    public required UserRole Role { get; init; }

    /// <summary>The end, however busy the session is.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>True when the row's seen-at is more than a minute old.</summary>
    internal bool IsSeenLongAgo { get; init; }
}

/// <summary>A session in its user's list.</summary>
internal sealed record SessionRow
{
    /// <summary>UUID v7.</summary>
    public required Guid Id { get; init; }

    /// <summary>Browser or script.</summary>
    public required SessionKind Kind { get; init; }

    /// <summary>What the client said it was at sign-in.</summary>
    public string? UserAgent { get; init; }

    /// <summary>From where it signed in.</summary>
    public string? IpAddress { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Right to a minute.</summary>
    public required DateTimeOffset LastSeenAt { get; init; }
}
