using Npgsql;

namespace TrendVault.Core.Trending;

/// <summary>What a refresh reads and writes of charts.</summary>
internal sealed class ChartRows(NpgsqlDataSource db)
{
    // A refresh every half hour makes 96 in 48 hours: so long a reader may scroll on in the version that he began with.
    private const int VersionsKept = 100;

    // YouTube's terms allow no longer.
    private static readonly TimeSpan VideosKept = TimeSpan.FromDays(30);

    // At once, so that no statement takes long; the rest goes with the next half hour.
    private const int MostDeleted = 5000;

    /// <summary>What joins tags on their way to the database: no tag holds a control character.</summary>
    private const char TagSeparator = '\u001f';

    /// <summary>Stores a fetched chart as its next version, in one statement; answers that version.</summary>
    public async Task<Chart> SaveAsync(ChartKey key, FetchedChart fetched, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var videos = fetched.Videos;
        var chart = await db.QuerySingleOrDefaultAsync<Chart>(
            """
            with incoming as (
                select *
                from unnest(
                    @ranks, @ids, @platformVideoIds, @titles, @descriptions, @thumbnailUrls, @creatorNames, @creatorIds, @creatorUrls,
                    @videoUrls, @durations, @publishedAts, @licences, @categories, @embeddables, @verticals, @tags, @viewCounts, @likeCounts,
                    @commentCounts)
                as incoming(
                    rank, id, platform_video_id, title, description, thumbnail_url, creator_name, creator_id, creator_url,
                    video_url, duration_seconds, published_at, licence, category, embeddable, is_vertical, tags, view_count, like_count,
                    comment_count)
            ),
            known as (
                insert into videos (
                    id, platform, platform_video_id, title, description, thumbnail_url, creator_name, creator_id, creator_url, video_url,
                    duration_seconds, published_at, licence, category, embeddable, is_vertical, tags, view_count, like_count, comment_count,
                    created_at, updated_at)
                select
                    id, @platform, platform_video_id, title, description, thumbnail_url, creator_name, creator_id, creator_url, video_url,
                    duration_seconds, published_at, licence, category, embeddable, is_vertical, string_to_array(tags, @separator),
                    view_count, like_count, comment_count, @now, @now
                from incoming
                -- Two charts share videos: rows locked in one order cannot deadlock.
                order by platform_video_id
                on conflict (platform, platform_video_id) do update
                set title = excluded.title,
                    description = excluded.description,
                    thumbnail_url = coalesce(excluded.thumbnail_url, videos.thumbnail_url),
                    creator_name = excluded.creator_name,
                    creator_id = coalesce(excluded.creator_id, videos.creator_id),
                    creator_url = excluded.creator_url,
                    video_url = excluded.video_url,
                    duration_seconds = coalesce(excluded.duration_seconds, videos.duration_seconds),
                    published_at = coalesce(excluded.published_at, videos.published_at),
                    licence = coalesce(excluded.licence, videos.licence),
                    category = coalesce(excluded.category, videos.category),
                    embeddable = coalesce(excluded.embeddable, videos.embeddable),
                    is_vertical = coalesce(excluded.is_vertical, videos.is_vertical),
                    tags = excluded.tags,
                    view_count = excluded.view_count,
                    like_count = excluded.like_count,
                    comment_count = excluded.comment_count,
                    updated_at = excluded.updated_at
                returning id, platform_video_id
            ),
            chart as (
                insert into charts (id, platform, region, category, current_version, total, source, fetched_at)
                values (@chartId, @platform, @region, @category, 1, @total, @source, @now)
                on conflict (platform, region, category) do update
                set current_version = charts.current_version + 1,
                    total = excluded.total,
                    source = excluded.source,
                    fetched_at = excluded.fetched_at,
                    failed_at = null,
                    failure = null,
                    failures = 0
                returning id, platform, region, category, current_version, total, source, fetched_at
            ),
            previous as materialized (
                select video_id, rank
                from chart_entries
                join chart on chart.id = chart_entries.chart_id and chart.current_version - 1 = chart_entries.version
            ),
            entries as (
                insert into chart_entries (chart_id, version, rank, previous_rank, video_id, view_count, fetched_at)
                select chart.id, chart.current_version, incoming.rank, previous.rank, known.id, incoming.view_count, @now
                from incoming
                join known using (platform_video_id)
                left join previous on previous.video_id = known.id
                cross join chart
            )
            select id, platform, region, category, current_version as version, total, source, fetched_at
            from chart
            """,
            new
            {
                platform = key.Platform,
                region = key.Region,
                category = key.Category,
                chartId = Guid.CreateVersion7(),
                source = fetched.Source,
                total = videos.Count,
                now,
                separator = TagSeparator.ToString(),
                ranks = Enumerable.Range(1, videos.Count).ToArray(),
                ids = Column(videos, _ => Guid.CreateVersion7()),
                platformVideoIds = Column(videos, video => video.PlatformVideoId),
                titles = Column(videos, video => video.Title),
                descriptions = Column(videos, video => video.Description),
                thumbnailUrls = Column(videos, video => video.ThumbnailUrl),
                creatorNames = Column(videos, video => video.CreatorName),
                creatorIds = Column(videos, video => video.CreatorId),
                creatorUrls = Column(videos, video => video.CreatorUrl),
                videoUrls = Column(videos, video => video.VideoUrl),
                durations = Column(videos, video => video.DurationSeconds),
                publishedAts = Column(videos, video => video.PublishedAt?.UtcDateTime),
                licences = Column(videos, video => video.Licence),
                categories = Column(videos, video => video.Category),
                embeddables = Column(videos, video => video.Embeddable),
                verticals = Column(videos, video => video.IsVertical),
                tags = Column(videos, video => string.Join(TagSeparator, video.Tags)),
                viewCounts = Column(videos, video => video.ViewCount),
                likeCounts = Column(videos, video => video.LikeCount),
                commentCounts = Column(videos, video => video.CommentCount),
            },
            cancellationToken);
        return chart!;
    }

    /// <summary>Remembers that a refresh failed; what the chart holds stays as it is.</summary>
    public Task SaveFailureAsync(ChartKey key, string failure, DateTimeOffset now, CancellationToken cancellationToken) =>
        db.ExecuteAsync(
            """
            insert into charts (id, platform, region, category, failed_at, failure, failures)
            values (@id, @Platform, @Region, @Category, @now, @failure, 1)
            on conflict (platform, region, category) do update
            set failed_at = excluded.failed_at,
                failure = excluded.failure,
                failures = charts.failures + 1
            """,
            new { id = Guid.CreateVersion7(), key.Platform, key.Region, key.Category, now, failure },
            cancellationToken);

    /// <summary>
    /// Deletes versions that no reader scrolls through any more, and videos that no chart has had for 30 days, which is as long as
    /// YouTube's terms allow.
    /// </summary>
    public async Task CleanUpAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        await db.ExecuteAsync(
            """
            delete from chart_entries
            using charts
            where chart_entries.chart_id = charts.id
              and chart_entries.version <= charts.current_version - @VersionsKept
            """,
            new { VersionsKept },
            cancellationToken);
        // An id tells when its video was first seen: of all videos only the old ones are looked at.
        await db.ExecuteAsync(
            """
            delete from videos
            where id in (
                select id
                from videos
                where id < @before
                  and updated_at < @updatedBefore
                limit @MostDeleted
            )
            """,
            new { before = Guid.CreateVersion7(now - VideosKept), updatedBefore = now - VideosKept, MostDeleted },
            cancellationToken);
    }

    /// <summary>How many videos of the present version came or changed their rank with it.</summary>
    public Task<int> CountMovedAsync(Chart chart, CancellationToken cancellationToken) =>
        db.QuerySingleOrDefaultAsync<int>(
            """
            select count(*)::int
            from chart_entries
            where chart_id = @Id
              and version = @Version
              and previous_rank is distinct from rank
            """,
            chart,
            cancellationToken);

    /// <summary>All videos of one version, as a source would answer them.</summary>
    public Task<IReadOnlyList<TrendingVideo>> ListVideosAsync(Guid chartId, long version, CancellationToken cancellationToken) =>
        db.QueryAsync<TrendingVideo>(
            """
            select
                videos.platform, videos.platform_video_id, videos.title, videos.description, videos.thumbnail_url,
                videos.creator_name, videos.creator_id, videos.creator_url, videos.video_url, videos.duration_seconds, videos.published_at,
                videos.licence, videos.category, videos.embeddable, videos.is_vertical, videos.tags, videos.view_count, videos.like_count, videos.comment_count
            from chart_entries as entries
            join videos on videos.id = entries.video_id
            where entries.chart_id = @chartId
              and entries.version = @version
            order by entries.rank
            """,
            new { chartId, version },
            cancellationToken);

    private static T[] Column<T>(IReadOnlyList<TrendingVideo> videos, Func<TrendingVideo, T> value) => [.. videos.Select(value)];
}
