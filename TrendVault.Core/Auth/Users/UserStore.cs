using System.Security.Cryptography;
using Npgsql;

namespace TrendVault.Core.Auth;

internal sealed class UserStore(NpgsqlDataSource db)
{
    // Any number that no other advisory lock of TrendVault uses: "TVus" in ASCII.
    private const long FirstUserLock = 0x54567573;

    /// <summary>Null when there is none.</summary>
    public Task<User?> FindAsync(Guid userId, CancellationToken cancellationToken) =>
        db.QuerySingleOrDefaultAsync<User>(
            """
            select id, email, name, role, avatar_url, created_at
            from users
            where id = @userId
            """,
            new { userId },
            cancellationToken);

    /// <summary>True once there is somebody who could sign in.</summary>
    public Task<bool> AnyAsync(CancellationToken cancellationToken) =>
        db.QuerySingleOrDefaultAsync<bool>("select exists (select 1 from users)", null, cancellationToken);

    internal Task<Credentials?> FindCredentialsAsync(string email, CancellationToken cancellationToken) =>
        db.QuerySingleOrDefaultAsync<Credentials>(
            """
            select id, email, name, role, password_hash
            from users
            where email = @email
            """,
            new { email },
            cancellationToken);

    /// <summary>Null when the address is taken. The first of all users becomes the admin, however many register at once.</summary>
    /// <param name="email">Normalised.</param>
    /// <param name="onlyFirst">Refuses everybody but the very first user, by the same lock; the answer is null then too.</param>
    internal Task<User?> AddAsync(string email, string name, string passwordHash, bool onlyFirst, CancellationToken cancellationToken) =>
        db.InTransactionAsync(
            async connection =>
            {
                // Two first users would both see an empty table; the lock lasts until one of them is committed.
                await connection.ExecuteAsync("select pg_advisory_xact_lock(@FirstUserLock)", new { FirstUserLock }, cancellationToken);
                return await connection.QuerySingleOrDefaultAsync<User>(
                    """
                    insert into users (id, email, password_hash, name, role, token_salt)
                    select @id, @email, @passwordHash, @name, case when exists (select 1 from users) then 'user' else 'admin' end, @salt
                    where not @onlyFirst or not exists (select 1 from users)
                    on conflict (email) do nothing
                    returning id, email, name, role, avatar_url, created_at
                    """,
                    new { id = Guid.CreateVersion7(), email, passwordHash, name, salt = RandomNumberGenerator.GetBytes(16), onlyFirst },
                    cancellationToken);
            },
            cancellationToken);

    internal Task<int> SetPasswordHashAsync(Guid userId, string passwordHash, CancellationToken cancellationToken) =>
        db.ExecuteAsync(
            "update users set password_hash = @passwordHash, updated_at = now() where id = @userId",
            new { userId, passwordHash },
            cancellationToken);

    internal Task<int> SetNameAsync(Guid userId, string name, CancellationToken cancellationToken) =>
        db.ExecuteAsync(
            "update users set name = @name, updated_at = now() where id = @userId",
            new { userId, name },
            cancellationToken);

    /// <summary>0 rows when another user has the address.</summary>
    internal Task<int> SetEmailAsync(Guid userId, string email, CancellationToken cancellationToken) =>
        db.ExecuteAsync(
            """
            update users
            set email = @email, updated_at = now()
            where id = @userId
              and not exists (select 1 from users as others where others.email = @email and others.id <> @userId)
            """,
            new { userId, email },
            cancellationToken);
}

/// <summary>What a sign-in is checked against; leaves this folder never.</summary>
internal sealed record Credentials
{
    public required Guid Id { get; init; }

    public required string Email { get; init; }

    public required string Name { get; init; }

    public required UserRole Role { get; init; }

    public required string PasswordHash { get; init; }
}
