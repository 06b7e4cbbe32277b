using Npgsql;

namespace TrendVault.Core.Accounts;

internal sealed class AccountStore(NpgsqlDataSource db)
{
    /// <summary>A user's accounts, the oldest first.</summary>
    public Task<IReadOnlyList<ConnectedAccount>> ListAsync(Guid userId, CancellationToken cancellationToken) =>
        db.QueryAsync<ConnectedAccount>(
            """
            select id, user_id, platform, platform_user_id, platform_user_name, email, avatar_url, scopes, status, created_at
            from connected_accounts
            where user_id = @userId
            order by created_at, id
            """,
            new { userId },
            cancellationToken);

    /// <summary>Null for another's, as for a missing one.</summary>
    public Task<ConnectedAccount?> FindAsync(Guid userId, Guid accountId, CancellationToken cancellationToken) =>
        db.QuerySingleOrDefaultAsync<ConnectedAccount>(
            """
            select id, user_id, platform, platform_user_id, platform_user_name, email, avatar_url, scopes, status, created_at
            from connected_accounts
            where id = @accountId
              and user_id = @userId
            """,
            new { userId, accountId },
            cancellationToken);

    /// <summary>
    /// This account, if it is kept: by its channel, or by its owner, from the days when it had no channel. One that shows no channel is
    /// its owner's only one: of several nobody can tell which.
    /// </summary>
    internal Task<ConnectedAccount?> FindKnownAsync(Guid userId, Platform platform, string? channelId, string ownerId, CancellationToken cancellationToken) =>
        db.QuerySingleOrDefaultAsync<ConnectedAccount>(
            """
            select id, user_id, platform, platform_user_id, platform_user_name, email, avatar_url, scopes, status, created_at
            from connected_accounts as account
            where user_id = @userId
              and platform = @platform
              and (platform_user_id in (@channelId, @ownerId)
                or (@channelId is null
                  and owner_id = @ownerId
                  and 1 = (
                    select count(*)
                    from connected_accounts
                    where user_id = @userId
                      and platform = @platform
                      and owner_id = @ownerId)))
            order by platform_user_id = @channelId desc nulls last
            limit 1
            """,
            new { userId, platform, channelId, ownerId },
            cancellationToken);

    /// <summary>Throws a unique violation when the same account was connected in another window meanwhile, under another id.</summary>
    internal static Task SaveAsync(
        NpgsqlConnection connection,
        ConnectedAccount account,
        string ownerId,
        SealedSecret tokens,
        DateTimeOffset expiresAt,
        CancellationToken cancellationToken) =>
        connection.ExecuteAsync(
            """
            insert into connected_accounts (
              id, user_id, platform, platform_user_id, platform_user_name, owner_id, email, avatar_url, scopes, status,
              token_blob, token_iv, token_tag, token_key_id, token_expires_at)
            values (
              @Id, @UserId, @Platform, @PlatformUserId, @PlatformUserName, @ownerId, @Email, @AvatarUrl, @Scopes, 'connected',
              @Blob, @Iv, @Tag, @KeyId, @expiresAt)
            on conflict (id) do update
            set
              platform_user_id = excluded.platform_user_id, platform_user_name = excluded.platform_user_name, owner_id = excluded.owner_id,
              email = excluded.email, avatar_url = excluded.avatar_url, scopes = excluded.scopes, status = excluded.status,
              token_blob = excluded.token_blob, token_iv = excluded.token_iv, token_tag = excluded.token_tag,
              token_key_id = excluded.token_key_id, token_expires_at = excluded.token_expires_at, updated_at = now()
            where connected_accounts.user_id = excluded.user_id
            """,
            new
            {
                account.Id,
                account.UserId,
                account.Platform,
                account.PlatformUserId,
                account.PlatformUserName,
                ownerId,
                account.Email,
                account.AvatarUrl,
                account.Scopes,
                tokens.Blob,
                tokens.Iv,
                tokens.Tag,
                tokens.KeyId,
                expiresAt,
            },
            cancellationToken);

    internal Task<int> DeleteAsync(Guid userId, Guid accountId, CancellationToken cancellationToken) =>
        db.ExecuteAsync(
            """
            delete from connected_accounts
            where id = @accountId
              and user_id = @userId
            """,
            new { userId, accountId },
            cancellationToken);

    internal Task<TokenRow?> FindTokensAsync(Guid userId, Guid accountId, CancellationToken cancellationToken) =>
        db.QuerySingleOrDefaultAsync<TokenRow>(
            """
            select
              id, user_id, platform, status,
              token_blob as blob, token_iv as iv, token_tag as tag, token_key_id as key_id, token_expires_at as expires_at
            from connected_accounts
            where id = @accountId
              and user_id = @userId
            """,
            new { userId, accountId },
            cancellationToken);

    /// <summary>Replaces exactly the tokens that were read: those of a reconnection in between stay. Answers whether it did.</summary>
    internal async Task<bool> ReplaceTokensAsync(TokenRow old, SealedSecret tokens, DateTimeOffset expiresAt, CancellationToken cancellationToken) =>
        await db.ExecuteAsync(
            """
            update connected_accounts
            set
              token_blob = @Blob, token_iv = @Iv, token_tag = @Tag, token_key_id = @KeyId, token_expires_at = @expiresAt,
              status = 'connected', updated_at = now()
            where id = @Id
              and user_id = @UserId
              and token_iv = @oldIv
            """,
            new { old.Id, old.UserId, oldIv = old.Iv, tokens.Blob, tokens.Iv, tokens.Tag, tokens.KeyId, expiresAt },
            cancellationToken) == 1;

    /// <summary>Marks exactly the tokens that were refused.</summary>
    internal Task<int> MarkReconnectNeededAsync(TokenRow refused, CancellationToken cancellationToken) =>
        db.ExecuteAsync(
            """
            update connected_accounts
            set status = 'reconnect_needed', updated_at = now()
            where id = @Id
              and user_id = @UserId
              and token_iv = @Iv
            """,
            new { refused.Id, refused.UserId, refused.Iv },
            cancellationToken);
}

/// <summary>An account's tokens as they lie in its row.</summary>
internal sealed record TokenRow
{
    public required Guid Id { get; init; }

    public required Guid UserId { get; init; }

    public required Platform Platform { get; init; }

    public required AccountStatus Status { get; init; }

    public required byte[] Blob { get; init; }

    public required byte[] Iv { get; init; }

    public required byte[] Tag { get; init; }

    public required string KeyId { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }

    public SecretOwner Owner => SecretOwner.Account(Id, UserId, Platform);

    public SealedSecret Secret => new() { Blob = Blob, Iv = Iv, Tag = Tag, KeyId = KeyId };
}
