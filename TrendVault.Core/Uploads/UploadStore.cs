using Npgsql;
using TrendVault.Core.Work;

namespace TrendVault.Core.Uploads;

/// <summary>What readers see of uploads. Each statement names the user.</summary>
internal sealed class UploadStore(NpgsqlDataSource db) : IWorkList<UploadRow>
{
    internal const string Columns =
        """
        upload_jobs.id, upload_jobs.user_id, upload_jobs.download_id, upload_jobs.channel_id, upload_jobs.platform, upload_jobs.channel_name,
        upload_jobs.title, upload_jobs.description, upload_jobs.tags, upload_jobs.privacy, upload_jobs.category_id, upload_jobs.made_for_kids,
        upload_jobs.video_licence, upload_jobs.publish_at, upload_jobs.thumbnail_url, upload_jobs.thumbnail_key, upload_jobs.thumbnail_error,
        upload_jobs.watermark_key, upload_jobs.watermark_error, upload_jobs.processing, upload_jobs.processing_error, upload_jobs.status,
        upload_jobs.phase, upload_jobs.progress, upload_jobs.sent_bytes as done_bytes, upload_jobs.total_bytes, upload_jobs.speed_bytes,
        upload_jobs.eta_seconds, upload_jobs.handle_blob is not null as has_session, upload_jobs.last_byte_at,
        upload_jobs.inbox, upload_jobs.inbox_error, upload_jobs.post_id, upload_jobs.likely_post_id, upload_jobs.likely_posted_at,
        upload_jobs.platform_video_id, upload_jobs.url, upload_jobs.wait_reason, upload_jobs.wait_until, upload_jobs.error_code,
        upload_jobs.error, upload_jobs.created_at, upload_jobs.updated_at, upload_jobs.removed_at is not null as is_removed,
        exists (select from downloads where downloads.id = upload_jobs.download_id and downloads.poster_key is not null and downloads.deleted_at is null) as has_poster,
        (select published_videos.privacy from published_videos where published_videos.upload_job_id = upload_jobs.id) as published_privacy,
        (select published_videos.publish_at from published_videos where published_videos.upload_job_id = upload_jobs.id) as platform_publish_at,
        (select published_videos.read_at from published_videos where published_videos.upload_job_id = upload_jobs.id) as visibility_read_at
        """;

    /// <summary>One upload of the user, or null: another's looks like a missing one.</summary>
    public async Task<UploadRow?> FindAsync(Guid userId, Guid id, CancellationToken cancellationToken) =>
        (await FindAsync(userId, [id], cancellationToken)).SingleOrDefault();

    /// <summary>Those of these uploads that the user has.</summary>
    public Task<IReadOnlyList<UploadRow>> FindAsync(Guid userId, IReadOnlyList<Guid> ids, CancellationToken cancellationToken) =>
        db.QueryAsync<UploadRow>(
            $"""
            select {Columns}
            from upload_jobs
            where user_id = @userId
              and id = any(@ids)
              and removed_at is null
            """,
            new { userId, ids = ids.ToArray() },
            cancellationToken);

    /// <summary>Newest first, from after the cursor on; text is looked for in the title and the channel's name.</summary>
    public Task<IReadOnlyList<UploadRow>> ListAsync(
        Guid userId, WorkFilter filter, WorkCursor? after, int limit, CancellationToken cancellationToken) =>
        db.QueryAsync<UploadRow>(
            $"""
            select {Columns}
            from upload_jobs
            where user_id = @userId
              and removed_at is null
              and (@status::text is null or status = @status)
              and (@text::text is null or title ilike '%' || @text || '%' escape '\' or channel_name ilike '%' || @text || '%' escape '\')
              and (@afterId::uuid is null or (created_at, id) < (@afterAt, @afterId))
            order by created_at desc, id desc
            limit @limit
            """,
            new { userId, status = Word(filter), text = Pattern(filter), afterAt = after?.CreatedAt, afterId = after?.Id, limit },
            cancellationToken);

    /// <summary>A numbered page, for scripts, and how many there are in all.</summary>
    public async Task<(IReadOnlyList<UploadRow> Rows, int Total)> PageAsync(
        Guid userId, WorkFilter filter, int page, int limit, CancellationToken cancellationToken)
    {
        var parameters = new { userId, status = Word(filter), text = Pattern(filter), limit, offset = (long)(page - 1) * limit };
        await using var connection = await db.OpenConnectionAsync(cancellationToken);
        var total = await connection.QuerySingleOrDefaultAsync<int>(
            """
            select count(*)::int
            from upload_jobs
            where user_id = @userId
              and removed_at is null
              and (@status::text is null or status = @status)
              and (@text::text is null or title ilike '%' || @text || '%' escape '\' or channel_name ilike '%' || @text || '%' escape '\')
            """,
            parameters,
            cancellationToken);
        var rows = await connection.QueryAsync<UploadRow>(
            $"""
            select {Columns}
            from upload_jobs
            where user_id = @userId
              and removed_at is null
              and (@status::text is null or status = @status)
              and (@text::text is null or title ilike '%' || @text || '%' escape '\' or channel_name ilike '%' || @text || '%' escape '\')
            order by created_at desc, id desc
            limit @limit
            offset @offset
            """,
            parameters,
            cancellationToken);
        return (rows, total);
    }

    /// <summary>What is to become public from one moment to another, and what was published then, in the order of time.</summary>
    public Task<IReadOnlyList<CalendarEntry>> CalendarAsync(Guid userId, DateTimeOffset from, DateTimeOffset until, CancellationToken cancellationToken) =>
        db.QueryAsync<CalendarEntry>(
            """
            select
              upload_jobs.id, upload_jobs.title, upload_jobs.channel_name, upload_jobs.platform, upload_jobs.status, upload_jobs.url,
              coalesce(upload_jobs.publish_at, published_videos.published_at) as at, upload_jobs.privacy, upload_jobs.publish_at,
              published_videos.privacy as published_privacy, published_videos.publish_at as platform_publish_at,
              published_videos.read_at as visibility_read_at, upload_jobs.channel_id is not null as has_channel
            from upload_jobs
            left join published_videos on published_videos.upload_job_id = upload_jobs.id
            where upload_jobs.user_id = @userId
              and coalesce(upload_jobs.publish_at, published_videos.published_at) >= @from
              and coalesce(upload_jobs.publish_at, published_videos.published_at) < @until
              and (upload_jobs.removed_at is null or published_videos.id is not null)
            order by at, upload_jobs.id
            """,
            new { userId, from, until },
            cancellationToken);

    /// <summary>For the filter chips.</summary>
    public async Task<WorkCounts> CountAsync(Guid userId, CancellationToken cancellationToken) =>
        (await db.QuerySingleOrDefaultAsync<WorkCounts>(
            """
            select
              count(*) filter (where status = 'pending')::int as pending,
              count(*) filter (where status = 'uploading')::int as running,
              count(*) filter (where status = 'completed')::int as completed,
              count(*) filter (where status = 'failed')::int as failed,
              count(*) filter (where status = 'cancelled')::int as cancelled
            from upload_jobs
            where user_id = @userId
              and removed_at is null
            """,
            new { userId },
            cancellationToken))!;

    private static string? Word(WorkFilter filter) => filter.Status is { } status ? WorkWords.Uploads.Of(status) : null;

    private static string? Pattern(WorkFilter filter) => filter.Text is null ? null : Sql.EscapeLike(filter.Text);
}
