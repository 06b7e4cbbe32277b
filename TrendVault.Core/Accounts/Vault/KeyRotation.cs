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
internal sealed class KeyRotation(
    NpgsqlDataSource db, TokenVault vault, AccountSecrets accounts, IEnumerable<ISealedRows> others, ILogger<KeyRotation> log)
{
    private const int BatchSize = 200;

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
    /// </summary>
    /// <exception cref="PlatformException">An account cannot be held, since Redis is away: to be run again.</exception>
    public async Task<KeyRotationResult> RotateAsync(CancellationToken cancellationToken)
    {
        var (count, broken) = (0, 0);
        // Accounts last: as long as one is left, RequireKeysAsync keeps the previous key from being dropped.
        foreach (var rows in others.Append(accounts))
        {
            var result = await RotateAsync(rows, cancellationToken);
            (count, broken) = (count + result.Sealed, broken + result.Broken);
        }

        return new KeyRotationResult(count, broken);
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
    private async Task<KeyRotationResult> RotateAsync(ISealedRows rows, CancellationToken cancellationToken)
    {
        var (count, broken) = (0, 0);
        SealedRow? last = null;
        while (await rows.ListOldAsync(vault.CurrentKeyId, last, BatchSize, cancellationToken) is { Count: > 0 } batch)
        {
            foreach (var row in batch)
            {
                if (await rows.ReplaceAsync(row, old => TrySealAnewAsync(rows.OwnerOf(old), old.Secret, cancellationToken), cancellationToken) is { } changed)
                    count += changed;
                else
                    broken++;
            }

            last = batch[^1];
            log.LogInformation("{Sealed} secrets are sealed anew, {Broken} do not open", count, broken);
        }

        return new KeyRotationResult(count, broken);
    }

    private async Task<SealedSecret?> TrySealAnewAsync(SecretOwner owner, SealedSecret secret, CancellationToken cancellationToken)
    {
        try
        {
            return await vault.SealAsync(owner, await vault.OpenAsync(owner, secret, cancellationToken), cancellationToken);
        }
        catch (SealBrokenException)
        {
            log.LogWarning("The secret of {Purpose} {RowId}, sealed with key {KeyId}, does not open", owner.Purpose, owner.RowId, secret.KeyId);
            return null;
        }
    }

    private sealed record KeyUse
    {
        public required string KeyId { get; init; }

        public required long Accounts { get; init; }
    }
}
