using Npgsql;
using TrendVault.Core.Work;

namespace TrendVault.Core.Uploads;

/// <summary>The SQL of what uploads became. Each statement names the user.</summary>
internal sealed class PublishedStore(NpgsqlDataSource db)
{
    private const string Select =
        """
        select
          published_videos.id, published_videos.upload_job_id, published_videos.channel_id, published_videos.platform,
          published_videos.platform_video_id, published_videos.title, published_videos.url, published_videos.privacy,
          published_videos.published_at, upload_jobs.channel_name, upload_jobs.privacy as asked_privacy, upload_jobs.publish_at,
          published_videos.publish_at as platform_publish_at, published_videos.read_at as visibility_read_at,
          upload_jobs.processing, upload_jobs.processing_error, upload_jobs.thumbnail_url, upload_jobs.download_id,
          upload_jobs.inbox, upload_jobs.inbox_error, upload_jobs.post_id, upload_jobs.likely_post_id, upload_jobs.likely_posted_at,
          exists (select from downloads where downloads.id = upload_jobs.download_id and downloads.poster_key is not null and downloads.deleted_at is null) as has_poster
        from published_videos
        join upload_jobs on upload_jobs.id = published_videos.upload_job_id
        """;

    /// <summary>What was published, newest first, from after the cursor on.</summary>
    /// <param name="channelId">Null is all.</param>
    public Task<IReadOnlyList<PublishedVideo>> ListAsync(
        Guid userId, Guid? channelId, WorkCursor? after, int limit, CancellationToken cancellationToken) =>
        db.QueryAsync<PublishedVideo>(
            $"""
            {Select}
            where published_videos.user_id = @userId
              and (@channelId::uuid is null or published_videos.channel_id = @channelId)
              and (@afterId::uuid is null or (published_videos.published_at, published_videos.id) < (@afterAt, @afterId))
            order by published_videos.published_at desc, published_videos.id desc
            limit @limit
            """,
            new { userId, channelId, afterAt = after?.CreatedAt, afterId = after?.Id, limit },
            cancellationToken);

    /// <summary>What was made of one download, newest first.</summary>
    public Task<IReadOnlyList<PublishedVideo>> ListOfDownloadAsync(Guid userId, Guid downloadId, CancellationToken cancellationToken) =>
        db.QueryAsync<PublishedVideo>(
            $"""
            {Select}
            where published_videos.user_id = @userId
              and upload_jobs.download_id = @downloadId
            order by published_videos.published_at desc, published_videos.id desc
            """,
            new { userId, downloadId },
            cancellationToken);

    /// <summary>How many were published on each channel that is still connected, by its name.</summary>
    public Task<IReadOnlyList<PublishedCount>> CountAsync(Guid userId, CancellationToken cancellationToken) =>
        db.QueryAsync<PublishedCount>(
            """
            select channels.id as channel_id, channels.channel_name, channels.platform, count(*)::int as videos
            from published_videos
            join channels on channels.id = published_videos.channel_id
            where published_videos.user_id = @userId
              and channels.user_id = @userId
            group by channels.id
            order by channels.channel_name, channels.id
            """,
            new { userId },
            cancellationToken);

    /// <summary>A numbered page of what was published, and how many there are in all.</summary>
    /// <param name="channelId">Null is all.</param>
    public async Task<(IReadOnlyList<PublishedVideo> Rows, int Total)> PageAsync(
        Guid userId, Guid? channelId, int page, int limit, CancellationToken cancellationToken)
    {
        var parameters = new { userId, channelId, limit, offset = (long)(page - 1) * limit };
        await using var connection = await db.OpenConnectionAsync(cancellationToken);
        var total = await connection.QuerySingleOrDefaultAsync<int>(
            """
            select count(*)::int
            from published_videos
            where user_id = @userId
              and (@channelId::uuid is null or channel_id = @channelId)
            """,
            parameters,
            cancellationToken);
        var rows = await connection.QueryAsync<PublishedVideo>(
            $"""
            {Select}
            where published_videos.user_id = @userId
              and (@channelId::uuid is null or published_videos.channel_id = @channelId)
            order by published_videos.published_at desc, published_videos.id desc
            limit @limit
            offset @offset
            """,
            parameters,
            cancellationToken);
        return (rows, total);
    }
}

/// <summary>What a channel has got.</summary>
internal sealed record PublishedCount
{
    public required Guid ChannelId { get; init; }

    /// <summary>As it is called now.</summary>
    public required string ChannelName { get; init; }

    public required Platform Platform { get; init; }

    /// <summary>How many videos.</summary>
    public required int Videos { get; init; }
}
