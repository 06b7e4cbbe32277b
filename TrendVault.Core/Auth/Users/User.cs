namespace TrendVault.Core.Auth;

/// <summary>What a user may do beyond their own things.</summary>
[StoredAsText]
internal enum UserRole
{
    /// <summary>Own things only.</summary>
    User,

    /// <summary>Own things, and who may register.</summary>
    Admin,
}

/// <summary>Somebody with an account.</summary>
internal sealed record User
{
    /// <summary>UUID v7.</summary>
    public required Guid Id { get; init; }

    /// <summary>NFC and lower case, as <see cref="EmailAddress"/> makes it.</summary>
    public required string Email { get; init; }

    /// <summary>How the user wants to be called.</summary>
    public required string Name { get; init; }

    /// <summary>The first user is the admin.</summary>
    public required UserRole Role { get; init; }

    /// <summary>Null without one.</summary>
    public string? AvatarUrl { get; init; }

    /// <summary>When they registered.</summary>
    public required DateTimeOffset CreatedAt { get; init; }
}
