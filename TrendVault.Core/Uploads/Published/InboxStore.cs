using Npgsql;
using TrendVault.Core.Jobs;

namespace TrendVault.Core.Uploads;

/// <summary>The SQL of what becomes of a draft in TikTok's inbox.</summary>
internal sealed class InboxStore(NpgsqlDataSource db)
{
    /// <summary>The file's length in seconds, which is kept from the first look on; null when nobody knows it.</summary>
    public Task<double?> ReadSecondsAsync(Guid uploadId, CancellationToken cancellationToken) =>
        db.QuerySingleOrDefaultAsync<double?>(
            """
            update upload_jobs
            set inbox_seconds = coalesce(
              inbox_seconds,
              (select downloads.duration_seconds from downloads where downloads.id = upload_jobs.download_id))
            where id = @uploadId
            returning inbox_seconds
            """,
            new { uploadId },
            cancellationToken);

    /// <summary>Of these posts, those that some upload is known to have become, whoever's it is.</summary>
    public Task<IReadOnlyList<string>> FindKnownPostsAsync(string[] postIds, CancellationToken cancellationToken) =>
        db.QueryAsync<string>(
            """
            select post_id
            from upload_jobs
            where post_id = any(@postIds)
            """,
            new { postIds },
            cancellationToken);

    /// <summary>
    /// What a look has found, written while the job that follows the draft is this worker's. What its user has confirmed meanwhile
    /// stays.
    /// </summary>
    public Task<int> SaveAsync(Job job, UploadRow row, CancellationToken cancellationToken) =>
        db.ExecuteAsync(
            $"""
            with {PublishedRows.Followed},
            looked as (
              update upload_jobs
              set
                inbox = @Inbox, inbox_error = @InboxError, post_id = @PostId, url = @Url,
                likely_post_id = @LikelyPostId, likely_posted_at = @LikelyPostedAt, updated_at = now()
              from followed
              where upload_jobs.id = followed.upload_job_id
                and upload_jobs.post_id is null
              returning followed.id
            )
            update published_videos
            set url = @Url, privacy = case when @PostId::text is null then privacy else 'public' end
            from looked
            where published_videos.id = looked.id
            """,
            new { jobId = job.Id, job.Attempt, row.Inbox, row.InboxError, row.PostId, row.Url, row.LikelyPostId, row.LikelyPostedAt },
            cancellationToken);

    /// <summary>
    /// The user says that this post, which was shown, is what became of the draft. Answers its publish_id; null when another one is
    /// shown by now.
    /// </summary>
    public Task<string?> ConfirmAsync(Guid userId, Guid uploadId, string postId, string url, CancellationToken cancellationToken) =>
        db.QuerySingleOrDefaultAsync<string>(
            """
            with confirmed as (
              update upload_jobs
              set
                inbox = 'posted', inbox_error = null, post_id = likely_post_id, url = @url,
                likely_post_id = null, likely_posted_at = null, updated_at = now()
              where user_id = @userId
                and id = @uploadId
                and likely_post_id = @postId
                and post_id is null
              returning id, platform_video_id
            ),
            shown as (
              update published_videos
              set url = @url, privacy = 'public'
              from confirmed
              where published_videos.upload_job_id = confirmed.id
            ),
            -- What looked like this post is not it.
            others as (
              update upload_jobs
              set likely_post_id = null, likely_posted_at = null
              where likely_post_id = @postId
                and id <> @uploadId
                and exists (select from confirmed)
            )
            select platform_video_id
            from confirmed
            """,
            new { userId, uploadId, postId, url },
            cancellationToken);
}
