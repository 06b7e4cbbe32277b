using Microsoft.Extensions.Options;
using Npgsql;

namespace TrendVault.Core.Downloads;

/// <summary>How much each user's files hold, and may hold. What is deleted counts no more at once, though it can be taken back for a while.</summary>
internal sealed class StorageShare(NpgsqlDataSource db, IOptions<DownloadOptions> options)
{
    private const string UsedSql =
        """
        select coalesce(sum(bytes), 0)::bigint
        from download_counts
        where user_id = @userId
        """;

    /// <summary>Bytes; null where there is no limit.</summary>
    public long? Limit => options.Value.UserStorageBytes > 0 ? options.Value.UserStorageBytes : null;

    /// <summary>Bytes that the user's files hold.</summary>
    public Task<long> UsedAsync(Guid userId, CancellationToken cancellationToken) =>
        db.QuerySingleOrDefaultAsync<long>(UsedSql, new { userId }, cancellationToken);

    /// <summary>True when so many more would still be within the limit now; others may come first.</summary>
    public async Task<bool> HasRoomAsync(Guid userId, long bytes, CancellationToken cancellationToken) =>
        Limit is not { } limit || await UsedAsync(userId, cancellationToken) + bytes <= limit;

    /// <summary>True when so many more are within the limit, to the end of the caller's transaction, in which they come to count.</summary>
    internal async Task<bool> TakeAsync(NpgsqlConnection connection, Guid userId, long bytes, CancellationToken cancellationToken)
    {
        if (Limit is not { } limit)
            return true;

        // Two at once would each find the room that only one can have. A statement of its own: the next one sees what was committed meanwhile.
        await connection.ExecuteAsync("select pg_advisory_xact_lock(hashtextextended('storage ' || @userId, 0))", new { userId }, cancellationToken);
        return await connection.QuerySingleOrDefaultAsync<long>(UsedSql, new { userId }, cancellationToken) + bytes <= limit;
    }
}
