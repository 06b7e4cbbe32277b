using Npgsql;

namespace TrendVault.Core.Trending;

/// <summary>What readers, and plans, see of charts and their videos.</summary>
internal sealed class TrendingStore(NpgsqlDataSource db)
{
    private const string Matches =
        """
        (@search::text is null
             or videos.title ilike '%' || @search || '%' escape '\'
             or videos.creator_name ilike '%' || @search || '%' escape '\')
          and (not @creativeCommonsOnly or videos.licence = 'creativeCommon')
        """;

    /// <summary>What is known of a chart; null for one that was never asked for.</summary>
    internal Task<ChartState?> FindAsync(ChartKey key, CancellationToken cancellationToken) =>
        db.QuerySingleOrDefaultAsync<ChartState>(
            """
            select id, platform, region, category, current_version as version, total, source, fetched_at, failed_at, failure, failures
            from charts
            where platform = @Platform
              and region = @Region
              and category = @Category
            """,
            key,
            cancellationToken);

    /// <summary>What is known of all charts that were ever asked for.</summary>
    internal Task<IReadOnlyList<ChartState>> ListStatesAsync(CancellationToken cancellationToken) =>
        db.QueryAsync<ChartState>(
            """
            select id, platform, region, category, current_version as version, total, source, fetched_at, failed_at, failure, failures
            from charts
            """,
            null,
            cancellationToken);

    /// <summary>Fifty videos of one version, whole.</summary>
    public Task<IReadOnlyList<ChartVideo>> ListPageAsync(Guid chartId, long version, int page, CancellationToken cancellationToken) =>
        db.QueryAsync<ChartVideo>(
            """
            select
                videos.id, videos.platform, videos.platform_video_id, videos.title, videos.description, videos.thumbnail_url,
                videos.creator_name, videos.creator_id, videos.creator_url, videos.video_url, videos.duration_seconds, videos.published_at,
                videos.licence, videos.category, videos.embeddable, videos.is_vertical, videos.tags,
                entries.view_count, videos.like_count, videos.comment_count, entries.rank,
                entries.previous_rank, entries.previous_rank is null and entries.version > 1 as is_new
            from chart_entries as entries
            join videos on videos.id = entries.video_id
            where entries.chart_id = @chartId
              and entries.version = @version
              and entries.rank > @skip
              and entries.rank <= @skip + @limit
            order by entries.rank
            """,
            new { chartId, version, skip = (page - 1) * ChartPage.Size, limit = ChartPage.Size },
            cancellationToken);

    /// <summary>Videos of the given versions of charts, filtered and ordered, without their descriptions and tags.</summary>
    /// <param name="charts">Versions to read; equal ranks stand in this order.</param>
    /// <param name="filter">Which, and in what order.</param>
    /// <param name="offset">How many to pass over. A version never changes, so a page of it stays where it is.</param>
    /// <param name="limit">How many at most.</param>
    public Task<IReadOnlyList<ChartVideo>> ListAsync(
        IReadOnlyList<Chart> charts, ChartFilter filter, int offset, int limit, CancellationToken cancellationToken) =>
        db.QueryAsync<ChartVideo>(
            $"""
            with chosen as (
                select
                    *,
                    (select max(rank)
                     from chart_entries
                     where chart_entries.chart_id = chosen.chart_id
                       and chart_entries.version = chosen.version) as length
                from unnest(@chartIds, @versions) with ordinality as chosen(chart_id, version, place)
            )
            select
                videos.id, videos.platform, videos.platform_video_id, videos.title, videos.thumbnail_url,
                videos.creator_name, videos.creator_id, videos.creator_url, videos.video_url, videos.duration_seconds, videos.published_at,
                videos.licence, videos.category, videos.embeddable, videos.is_vertical,
                entries.view_count, videos.like_count, videos.comment_count, entries.rank,
                entries.previous_rank, entries.previous_rank is null and entries.version > 1 as is_new
            from chosen
            join chart_entries as entries using (chart_id, version)
            join videos on videos.id = entries.video_id
            where {Matches}
            order by {OrderBy(filter.Order)}
            offset @offset
            limit @limit
            """,
            new
            {
                chartIds = charts.Select(chart => chart.Id).ToArray(),
                versions = charts.Select(chart => chart.Version).ToArray(),
                search = Pattern(filter),
                creativeCommonsOnly = filter.CreativeCommonsOnly,
                offset,
                limit,
            },
            cancellationToken);

    /// <summary>The same videos, and which of them a user has a finished download of, or has published.</summary>
    public async Task<IReadOnlyList<ChartVideo>> MarkOwnAsync(IReadOnlyList<ChartVideo> videos, Guid userId, CancellationToken cancellationToken)
    {
        var own = await db.QueryAsync<(Guid Id, bool IsPublished)>(
            """
            with library as (
                select
                    platform, platform_video_id, source_video_url,
                    exists (
                        select 1
                        from upload_jobs
                        join published_videos on published_videos.upload_job_id = upload_jobs.id
                        where upload_jobs.download_id = downloads.id) as is_published
                from downloads
                where user_id = @userId
                  and status = 'completed'
                  and deleted_at is null
            )
            select id, bool_or(is_published) as is_published
            from (
                select videos.id, library.is_published
                from videos
                join library using (platform, platform_video_id)
                where videos.id = any(@videoIds)
                union all
                select videos.id, library.is_published
                from videos
                join library on library.source_video_url = videos.video_url
                where videos.id = any(@videoIds)
            ) as own
            group by id
            """,
            new { userId, videoIds = videos.Select(video => video.Id).ToArray() },
            cancellationToken);
        if (own.Count == 0)
            return videos;

        var published = own.ToDictionary(video => video.Id, video => video.IsPublished);
        return [.. videos.Select(video => published.TryGetValue(video.Id, out var isPublished) ? video with { InLibrary = true, IsPublished = isPublished } : video)];
    }

    /// <summary>How many videos of the current version of a chart an older one does not have, of those that the filter lets through.</summary>
    public async Task<int> CountNewAsync(Chart chart, long since, ChartFilter filter, CancellationToken cancellationToken) =>
        (int)await db.QuerySingleOrDefaultAsync<long>(
            $"""
            select count(*)
            from chart_entries as entries
            join videos on videos.id = entries.video_id
            where chart_id = @Id
              and version = @Version
              -- Read once and hashed: as a join it would be read again for each video.
              and video_id not in (
                  select seen.video_id
                  from chart_entries as seen
                  where seen.chart_id = @Id
                    and seen.version = @since)
              and {Matches}
            """,
            new { chart.Id, chart.Version, since, search = Pattern(filter), creativeCommonsOnly = filter.CreativeCommonsOnly },
            cancellationToken);

    /// <summary>A chart as it was in an older version; null once that cannot be read any more.</summary>
    public async Task<Chart?> FindVersionAsync(Chart chart, long version, CancellationToken cancellationToken)
    {
        if (version == chart.Version)
            return chart;
        var fetchedAt = await db.QuerySingleOrDefaultAsync<DateTimeOffset?>(
            "select fetched_at from chart_entries where chart_id = @Id and version = @version order by rank limit 1",
            new { chart.Id, version },
            cancellationToken);
        return fetchedAt is { } then ? chart with { Version = version, FetchedAt = then } : null;
    }

    /// <summary>A video by the platform's id; null for one that no chart ever had.</summary>
    public Task<ChartVideo?> FindVideoAsync(Platform platform, string platformVideoId, Guid? userId, CancellationToken cancellationToken) =>
        db.QuerySingleOrDefaultAsync<ChartVideo>(
            """
            select
                videos.id, platform, platform_video_id, title, description, thumbnail_url, creator_name, creator_id, creator_url, video_url,
                duration_seconds, published_at, licence, category, embeddable, is_vertical, tags, view_count, like_count, comment_count,
                own.count > 0 as in_library, own.published > 0 as is_published
            from videos
            cross join lateral (
                select count(distinct downloads.id) as count, count(published_videos.id) as published
                from downloads
                left join upload_jobs on upload_jobs.download_id = downloads.id
                left join published_videos on published_videos.upload_job_id = upload_jobs.id
                where downloads.user_id = @userId
                  and downloads.status = 'completed'
                  and downloads.deleted_at is null
                  and ((downloads.platform = videos.platform and downloads.platform_video_id = videos.platform_video_id)
                       or downloads.source_video_url = videos.video_url)
            ) as own
            where platform = @platform
              and platform_video_id = @platformVideoId
            """,
            new { platform, platformVideoId, userId },
            cancellationToken);

    /// <summary>The charts that a video is in now, best rank first.</summary>
    public Task<IReadOnlyList<Standing>> ListStandingsAsync(Guid videoId, CancellationToken cancellationToken) =>
        db.QueryAsync<Standing>(
            """
            select charts.region, charts.category, entry.rank
            from videos
            join charts using (platform)
            -- The few rows of each present version, whatever history lies beside them: an index on videos would slow every refresh.
            cross join lateral (
                select rank
                from chart_entries
                where chart_id = charts.id
                  and version = charts.current_version
                  and video_id = videos.id
                limit 1
            ) as entry
            where videos.id = @videoId
            order by entry.rank, charts.region, charts.category
            """,
            new { videoId },
            cancellationToken);

    // Columns of the version or of what does not move, so that the order stays the same while a reader scrolls.
    private static string OrderBy(ChartOrder order) => order switch
    {
        ChartOrder.Views => "entries.view_count desc nulls last, entries.rank, chosen.place",
        ChartOrder.Newest => "videos.published_at desc nulls last, entries.rank, chosen.place",
        ChartOrder.Rising => "coalesce(entries.previous_rank, chosen.length + 1) - entries.rank desc, entries.rank, chosen.place",
        _ => "entries.rank, chosen.place",
    };

    private static string? Pattern(ChartFilter filter) => filter.Search is null ? null : Sql.EscapeLike(filter.Search);
}
