using Microsoft.Extensions.Logging;
using Npgsql;

namespace TrendVault.Core.Accounts;

/// <summary>What a rotation came to.</summary>
/// <param name="Sealed">Secrets that the current key seals from now on.</param>
/// <param name="Broken">Secrets that did not open; they stay as they are.</param>
internal sealed record KeyRotationResult(int Sealed, int Broken);

/// <summary>
/// Takes what <c>ENCRYPTION_KEY_PREVIOUS</c> sealed to <c>ENCRYPTION_KEY</c>, and keeps a key that is in use from being dropped.
/// How an operator goes about it: docs/accounts.md.
/// </summary>
internal sealed class KeyRotation(NpgsqlDataSource db, TokenVault vault, AccountLocks locks, ILogger<KeyRotation> log)
{
    private const int BatchSize = 200;

    private const string SelectAccounts =
        """
        select 'account' as purpose, id, user_id, platform, token_blob as blob, token_iv as iv, token_tag as tag, token_key_id as key_id
        from connected_accounts
        """;

    /// <summary>Connected accounts whose tokens no key of the settings opens would all fail at their next use: nothing starts like that.</summary>
    /// <exception cref="StartupException">There are some; the message says what to do.</exception>
    public async Task RequireKeysAsync(CancellationToken cancellationToken)
    {
        var lost = await db.QueryAsync<KeyUse>(
            """
            select token_key_id as key_id, count(*) as accounts
            from connected_accounts
            where status = 'connected'
              and token_key_id <> all(@KeyIds)
            group by token_key_id
            """,
            new { vault.KeyIds },
            cancellationToken);
        if (lost.Count > 0)
        {
            throw new StartupException(
                $"ENCRYPTION_KEY: the tokens of {lost.Sum(key => key.Accounts)} connected account(s) were sealed with another key ({string.Join(", ", lost.Select(key => key.KeyId))}). "
                + "Set ENCRYPTION_KEY_PREVIOUS to that key. If it is lost, run rotate-keys --forget-lost: those accounts must then be connected again.");
        }
    }

    /// <summary>
    /// Seals all that the previous key sealed anew, while TrendVault serves or not. Killed half way it goes on when it is run again.
    /// Each account is held while its tokens are sealed, so that none that is renewed at that moment is lost.
    /// </summary>
    /// <exception cref="PlatformException">An account cannot be held, since Redis is away: to be run again.</exception>
    public async Task<KeyRotationResult> RotateAsync(CancellationToken cancellationToken)
    {
        // Accounts last: as long as one is left, RequireKeysAsync keeps the previous key from being dropped.
        var uploads = await RotateAsync(
            """
            select 'upload' as purpose, id, user_id, platform, handle_blob as blob, handle_iv as iv, handle_tag as tag, handle_key_id as key_id
            from upload_jobs
            where handle_key_id <> @CurrentKeyId
              and (user_id, id) > (@UserId, @Id)
            order by user_id, id
            limit @BatchSize
            """,
            """
            update upload_jobs
            set handle_blob = @Blob, handle_iv = @Iv, handle_tag = @Tag, handle_key_id = @KeyId
            where id = @Id
              and handle_iv = @OldIv
            """,
            SealAnewAsync,
            cancellationToken);
        var accounts = await RotateAsync(
            $"""
            {SelectAccounts}
            where token_key_id <> @CurrentKeyId
              and (user_id, id) > (@UserId, @Id)
            order by user_id, id
            limit @BatchSize
            """,
            """
            update connected_accounts
            set token_blob = @Blob, token_iv = @Iv, token_tag = @Tag, token_key_id = @KeyId
            where id = @Id
              and token_iv = @OldIv
            """,
            SealAccountAnewAsync,
            cancellationToken);
        return new KeyRotationResult(uploads.Sealed + accounts.Sealed, uploads.Broken + accounts.Broken);
    }

    /// <summary>Gives up the connections whose key is lost: their users connect them again. Answers how many.</summary>
    public Task<int> ForgetLostAsync(CancellationToken cancellationToken) =>
        db.ExecuteAsync(
            """
            update connected_accounts
            set status = 'reconnect_needed', updated_at = now()
            where status = 'connected'
              and token_key_id <> all(@KeyIds)
            """,
            new { vault.KeyIds },
            cancellationToken);

    // By user, because deriving a user's key is what takes the time.
    private async Task<KeyRotationResult> RotateAsync(
        string selectSql, string updateSql, Func<SealedRow, string, CancellationToken, Task<int?>> sealAnew, CancellationToken cancellationToken)
    {
        var (count, broken) = (0, 0);
        SealedRow? last = null;
        while (true)
        {
            var rows = await db.QueryAsync<SealedRow>(
                selectSql,
                new { vault.CurrentKeyId, UserId = last?.UserId ?? Guid.Empty, Id = last?.Id ?? Guid.Empty, BatchSize },
                cancellationToken);
            if (rows.Count == 0)
                return new KeyRotationResult(count, broken);

            foreach (var row in rows)
            {
                if (await sealAnew(row, updateSql, cancellationToken) is { } changed)
                    count += changed;
                else
                    broken++;
            }

            last = rows[^1];
            log.LogInformation("{Sealed} secrets are sealed anew, {Broken} do not open", count, broken);
        }
    }

    /// <summary>Answers how many rows changed; null for a secret that does not open.</summary>
    private async Task<int?> SealAnewAsync(SealedRow row, string updateSql, CancellationToken cancellationToken) =>
        await TrySealAnewAsync(row, cancellationToken) is { } secret
            ? await db.ExecuteAsync(updateSql, new { row.Id, OldIv = row.Iv, secret.Blob, secret.Iv, secret.Tag, secret.KeyId }, cancellationToken)
            : null;

    /// <summary>
    /// The same while nobody renews the account's tokens: a renewal that found another sealing than it read would be lost with its
    /// only refresh token.
    /// </summary>
    private async Task<int?> SealAccountAnewAsync(SealedRow row, string updateSql, CancellationToken cancellationToken)
    {
        await using var held = await locks.AcquireAsync(row.Id, cancellationToken);
        var current = await db.QuerySingleOrDefaultAsync<SealedRow>(
            $"""
            {SelectAccounts}
            where id = @Id
              and token_key_id <> @CurrentKeyId
            """,
            new { row.Id, vault.CurrentKeyId },
            cancellationToken);
        return current is null ? 0 : await SealAnewAsync(current, updateSql, cancellationToken);
    }

    private async Task<SealedSecret?> TrySealAnewAsync(SealedRow row, CancellationToken cancellationToken)
    {
        var owner = new SecretOwner(row.Purpose, row.Id, row.UserId, row.Platform);
        try
        {
            var secret = new SealedSecret { Blob = row.Blob, Iv = row.Iv, Tag = row.Tag, KeyId = row.KeyId };
            return await vault.SealAsync(owner, await vault.OpenAsync(owner, secret, cancellationToken), cancellationToken);
        }
        catch (SealBrokenException)
        {
            log.LogWarning("The secret of {Purpose} {RowId}, sealed with key {KeyId}, does not open", row.Purpose, row.Id, row.KeyId);
            return null;
        }
    }

    private sealed record KeyUse
    {
        public required string KeyId { get; init; }

        public required long Accounts { get; init; }
    }

    private sealed record SealedRow
    {
        public required string Purpose { get; init; }

        public required Guid Id { get; init; }

        public required Guid UserId { get; init; }

        public required Platform Platform { get; init; }

        public required byte[] Blob { get; init; }

        public required byte[] Iv { get; init; }

        public required byte[] Tag { get; init; }

        public required string KeyId { get; init; }
    }
}
