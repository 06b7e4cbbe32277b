using System.Collections.Concurrent;
using Npgsql;

namespace TrendVault.Core.Auth;

/// <summary>A key in its user's list; the key itself is shown once, when it is made.</summary>
internal sealed record ApiKeyRow
{
    /// <summary>UUID v7.</summary>
    public required Guid Id { get; init; }

    /// <summary>What the user calls it.</summary>
    public required string Name { get; init; }

    /// <summary>The first characters, to tell keys apart.</summary>
    public required string Prefix { get; init; }

    /// <summary>Some of <see cref="ApiKeys.Scopes"/>.</summary>
    public required string[] Scopes { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Right to a minute; null when it never was.</summary>
    public DateTimeOffset? LastUsedAt { get; init; }
}

/// <summary>Who calls with a key.</summary>
internal sealed record ApiKeyCaller
{
    public required Guid KeyId { get; init; }

    /// <summary>Whose key it is.</summary>
    public required Guid UserId { get; init; }

    public required string Email { get; init; }

    public required string Name { get; init; }

    public required UserRole Role { get; init; }

    /// <summary>What the key may do.</summary>
    public required string[] Scopes { get; init; }
}

/// <summary>Personal keys for scripts. They end when their user revokes them.</summary>
internal sealed class ApiKeys(NpgsqlDataSource db, TimeProvider time)
{
    /// <summary>What every key begins with, so that one is told from an access token (and found in a leak).</summary>
    public const string Prefix = "tv_";

    /// <summary>To read, and to change.</summary>
    public static readonly IReadOnlyList<string> Scopes = ["read", "write"];

    private static readonly TimeSpan Memory = TimeSpan.FromSeconds(4);

    private readonly ConcurrentDictionary<string, (ApiKeyCaller? Caller, long At)> _remembered = new();

    /// <summary>Makes a key and answers it, for the only time.</summary>
    public async Task<string> CreateAsync(Guid userId, string name, IReadOnlyCollection<string> scopes, CancellationToken cancellationToken)
    {
        var key = Prefix + OpaqueToken.Create();
        await db.ExecuteAsync(
            """
            insert into api_keys (id, user_id, name, prefix, token_hash, scopes)
            values (@id, @userId, @name, @prefix, @hash, @scopes)
            """,
            new { id = Guid.CreateVersion7(), userId, name, prefix = key[..8], hash = OpaqueToken.Hash(key), scopes = scopes.ToArray() },
            cancellationToken);
        return key;
    }

    public Task<IReadOnlyList<ApiKeyRow>> ListAsync(Guid userId, CancellationToken cancellationToken) =>
        db.QueryAsync<ApiKeyRow>(
            """
            select id, name, prefix, scopes, created_at, last_used_at
            from api_keys
            where user_id = @userId
              and revoked_at is null
            order by id desc
            """,
            new { userId },
            cancellationToken);

    /// <summary>False when the user has no such key.</summary>
    public async Task<bool> RevokeAsync(Guid userId, Guid keyId, CancellationToken cancellationToken)
    {
        var revoked = await db.ExecuteAsync(
            "update api_keys set revoked_at = now() where id = @keyId and user_id = @userId and revoked_at is null",
            new { userId, keyId },
            cancellationToken);
        _remembered.Clear();
        return revoked > 0;
    }

    /// <summary>Who calls with this key, or null. Remembered for 4 seconds, like sessions.</summary>
    public async Task<ApiKeyCaller?> FindAsync(string key, CancellationToken cancellationToken)
    {
        var hash = OpaqueToken.Hash(key);
        var name = Convert.ToHexString(hash);
        if (_remembered.TryGetValue(name, out var known) && time.GetElapsedTime(known.At) < Memory)
            return known.Caller;

        var caller = await UseAsync(hash, cancellationToken);
        if (_remembered.Count >= 10_000)
            _remembered.Clear();
        _remembered[name] = (caller, time.GetTimestamp());
        return caller;
    }

    /// <summary>Which of these keys are not revoked.</summary>
    public Task<IReadOnlyList<Guid>> AliveAsync(IReadOnlyCollection<Guid> keyIds, CancellationToken cancellationToken) =>
        db.QueryAsync<Guid>(
            "select id from api_keys where id = any(@keyIds) and revoked_at is null",
            new { keyIds = keyIds.ToArray() },
            cancellationToken);

    private Task<ApiKeyCaller?> UseAsync(byte[] hash, CancellationToken cancellationToken) =>
        db.QuerySingleOrDefaultAsync<ApiKeyCaller>(
            """
            with used as (
              update api_keys
              set last_used_at = now()
              where token_hash = @hash
                and revoked_at is null
                and (last_used_at is null or last_used_at < now() - interval '1 minute')
            )
            select api_keys.id as key_id, api_keys.user_id, users.email, users.name, users.role, api_keys.scopes
            from api_keys
            join users on users.id = api_keys.user_id
            where api_keys.token_hash = @hash
              and api_keys.revoked_at is null
            """,
            new { hash },
            cancellationToken);
}
