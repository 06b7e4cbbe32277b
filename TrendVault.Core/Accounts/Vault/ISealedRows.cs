namespace TrendVault.Core.Accounts;

/// <summary>Rows of a feature that hold secrets of the vault: their owner reads and writes them when the key is changed.</summary>
internal interface ISealedRows
{
    SecretOwner OwnerOf(SealedRow row);

    /// <summary>Rows that another key sealed, by user and id, from after a row on.</summary>
    Task<IReadOnlyList<SealedRow>> ListOldAsync(string currentKeyId, SealedRow? after, int limit, CancellationToken cancellationToken);

    /// <summary>
    /// Replaces a secret by what <paramref name="sealAnew"/> makes of it, unless it has been replaced since it was read. Answers how
    /// many rows changed; null when the secret does not open.
    /// </summary>
    Task<int?> ReplaceAsync(SealedRow row, Func<SealedRow, Task<SealedSecret?>> sealAnew, CancellationToken cancellationToken);
}

/// <summary>A row and its secret.</summary>
internal sealed record SealedRow
{
    public required Guid Id { get; init; }

    public required Guid UserId { get; init; }

    public required Platform Platform { get; init; }

    public required byte[] Blob { get; init; }

    public required byte[] Iv { get; init; }

    public required byte[] Tag { get; init; }

    public required string KeyId { get; init; }

    public SealedSecret Secret => new() { Blob = Blob, Iv = Iv, Tag = Tag, KeyId = KeyId };
}
