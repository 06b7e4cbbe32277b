using Npgsql;
using TrendVault.Core.Jobs;

namespace TrendVault.Core.Uploads;

/// <summary>What workers read and write of published videos.</summary>
internal sealed class PublishedRows(NpgsqlDataSource db)
{
    /// <summary>The published video of a job that follows it, and its upload, while the job is this attempt's; a part of a with clause.</summary>
    public const string Followed =
        $"""
        followed as (
          select published_videos.id, published_videos.upload_job_id
          from published_videos
          join jobs on jobs.subject_id = published_videos.id
          where {JobFence.Holds}
        )
        """;

    /// <summary>In the transaction that completes the upload. Answers the new id; null when that was written before.</summary>
    public static Task<Guid?> AddAsync(NpgsqlConnection connection, UploadRow row, AcceptedVideo video, CancellationToken cancellationToken) =>
        connection.QuerySingleOrDefaultAsync<Guid?>(
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

    /// <summary>The upload that a published video came of, whoever's it is.</summary>
    public Task<UploadRow?> FindPublishedAsync(Guid publishedId, CancellationToken cancellationToken) =>
        db.QuerySingleOrDefaultAsync<UploadRow>(
            $"""
            select {UploadStore.Columns}
            from upload_jobs
            where id = (select upload_job_id from published_videos where id = @publishedId)
            """,
            new { publishedId },
            cancellationToken);

    /// <summary>What has become of a published video by now, written while the job that follows it is this worker's.</summary>
    public Task<int> SaveFollowUpAsync(Job job, UploadRow row, CancellationToken cancellationToken) =>
        db.ExecuteAsync(
            $"""
            with {Followed},
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
}
