using System.Text.RegularExpressions;
using Npgsql;
using TrendVault.Core.Jobs;

namespace TrendVault.Core.Downloads;

/// <summary>The SQL of downloads. A user's statement names the user; a worker's names the attempt that it was claimed by.</summary>
internal sealed partial class DownloadStore(NpgsqlDataSource db, DownloadQueue queue)
{
    private const string Columns =
        """
        downloads.id, downloads.user_id, downloads.source_video_url, downloads.platform, downloads.platform_video_id, downloads.title,
        downloads.creator_name, downloads.licence, downloads.thumbnail_url, downloads.file_name, downloads.format, downloads.quality,
        downloads.content_type, downloads.duration_seconds, downloads.width, downloads.height, downloads.frame_rate, downloads.video_codec,
        downloads.audio_codec, downloads.bit_rate, downloads.file_size, downloads.sha256, downloads.storage_key, downloads.poster_key, downloads.subtitles,
        downloads.subtitles_key, downloads.status,
        downloads.phase, downloads.progress, downloads.downloaded_bytes, downloads.total_bytes, downloads.speed_bytes, downloads.eta_seconds,
        downloads.wait_reason, downloads.wait_until, downloads.error_code, downloads.error, downloads.error_detail, downloads.downloaded_at,
        downloads.created_at, downloads.updated_at
        """;

    private const string Reset =
        """
        status = 'pending', phase = null, progress = 0, downloaded_bytes = null, total_bytes = null, speed_bytes = null, eta_seconds = null,
        wait_reason = null, wait_until = null, error_code = null, error = null, error_detail = null, updated_at = now()
        """;

    // How far down the history text is looked for before its index is asked, or where the index knows nothing of it.
    private const int ShortWalk = 1500;
    private const int LongWalk = 5000;

    /// <summary>One download of the user, or null: another's looks like a missing one.</summary>
    public async Task<DownloadRow?> FindAsync(Guid userId, Guid id, CancellationToken cancellationToken) =>
        (await FindAsync(userId, [id], cancellationToken)).SingleOrDefault();

    /// <summary>
    /// Of each address, by its URL, the user's newest download of the same address, or of the same video of a platform, that is there
    /// or on its way.
    /// </summary>
    public async Task<IReadOnlyDictionary<string, DownloadRow>> FindSameAsync(
        Guid userId, IReadOnlyList<VideoAddress> addresses, CancellationToken cancellationToken)
    {
        var same = await db.QueryAsync<SameVideo>(
            """
            select asked.url, same.id
            from unnest(@urls, @platforms, @videoIds) as asked(url, platform, video_id)
            cross join lateral (
              select id, created_at
              from (
                select id, created_at
                from downloads
                where user_id = @userId
                  and md5(source_video_url) = md5(asked.url)
                  and status in ('pending', 'downloading', 'completed')
                  and deleted_at is null
                union all
                select id, created_at
                from downloads
                where user_id = @userId
                  and platform = asked.platform
                  and platform_video_id = asked.video_id
                  and status in ('pending', 'downloading', 'completed')
                  and deleted_at is null
              ) as either
              order by created_at desc, id desc
              limit 1
            ) as same
            """,
            new
            {
                userId,
                urls = addresses.Select(address => address.Url).ToArray(),
                platforms = addresses.Select(address => address.Platform is { } platform ? EnumText<Platform>.Of(platform) : null).ToArray(),
                videoIds = addresses.Select(address => address.PlatformVideoId).ToArray(),
            },
            cancellationToken);
        var rows = (await FindAsync(userId, [.. same.Select(found => found.Id)], cancellationToken)).ToDictionary(row => row.Id);
        return same.Where(found => rows.ContainsKey(found.Id)).DistinctBy(found => found.Url).ToDictionary(found => found.Url, found => rows[found.Id]);
    }

    private async Task<IReadOnlyList<DownloadRow>> FindAsync(Guid userId, Guid[] ids, CancellationToken cancellationToken) =>
        ids.Length == 0
            ? []
            : await queue.PlaceAsync(
                await db.QueryAsync<DownloadRow>(
                    $"""
                    select {Columns}
                    from downloads
                    where user_id = @userId
                      and id = any(@ids)
                      and deleted_at is null
                    """,
                    new { userId, ids },
                    cancellationToken),
                cancellationToken);

    /// <summary>
    /// Newest first, from after the cursor on. Text without three letters or digits in a row is looked for in the next 5,000 only:
    /// no index helps to find it, and nobody looks for it far back.
    /// </summary>
    public async Task<IReadOnlyList<DownloadRow>> ListAsync(
        Guid userId, DownloadFilter filter, DownloadCursor? after, int limit, CancellationToken cancellationToken)
    {
        var (sql, parameters) = List(userId, filter, after, limit);
        return await queue.PlaceAsync(await db.QueryAsync<DownloadRow>(sql, parameters, cancellationToken), cancellationToken);
    }

    internal static (string Sql, object Parameters) List(Guid userId, DownloadFilter filter, DownloadCursor? after, int limit)
    {
        var where = Where(filter with { Text = null }) + (after is null ? "" : " and (created_at, id) < (@afterCreatedAt, @afterId)");
        var sql = filter.Text is null
            ? $"""
              select {Columns}
              from downloads
              where {where}
              order by created_at desc, id desc
              limit @limit
              """
            // Common text is found by a short walk down the history, rare text by its index. Neither alone is quick with both.
            : $"""
              with newest as materialized (
                select id, created_at
                from (
                  select id, created_at, searched
                  from downloads
                  where {where}
                  order by created_at desc, id desc
                  limit @walk
                ) as walked
                where searched like '%' || lower(@text) || '%' escape '\'
                limit @limit
              ),
              indexed as materialized (
                select id, created_at
                from (
                  select id, created_at
                  from downloads
                  where {where}
                    and searched like '%' || lower(@text) || '%' escape '\'
                    and @isIndexed
                    and (select count(*) from newest) < @limit
                  -- Or the limit would tempt the planner to walk the history after all.
                  offset 0
                ) as found
                order by created_at desc, id desc
                limit @limit
              ),
              page as (
                select * from newest
                union
                select * from indexed
                order by created_at desc, id desc
                limit @limit
              )
              select {Columns}
              from page
              join downloads on downloads.id = page.id
              order by downloads.created_at desc, downloads.id desc
              """;
        var isIndexed = filter.Text is not null && IndexedText().IsMatch(filter.Text);
        return (sql, new
        {
            userId,
            filter.Status,
            text = Pattern(filter),
            isIndexed,
            walk = isIndexed ? ShortWalk : LongWalk,
            afterCreatedAt = after?.CreatedAt,
            afterId = after?.Id,
            limit,
        });
    }

    /// <summary>A numbered page, for scripts, and how many there are in all.</summary>
    public async Task<(IReadOnlyList<DownloadRow> Rows, int Total)> PageAsync(
        Guid userId, DownloadFilter filter, int page, int limit, CancellationToken cancellationToken)
    {
        var parameters = new { userId, filter.Status, text = Pattern(filter), limit, offset = (long)(page - 1) * limit };
        await using var connection = await db.OpenConnectionAsync(cancellationToken);
        var total = await connection.QuerySingleOrDefaultAsync<int>(
            filter.Text is null
                ? $"""
                  select coalesce(sum(downloads), 0)::int
                  from download_counts
                  where user_id = @userId
                    {(filter.Status is null ? "" : "and status = @Status")}
                  """
                : $"""
                  select count(*)::int
                  from downloads
                  where {Where(filter)}
                  """,
            parameters,
            cancellationToken);
        var rows = await connection.QueryAsync<DownloadRow>(
            $"""
            select {Columns}
            from downloads
            where {Where(filter)}
            order by created_at desc, id desc
            limit @limit
            offset @offset
            """,
            parameters,
            cancellationToken);
        return (await queue.PlaceAsync(rows, cancellationToken), total);
    }

    /// <summary>For the filter chips.</summary>
    public async Task<DownloadCounts> CountAsync(Guid userId, CancellationToken cancellationToken) =>
        (await db.QuerySingleOrDefaultAsync<DownloadCounts>(
            """
            select
              coalesce(sum(downloads) filter (where status = 'pending'), 0)::int as pending,
              coalesce(sum(downloads) filter (where status = 'downloading'), 0)::int as downloading,
              coalesce(sum(downloads) filter (where status = 'completed'), 0)::int as completed,
              coalesce(sum(downloads) filter (where status = 'failed'), 0)::int as failed,
              coalesce(sum(downloads) filter (where status = 'cancelled'), 0)::int as cancelled,
              coalesce(sum(bytes), 0)::bigint as bytes
            from download_counts
            where user_id = @userId
            """,
            new { userId },
            cancellationToken))!;

    /// <summary>Makes one row per state of the many changes that have gathered, where there are many.</summary>
    internal Task<int> FoldCountsAsync(CancellationToken cancellationToken) =>
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

    /// <summary>The row that a form with this key made before, or null.</summary>
    internal static Task<Guid?> FindByKeyAsync(NpgsqlConnection connection, Guid userId, string idempotencyKey, CancellationToken cancellationToken) =>
        connection.QuerySingleOrDefaultAsync<Guid?>(
            """
            select id
            from downloads
            where user_id = @userId
              and idempotency_key = @idempotencyKey
            """,
            new { userId, idempotencyKey },
            cancellationToken);

    /// <summary>False when the key has made a row before; a double click waits here until the first has committed.</summary>
    internal static async Task<bool> InsertAsync(NpgsqlConnection connection, NewDownload download, CancellationToken cancellationToken) =>
        await connection.ExecuteAsync(
            """
            insert into downloads (
              id, user_id, idempotency_key, source_video_url, platform, platform_video_id, title, creator_name, licence, thumbnail_url, format,
              subtitles)
            values (
              @Id, @UserId, @IdempotencyKey, @Url, @Platform, @PlatformVideoId, @Title, @CreatorName, @Licence, @ThumbnailUrl, @Format,
              @Subtitles)
            on conflict on constraint downloads_idempotency do nothing
            """,
            download,
            cancellationToken) == 1;

    /// <summary>Takes an ended row back to its beginning and answers its address; null when it is not ended, or not the user's.</summary>
    internal static Task<string?> ResetAsync(NpgsqlConnection connection, Guid userId, Guid id, CancellationToken cancellationToken) =>
        connection.QuerySingleOrDefaultAsync<string>(
            $"""
            update downloads
            set {Reset}
            where user_id = @userId
              and id = @id
              and status in ('failed', 'cancelled')
              and deleted_at is null
            returning source_video_url
            """,
            new { userId, id },
            cancellationToken);

    /// <summary>A job's row, whoever's it is; null once it is deleted.</summary>
    internal async Task<DownloadRow?> FindForJobAsync(Guid id, CancellationToken cancellationToken) =>
        (await queue.PlaceAsync(
            await db.QueryAsync<DownloadRow>(
                $"""
                select {Columns}
                from downloads
                where id = @id
                  and deleted_at is null
                """,
                new { id },
                cancellationToken),
            cancellationToken)).SingleOrDefault();

    /// <summary>The user's downloads that show a place in the queue, and the one behind them, which may have shown one.</summary>
    internal async Task<IReadOnlyList<DownloadRow>> ListWaitingAsync(Guid userId, CancellationToken cancellationToken) =>
        await queue.PlaceAsync(
            await db.QueryAsync<DownloadRow>(
                $"""
                select {Columns}
                from (
                  select subject_id, run_after, id
                  from jobs
                  where kind = @JobKind
                    and owner_id = @userId
                    and state = 'queued'
                    and run_after <= now()
                  order by run_after, id
                  limit @limit
                ) as first
                join downloads on downloads.id = first.subject_id
                where downloads.status = 'pending'
                  and downloads.deleted_at is null
                order by first.run_after, first.id
                """,
                new { userId, DownloadJobHandler.JobKind, limit = DownloadQueue.Places + 1 },
                cancellationToken),
            cancellationToken);

    /// <summary>What the page said, once it was read. Null when the job is another's by now.</summary>
    internal Task<DownloadRow?> DescribeAsync(Job job, MediaInfo info, string quality, CancellationToken cancellationToken) =>
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
              and jobs.id = @jobId
              and jobs.attempt = @Attempt
              and jobs.state = 'running'
            returning {Columns}
            """,
            new { info.Title, info.CreatorName, info.Licence, info.ThumbnailUrl, info.DurationSeconds, quality, job.SubjectId, jobId = job.Id, job.Attempt },
            cancellationToken);

    /// <summary>How far it has come. False when the job is another's by now, or to be cancelled: the worker stops.</summary>
    internal async Task<bool> ProgressAsync(Job job, DownloadProgress progress, CancellationToken cancellationToken) =>
        await db.ExecuteAsync(
            """
            update downloads
            set
              phase = @Phase, progress = greatest(downloads.progress, @Percent), downloaded_bytes = @Bytes, total_bytes = @TotalBytes,
              speed_bytes = @SpeedBytes, eta_seconds = @EtaSeconds, updated_at = now()
            from jobs
            where downloads.id = @SubjectId
              and downloads.status = 'downloading'
              and jobs.id = @jobId
              and jobs.attempt = @Attempt
              and jobs.state = 'running'
              and not jobs.cancel_requested
            """,
            new
            {
                progress.Phase,
                progress.Percent,
                progress.Bytes,
                progress.TotalBytes,
                progress.SpeedBytes,
                progress.EtaSeconds,
                job.SubjectId,
                jobId = job.Id,
                job.Attempt,
            },
            cancellationToken) == 1;

    /// <summary>Runs in the transaction that completes the job.</summary>
    internal static Task CompleteAsync(NpgsqlConnection connection, Guid id, StoredFile file, CancellationToken cancellationToken) =>
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

    /// <summary>Any other step of the job, in the transaction that makes it.</summary>
    internal static Task SetStatusAsync(NpgsqlConnection connection, Guid id, DownloadStep step, CancellationToken cancellationToken) =>
        connection.ExecuteAsync(
            """
            update downloads
            set
              status = @Status, phase = null, speed_bytes = null, eta_seconds = null, wait_reason = @WaitReason, wait_until = @WaitUntil,
              error_code = @ErrorCode, error = @Error, error_detail = @ErrorDetail, updated_at = now()
            where id = @id
            """,
            new { id, step.Status, step.WaitReason, step.WaitUntil, step.ErrorCode, step.Error, step.ErrorDetail },
            cancellationToken);

    /// <summary>Takes all that failed back to their beginning, the oldest first, and answers their addresses.</summary>
    internal static Task<IReadOnlyList<ResetRow>> ResetFailedAsync(NpgsqlConnection connection, Guid userId, int limit, CancellationToken cancellationToken) =>
        connection.QueryAsync<ResetRow>(
            $"""
            update downloads
            set {Reset}
            where id in (
              select id
              from downloads
              where user_id = @userId
                and status = 'failed'
                and error_code is distinct from @list
                and deleted_at is null
              order by created_at, id
              limit @limit
              for update
            )
            returning id, source_video_url
            """,
            new { userId, limit, list = MediaInfoReader.Playlist.Code },
            cancellationToken);

    /// <summary>Of these ids, those whose working folder is still wanted.</summary>
    internal Task<IReadOnlyList<Guid>> FindLiveAsync(Guid[] ids, CancellationToken cancellationToken) =>
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
    internal Task<IReadOnlyList<string>> FindWantedKeysAsync(string[] keys, Guid[] ids, CancellationToken cancellationToken) =>
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

    // Only what is asked for: a condition that may be switched off by a parameter keeps a prepared statement from its index.
    private static string Where(DownloadFilter filter) =>
        "user_id = @userId and deleted_at is null"
        + (filter.Status is null ? "" : " and status = @Status")
        + (filter.Text is null ? "" : $@" and searched like '%' || lower(@text) || '%' escape '\'");

    // The index is made of groups of three.
    [GeneratedRegex(@"[\p{L}\p{N}]{3}")]
    private static partial Regex IndexedText();

    private static string? Pattern(DownloadFilter filter) => filter.Text is null ? null : Sql.EscapeLike(filter.Text);
}

internal sealed record NewDownload
{
    public required Guid Id { get; init; }

    public required Guid UserId { get; init; }

    public required string? IdempotencyKey { get; init; }

    public required string Url { get; init; }

    public required string Title { get; init; }

    public required string Format { get; init; }

    public Platform? Platform { get; init; }

    public string? PlatformVideoId { get; init; }

    public string? CreatorName { get; init; }

    public string? Licence { get; init; }

    public string? ThumbnailUrl { get; init; }

    public string? Subtitles { get; init; }
}

/// <summary>What a step of the job does to the row.</summary>
internal sealed record DownloadStep(DownloadStatus Status)
{
    public string? WaitReason { get; init; }

    public DateTimeOffset? WaitUntil { get; init; }

    public string? ErrorCode { get; init; }

    public string? Error { get; init; }

    public string? ErrorDetail { get; init; }
}

/// <summary>An address that was asked for, and the download of the same video.</summary>
internal sealed record SameVideo
{
    public required string Url { get; init; }

    public required Guid Id { get; init; }
}

/// <summary>A row at its beginning again.</summary>
internal sealed record ResetRow
{
    public required Guid Id { get; init; }

    public required string SourceVideoUrl { get; init; }
}
