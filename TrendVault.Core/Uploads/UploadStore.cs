using Npgsql;
using TrendVault.Core.Accounts;
using TrendVault.Core.Jobs;

namespace TrendVault.Core.Uploads;

/// <summary>
/// The SQL of uploads. A user's statement names the user; a worker's names the attempt that it was claimed
/// by, and changes nothing once the job is another's.
/// </summary>
internal sealed class UploadStore(NpgsqlDataSource db)
{
    private const string Columns =
        """
        upload_jobs.id, upload_jobs.user_id, upload_jobs.download_id, upload_jobs.channel_id, upload_jobs.platform, upload_jobs.channel_name,
        upload_jobs.title, upload_jobs.description, upload_jobs.tags, upload_jobs.privacy, upload_jobs.category_id, upload_jobs.made_for_kids,
        upload_jobs.video_licence, upload_jobs.publish_at, upload_jobs.thumbnail_url, upload_jobs.thumbnail_key, upload_jobs.thumbnail_error,
        upload_jobs.watermark_key, upload_jobs.watermark_error, upload_jobs.processing, upload_jobs.processing_error, upload_jobs.status,
        upload_jobs.phase, upload_jobs.progress, upload_jobs.sent_bytes, upload_jobs.total_bytes, upload_jobs.speed_bytes,
        upload_jobs.eta_seconds, upload_jobs.handle_blob is not null as has_session, upload_jobs.last_byte_at,
        upload_jobs.inbox, upload_jobs.inbox_error, upload_jobs.post_id, upload_jobs.likely_post_id, upload_jobs.likely_posted_at,
        upload_jobs.platform_video_id, upload_jobs.url, upload_jobs.wait_reason, upload_jobs.wait_until, upload_jobs.error_code,
        upload_jobs.error, upload_jobs.created_at, upload_jobs.updated_at, upload_jobs.removed_at is not null as is_removed,
        exists (select from downloads where downloads.id = upload_jobs.download_id and downloads.poster_key is not null and downloads.deleted_at is null) as has_poster,
        (select published_videos.privacy from published_videos where published_videos.upload_job_id = upload_jobs.id) as published_privacy,
        (select published_videos.publish_at from published_videos where published_videos.upload_job_id = upload_jobs.id) as platform_publish_at,
        (select published_videos.read_at from published_videos where published_videos.upload_job_id = upload_jobs.id) as visibility_read_at
        """;

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

    /// <summary>One upload of the user, or null: another's looks like a missing one.</summary>
    public Task<UploadRow?> FindAsync(Guid userId, Guid id, CancellationToken cancellationToken) =>
        db.QuerySingleOrDefaultAsync<UploadRow>(
            $"""
            select {Columns}
            from upload_jobs
            where user_id = @userId
              and id = @id
              and removed_at is null
            """,
            new { userId, id },
            cancellationToken);

    /// <summary>Newest first, from after the cursor on.</summary>
    /// <param name="statuses">None is all.</param>
    /// <param name="text">In the title or the channel's name; null is any.</param>
    /// <param name="after">The end of the page before; null is the beginning.</param>
    /// <param name="limit">At most so many.</param>
    public Task<IReadOnlyList<UploadRow>> ListAsync(
        Guid userId, IReadOnlyList<UploadStatus> statuses, string? text, UploadCursor? after, int limit, CancellationToken cancellationToken) =>
        db.QueryAsync<UploadRow>(
            $"""
            select {Columns}
            from upload_jobs
            where user_id = @userId
              and removed_at is null
              and (@statuses::text[] is null or status = any(@statuses))
              and (@text::text is null or title ilike '%' || @text || '%' escape '\' or channel_name ilike '%' || @text || '%' escape '\')
              and (@afterId::uuid is null or (created_at, id) < (@afterAt, @afterId))
            order by created_at desc, id desc
            limit @limit
            """,
            new { userId, statuses = Words(statuses), text = text is null ? null : Sql.EscapeLike(text), afterAt = after?.At, afterId = after?.Id, limit },
            cancellationToken);

    /// <summary>A numbered page, for scripts, and how many there are in all.</summary>
    public async Task<(IReadOnlyList<UploadRow> Rows, int Total)> PageAsync(
        Guid userId, IReadOnlyList<UploadStatus> statuses, int page, int limit, CancellationToken cancellationToken)
    {
        var parameters = new { userId, statuses = Words(statuses), limit, offset = (long)(page - 1) * limit };
        await using var connection = await db.OpenConnectionAsync(cancellationToken);
        var total = await connection.QuerySingleOrDefaultAsync<int>(
            """
            select count(*)::int
            from upload_jobs
            where user_id = @userId
              and removed_at is null
              and (@statuses::text[] is null or status = any(@statuses))
            """,
            parameters,
            cancellationToken);
        var rows = await connection.QueryAsync<UploadRow>(
            $"""
            select {Columns}
            from upload_jobs
            where user_id = @userId
              and removed_at is null
              and (@statuses::text[] is null or status = any(@statuses))
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
    public async Task<UploadCounts> CountAsync(Guid userId, CancellationToken cancellationToken) =>
        (await db.QuerySingleOrDefaultAsync<UploadCounts>(
            """
            select
              count(*) filter (where status = 'pending')::int as pending,
              count(*) filter (where status = 'uploading')::int as uploading,
              count(*) filter (where status = 'completed')::int as completed,
              count(*) filter (where status = 'failed')::int as failed,
              count(*) filter (where status = 'cancelled')::int as cancelled
            from upload_jobs
            where user_id = @userId
              and removed_at is null
            """,
            new { userId },
            cancellationToken))!;

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
    internal Task<int> DeleteRemovedAsync(CancellationToken cancellationToken) =>
        db.ExecuteAsync(
            """
            delete from upload_jobs
            where removed_at < now() - interval '1 hour'
              and not exists (select from published_videos where published_videos.upload_job_id = upload_jobs.id)
            """,
            parameters: null,
            cancellationToken);

    /// <summary>Of these videos of a platform, those that uploads made, whichever user's: a channel may be connected by several.</summary>
    internal Task<IReadOnlyList<string>> FindKnownVideosAsync(Platform platform, string[] videoIds, CancellationToken cancellationToken) =>
        db.QueryAsync<string>(
            """
            select platform_video_id
            from upload_jobs
            where platform = @platform
              and platform_video_id = any(@videoIds)
            """,
            new { platform, videoIds },
            cancellationToken);

    /// <summary>
    /// True when a video of this title on the channel may as well be another upload's, whichever user's, whose last byte has been sent
    /// and of which no video is known.
    /// </summary>
    internal Task<bool> HasRivalAsync(UploadOrder order, CancellationToken cancellationToken) =>
        db.QuerySingleOrDefaultAsync<bool>(
            """
            select exists (
              select from upload_jobs
              join channels on channels.id = upload_jobs.channel_id
              where upload_jobs.id <> @Id
                and upload_jobs.title = @Title
                and upload_jobs.last_byte_at is not null
                and upload_jobs.platform_video_id is null
                and channels.platform = @Platform
                and channels.platform_channel_id = @PlatformChannelId
            )
            """,
            new { order.Upload.Id, order.Upload.Title, order.Upload.Platform, order.Channel.PlatformChannelId },
            cancellationToken);

    /// <summary>When the handle was saved; null when there is none.</summary>
    internal Task<DateTimeOffset?> FindHandleTimeAsync(Guid id, CancellationToken cancellationToken) =>
        db.QuerySingleOrDefaultAsync<DateTimeOffset?>(
            """
            select handle_at
            from upload_jobs
            where id = @id
              and handle_blob is not null
            """,
            new { id },
            cancellationToken);

    /// <summary>The row that a form with this key made before, or null.</summary>
    internal static Task<Guid?> FindByKeyAsync(NpgsqlConnection connection, Guid userId, string idempotencyKey, CancellationToken cancellationToken) =>
        connection.QuerySingleOrDefaultAsync<Guid?>(
            """
            select id
            from upload_jobs
            where user_id = @userId
              and idempotency_key = @idempotencyKey
            """,
            new { userId, idempotencyKey },
            cancellationToken);

    /// <summary>False when the key has made a row before; a double click waits here until the first has committed.</summary>
    internal static async Task<bool> InsertAsync(NpgsqlConnection connection, NewUpload upload, CancellationToken cancellationToken) =>
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
    /// Takes an ended row back to its beginning; false when it is not ended, or not the user's. It goes on in its session, so that
    /// what has arrived is neither sent nor published again; only an unknown outcome begins afresh, which the user decides by asking.
    /// </summary>
    internal static async Task<bool> ResetAsync(NpgsqlConnection connection, Guid userId, Guid id, CancellationToken cancellationToken) =>
        await connection.ExecuteAsync(
            $"""
            update upload_jobs
            set {Reset}
            where user_id = @userId
              and id = @id
              and status in ('failed', 'cancelled')
              and removed_at is null
            """,
            new { userId, id },
            cancellationToken) == 1;

    /// <summary>
    /// The same for the user's failed rows, the oldest first. Those with an unknown outcome are left: each might be published twice,
    /// which the user decides one by one.
    /// </summary>
    internal static Task<IReadOnlyList<Guid>> ResetFailedAsync(NpgsqlConnection connection, Guid userId, int limit, CancellationToken cancellationToken) =>
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
    internal static async Task<bool> EditAsync(NpgsqlConnection connection, Guid userId, Guid id, PublishDraft draft, CancellationToken cancellationToken)
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

    /// <summary>A job's row, whoever's it is.</summary>
    internal Task<UploadRow?> FindForJobAsync(Guid id, CancellationToken cancellationToken) =>
        db.QuerySingleOrDefaultAsync<UploadRow>(
            $"""
            select {Columns}
            from upload_jobs
            where id = @id
            """,
            new { id },
            cancellationToken);

    /// <summary>The saved handle, or null.</summary>
    internal Task<SealedSecret?> FindHandleAsync(Guid id, CancellationToken cancellationToken) =>
        db.QuerySingleOrDefaultAsync<SealedSecret>(
            """
            select handle_blob as blob, handle_iv as iv, handle_tag as tag, handle_key_id as key_id
            from upload_jobs
            where id = @id
              and handle_blob is not null
            """,
            new { id },
            cancellationToken);

    /// <summary>
    /// Saves the platform's handle, or forgets it and all that was sent with it. False when the job is another's by now, or to be
    /// cancelled: then no byte may leave.
    /// </summary>
    internal async Task<bool> SaveHandleAsync(Job job, SealedSecret? handle, CancellationToken cancellationToken) =>
        await db.ExecuteAsync(
            """
            update upload_jobs
            set
              handle_blob = @Blob, handle_iv = @Iv, handle_tag = @Tag, handle_key_id = @KeyId, handle_at = now(),
              last_byte_at = null, sent_bytes = 0, updated_at = now()
            from jobs
            where upload_jobs.id = @SubjectId
              and jobs.id = @jobId
              and jobs.attempt = @Attempt
              and jobs.state = 'running'
              and not jobs.cancel_requested
            """,
            new { handle?.Blob, handle?.Iv, handle?.Tag, handle?.KeyId, job.SubjectId, jobId = job.Id, job.Attempt },
            cancellationToken) == 1;

    /// <summary>From now on there may be a video. False when the job is another's by now, or to be cancelled.</summary>
    internal async Task<bool> MarkLastByteAsync(Job job, CancellationToken cancellationToken) =>
        await db.ExecuteAsync(
            """
            update upload_jobs
            set last_byte_at = coalesce(last_byte_at, now()), updated_at = now()
            from jobs
            where upload_jobs.id = @SubjectId
              and jobs.id = @jobId
              and jobs.attempt = @Attempt
              and jobs.state = 'running'
              and not jobs.cancel_requested
            """,
            new { job.SubjectId, jobId = job.Id, job.Attempt },
            cancellationToken) == 1;

    /// <summary>The platform has the video, whatever else happens: written by whoever learns it, cancelled or not.</summary>
    internal Task<int> SaveAcceptedAsync(Guid id, AcceptedVideo video, CancellationToken cancellationToken) =>
        db.ExecuteAsync(
            """
            update upload_jobs
            set platform_video_id = @videoId, url = @Url, updated_at = now()
            where id = @id
              and platform_video_id is null
            """,
            new { id, videoId = video.Id, video.Url },
            cancellationToken);

    /// <summary>How far it has come. False when the job is another's by now, or to be cancelled: the worker stops.</summary>
    internal async Task<bool> ProgressAsync(Job job, UploadProgress progress, CancellationToken cancellationToken) =>
        await db.ExecuteAsync(
            """
            update upload_jobs
            set
              phase = @Phase, progress = greatest(upload_jobs.progress, @Percent), sent_bytes = @SentBytes, total_bytes = @TotalBytes,
              speed_bytes = @SpeedBytes, eta_seconds = @EtaSeconds, updated_at = now()
            from jobs
            where upload_jobs.id = @SubjectId
              and upload_jobs.status = 'uploading'
              and jobs.id = @jobId
              and jobs.attempt = @Attempt
              and jobs.state = 'running'
              and not jobs.cancel_requested
            """,
            new
            {
                progress.Phase,
                progress.Percent,
                progress.SentBytes,
                progress.TotalBytes,
                progress.SpeedBytes,
                progress.EtaSeconds,
                job.SubjectId,
                jobId = job.Id,
                job.Attempt,
            },
            cancellationToken) == 1;

    /// <summary>
    /// Runs in the transaction that completes the job: the row, its link and what was published, all or nothing. Answers the id of what
    /// was published; null when that was written before.
    /// </summary>
    internal static async Task<Guid?> CompleteAsync(NpgsqlConnection connection, UploadRow row, AcceptedVideo video, CancellationToken cancellationToken)
    {
        var publishedId = await connection.QuerySingleOrDefaultAsync<Guid?>(
            """
            insert into published_videos (
              id, user_id, upload_job_id, channel_id, platform, platform_video_id, title, url, privacy, publish_at, read_at)
            select @newId, user_id, id, channel_id, platform, @videoId, title, @Url, @privacy, @PublishAt, case when @isRead then now() end
            from upload_jobs
            where id = @rowId
            on conflict on constraint published_one_per_upload do nothing
            returning id
            """,
            new
            {
                newId = Guid.CreateVersion7(),
                rowId = row.Id,
                videoId = video.Id,
                video.Url,
                privacy = video.Privacy ?? row.Privacy,
                video.PublishAt,
                isRead = video.Privacy is not null,
            },
            cancellationToken);
        await connection.ExecuteAsync(
            """
            update upload_jobs
            set
              status = 'completed', platform_video_id = @videoId, url = @Url, phase = null, progress = 100, sent_bytes = total_bytes,
              speed_bytes = null, eta_seconds = null, wait_reason = null, wait_until = null, error_code = null, error = null,
              handle_blob = null, handle_iv = null, handle_tag = null, handle_key_id = null, finished_at = now(), updated_at = now()
            where id = @rowId
            """,
            new { rowId = row.Id, videoId = video.Id, video.Url },
            cancellationToken);
        return publishedId;
    }

    /// <summary>True once there may be a video. The row is held until the transaction ends.</summary>
    internal static async Task<bool> IsLastByteSentAsync(NpgsqlConnection connection, Guid id, CancellationToken cancellationToken) =>
        await connection.QuerySingleOrDefaultAsync<bool?>(
            """
            select last_byte_at is not null
            from upload_jobs
            where id = @id
            for update
            """,
            new { id },
            cancellationToken) == true;

    /// <summary>The upload that a published video came of, whoever's it is.</summary>
    internal Task<UploadRow?> FindPublishedAsync(Guid publishedId, CancellationToken cancellationToken) =>
        db.QuerySingleOrDefaultAsync<UploadRow>(
            $"""
            select {Columns}
            from upload_jobs
            where id = (select upload_job_id from published_videos where id = @publishedId)
            """,
            new { publishedId },
            cancellationToken);

    /// <summary>What has become of a published video by now, written while the job that follows it is this worker's.</summary>
    internal Task<int> SaveFollowUpAsync(Job job, UploadRow row, CancellationToken cancellationToken) =>
        db.ExecuteAsync(
            """
            with followed as (
              select published_videos.id, published_videos.upload_job_id
              from published_videos
              join jobs on jobs.subject_id = published_videos.id
              where jobs.id = @jobId
                and jobs.attempt = @Attempt
                and jobs.state = 'running'
            ),
            shown as (
              update published_videos
              set privacy = coalesce(@PublishedPrivacy, privacy), publish_at = @PlatformPublishAt, read_at = @VisibilityReadAt
              from followed
              where published_videos.id = followed.id
            )
            update upload_jobs
            set
              thumbnail_key = @ThumbnailKey, thumbnail_error = @ThumbnailError, watermark_key = @WatermarkKey, watermark_error = @WatermarkError,
              processing = @Processing, processing_error = @ProcessingError,
              updated_at = now()
            from followed
            where upload_jobs.id = followed.upload_job_id
            """,
            new
            {
                jobId = job.Id,
                job.Attempt,
                row.PublishedPrivacy,
                row.PlatformPublishAt,
                row.VisibilityReadAt,
                row.ThumbnailKey,
                row.ThumbnailError,
                row.WatermarkKey,
                row.WatermarkError,
                row.Processing,
                row.ProcessingError,
            },
            cancellationToken);

    /// <summary>Any other step of the job, in the transaction that makes it.</summary>
    internal static Task SetStatusAsync(NpgsqlConnection connection, Guid id, UploadStep step, CancellationToken cancellationToken) =>
        connection.ExecuteAsync(
            """
            update upload_jobs
            set
              status = @Status, phase = null, speed_bytes = null, eta_seconds = null, wait_reason = @WaitReason, wait_until = @WaitUntil,
              error_code = @ErrorCode, error = @Error, finished_at = case when @isEnded then now() end, updated_at = now()
            where id = @id
            """,
            new
            {
                id,
                step.Status,
                step.WaitReason,
                step.WaitUntil,
                step.ErrorCode,
                step.Error,
                isEnded = step.Status is UploadStatus.Failed or UploadStatus.Cancelled,
            },
            cancellationToken);

    private static string[]? Words(IReadOnlyList<UploadStatus> statuses) =>
        statuses.Count == 0 ? null : [.. statuses.Select(EnumText<UploadStatus>.Of)];
}

/// <summary>What one order has taken off the list.</summary>
/// <param name="At">By the database's clock; names the order when it is to be undone.</param>
/// <param name="Count">How many uploads.</param>
internal sealed record Removal(DateTimeOffset At, int Count);

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

/// <summary>What a step of the job writes to its row.</summary>
internal sealed record UploadStep(UploadStatus Status)
{
    public string? WaitReason { get; init; }

    public DateTimeOffset? WaitUntil { get; init; }

    public string? ErrorCode { get; init; }

    public string? Error { get; init; }
}

/// <summary>How far an upload has come.</summary>
internal sealed record UploadProgress(string Phase, int Percent, long SentBytes, long TotalBytes, long? SpeedBytes, int? EtaSeconds);
