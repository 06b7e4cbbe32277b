using Microsoft.Extensions.DependencyInjection;
using StackExchange.Redis;
using TrendVault.Core;
using TrendVault.Core.Trending;
using TrendVault.Core.YouTube;
using TrendVault.Web.Pages.Shared;
using TrendVault.Web.Sandbox.Faults;

namespace TrendVault.Tests.Trending;

public sealed class TrendingServiceTests(TrendingBench bench) : IClassFixture<TrendingBench>
{
    private const string Videos = "/youtube/v3/videos";

    private static readonly ChartFilter NoFilter = new(null, false, ChartOrder.Rank);

    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;

    [Fact]
    public async Task However_many_ask_for_a_cold_chart_it_is_fetched_once()
    {
        var chart = new ChartKey(Platform.YouTube, "GB", "Gaming");
        await using var other = bench.BuildServices();
        var (before, elsewhere) = (bench.UnitsUsed, other.GetRequiredService<TrendingService>());

        var pages = await Task.WhenAll(Enumerable.Range(0, 40)
            .Select(i => (i % 2 == 0 ? bench.Trending : elsewhere).ReadPageAsync(chart, 1, _ct)));

        Assert.Equal(4, bench.UnitsUsed - before); // the four pages of one chart
        Assert.All(pages, page => Assert.Equal(50, page.Page.Videos.Count));
        Assert.Single(pages.Select(page => page.Page.Chart.Version).Distinct());
    }

    [Fact]
    public async Task A_page_that_is_there_costs_the_platform_nothing()
    {
        var chart = new ChartKey(Platform.YouTube, "KR", "Gaming");
        var (_, cachedAtFirst) = await bench.Trending.ReadPageAsync(chart, 1, _ct);
        var before = bench.UnitsUsed;

        var (page, cached) = await bench.Trending.ReadPageAsync(chart, 3, _ct);

        Assert.False(cachedAtFirst);
        Assert.True(cached);
        Assert.Equal(before, bench.UnitsUsed);
        Assert.Equal(Enumerable.Range(101, 50), page.Videos.Select(video => video.Rank));
        Assert.Equal(page.Chart.FetchedAt + TimeSpan.FromMinutes(30), page.ExpiresAt);
    }

    [Fact]
    public async Task Keys_and_lifetimes_are_the_originals()
    {
        await bench.Trending.ReadPageAsync(new ChartKey(Platform.YouTube, "FR", "Music"), 1, _ct);
        await bench.Trending.ReadPageAsync(new ChartKey(Platform.TikTok, "FR", ""), 1, _ct);
        await using var redis = await ConnectAsync();

        Assert.InRange((await redis.GetDatabase().KeyTimeToLiveAsync("trending:youtube:FR:Music:1"))!.Value, TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(30));
        Assert.InRange((await redis.GetDatabase().KeyTimeToLiveAsync("trending:tiktok:FR:1"))!.Value, TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(15));
        // Redis counts from its own now to the end of the bench's day.
        var renews = DateTimeOffset.UtcNow + (await redis.GetDatabase().KeyTimeToLiveAsync("trending:youtube:quota:daily"))!.Value;
        Assert.InRange(renews - bench.Time.GetUtcNow(), TimeSpan.FromSeconds(1), TimeSpan.FromHours(25));
    }

    [Fact]
    public async Task A_platform_that_fails_gives_the_last_chart_with_its_age()
    {
        var chart = new ChartKey(Platform.YouTube, "JP", "Music");
        var (fresh, _) = await bench.Trending.ReadPageAsync(chart, 1, _ct);
        bench.Time.Advance(TimeSpan.FromMinutes(31));
        bench.Sandbox.Faults.Order(new FaultOrder { Path = Videos, Status = 503, Times = 1 });

        var (stale, _) = await bench.Trending.ReadPageAsync(chart, 1, _ct);

        Assert.Equal(fresh.Chart.FetchedAt, stale.Chart.FetchedAt);
        Assert.NotNull(stale.Chart.StaleReason);
        Assert.Equal(fresh.Videos.Select(video => video.Id), stale.Videos.Select(video => video.Id));

        // It is left alone for a moment, and then it is well again.
        bench.Time.Advance(TimeSpan.FromSeconds(20));
        var (again, _) = await bench.Trending.ReadPageAsync(chart, 1, _ct);
        Assert.Null(again.Chart.StaleReason);
        Assert.Equal(fresh.Chart.Version + 1, again.Chart.Version);
    }

    [Fact]
    public async Task A_refused_key_leaves_the_last_chart_with_the_sentence_that_mends_it()
    {
        var chart = new ChartKey(Platform.YouTube, "VN", "Music");
        await bench.Trending.ReadPageAsync(chart, 1, _ct);
        bench.Time.Advance(TimeSpan.FromMinutes(31));
        await using var services = bench.BuildServices(("YOUTUBE_API_KEY", "AIzaWrong"));
        var trending = services.GetRequiredService<TrendingService>();

        var (old, _) = await trending.ReadPageAsync(chart, 1, _ct);
        var never = await Assert.ThrowsAsync<PlatformException>(() => trending.ReadPageAsync(chart with { Category = "Movies" }, 1, _ct));

        Assert.Equal(50, old.Videos.Count);
        Assert.Equal("YouTube refuses the API key. Check YOUTUBE_API_KEY.", old.Chart.StaleReason);
        Assert.Equal((Remedy.GiveUp, old.Chart.StaleReason), (never.Remedy, never.Message));
    }

    [Fact]
    public async Task Only_a_chart_that_was_never_seen_is_an_error()
    {
        bench.Sandbox.Faults.Order(new FaultOrder { Path = "/v2/actors", Status = 500 });

        var e = await Assert.ThrowsAsync<PlatformException>(() => bench.Trending.ReadPageAsync(new ChartKey(Platform.TikTok, "AU", ""), 1, _ct));
        Assert.Equal(Remedy.Retry, e.Remedy);

        var all = await bench.Trending.OpenAsync(new ChartSelection(null, "AU", ""), _ct);
        Assert.Equal([Platform.YouTube], all.Charts.Select(one => one.Platform));
        Assert.Equal([Platform.TikTok], all.Missing.Select(one => one.Platform));
    }

    [Fact]
    public async Task The_general_chart_interleaves_the_three_and_a_search()
    {
        var now = await bench.Trending.ReadAsync(await bench.Trending.OpenAsync(new ChartSelection(Platform.YouTube, "CA", ""), _ct), 0, 50, _ct);
        var music = await bench.Trending.ReadPageAsync(new ChartKey(Platform.YouTube, "CA", "Music"), 1, _ct);
        var gaming = await bench.Trending.ReadPageAsync(new ChartKey(Platform.YouTube, "CA", "Gaming"), 1, _ct);

        Assert.Equal(200, now.Total);
        Assert.Equal(music.Page.Videos[0].Id, now.Videos[0].Id);
        Assert.Equal(gaming.Page.Videos[0].Id, now.Videos[1].Id);
        Assert.Contains("search", now.From.Charts[0].Source, StringComparison.Ordinal);
        Assert.Equal(Enumerable.Range(1, 50), now.Videos.Select(video => video.Rank));
    }

    [Fact]
    public async Task All_platforms_interleave_by_rank()
    {
        var slice = await bench.Trending.ReadAsync(await bench.Trending.OpenAsync(new ChartSelection(null, "BR", ""), _ct), 45, 30, _ct);

        Assert.Equal(30, slice.Videos.Count);
        Assert.Equal([.. slice.Videos.Select(video => video.Rank).Order()], slice.Videos.Select(video => video.Rank));
        Assert.Equal(2, slice.Videos.Select(video => video.Platform).Distinct().Count());
        Assert.Equal(slice.From.Charts.Sum(chart => chart.Total), slice.Total);
    }

    [Fact]
    public async Task A_reader_who_scrolls_through_a_refresh_sees_each_video_once_and_misses_none()
    {
        var key = new ChartKey(Platform.YouTube, "US", "Gaming");
        var began = (await bench.Trending.ReadPageAsync(key, 1, _ct)).Page.Chart;
        var whole = await ListAsync(began, 0, 200);
        var first = await ListAsync(began, 0, 24);

        // The next version is the same chart upside down, with one newcomer.
        var turned = whole.Reverse().Select(AsFetched).Prepend(AsFetched(whole[0]) with { PlatformVideoId = "newcomer001", Title = "Newcomer" }).Take(200);
        var next = await bench.Rows.SaveAsync(key, new FetchedChart([.. turned], "test", 0), bench.Time.GetUtcNow(), _ct);
        var seen = first.ToList();
        for (var offset = 24; offset < 200; offset += 24)
            seen.AddRange(await ListAsync(began, offset, 24));

        Assert.Equal(whole.Select(video => video.Id), seen.Select(video => video.Id));
        Assert.Equal(1, await bench.Store.CountNewAsync(next, began.Version, new ChartFilter(null, false, ChartOrder.Rank), _ct));
    }

    [Fact]
    public async Task Ranks_tell_how_they_changed_since_the_version_before()
    {
        var key = new ChartKey(Platform.TikTok, "DE", "");
        var (a, b, c) = (Given("1"), Given("2"), Given("3"));
        await SaveAsync(key, a, b);
        var chart = await SaveAsync(key, b, c, a);

        var videos = await bench.Store.ListPageAsync(chart.Id, chart.Version, 1, _ct);

        Assert.Equal([1, null, -2], videos.Select(video => video.RankChange));
        Assert.Equal([false, true, false], videos.Select(video => video.IsNew));
    }

    [Fact]
    public async Task In_the_first_version_nothing_is_new()
    {
        var chart = await SaveAsync(new ChartKey(Platform.TikTok, "VN", ""), Given("101"));

        Assert.False((await bench.Store.ListPageAsync(chart.Id, chart.Version, 1, _ct))[0].IsNew);
    }

    [Fact]
    public async Task A_refresh_keeps_what_the_platform_leaves_out_this_time()
    {
        var key = new ChartKey(Platform.TikTok, "KR", "");
        await SaveAsync(key, Given("201") with
        {
            DurationSeconds = 42,
            ThumbnailUrl = "https://p16.tiktokcdn.com/x.jpeg",
            Tags = ["a", "b"],
            CreatorId = "68178",
            Category = "Sports",
            Embeddable = false,
            IsVertical = true,
        });
        await SaveAsync(key, Given("201") with { ViewCount = 5_000_000_000, Tags = ["b c", "d"] });

        var video = await bench.Store.FindVideoAsync(Platform.TikTok, "201", null, _ct);

        Assert.Equal(42, video!.DurationSeconds);
        Assert.Equal("https://p16.tiktokcdn.com/x.jpeg", video.ThumbnailUrl);
        Assert.Equal(("68178", "Sports", false, true), (video.CreatorId, video.Category, video.Embeddable, video.IsVertical));
        Assert.Equal(5_000_000_000, video.ViewCount);
        Assert.Equal(["b c", "d"], video.Tags);
    }

    [Fact]
    public async Task Two_charts_that_share_videos_are_stored_at_once_without_a_deadlock()
    {
        var videos = Enumerable.Range(0, 200).Select(i => Given($"9{i:000}")).ToList();

        await Task.WhenAll(Enumerable.Range(0, 24).Select(i => Task.Run(() =>
            bench.Rows.SaveAsync(
                new ChartKey(Platform.TikTok, $"T{i % 12}", ""),
                new FetchedChart([.. i % 2 == 0 ? videos : videos.AsEnumerable().Reverse()], "test", 0),
                bench.Time.GetUtcNow(),
                _ct))));

        Assert.Equal(200, await bench.Database.ScalarAsync<long>("select count(*) from videos where platform_video_id like '9___'"));
    }

    [Fact]
    public async Task Search_looks_at_titles_and_creators_and_takes_wildcards_as_they_are()
    {
        var chart = await SaveAsync(
            new ChartKey(Platform.TikTok, "MX", ""),
            Given("301") with { Title = "100% RALLY_day" }, Given("302") with { CreatorName = "Rally Desk" }, Given("303") with { Title = "100 rallies", Licence = "creativeCommon" });

        Assert.Equal(["301", "302"], await FindAsync(chart, new ChartFilter("rally", false, ChartOrder.Rank)));
        Assert.Equal(["301"], await FindAsync(chart, new ChartFilter("0%", false, ChartOrder.Rank)));
        Assert.Equal(["301"], await FindAsync(chart, new ChartFilter("y_d", false, ChartOrder.Rank)));
        Assert.Equal(["303"], await FindAsync(chart, new ChartFilter(null, true, ChartOrder.Rank)));
        Assert.Empty(await FindAsync(chart, new ChartFilter(@"\", false, ChartOrder.Rank)));
    }

    [Fact]
    public async Task Videos_are_ordered_by_views_and_by_age_with_the_unknown_last()
    {
        var now = bench.Time.GetUtcNow();
        var chart = await SaveAsync(
            new ChartKey(Platform.TikTok, "GB", ""),
            Given("401") with { ViewCount = null, PublishedAt = now },
            Given("402") with { ViewCount = 5, PublishedAt = null },
            Given("403") with { ViewCount = 9, PublishedAt = now.AddHours(-1) });

        Assert.Equal(["403", "402", "401"], await FindAsync(chart, new ChartFilter(null, false, ChartOrder.Views)));
        Assert.Equal(["401", "403", "402"], await FindAsync(chart, new ChartFilter(null, false, ChartOrder.Newest)));
    }

    [Fact]
    public async Task What_rose_most_since_the_last_refresh_stands_first_and_what_is_new_came_from_below_the_end()
    {
        var key = new ChartKey(Platform.TikTok, "JP", "");
        var first = await SaveAsync(key, Given("411"), Given("412"), Given("413"), Given("414"));
        Assert.Equal(["411", "412", "413", "414"], await FindAsync(first, new ChartFilter(null, false, ChartOrder.Rising)));

        var second = await SaveAsync(key, Given("414"), Given("411"), Given("415"), Given("413"));

        // Won 3, won 2 (from a fifth place), lost 1, lost 1.
        Assert.Equal(["414", "415", "411", "413"], await FindAsync(second, new ChartFilter(null, false, ChartOrder.Rising)));
    }

    [Fact]
    public async Task What_was_published_of_a_readers_download_is_marked_too()
    {
        var user = await bench.Database.GivenUserAsync();
        var chart = await SaveAsync(new ChartKey(Platform.TikTok, "IN", ""), Given("521"), Given("522"));
        await GivenDownloadAsync(user, "completed", "https://elsewhere.example/", "TIKTOK", "521");
        await GivenDownloadAsync(user, "completed", Given("522").VideoUrl, null, null);
        await bench.Database.ScalarAsync<int>(
            """
            with upload as (
                insert into upload_jobs (id, user_id, download_id, platform, channel_name, title, privacy, rights_statement, status, finished_at)
                select gen_random_uuid(), user_id, id, 'YOUTUBE', 'Channel', 'Title', 'public', 'mine', 'completed', now()
                from downloads
                where user_id = @user and platform_video_id = '521'
                returning id, user_id
            )
            insert into published_videos (id, user_id, upload_job_id, platform, platform_video_id, title, url, privacy)
            select gen_random_uuid(), user_id, id, 'YOUTUBE', 'abc', 'Title', 'https://www.youtube.com/watch?v=abc', 'public'
            from upload
            """,
            new { user });

        Assert.Equal([true, false], (await bench.Store.MarkOwnAsync(await bench.Store.ListAsync([chart], NoFilter, 0, 10, _ct), user, _ct)).Select(video => video.IsPublished));
        Assert.True((await bench.Store.FindVideoAsync(Platform.TikTok, "521", user, _ct))!.IsPublished);
        Assert.False((await bench.Store.FindVideoAsync(Platform.TikTok, "522", user, _ct))!.IsPublished);
    }

    [Fact]
    public async Task What_a_reader_has_is_marked_for_that_reader_only()
    {
        var user = await bench.Database.GivenUserAsync();
        var stranger = await bench.Database.GivenUserAsync();
        var chart = await SaveAsync(new ChartKey(Platform.TikTok, "IN", ""), Given("501"), Given("502"), Given("503"));
        await GivenDownloadAsync(user, "completed", "https://elsewhere.example/", "TIKTOK", "501");
        await GivenDownloadAsync(user, "completed", Given("502").VideoUrl, null, null);
        await GivenDownloadAsync(user, "failed", Given("503").VideoUrl, "TIKTOK", "503");

        Assert.Equal([true, true, false], (await bench.Store.MarkOwnAsync(await bench.Store.ListAsync([chart], NoFilter, 0, 10, _ct), user, _ct)).Select(video => video.InLibrary));
        Assert.All(await bench.Store.MarkOwnAsync(await bench.Store.ListAsync([chart], NoFilter, 0, 10, _ct), stranger, _ct), video => Assert.False(video.InLibrary));
        Assert.All(await bench.Store.ListAsync([chart], NoFilter, 0, 10, _ct), video => Assert.False(video.InLibrary));
        Assert.True((await bench.Store.FindVideoAsync(Platform.TikTok, "502", user, _ct))!.InLibrary);
    }

    [Fact]
    public async Task A_quota_counts_before_the_call_and_never_passes_its_limit()
    {
        await using var services = bench.BuildServices(("YOUTUBE_QUOTA_UPLOADS", "10"));
        var quota = services.GetRequiredService<YouTubeQuota>();

        var granted = await Task.WhenAll(Enumerable.Range(0, 30).Select(_ => quota.TrySpendAsync(YouTubeBucket.Upload)));

        Assert.InRange(granted.Count(yes => yes), 1, 10);
        Assert.True((await quota.ReadAsync()).Single(budget => budget.Bucket == YouTubeBucket.Upload).Used <= 10);
        var e = await Assert.ThrowsAsync<PlatformException>(async () =>
        {
            for (var i = 0; i < 11; i++)
                await quota.SpendAsync(YouTubeBucket.Upload);
        });
        Assert.Equal(Remedy.Wait, e.Remedy);
        Assert.InRange(e.RetryAfter!.Value, TimeSpan.Zero, TimeSpan.FromHours(25));
    }

    private Task<IReadOnlyList<ChartVideo>> ListAsync(Chart chart, int offset, int limit) => bench.Store.ListAsync([chart], NoFilter, offset, limit, _ct);

    private async Task<IEnumerable<string>> FindAsync(Chart chart, ChartFilter filter) =>
        (await bench.Store.ListAsync([chart], filter, 0, 10, _ct)).Select(video => video.PlatformVideoId);

    private Task<Chart> SaveAsync(ChartKey key, params TrendingVideo[] videos) =>
        bench.Rows.SaveAsync(key, new FetchedChart(videos, "test", 0), bench.Time.GetUtcNow(), _ct);

    private Task<int> GivenDownloadAsync(Guid userId, string status, string url, string? platform, string? videoId) => bench.Database.ScalarAsync<int>(
        """
        insert into downloads (id, user_id, source_video_url, platform, platform_video_id, title, format, status, storage_key, sha256, file_size)
        values (@id, @userId, @url, @platform, @videoId, 'T', 'best', @status, 'k', 's', 1)
        """,
        new { id = Guid.CreateVersion7(), userId, url, platform, videoId, status });

    private async Task<ConnectionMultiplexer> ConnectAsync() =>
        await ConnectionMultiplexer.ConnectAsync(Core.Data.RedisUrl.Parse(bench.Database.Redis.Url));

    private static TrendingVideo Given(string id) => new()
    {
        Platform = Platform.TikTok,
        PlatformVideoId = id,
        Title = $"Video {id}",
        CreatorName = "Creator",
        VideoUrl = $"https://www.tiktok.com/@c/video/{id}",
        ViewCount = 10,
    };

    private static TrendingVideo AsFetched(ChartVideo video) => new()
    {
        Platform = video.Platform,
        PlatformVideoId = video.PlatformVideoId,
        Title = video.Title,
        CreatorName = video.CreatorName,
        VideoUrl = video.VideoUrl,
        ViewCount = video.ViewCount,
        PublishedAt = video.PublishedAt,
    };
}
