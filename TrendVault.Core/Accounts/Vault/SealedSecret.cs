namespace TrendVault.Core.Accounts;

/// <summary>What a secret belongs to. It opens for nothing else: a blob copied to another row or user is refused.</summary>
/// <param name="Purpose">Tells apart the kinds of rows, so that their ids need not.</param>
/// <param name="RowId">The row that keeps it.</param>
/// <param name="UserId">Whose it is; the key is made from this user's salt.</param>
/// <param name="Platform">Which platform takes it.</param>
internal sealed record SecretOwner(string Purpose, Guid RowId, Guid UserId, Platform Platform)
{
    /// <summary>The owner of a connected account's tokens.</summary>
    public static SecretOwner Account(Guid accountId, Guid userId, Platform platform) => new("account", accountId, userId, platform);

    /// <summary>The owner of a running upload's handle.</summary>
    public static SecretOwner Upload(Guid uploadId, Guid userId, Platform platform) => new("upload", uploadId, userId, platform);
}

/// <summary>A secret as it is stored.</summary>
internal sealed record SealedSecret
{
    public required byte[] Blob { get; init; }

    /// <summary>96 random bits, new for each sealing.</summary>
    public required byte[] Iv { get; init; }

    /// <summary>128 bits.</summary>
    public required byte[] Tag { get; init; }

    /// <summary>Which master key sealed it.</summary>
    public required string KeyId { get; init; }
}

/// <summary>A blob that does not open: altered, moved from another row, or sealed with a key that is no longer there.</summary>
internal sealed class SealBrokenException(Exception? inner = null) : Exception("A sealed secret does not open.", inner);
