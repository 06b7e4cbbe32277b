using Npgsql;
using TrendVault.Core.Jobs;
using TrendVault.Core.Work;

namespace TrendVault.Core.Downloads;

/// <summary>
/// What workers read and write of downloads. A statement names the attempt that the job was claimed by, and changes nothing once the job
/// is another's.
/// </summary>
internal sealed class DownloadRows(NpgsqlDataSource db, DownloadQueue queue)
{
    public static readonly WorkTable Table = new("downloads", WorkWords.Downloads, "downloaded_bytes", "error_detail = @ErrorDetail");

    /// <summary>A job's row, whoever's it is; null once it is deleted.</summary>
    public async Task<DownloadRow?> FindForJobAsync(Guid id, CancellationToken cancellationToken) =>
        (await queue.PlaceAsync(
            await db.QueryAsync<DownloadRow>(
                $"""
                select {DownloadStore.Columns}
                from downloads
                where id = @id
                  and deleted_at is null
                """,
                new { id },
                cancellationToken),
            cancellationToken)).SingleOrDefault();

    /// <summary>What the page said, once it was read. Null when the job is another's by now.</summary>
    public Task<DownloadRow?> DescribeAsync(Job job, MediaInfo info, string quality, CancellationToken cancellationToken) =>
        db.QuerySingleOrDefaultAsync<DownloadRow>(
            $"""
            update downloads
            set
              title = case when downloads.title = downloads.source_video_url then @Title else downloads.title end,
              creator_name = coalesce(downloads.creator_name, @CreatorName),
              licence = coalesce(downloads.licence, @Licence),
              thumbnail_url = coalesce(downloads.thumbnail_url, @ThumbnailUrl),
              duration_seconds = coalesce(downloads.duration_seconds, @DurationSeconds),
              quality = @quality,
              updated_at = now()
            from jobs
            where downloads.id = @SubjectId
              and {JobFence.Holds}
            returning {DownloadStore.Columns}
            """,
            new { info.Title, info.CreatorName, info.Licence, info.ThumbnailUrl, info.DurationSeconds, quality, job.SubjectId, jobId = job.Id, job.Attempt },
            cancellationToken);

    /// <summary>Runs in the transaction that completes the job.</summary>
    public static Task CompleteAsync(NpgsqlConnection connection, Guid id, StoredFile file, CancellationToken cancellationToken) =>
        connection.ExecuteAsync(
            """
            update downloads
            set
              status = 'completed', title = @Title, file_name = @FileName, quality = @Quality, content_type = @ContentType,
              duration_seconds = coalesce(@DurationSeconds, duration_seconds), width = @Width, height = @Height, frame_rate = @FrameRate,
              video_codec = @VideoCodec, audio_codec = @AudioCodec, bit_rate = @BitRate, file_size = @Size, sha256 = @Sha256, storage_key = @Key,
              poster_key = @PosterKey, subtitles_key = @SubtitlesKey,
              phase = null, progress = 100, downloaded_bytes = @Size, total_bytes = @Size, speed_bytes = null, eta_seconds = null,
              wait_reason = null, wait_until = null, error_code = null, error = null, error_detail = null, downloaded_at = now(), updated_at = now()
            where id = @id
            """,
            new
            {
                id,
                file.Title,
                file.FileName,
                file.Quality,
                file.ContentType,
                file.Facts.DurationSeconds,
                file.Facts.Width,
                file.Facts.Height,
                file.Facts.FrameRate,
                file.Facts.VideoCodec,
                file.Facts.AudioCodec,
                file.Facts.BitRate,
                file.Size,
                file.Sha256,
                file.Key,
                file.PosterKey,
                file.SubtitlesKey,
            },
            cancellationToken);

    /// <summary>Of these ids, those whose working folder is still wanted.</summary>
    public Task<IReadOnlyList<Guid>> FindLiveAsync(Guid[] ids, CancellationToken cancellationToken) =>
        db.QueryAsync<Guid>(
            """
            select id
            from downloads
            where id = any(@ids)
              and status in ('pending', 'downloading')
            """,
            new { ids },
            cancellationToken);

    /// <summary>Of these objects, those that a row wants, or that an attempt which still runs may come to want.</summary>
    public Task<IReadOnlyList<string>> FindWantedKeysAsync(string[] keys, Guid[] ids, CancellationToken cancellationToken) =>
        db.QueryAsync<string>(
            """
            select object.key
            from unnest(@keys, @ids) as object(key, id)
            join downloads on downloads.id = object.id
            where object.key in (downloads.storage_key, downloads.poster_key, downloads.subtitles_key)
               or downloads.status in ('pending', 'downloading')
            """,
            new { keys, ids },
            cancellationToken);

    /// <summary>Makes one row per state of the many changes that have gathered, where there are many.</summary>
    public Task<int> FoldCountsAsync(CancellationToken cancellationToken) =>
        db.ExecuteAsync(
            """
            with folded as (
              delete from download_counts
              where user_id in (select user_id from download_counts group by user_id having count(*) > 100)
              returning user_id, status, downloads, bytes
            )
            insert into download_counts (user_id, status, downloads, bytes)
            select user_id, status, sum(downloads), sum(bytes)
            from folded
            group by user_id, status
            """,
            null,
            cancellationToken);
}
