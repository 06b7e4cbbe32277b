using Npgsql;

namespace TrendVault.Core.Auth;

/// <summary>The rows of refresh tokens. The session is their family: when it ends, all of them do.</summary>
internal sealed class RefreshTokenStore(NpgsqlDataSource db)
{
    public Task<int> AddAsync(byte[] tokenHash, Guid userId, Guid sessionId, CancellationToken cancellationToken) =>
        db.ExecuteAsync(Insert, InsertParameters(tokenHash, userId, sessionId), cancellationToken);

    /// <summary>Uses one token up and puts the next in its place; null when it is unknown, used, too old or of an ended family.</summary>
    public Task<Family?> RotateAsync(byte[] tokenHash, byte[] nextHash, CancellationToken cancellationToken) =>
        db.InTransactionAsync(
            async connection =>
            {
                // Of two requests with one token the second waits for the row, sees it used and changes nothing.
                var family = await connection.QuerySingleOrDefaultAsync<Family>(
                    $"""
                    update refresh_tokens
                    set used_at = now()
                    from sessions
                    where refresh_tokens.token_hash = @tokenHash
                      and refresh_tokens.used_at is null
                      and refresh_tokens.expires_at > now()
                      and sessions.id = refresh_tokens.session_id
                      and {SessionStore.IsAlive}
                    returning refresh_tokens.session_id, refresh_tokens.user_id
                    """,
                    new { tokenHash },
                    cancellationToken);
                if (family is not null)
                    await connection.ExecuteAsync(Insert, InsertParameters(nextHash, family.UserId, family.SessionId), cancellationToken);
                return family;
            },
            cancellationToken);

    /// <summary>Ends the family of a token that was used before; null when it was not, or the family had ended.</summary>
    public Task<Family?> EndReusedAsync(byte[] tokenHash, CancellationToken cancellationToken) =>
        db.QuerySingleOrDefaultAsync<Family>(
            """
            update sessions
            set ended_at = now()
            from refresh_tokens
            where refresh_tokens.token_hash = @tokenHash
              and refresh_tokens.used_at is not null
              and sessions.id = refresh_tokens.session_id
              and sessions.ended_at is null
            returning sessions.id as session_id, sessions.user_id
            """,
            new { tokenHash },
            cancellationToken);

    private const string Insert =
        """
        insert into refresh_tokens (id, session_id, user_id, token_hash, expires_at)
        select @id, sessions.id, sessions.user_id, @tokenHash, least(now() + interval '24 hours', sessions.expires_at)
        from sessions
        where sessions.id = @sessionId
          and sessions.user_id = @userId
        """;

    private static object InsertParameters(byte[] tokenHash, Guid userId, Guid sessionId) =>
        new { id = Guid.CreateVersion7(), tokenHash, userId, sessionId };

    internal sealed record Family
    {
        public required Guid SessionId { get; init; }

        public required Guid UserId { get; init; }
    }
}
