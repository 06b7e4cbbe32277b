using Npgsql;
using TrendVault.Core.Accounts;
using TrendVault.Core.Jobs;
using TrendVault.Core.Work;

namespace TrendVault.Core.Uploads;

/// <summary>
/// What workers read and write of uploads. A statement names the attempt that the job was claimed by, and changes nothing once the job is
/// another's.
/// </summary>
internal sealed class UploadRows(NpgsqlDataSource db)
{
    public static readonly WorkTable Table = new("upload_jobs", WorkWords.Uploads, "sent_bytes", "finished_at = case when @isEnded then now() end");

    /// <summary>A job's row, whoever's it is.</summary>
    public Task<UploadRow?> FindForJobAsync(Guid id, CancellationToken cancellationToken) =>
        db.QuerySingleOrDefaultAsync<UploadRow>(
            $"""
            select {UploadStore.Columns}
            from upload_jobs
            where id = @id
            """,
            new { id },
            cancellationToken);

    /// <summary>The saved handle, or null.</summary>
    public Task<SealedSecret?> FindHandleAsync(Guid id, CancellationToken cancellationToken) =>
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
    public async Task<bool> SaveHandleAsync(Job job, SealedSecret? handle, CancellationToken cancellationToken) =>
        await db.ExecuteAsync(
            $"""
            update upload_jobs
            set
              handle_blob = @Blob, handle_iv = @Iv, handle_tag = @Tag, handle_key_id = @KeyId, handle_at = now(),
              last_byte_at = null, sent_bytes = 0, updated_at = now()
            from jobs
            where upload_jobs.id = @SubjectId
              and {JobFence.HoldsUncancelled}
            """,
            new { handle?.Blob, handle?.Iv, handle?.Tag, handle?.KeyId, job.SubjectId, jobId = job.Id, job.Attempt },
            cancellationToken) == 1;

    /// <summary>From now on there may be a video. False when the job is another's by now, or to be cancelled.</summary>
    public async Task<bool> MarkLastByteAsync(Job job, CancellationToken cancellationToken) =>
        await db.ExecuteAsync(
            $"""
            update upload_jobs
            set last_byte_at = coalesce(last_byte_at, now()), updated_at = now()
            from jobs
            where upload_jobs.id = @SubjectId
              and {JobFence.HoldsUncancelled}
            """,
            new { job.SubjectId, jobId = job.Id, job.Attempt },
            cancellationToken) == 1;

    /// <summary>The platform has the video, whatever else happens: written by whoever learns it, cancelled or not.</summary>
    public Task<int> SaveAcceptedAsync(Guid id, AcceptedVideo video, CancellationToken cancellationToken) =>
        db.ExecuteAsync(
            """
            update upload_jobs
            set platform_video_id = @videoId, url = @Url, updated_at = now()
            where id = @id
              and platform_video_id is null
            """,
            new { id, videoId = video.Id, video.Url },
            cancellationToken);

    /// <summary>
    /// Runs in the transaction that completes the job: the row, its link and what was published, all or nothing. Answers the id of what
    /// was published; null when that was written before.
    /// </summary>
    public static async Task<Guid?> CompleteAsync(NpgsqlConnection connection, UploadRow row, AcceptedVideo video, CancellationToken cancellationToken)
    {
        var publishedId = await PublishedRows.AddAsync(connection, row, video, cancellationToken);
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
    public static async Task<bool> IsLastByteSentAsync(NpgsqlConnection connection, Guid id, CancellationToken cancellationToken) =>
        await connection.QuerySingleOrDefaultAsync<bool?>(
            """
            select last_byte_at is not null
            from upload_jobs
            where id = @id
            for update
            """,
            new { id },
            cancellationToken) == true;

    /// <summary>Of these videos of a platform, those that uploads made, whichever user's: a channel may be connected by several.</summary>
    public Task<IReadOnlyList<string>> FindKnownVideosAsync(Platform platform, string[] videoIds, CancellationToken cancellationToken) =>
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
    public Task<bool> HasRivalAsync(UploadOrder order, CancellationToken cancellationToken) =>
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
    public Task<DateTimeOffset?> FindHandleTimeAsync(Guid id, CancellationToken cancellationToken) =>
        db.QuerySingleOrDefaultAsync<DateTimeOffset?>(
            """
            select handle_at
            from upload_jobs
            where id = @id
              and handle_blob is not null
            """,
            new { id },
            cancellationToken);
}
