using Npgsql;

namespace TrendVault.Core.Channels;

internal sealed class ChannelStore(NpgsqlDataSource db)
{
    /// <summary>A user's channels, by name.</summary>
    public Task<IReadOnlyList<PublishingChannel>> ListAsync(Guid userId, CancellationToken cancellationToken) =>
        db.QueryAsync<PublishingChannel>(
            """
            select id, connected_account_id, platform, platform_channel_id, channel_name, handle, avatar_url, picture_type, subscribers, updated_at, missing_since
            from channels
            where user_id = @userId
            order by channel_name, id
            """,
            new { userId },
            cancellationToken);

    /// <summary>Null for another's, as for a missing one.</summary>
    public Task<PublishingChannel?> FindAsync(Guid userId, Guid channelId, CancellationToken cancellationToken) =>
        db.QuerySingleOrDefaultAsync<PublishingChannel>(
            """
            select id, connected_account_id, platform, platform_channel_id, channel_name, handle, avatar_url, picture_type, subscribers, updated_at, missing_since
            from channels
            where id = @channelId
              and user_id = @userId
            """,
            new { userId, channelId },
            cancellationToken);

    /// <summary>The accounts that have a channel which is missing, each with its user.</summary>
    internal Task<IReadOnlyList<(Guid UserId, Guid AccountId)>> ListAccountsWithMissingAsync(CancellationToken cancellationToken) =>
        db.QueryAsync<(Guid UserId, Guid AccountId)>(
            """
            select distinct user_id, connected_account_id
            from channels
            where missing_since is not null
            """,
            new { },
            cancellationToken);

    /// <summary>Makes the rows of an account what its platform says: new ones and changed ones. Those that it leaves out are marked as missing.</summary>
    public Task UpdateAsync(
        Guid userId, Guid accountId, Platform platform, IReadOnlyList<PlatformChannel> channels, CancellationToken cancellationToken) =>
        db.InTransactionAsync(
            async connection =>
            {
                await UpdateAsync(connection, userId, accountId, platform, channels, cancellationToken);
                return true;
            },
            cancellationToken);

    /// <summary>The same on the caller's connection and transaction.</summary>
    internal static async Task UpdateAsync(
        NpgsqlConnection connection,
        Guid userId,
        Guid accountId,
        Platform platform,
        IReadOnlyList<PlatformChannel> channels,
        CancellationToken cancellationToken)
    {
        var ids = channels.Select(channel => channel.Id).ToArray();
        await connection.ExecuteAsync(
            """
            insert into channels (id, user_id, connected_account_id, platform, platform_channel_id, channel_name, handle, avatar_url, subscribers)
            select row.id, @userId, @accountId, @platform, row.platform_channel_id, row.channel_name, row.handle, row.avatar_url, row.subscribers
            from unnest(@rowIds, @ids, @names, @handles, @avatars, @subscribers)
              as row (id, platform_channel_id, channel_name, handle, avatar_url, subscribers)
            on conflict on constraint channels_unique do update
            set
              connected_account_id = excluded.connected_account_id, channel_name = excluded.channel_name, handle = excluded.handle,
              avatar_url = excluded.avatar_url, subscribers = excluded.subscribers, updated_at = now(),
              missing_since = null
            """,
            new
            {
                userId,
                accountId,
                platform,
                rowIds = channels.Select(_ => Guid.CreateVersion7()).ToArray(),
                ids,
                names = channels.Select(channel => channel.Name).ToArray(),
                handles = channels.Select(channel => channel.Handle).ToArray(),
                avatars = channels.Select(channel => channel.AvatarUrl).ToArray(),
                subscribers = channels.Select(channel => channel.Subscribers).ToArray(),
            },
            cancellationToken);
        await connection.ExecuteAsync(
            """
            update channels
            set missing_since = now()
            where user_id = @userId
              and connected_account_id = @accountId
              and platform_channel_id <> all(@ids)
              and missing_since is null
            """,
            new { userId, accountId, ids },
            cancellationToken);
    }
}
