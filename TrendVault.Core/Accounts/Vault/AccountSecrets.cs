using Npgsql;

namespace TrendVault.Core.Accounts;

/// <summary>
/// The tokens of connected accounts. Each account is held while its tokens are sealed anew: a renewal that found another sealing than
/// it read would be lost with its only refresh token.
/// </summary>
internal sealed class AccountSecrets(NpgsqlDataSource db, TokenVault vault, AccountLocks locks) : ISealedRows
{
    private const string Select =
        """
        select id, user_id, platform, token_blob as blob, token_iv as iv, token_tag as tag, token_key_id as key_id
        from connected_accounts
        """;

    public SecretOwner OwnerOf(SealedRow row) => SecretOwner.Account(row.Id, row.UserId, row.Platform);

    public Task<IReadOnlyList<SealedRow>> ListOldAsync(string currentKeyId, SealedRow? after, int limit, CancellationToken cancellationToken) =>
        db.QueryAsync<SealedRow>(
            $"""
            {Select}
            where token_key_id <> @currentKeyId
              and (user_id, id) > (@afterUser, @afterId)
            order by user_id, id
            limit @limit
            """,
            new { currentKeyId, afterUser = after?.UserId ?? Guid.Empty, afterId = after?.Id ?? Guid.Empty, limit },
            cancellationToken);

    /// <exception cref="PlatformException">The account cannot be held, since Redis is away.</exception>
    public async Task<int?> ReplaceAsync(SealedRow row, Func<SealedRow, Task<SealedSecret?>> sealAnew, CancellationToken cancellationToken)
    {
        await using var held = await locks.AcquireAsync(row.Id, cancellationToken);
        var current = await db.QuerySingleOrDefaultAsync<SealedRow>(
            $"""
            {Select}
            where id = @Id
              and token_key_id <> @CurrentKeyId
            """,
            new { row.Id, vault.CurrentKeyId },
            cancellationToken);
        if (current is null)
            return 0;
        if (await sealAnew(current) is not { } secret)
            return null;
        return await db.ExecuteAsync(
            """
            update connected_accounts
            set token_blob = @Blob, token_iv = @Iv, token_tag = @Tag, token_key_id = @KeyId
            where id = @Id
              and token_iv = @oldIv
            """,
            new { current.Id, oldIv = current.Iv, secret.Blob, secret.Iv, secret.Tag, secret.KeyId },
            cancellationToken);
    }
}
