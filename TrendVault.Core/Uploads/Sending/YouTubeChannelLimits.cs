using Google;
using Medallion.Threading.Redis;
using Npgsql;
using StackExchange.Redis;
using TrendVault.Core.Channels;
using TrendVault.Core.YouTube;

namespace TrendVault.Core.Uploads;

/// <summary>
/// How long YouTube takes no more uploads on a channel, which has nothing to do with the API's quota. One refusal is enough for all
/// uploads to the channel, whichever user's they are: they wait without costing a call, and afterwards one asks before the others.
/// </summary>
internal sealed class YouTubeChannelLimits(NpgsqlDataSource db, IDatabase redis)
{
    // Whoever is first asks twice, and each call has 30 seconds.
    private static readonly TimeSpan LockPatience = TimeSpan.FromSeconds(65);

    private readonly RedisDistributedSynchronizationProvider _locks = new(redis);

    /// <summary>Begins an upload on a channel, one after the other over all instances, unless the channel has to wait.</summary>
    /// <exception cref="PlatformException">The channel takes no uploads yet, or <paramref name="begin"/> failed.</exception>
    public async Task<T> BeginAsync<T>(PublishingChannel channel, Func<Task<T>> begin, CancellationToken cancellationToken)
    {
        await using var held = await LockAsync(channel, cancellationToken);
        if (await FindAsync([channel.PlatformChannelId], cancellationToken) is [var limit, ..])
            throw new PlatformException(Remedy.Wait, limit.Code, limit.Reason, limit.Wait);

        try
        {
            return await begin();
        }
        catch (PlatformException e) when (e.RetryAfter is not null && IsOfChannel(e))
        {
            await SaveAsync(channel, e);
            throw new PlatformException(Remedy.Wait, e.Code, e.Message, e.RetryAfter, e);
        }
    }

    /// <summary>Of these channels, by YouTube's ids, those that have to wait.</summary>
    public Task<IReadOnlyList<ChannelLimit>> FindAsync(string[] platformChannelIds, CancellationToken cancellationToken) =>
        db.QueryAsync<ChannelLimit>(
            """
            select platform_channel_id, code, reason, until - now() as wait
            from youtube_channel_limits
            where platform_channel_id = any(@platformChannelIds)
              and until > now()
            """,
            new { platformChannelIds },
            cancellationToken);

    private static bool IsOfChannel(PlatformException e) =>
        e.InnerException is GoogleApiException refusal && YouTubeRefusal.Of(refusal).Reason is "uploadLimitExceeded" or "uploadRateLimitExceeded";

    private Task<int> SaveAsync(PublishingChannel channel, PlatformException refusal) =>
        db.ExecuteAsync(
            """
            insert into youtube_channel_limits (platform_channel_id, until, code, reason)
            values (@PlatformChannelId, now() + @RetryAfter, @Code, @Message)
            on conflict (platform_channel_id) do update
            set until = excluded.until, code = excluded.code, reason = excluded.reason
            """,
            new { channel.PlatformChannelId, refusal.RetryAfter, refusal.Code, refusal.Message },
            CancellationToken.None);

    private async Task<IAsyncDisposable> LockAsync(PublishingChannel channel, CancellationToken cancellationToken)
    {
        try
        {
            return await _locks.CreateLock($"lock:youtube-channel:{channel.PlatformChannelId}").AcquireAsync(LockPatience, cancellationToken);
        }
        catch (Exception e) when (e is RedisException or RedisTimeoutException or TimeoutException)
        {
            throw new PlatformException(Remedy.Retry, "unavailable", "TrendVault cannot begin the upload at the moment.", inner: e);
        }
    }
}

/// <summary>A channel that takes no uploads.</summary>
internal sealed record ChannelLimit
{
    public required string PlatformChannelId { get; init; }

    public required string Code { get; init; }

    /// <summary>A sentence.</summary>
    public required string Reason { get; init; }

    public required TimeSpan Wait { get; init; }
}
