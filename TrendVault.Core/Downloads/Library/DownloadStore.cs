using System.Text.RegularExpressions;
using Npgsql;
using TrendVault.Core.Work;

namespace TrendVault.Core.Downloads;

/// <summary>What readers see of downloads. Each statement names the user.</summary>
internal sealed partial class DownloadStore(NpgsqlDataSource db, DownloadQueue queue) : IWorkList<DownloadRow>
{
    internal const string Columns =
        """
        downloads.id, downloads.user_id, downloads.source_video_url, downloads.platform, downloads.platform_video_id, downloads.title,
        downloads.creator_name, downloads.licence, downloads.thumbnail_url, downloads.file_name, downloads.format, downloads.quality,
        downloads.content_type, downloads.duration_seconds, downloads.width, downloads.height, downloads.frame_rate, downloads.video_codec,
        downloads.audio_codec, downloads.bit_rate, downloads.file_size, downloads.sha256, downloads.storage_key, downloads.poster_key, downloads.subtitles,
        downloads.subtitles_key, downloads.status,
        downloads.phase, downloads.progress, downloads.downloaded_bytes as done_bytes, downloads.total_bytes, downloads.speed_bytes, downloads.eta_seconds,
        downloads.wait_reason, downloads.wait_until, downloads.error_code, downloads.error, downloads.error_detail, downloads.downloaded_at,
        downloads.created_at, downloads.updated_at
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

    /// <summary>Those of these downloads that the user has.</summary>
    public async Task<IReadOnlyList<DownloadRow>> FindAsync(Guid userId, IReadOnlyList<Guid> ids, CancellationToken cancellationToken) =>
        ids.Count == 0
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
                    new { userId, ids = ids.ToArray() },
                    cancellationToken),
                cancellationToken);

    /// <summary>
    /// Newest first, from after the cursor on. Text without three letters or digits in a row is looked for in the next 5,000 only:
    /// no index helps to find it, and nobody looks for it far back.
    /// </summary>
    public async Task<IReadOnlyList<DownloadRow>> ListAsync(
        Guid userId, WorkFilter filter, WorkCursor? after, int limit, CancellationToken cancellationToken)
    {
        var (sql, parameters) = List(userId, filter, after, limit);
        return await queue.PlaceAsync(await db.QueryAsync<DownloadRow>(sql, parameters, cancellationToken), cancellationToken);
    }

    internal static (string Sql, object Parameters) List(Guid userId, WorkFilter filter, WorkCursor? after, int limit)
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
            status = Word(filter),
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
        Guid userId, WorkFilter filter, int page, int limit, CancellationToken cancellationToken)
    {
        var parameters = new { userId, status = Word(filter), text = Pattern(filter), limit, offset = (long)(page - 1) * limit };
        await using var connection = await db.OpenConnectionAsync(cancellationToken);
        var total = await connection.QuerySingleOrDefaultAsync<int>(
            filter.Text is null
                ? $"""
                  select coalesce(sum(downloads), 0)::int
                  from download_counts
                  where user_id = @userId
                    {(filter.Status is null ? "" : "and status = @status")}
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
              coalesce(sum(downloads) filter (where status = 'downloading'), 0)::int as running,
              coalesce(sum(downloads) filter (where status = 'completed'), 0)::int as completed,
              coalesce(sum(downloads) filter (where status = 'failed'), 0)::int as failed,
              coalesce(sum(downloads) filter (where status = 'cancelled'), 0)::int as cancelled,
              coalesce(sum(bytes), 0)::bigint as bytes
            from download_counts
            where user_id = @userId
            """,
            new { userId },
            cancellationToken))!;

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

    // Only what is asked for: a condition that may be switched off by a parameter keeps a prepared statement from its index.
    private static string Where(WorkFilter filter) =>
        "user_id = @userId and deleted_at is null"
        + (filter.Status is null ? "" : " and status = @status")
        + (filter.Text is null ? "" : $@" and searched like '%' || lower(@text) || '%' escape '\'");

    // The index is made of groups of three.
    [GeneratedRegex(@"[\p{L}\p{N}]{3}")]
    private static partial Regex IndexedText();

    private static string? Word(WorkFilter filter) => filter.Status is { } status ? WorkWords.Downloads.Of(status) : null;

    private static string? Pattern(WorkFilter filter) => filter.Text is null ? null : Sql.EscapeLike(filter.Text);
}

/// <summary>An address that was asked for, and the download of the same video.</summary>
internal sealed record SameVideo
{
    public required string Url { get; init; }

    public required Guid Id { get; init; }
}
