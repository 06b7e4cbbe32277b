using Npgsql;

namespace TrendVault.Core.Auth;

/// <summary>What is known of a request under its Idempotency-Key.</summary>
internal abstract record IdempotencyState
{
    private IdempotencyState()
    {
    }

    /// <summary>It is new: do it, then keep the answer.</summary>
    public sealed record New : IdempotencyState;

    /// <summary>It was done; this was the answer.</summary>
    public sealed record Done(int Status, byte[] Response) : IdempotencyState;

    /// <summary>The first one is still being answered.</summary>
    public sealed record Running : IdempotencyState;

    /// <summary>The key was used for another request.</summary>
    public sealed record Other : IdempotencyState;
}

/// <summary>Answers kept under a user's Idempotency-Key for 24 hours, so that a repeated request repeats the answer and not the deed.</summary>
internal sealed class IdempotencyStore(NpgsqlDataSource db)
{
    /// <summary>Claims the key for a request, or says what it stands for already.</summary>
    /// <param name="route">Method and path.</param>
    /// <param name="requestHash">Of everything that makes the request what it is.</param>
    public async Task<IdempotencyState> BeginAsync(
        Guid userId, string key, string route, byte[] requestHash, CancellationToken cancellationToken)
    {
        // A process that died left its key running: after a minute, longer than any request, the next one takes it over.
        var claimed = await db.ExecuteAsync(
            """
            insert into idempotency_keys as kept (user_id, key, route, request_hash)
            values (@userId, @key, @route, @requestHash)
            on conflict (user_id, key) do update
            set route = excluded.route, request_hash = excluded.request_hash, status = null, response = null, created_at = now()
            where kept.created_at < now() - interval '24 hours'
               or (kept.status is null and kept.created_at < now() - interval '1 minute')
            """,
            new { userId, key, route, requestHash },
            cancellationToken);
        if (claimed > 0)
            return new IdempotencyState.New();

        var kept = await db.QuerySingleOrDefaultAsync<Kept>(
            "select route, request_hash, status, response from idempotency_keys where user_id = @userId and key = @key",
            new { userId, key },
            cancellationToken);
        return kept switch
        {
            null => new IdempotencyState.Running(), // given up between the two statements: the caller asks again
            _ when kept.Route != route || !kept.RequestHash.AsSpan().SequenceEqual(requestHash) => new IdempotencyState.Other(),
            { Status: { } status } => new IdempotencyState.Done(status, kept.Response ?? []),
            _ => new IdempotencyState.Running(),
        };
    }

    /// <summary>Keeps the answer.</summary>
    public Task FinishAsync(Guid userId, string key, int status, byte[] response, CancellationToken cancellationToken) =>
        db.ExecuteAsync(
            "update idempotency_keys set status = @status, response = @response where user_id = @userId and key = @key",
            new { userId, key, status, response },
            cancellationToken);

    /// <summary>Frees the key: nothing was done, so the request may be tried again.</summary>
    public Task GiveUpAsync(Guid userId, string key, CancellationToken cancellationToken) =>
        db.ExecuteAsync(
            "delete from idempotency_keys where user_id = @userId and key = @key and status is null",
            new { userId, key },
            cancellationToken);

    private sealed record Kept
    {
        public required string Route { get; init; }

        public required byte[] RequestHash { get; init; }

        public int? Status { get; init; }

        public byte[]? Response { get; init; }
    }
}
