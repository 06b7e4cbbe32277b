using Npgsql;

namespace TrendVault.Core.Auth;

/// <summary>The rows of sessions. A session lives 7 days without use and 30 in all, by the database's clock.</summary>
internal sealed class SessionStore(NpgsqlDataSource db)
{
    public const string IsAlive =
        """
        sessions.ended_at is null
          and sessions.expires_at > now()
          and sessions.last_seen_at > now() - interval '7 days'
        """;

    private const string Columns =
        """
        sessions.id as session_id, sessions.user_id, users.email, users.name, users.role, sessions.expires_at,
        sessions.last_seen_at < now() - interval '1 minute' as is_seen_long_ago
        """;

    public Task<int> AddAsync(
        Guid id, Guid userId, SessionKind kind, byte[]? tokenHash, ClientInfo client, CancellationToken cancellationToken) =>
        db.ExecuteAsync(
            """
            insert into sessions (id, user_id, kind, token_hash, user_agent, ip_address, expires_at)
            values (@id, @userId, @kind, @tokenHash, @userAgent, @address, now() + interval '30 days')
            """,
            new { id, userId, kind, tokenHash, userAgent = Shorten(client.UserAgent), address = client.Address },
            cancellationToken);

    public Task<SignedIn?> FindByTokenAsync(byte[] tokenHash, CancellationToken cancellationToken) =>
        db.QuerySingleOrDefaultAsync<SignedIn>(
            $"""
            select {Columns}
            from sessions
            join users on users.id = sessions.user_id
            where sessions.token_hash = @tokenHash
              and {IsAlive}
            """,
            new { tokenHash },
            cancellationToken);

    public Task<SignedIn?> FindApiAsync(Guid sessionId, CancellationToken cancellationToken) =>
        db.QuerySingleOrDefaultAsync<SignedIn>(
            $"""
            select {Columns}
            from sessions
            join users on users.id = sessions.user_id
            where sessions.id = @sessionId
              and sessions.kind = 'api'
              and {IsAlive}
            """,
            new { sessionId },
            cancellationToken);

    public Task<IReadOnlyList<Guid>> AliveAsync(IReadOnlyCollection<Guid> sessionIds, CancellationToken cancellationToken) =>
        db.QueryAsync<Guid>(
            $"""
            select id
            from sessions
            where id = any(@sessionIds)
              and {IsAlive}
            """,
            new { sessionIds = sessionIds.ToArray() },
            cancellationToken);

    public Task<IReadOnlyList<SessionRow>> ListAsync(Guid userId, CancellationToken cancellationToken) =>
        db.QueryAsync<SessionRow>(
            $"""
            select id, kind, user_agent, ip_address, created_at, last_seen_at
            from sessions
            where user_id = @userId
              and {IsAlive}
            order by last_seen_at desc, id
            limit 100
            """,
            new { userId },
            cancellationToken);

    public Task<int> SeenAsync(Guid sessionId, CancellationToken cancellationToken) =>
        db.ExecuteAsync(
            """
            update sessions
            set last_seen_at = now()
            where id = @sessionId
              and last_seen_at < now() - interval '1 minute'
            """,
            new { sessionId },
            cancellationToken);

    public Task<int> EndAsync(Guid userId, Guid sessionId, CancellationToken cancellationToken) =>
        db.ExecuteAsync(
            "update sessions set ended_at = now() where id = @sessionId and user_id = @userId and ended_at is null",
            new { userId, sessionId },
            cancellationToken);

    /// <summary>Ends all of a user's sessions but one. Their refresh and access tokens end with them: each asks for a living session.</summary>
    public Task<int> EndOthersAsync(Guid userId, Guid keptSessionId, CancellationToken cancellationToken) =>
        db.ExecuteAsync(
            "update sessions set ended_at = now() where user_id = @userId and id <> @keptSessionId and ended_at is null",
            new { userId, keptSessionId },
            cancellationToken);

    private static string? Shorten(string? userAgent) => userAgent?.Length > 300 ? userAgent[..300] : userAgent;
}
