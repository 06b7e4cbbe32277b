using Npgsql;
using TrendVault.Core.Work;

namespace TrendVault.Core.Uploads;

/// <summary>What users order of uploads. Each statement names the user.</summary>
internal sealed class UploadOrders(NpgsqlDataSource db)
{
    private const string Reset =
        """
        status = 'pending', phase = null, progress = 0, sent_bytes = null, speed_bytes = null, eta_seconds = null,
        wait_reason = null, wait_until = null, error_code = null, error = null, finished_at = null, updated_at = now(),
        handle_blob = case when error_code = 'outcome_unknown' then null else handle_blob end,
        handle_iv = case when error_code = 'outcome_unknown' then null else handle_iv end,
        handle_tag = case when error_code = 'outcome_unknown' then null else handle_tag end,
        handle_key_id = case when error_code = 'outcome_unknown' then null else handle_key_id end,
        last_byte_at = case when error_code = 'outcome_unknown' then null else last_byte_at end
        """;

    /// <summary>False when the key has made a row before; a double click waits here until the first has committed.</summary>
    public static async Task<bool> InsertAsync(NpgsqlConnection connection, NewUpload upload, CancellationToken cancellationToken) =>
        await connection.ExecuteAsync(
            """
            insert into upload_jobs (
              id, user_id, idempotency_key, download_id, channel_id, platform, channel_name, title, description, tags, privacy, category_id,
              made_for_kids, licence, video_licence, rights_statement, publish_at, thumbnail_url, thumbnail_key, watermark_key,
              total_bytes)
            values (
              @Id, @UserId, @IdempotencyKey, @DownloadId, @ChannelId, @Platform, @ChannelName, @Title, @Description, @Tags, @Privacy, @CategoryId,
              @MadeForKids, @Licence, @VideoLicence, @RightsStatement, @PublishAt, @ThumbnailUrl, @ThumbnailKey, @WatermarkKey,
              @TotalBytes)
            on conflict on constraint uploads_idempotency do nothing
            """,
            upload,
            cancellationToken) == 1;

    /// <summary>
    /// Takes ended rows back to their beginning and answers which; those that are not ended, or not the user's, stay. One goes on in its
    /// session, so that what has arrived is neither sent nor published again; only an unknown outcome begins afresh, which the user
    /// decides by asking.
    /// </summary>
    public static Task<IReadOnlyList<Guid>> ResetAsync(NpgsqlConnection connection, Guid userId, Guid[] ids, CancellationToken cancellationToken) =>
        connection.QueryAsync<Guid>(
            $"""
            update upload_jobs
            set {Reset}
            where user_id = @userId
              and id = any(@ids)
              and status in ('failed', 'cancelled')
              and removed_at is null
            returning id
            """,
            new { userId, ids },
            cancellationToken);

    /// <summary>
    /// The same for the user's failed rows, the oldest first. Those with an unknown outcome are left: each might be published twice,
    /// which the user decides one by one.
    /// </summary>
    public static Task<IReadOnlyList<Guid>> ResetFailedAsync(NpgsqlConnection connection, Guid userId, int limit, CancellationToken cancellationToken) =>
        connection.QueryAsync<Guid>(
            $"""
            update upload_jobs
            set {Reset}
            where id in (
              select id
              from upload_jobs
              where user_id = @userId
                and status = 'failed'
                and error_code is distinct from 'outcome_unknown'
                and removed_at is null
              order by created_at, id
              limit @limit
              for update
            )
            returning id
            """,
            new { userId, limit },
            cancellationToken);

    /// <summary>
    /// Says something else of an upload that has not begun at its platform. False when it has, or a worker has it, or the user has no such one.
    /// </summary>
    public static async Task<bool> EditAsync(NpgsqlConnection connection, Guid userId, Guid id, PublishDraft draft, CancellationToken cancellationToken)
    {
        // As long as this transaction lasts no worker takes it.
        var waits = await connection.QuerySingleOrDefaultAsync<bool>(
            """
            select true
            from jobs
            where kind = 'upload'
              and user_id = @userId
              and subject_id = @id
              and state = 'queued'
            for update
            """,
            new { userId, id },
            cancellationToken);
        return await connection.ExecuteAsync(
            """
            update upload_jobs
            set
              title = @title, description = @Description, tags = @tags, privacy = @Privacy, category_id = @CategoryId,
              made_for_kids = @MadeForKids, video_licence = @Licence, publish_at = @PublishAt, updated_at = now()
            where user_id = @userId
              and id = @id
              and (status in ('failed', 'cancelled') or (status = 'pending' and @waits))
              and handle_blob is null
              and last_byte_at is null
              and platform_video_id is null
              and removed_at is null
            """,
            new
            {
                userId,
                id,
                waits,
                title = draft.Title.Trim(),
                draft.Description,
                tags = draft.Tags.ToArray(),
                draft.Privacy,
                draft.CategoryId,
                draft.MadeForKids,
                draft.Licence,
                PublishAt = draft.PublishAt?.ToUniversalTime(),
            },
            cancellationToken) == 1;
    }

    /// <summary>Takes ended uploads off the list; what they published stays published. Null when the user has none of them there.</summary>
    public async Task<Removal?> RemoveAsync(Guid userId, IReadOnlyList<Guid> ids, CancellationToken cancellationToken)
    {
        var removed = await db.QueryAsync<DateTimeOffset>(
            """
            update upload_jobs
            set removed_at = now()
            where user_id = @userId
              and id = any(@ids)
              and status in ('completed', 'failed', 'cancelled')
              and removed_at is null
            returning removed_at
            """,
            new { userId, ids = ids.ToArray() },
            cancellationToken);
        return removed.Count == 0 ? null : new Removal(removed[0], removed.Count);
    }

    /// <summary>Takes a removal back, which is named by its time; answers how many uploads are on the list again.</summary>
    public Task<int> RestoreAsync(Guid userId, DateTimeOffset at, CancellationToken cancellationToken) =>
        db.ExecuteAsync(
            """
            update upload_jobs
            set removed_at = null
            where user_id = @userId
              and removed_at = @at
            """,
            new { userId, at },
            cancellationToken);

    /// <summary>Deletes what nobody has put back on the list, but for what was published: that has its page.</summary>
    public Task<int> DeleteRemovedAsync(CancellationToken cancellationToken) =>
        db.ExecuteAsync(
            """
            delete from upload_jobs
            where removed_at < now() - interval '1 hour'
              and not exists (select from published_videos where published_videos.upload_job_id = upload_jobs.id)
            """,
            parameters: null,
            cancellationToken);
}

internal sealed record NewUpload
{
    public required Guid Id { get; init; }

    public required Guid UserId { get; init; }

    public string? IdempotencyKey { get; init; }

    public required Guid DownloadId { get; init; }

    public required Guid ChannelId { get; init; }

    public required Platform Platform { get; init; }

    public required string ChannelName { get; init; }

    public required string Title { get; init; }

    public required string Description { get; init; }

    public required string[] Tags { get; init; }

    public required VideoPrivacy Privacy { get; init; }

    public required string CategoryId { get; init; }

    public required bool MadeForKids { get; init; }

    public string? Licence { get; init; }

    public required VideoLicence VideoLicence { get; init; }

    public required string RightsStatement { get; init; }

    public DateTimeOffset? PublishAt { get; init; }

    public string? ThumbnailUrl { get; init; }

    public string? ThumbnailKey { get; init; }

    public string? WatermarkKey { get; init; }

    public required long TotalBytes { get; init; }
}
