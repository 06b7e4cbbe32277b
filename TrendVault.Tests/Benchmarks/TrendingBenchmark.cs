using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Dapper;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;
using TrendVault.Core;
using TrendVault.Core.Data;
using TrendVault.Core.Trending;
using TrendVault.Tests.App;
using TrendVault.Tests.Trending;
using TrendVault.Web.Pages.Shared;

namespace TrendVault.Tests.Benchmarks;

/// <summary>
/// What charts cost PostgreSQL and their readers, beside a floor of the same run. Not part of the tests:
/// <c>TrendVault.Tests -explicit only -class '*TrendingBenchmark'</c>.
/// </summary>
public sealed partial class TrendingBenchmark(TestDatabase database, TrendingBench bench, ITestOutputHelper output)
    : IClassFixture<TestDatabase>, IClassFixture<TrendingBench>
{
    private const int VideosPerChart = 50;
    private const int WarmRounds = 6;
    private const int ColdRounds = 10;

    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;

    /// <summary>
    /// A full refresh, 12 regions x 2 platforms x 4 charts x 50 videos, against plain upserts of the same rows: of the videos alone,
    /// and of the videos and then their entries.
    /// </summary>
    [Fact(Explicit = true)]
    public async Task Storing_a_full_refresh()
    {
        await MakeFloorAsync();
        var (random, rows) = (new Random(7), new ChartRows(database.Db));
        var charts = Charts().ToDictionary(key => key, key => Enumerable.Range(0, VideosPerChart).Select(number => Video(key, number, random)).ToList());
        var chartIds = charts.Keys.ToDictionary(key => key, _ => Guid.CreateVersion7());
        var (ours, videosOnly, both) = (new Cost(database), new Cost(database), new Cost(database));
        for (var round = 0; round < 12; round++)
        {
            var now = DateTimeOffset.UtcNow.AddMinutes(30 * round);
            foreach (var key in charts.Keys.ToList())
                charts[key] = [.. charts[key].OrderBy(_ => random.Next()).Select(video => video with { ViewCount = video.ViewCount + random.Next(1000) })];

            await ours.AddAsync(charts, async (key, videos) => await rows.SaveAsync(key, new FetchedChart(videos, "bench", 0), now, _ct));
            await videosOnly.AddAsync(charts, (_, videos) => database.Db.ExecuteAsync(PlainVideos("floor_a"), Parameters(videos, now), _ct));
            await both.AddAsync(charts, async (key, videos) =>
            {
                await database.Db.ExecuteAsync(PlainVideos("floor_b"), Parameters(videos, now), _ct);
                await database.Db.ExecuteAsync(PlainEntries, Parameters(videos, now, chartIds[key], round + 1), _ct);
            });
        }

        Print("a full refresh, 4800 videos", ours, ours);
        Print("floor: the videos alone", videosOnly, ours);
        Print("floor: videos, then entries", both, ours);
        Assert.True(ours.Wall < TimeSpan.FromSeconds(2), "A full refresh takes at most 2 s of database time.");
        Assert.True(videosOnly.Cpu / ours.Cpu >= 0.8, "At least 0.8 of the speed of a plain upsert of the videos.");
    }

    /// <summary>What the pages ask, with 2,000,000 entries of history: PostgreSQL's own account of each statement as it runs.</summary>
    [Fact(Explicit = true)]
    public async Task Reading_beside_two_million_entries()
    {
        await database.ScalarAsync<int>("truncate charts, chart_entries, videos");
        var user = await database.GivenUserAsync();
        await FillAsync();
        var plans = new Plans();
        await using var db = Explaining(plans);
        var store = new TrendingStore(db);
        var states = await store.ListStatesAsync(_ct);
        var charts = states.Where(state => state.Region == "US" && state.Category.Length == 0).Select(state => state.ToChart()!).ToList();
        var (chart, none) = (charts[0], new ChartFilter(null, false, ChartOrder.Rank));
        var video = (await store.ListPageAsync(chart.Id, chart.Version, 1, _ct))[0];

        await MeasureAsync("a chart's row", () => store.FindAsync(new ChartKey(chart.Platform, chart.Region, chart.Category), _ct));
        await MeasureAsync("all charts' rows", () => store.ListStatesAsync(_ct));
        await MeasureAsync("fifty videos for the cache", () => store.ListPageAsync(chart.Id, chart.Version, 4, _ct));
        await MeasureAsync("a whole chart as a part", () => new ChartRows(db).ListVideosAsync(chart.Id, chart.Version, _ct));
        await MeasureAsync("a wall of two platforms", () => store.ListAsync(charts, none, 0, 21, _ct));
        var page = await store.ListAsync(charts, none, 0, 21, _ct);
        await MeasureAsync("which of them are the reader's", () => store.MarkOwnAsync(page, user, _ct));
        await MeasureAsync("its last page", () => store.ListAsync(charts, none, 380, 21, _ct));
        await MeasureAsync("in an old version", () => store.ListAsync([chart with { Version = 2 }], none, 0, 21, _ct));
        await MeasureAsync("by views", () => store.ListAsync(charts, none with { Order = ChartOrder.Views }, 40, 21, _ct));
        await MeasureAsync("searched", () => store.ListAsync(charts, none with { Search = "ab" }, 0, 21, _ct));
        await MeasureAsync("how many are new", () => store.CountNewAsync(chart, chart.Version - 40, none, _ct));
        await MeasureAsync("is a version there", () => store.FindVersionAsync(chart, 1, _ct));
        await MeasureAsync("a video", () => store.FindVideoAsync(video.Platform, video.PlatformVideoId, user, _ct));
        await MeasureAsync("where it stands", () => store.ListStandingsAsync(video.Id, _ct));

        async Task MeasureAsync(string name, Func<Task> ask)
        {
            for (var i = 0; i < 6; i++)
                await ask(); // planned once from then on
            plans.Lines.Clear();
            for (var i = 0; i < 50; i++)
                await ask();

            var durations = plans.Lines.Select(plan => double.Parse(Duration().Match(plan).Groups[1].Value, CultureInfo.InvariantCulture)).Order().ToList();
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-28} median {durations[durations.Count / 2]:0.00} ms, most {durations[^1]:0.00} ms"));
            if (durations[durations.Count / 2] > 2)
                output.WriteLine(plans.Lines.Last());
            Assert.True(durations[durations.Count / 2] <= 10, $"{name} takes at most 10 ms.");
        }
    }

    /// <summary>What a reader of a cold chart waits beyond what the platform took, in a process that has fetched charts before.</summary>
    [Fact(Explicit = true)]
    public async Task Reading_a_cold_chart()
    {
        (Platform Platform, string Category)[] kinds = [(Platform.YouTube, "Music"), (Platform.YouTube, "Gaming"), (Platform.YouTube, ""), (Platform.TikTok, "")];
        var added = kinds.ToDictionary(kind => kind, _ => new List<double>());
        for (var round = 0; round < ColdRounds; round++)
        {
            await bench.ForgetAsync();
            await bench.Database.ScalarAsync<int>("truncate charts, chart_entries, videos");
            var calls = new PlatformCalls();
            await using var services = bench.BuildServices(
                bench.Time,
                add => add.ConfigureHttpClientDefaults(clients => clients.AddHttpMessageHandler(calls.CreateHandler)),
                ("YOUTUBE_QUOTA_UNITS", "1000000"), ("YOUTUBE_QUOTA_SEARCHES", "1000000"));
            var trending = services.GetRequiredService<TrendingService>();
            foreach (var kind in kinds)
            {
                if (round >= WarmRounds)
                    GC.Collect(); // of the rounds before
                foreach (var region in Regions.All)
                {
                    var (began, busy) = (Stopwatch.GetTimestamp(), calls.Busy);
                    await trending.ReadPageAsync(new ChartKey(kind.Platform, region, kind.Category), 1, _ct);
                    if (round >= WarmRounds)
                        added[kind].Add((Stopwatch.GetElapsedTime(began) - (calls.Busy - busy)).TotalMilliseconds);
                }
            }
        }

        foreach (var ((platform, category), times) in added)
        {
            times.Sort();
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{platform} {Categories.NameOf(category),-8} adds {times[times.Count / 2]:0.0} ms (median of {times.Count}), {times[0]:0.0} to {times[^1]:0.0} ms"));
        }
    }

    private void Print(string name, Cost cost, Cost ours) => output.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"{name,-28} {cost.Wall.TotalMilliseconds:0} ms, {cost.Cpu.TotalMilliseconds:0} ms of it PostgreSQL at work; ours is {cost.Cpu / ours.Cpu:0.00} x as fast"));

    private async Task MakeFloorAsync() => await database.ScalarAsync<int>(
        """
        create table floor_a (like videos including all) with (fillfactor = 80);
        create table floor_b (like videos including all) with (fillfactor = 80);
        create table floor_entries (like chart_entries including all);
        """);

    private static string PlainVideos(string table) =>
        $"""
        insert into {table} (
            id, platform, platform_video_id, title, description, thumbnail_url, creator_name, creator_id, creator_url, video_url,
            duration_seconds, published_at, licence, category, tags, view_count, like_count, comment_count, created_at, updated_at)
        select
            id, platform, platform_video_id, title, description, thumbnail_url, creator_name, creator_id, creator_url, video_url,
            duration_seconds, published_at, licence, category, string_to_array(tags, ','), view_count, like_count, comment_count, @now, @now
        from unnest(
            @ids, @platforms, @platformVideoIds, @titles, @descriptions, @thumbnailUrls, @creatorNames, @creatorIds, @creatorUrls, @videoUrls,
            @durations, @publishedAts, @licences, @categories, @tags, @viewCounts, @likeCounts, @commentCounts)
        as incoming(
            id, platform, platform_video_id, title, description, thumbnail_url, creator_name, creator_id, creator_url, video_url,
            duration_seconds, published_at, licence, category, tags, view_count, like_count, comment_count)
        on conflict (platform, platform_video_id) do update
        set title = excluded.title,
            description = excluded.description,
            thumbnail_url = excluded.thumbnail_url,
            creator_name = excluded.creator_name,
            creator_id = excluded.creator_id,
            creator_url = excluded.creator_url,
            video_url = excluded.video_url,
            duration_seconds = excluded.duration_seconds,
            published_at = excluded.published_at,
            licence = excluded.licence,
            category = excluded.category,
            tags = excluded.tags,
            view_count = excluded.view_count,
            like_count = excluded.like_count,
            comment_count = excluded.comment_count,
            updated_at = excluded.updated_at
        """;

    private const string PlainEntries =
        """
        insert into floor_entries (chart_id, version, rank, video_id, view_count, fetched_at)
        select @chartId, @version, incoming.rank, floor_b.id, incoming.view_count, @now
        from unnest(@ranks, @platforms, @platformVideoIds, @viewCounts) as incoming(rank, platform, platform_video_id, view_count)
        join floor_b using (platform, platform_video_id)
        on conflict (chart_id, version, rank) do nothing
        """;

    private static DynamicParameters Parameters(List<TrendingVideo> videos, DateTimeOffset now, Guid chartId = default, long version = 0)
    {
        return new(new
        {
            now,
            chartId,
            version,
            ranks = Enumerable.Range(1, videos.Count).ToArray(),
            ids = Column(_ => Guid.CreateVersion7()),
            platforms = Column(video => EnumText<Platform>.Of(video.Platform)),
            platformVideoIds = Column(video => video.PlatformVideoId),
            titles = Column(video => video.Title),
            descriptions = Column(video => video.Description),
            thumbnailUrls = Column(video => video.ThumbnailUrl),
            creatorNames = Column(video => video.CreatorName),
            creatorIds = Column(video => video.CreatorId),
            creatorUrls = Column(video => video.CreatorUrl),
            videoUrls = Column(video => video.VideoUrl),
            durations = Column(video => video.DurationSeconds),
            publishedAts = Column(video => video.PublishedAt?.UtcDateTime),
            licences = Column(video => video.Licence),
            categories = Column(video => video.Category),
            tags = Column(video => string.Join(',', video.Tags)),
            viewCounts = Column(video => video.ViewCount),
            likeCounts = Column(video => video.LikeCount),
            commentCounts = Column(video => video.CommentCount),
        });

        T[] Column<T>(Func<TrendingVideo, T> value) => [.. videos.Select(value)];
    }

    /// <summary>60 charts of 200 videos in 167 versions each; a chart's videos come and go.</summary>
    private async Task FillAsync()
    {
        await using var connection = await database.Db.OpenConnectionAsync(_ct);
        await connection.ExecuteAsync(
            """
            insert into charts (id, platform, region, category, current_version, total, source, fetched_at)
            select gen_random_uuid(), platform, region, category, 167, 200, 'bench', now()
            from unnest(@regions) as region
            cross join (values ('YOUTUBE', 'Music'), ('YOUTUBE', 'Gaming'), ('YOUTUBE', 'Movies'), ('YOUTUBE', ''), ('TIKTOK', '')) as known(platform, category);

            insert into videos (id, platform, platform_video_id, title, description, creator_name, video_url, published_at, view_count, tags)
            select gen_random_uuid(), platform, region || category || number, md5(number::text || region), repeat(md5(number::text), 35), 'creator ' || number % 300,
                   'https://example.org/' || region || number, now() - number * interval '1 hour', number * 1000, '{one,two,three}'
            from charts
            cross join generate_series(1, 1000) as number;

            insert into chart_entries (chart_id, version, rank, video_id, view_count, fetched_at)
            select charts.id, version, rank, videos.id, videos.view_count + version, now() - (167 - version) * interval '30 minutes'
            from generate_series(1, 167) as version
            cross join charts
            cross join generate_series(1, 200) as rank
            join videos on videos.platform = charts.platform and videos.platform_video_id = region || charts.category || 1 + (rank * 7 + version * 5) % 1000;

            insert into downloads (id, user_id, source_video_url, title, format, status, storage_key, sha256, file_size)
            select gen_random_uuid(), users.id, 'https://example.org/' || number, 'T', 'best', 'completed', 'k', 's', 1
            from users
            cross join generate_series(1, 500) as number;
            """,
            new { regions = Regions.All.ToArray() },
            commandTimeout: 600);
        await connection.ExecuteAsync("vacuum analyze", commandTimeout: 600);
        var entries = await database.ScalarAsync<long>("select count(*) from chart_entries");
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{entries:N0} entries"));
    }

    /// <summary>A data source whose every statement comes with EXPLAIN (ANALYZE) of its run, as a notice, which Npgsql logs.</summary>
    private NpgsqlDataSource Explaining(Plans plans)
    {
        var builder = new NpgsqlDataSourceBuilder(DatabaseUrl.ToConnectionString(database.DatabaseUrl));
        builder.ConnectionStringBuilder.MaxAutoPrepare = 100;
        builder.ConnectionStringBuilder.NoResetOnClose = true;
        builder.UseLoggerFactory(LoggerFactory.Create(logging => logging.SetMinimumLevel(LogLevel.Debug).AddProvider(plans)));
        builder.UsePhysicalConnectionInitializer(_ => { }, connection => connection.ExecuteAsync(
            """
            load 'auto_explain';
            set auto_explain.log_min_duration = 0;
            set auto_explain.log_analyze = on;
            set auto_explain.log_timing = off;
            set client_min_messages = log;
            """));
        return builder.Build();
    }

    [GeneratedRegex("""duration: ([\d.]+) ms""")]
    private static partial Regex Duration();

    private static IEnumerable<ChartKey> Charts() =>
        from platform in Enum.GetValues<Platform>()
        from region in Regions.All
        from category in Categories.All
        select new ChartKey(platform, region, category);

    private static TrendingVideo Video(ChartKey key, int number, Random random) => new()
    {
        Platform = key.Platform,
        PlatformVideoId = $"{key.Region}{key.Category}{number:0000000}",
        Title = Words(random, 60),
        Description = Words(random, 1200),
        ThumbnailUrl = $"https://i.ytimg.com/vi/{key.Region}{number:000000000}/mqdefault.jpg",
        CreatorName = Words(random, 20),
        CreatorId = $"UC{random.NextInt64():x16}",
        CreatorUrl = $"https://www.youtube.com/channel/UC{random.NextInt64():x16}",
        VideoUrl = $"https://www.youtube.com/watch?v={key.Region}{number:000000000}",
        DurationSeconds = random.Next(2000),
        PublishedAt = DateTimeOffset.UtcNow.AddHours(-random.Next(200)),
        Licence = "youtube",
        Category = "Music",
        Tags = [.. Enumerable.Range(0, 12).Select(_ => Words(random, 10))],
        ViewCount = random.NextInt64(10_000_000),
        LikeCount = random.Next(1_000_000),
        CommentCount = random.Next(10_000),
    };

    private static string Words(Random random, int length) =>
        string.Concat(Enumerable.Range(0, length).Select(_ => random.Next(6) == 0 ? ' ' : (char)('a' + random.Next(26))));

    /// <summary>
    /// What a full refresh takes: the wall's time, and that of PostgreSQL's processes on a processor, which other work on the machine
    /// does not disturb. Both are medians of the rounds after the first.
    /// </summary>
    private sealed class Cost(TestDatabase database)
    {
        private readonly List<(TimeSpan Wall, TimeSpan Cpu)> _rounds = [];

        public TimeSpan Wall => Median(round => round.Wall);

        public TimeSpan Cpu => Median(round => round.Cpu);

        public async Task AddAsync(Dictionary<ChartKey, List<TrendingVideo>> charts, Func<ChartKey, List<TrendingVideo>, Task> store)
        {
            var (began, cpu) = (Stopwatch.GetTimestamp(), await ReadCpuAsync());
            foreach (var (key, videos) in charts)
                await store(key, videos);
            _rounds.Add((Stopwatch.GetElapsedTime(began), await ReadCpuAsync() - cpu));
        }

        private TimeSpan Median(Func<(TimeSpan Wall, TimeSpan Cpu), TimeSpan> value)
        {
            var sorted = _rounds.Skip(1).Select(value).Order().ToList();
            return sorted[sorted.Count / 2];
        }

        private async Task<TimeSpan> ReadCpuAsync()
        {
            var backends = await database.Db.QueryAsync<int>("select pid from pg_stat_activity where datname = current_database()", null, CancellationToken.None);
            return TimeSpan.FromMicroseconds(backends.Sum(pid => long.Parse(File.ReadAllText($"/proc/{pid}/schedstat").Split(' ')[0], CultureInfo.InvariantCulture)) / 1000.0);
        }
    }

    /// <summary>Keeps what PostgreSQL tells of the statements.</summary>
    private sealed class Plans : ILoggerProvider, ILogger
    {
        public ConcurrentQueue<string> Lines { get; } = [];

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            var line = formatter(state, exception);
            if (Duration().IsMatch(line))
                Lines.Enqueue(line);
        }

        public void Dispose()
        {
        }
    }
}
