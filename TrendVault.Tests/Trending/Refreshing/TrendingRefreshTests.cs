using System.Globalization;
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using TrendVault.Core;
using TrendVault.Core.Jobs;
using TrendVault.Core.Trending;
using TrendVault.Core.YouTube;
using TrendVault.Tests.App;
using TrendVault.Tests.Jobs;
using TrendVault.Web.Sandbox.Faults;

namespace TrendVault.Tests.Trending;

/// <summary>The job against the sandbox, with servers of its own for each test, since it is about all charts.</summary>
public sealed class TrendingRefreshTests(TestServers servers) : IAsyncLifetime
{
    private const int YouTubeCharts = 48;
    private const int AllCharts = 60;
    private const int UnitsForAll = 12 * ((3 * 4) + 1);

    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;
    private readonly PlatformCalls _calls = new();
    private readonly LogLines _log = new();
    private TrendingBench _bench = null!;
    private ServiceProvider _services = null!;
    private Job _slot = null!;

    public ValueTask InitializeAsync() => BeginAsync(new TrendingBench(servers));

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        await _bench.DisposeAsync();
        _log.Dispose();
    }

    [Fact]
    public async Task The_first_minute_fetches_what_is_missing_and_survives_a_bad_one()
    {
        ToHalfHour();
        _bench.Sandbox.Faults.Order(new FaultOrder { Path = "/v2/actors", Status = 500 });

        var parked = Assert.IsType<JobOutcome.Parked>(await RunAsync());

        Assert.Equal(AllCharts - 1, await CountAsync("total > 0 and failure is null"));
        Assert.Equal(1, await CountAsync("fetched_at is null and failure is not null"));
        Assert.Equal((AllCharts, AllCharts - 1, 1), await RoundAsync());

        // The next minute tries the bad one again and leaves alone what is young.
        var units = _bench.UnitsUsed;
        _bench.Time.SetUtcNow(parked.Until);
        await RunAsync();
        Assert.Equal(AllCharts, await CountAsync("total > 0 and failure is null"));
        Assert.Equal(units, _bench.UnitsUsed);
        Assert.Equal((AllCharts, AllCharts, 0), await RoundAsync());
    }

    [Fact]
    public async Task A_half_hour_is_spread_over_its_minutes_and_four_calls_are_made_at_once_at_most()
    {
        ToHalfHour();
        await RunSlotAsync();
        NextSlot();
        var (perMinute, before, fetched) = (new List<long>(), _bench.UnitsUsed, await FetchedAsync());

        await RunSlotAsync(() =>
        {
            perMinute.Add(_bench.UnitsUsed - before);
            before = _bench.UnitsUsed;
        });

        Assert.Equal(AllCharts, await CountAsync("current_version >= 2 and failure is null"));
        Assert.InRange(await FetchedAsync() - fetched, AllCharts * 0.9, AllCharts * 1.3); // some come early, so that later halves are even
        Assert.InRange(perMinute.Max(), 1, UnitsForAll / 4);
        Assert.InRange(_calls.MostAtOnce, 1, 4);
        Assert.Equal(0, await _bench.Database.ScalarAsync<long>("select count(*) from chart_refreshes where ended_at is null"));
        // Each is as young as promised when the next half hour begins.
        Assert.Equal(0, await CountAsync($"fetched_at < '{_bench.Time.GetUtcNow().AddMinutes(-30):O}'"));
    }

    [Fact]
    public async Task Two_instances_at_once_make_each_call_once()
    {
        await using var other = Build();
        var (units, searches) = (_bench.UnitsUsed, _bench.SearchesUsed);
        _bench.Sandbox.Faults.Order(new FaultOrder { Path = "/v2/actors", Times = 1000 }); // counts

        await Task.WhenAll(RunAsync(), HandlerOf(other).RunAsync(NewJob(), _ct));

        Assert.Equal(UnitsForAll, _bench.UnitsUsed - units);
        Assert.Equal(12, _bench.SearchesUsed - searches);
        Assert.Equal(12, 1000 - _bench.Sandbox.Faults.Orders[0].Times);
        Assert.Equal(AllCharts, await CountAsync("current_version = 1 and failure is null"));
    }

    [Fact]
    public async Task When_no_platform_answers_no_chart_calls_itself_new_and_the_log_says_why_once()
    {
        await RunAsync();
        var fetchedAt = await _bench.Database.ScalarAsync<DateTime>("select max(fetched_at) from charts");
        _bench.Time.Advance(TimeSpan.FromMinutes(29));
        NextSlot();
        _bench.Sandbox.Faults.Order(new FaultOrder { Path = "/", Status = 503, Times = 10_000 });

        await RunAsync();
        Assert.Equal(AllCharts, await CountAsync("failure is not null"));
        Assert.Equal(0, await CountAsync("failure like '%<%'"));
        Assert.Equal(fetchedAt, await _bench.Database.ScalarAsync<DateTime>("select max(fetched_at) from charts"));
        Assert.Equal((AllCharts, 0, AllCharts), await RoundAsync());

        _bench.Time.Advance(TimeSpan.FromMinutes(1));
        await RunAsync();
        Assert.Equal(2, _log.Lines.Count(line => line.Contains("could not be fetched", StringComparison.Ordinal)));

        // What nobody looks at comes back within the half hour.
        _bench.Sandbox.Faults.Clear();
        for (var minute = 0; minute < 30; minute++)
        {
            _bench.Time.Advance(TimeSpan.FromMinutes(1));
            await RunAsync();
        }

        Assert.Equal(0, await CountAsync("failure is not null"));
    }

    [Fact]
    public async Task Retry_After_is_waited_for_by_the_whole_refresh()
    {
        await RunAsync();
        _bench.Time.Advance(TimeSpan.FromMinutes(29));
        NextSlot();
        _bench.Sandbox.Faults.Order(new FaultOrder { Path = "/youtube/", Status = 429, Reason = "rateLimitExceeded", RetryAfter = 300 });
        await RunAsync();
        var calls = CallsTo("/youtube/");

        for (var minute = 1; minute < 5; minute++)
        {
            _bench.Time.Advance(TimeSpan.FromMinutes(1));
            await RunAsync();
        }

        Assert.Equal(calls, CallsTo("/youtube/"));
        Assert.InRange(await CountAsync("platform = 'YOUTUBE' and failure = 'YouTube asks to slow down.'"), 30, YouTubeCharts);
        Assert.Equal(1, _log.Lines.Count(line => line.Contains("could not be fetched", StringComparison.Ordinal)));
        _bench.Time.Advance(TimeSpan.FromMinutes(5));
        await RunAsync();
        Assert.True(CallsTo("/youtube/") > calls);
    }

    [Fact]
    public async Task A_bucket_that_the_platform_calls_empty_is_left_alone_until_it_renews_and_its_charts_say_so()
    {
        await RunAsync();
        _bench.Time.Advance(TimeSpan.FromMinutes(29));
        NextSlot();
        _bench.Sandbox.Faults.Order(new FaultOrder { Path = "/youtube/v3/videos", Status = 403, Reason = "quotaExceeded" });
        await RunAsync();
        var calls = CallsTo("/youtube/v3/videos");

        _bench.Time.Advance(TimeSpan.FromMinutes(10));
        await RunAsync();
        var now = await TrendingOf(_services).OpenAsync(new ChartSelection(Platform.YouTube, "JP", "Music"), _ct);

        Assert.Equal(calls, CallsTo("/youtube/v3/videos"));
        Assert.Contains("quota", now.Charts[0].StaleReason, StringComparison.Ordinal);
        Assert.Equal(_services.GetRequiredService<YouTubeQuota>().ResetsAt, now.Charts[0].NextAt);
        // TikTok goes on.
        Assert.Equal(12, await CountAsync("platform = 'TIKTOK' and current_version = 2"));

        _bench.Time.SetUtcNow(now.Charts[0].NextAt!.Value);
        await RunAsync();
        Assert.True(CallsTo("/youtube/v3/videos") > calls);
    }

    [Fact]
    public async Task A_refused_key_is_told_once_and_not_asked_with_again()
    {
        await using var wrong = Build(("YOUTUBE_API_KEY", "AIzaWrong"));
        await HandlerOf(wrong).RunAsync(_slot, _ct);
        var calls = CallsTo("/youtube/");

        _bench.Time.Advance(TimeSpan.FromMinutes(2));
        await HandlerOf(wrong).RunAsync(_slot, _ct);

        Assert.InRange(calls, 1, 4); // those that were under way together
        Assert.Equal(calls, CallsTo("/youtube/"));
        Assert.Equal(1, _log.Lines.Count(line => line.Contains("YOUTUBE_API_KEY", StringComparison.Ordinal)));
        Assert.Equal(12, await CountAsync("platform = 'TIKTOK' and total > 0"));
    }

    [Fact]
    public async Task Runs_that_do_not_last_for_all_regions_go_to_those_that_are_looked_at()
    {
        await _services.DisposeAsync();
        await _bench.DisposeAsync();
        // Early in the day: what is left late in it lasts for all.
        await BeginAsync(new TrendingBench(servers) { Time = new FakeTimeProvider(DateTimeOffset.Parse("2035-03-07T06:00:00Z", CultureInfo.InvariantCulture)), MovesPlatforms = true });
        await using var services = Build(("APIFY_RUNS_PER_DAY", "96"));
        var (hot, cold) = (new ChartSelection(Platform.TikTok, "FR", ""), new ChartSelection(Platform.TikTok, "VN", ""));
        var (handler, trending) = (HandlerOf(services), TrendingOf(services));
        await handler.RunAsync(_slot, _ct);
        for (var minute = 0; minute < 60; minute++)
        {
            _bench.Time.Advance(TimeSpan.FromMinutes(1));
            if (minute % 20 == 0)
                await trending.OpenAsync(hot, _ct);
            await handler.RunAsync(_slot, _ct);
        }

        var (france, vietnam) = ((await trending.OpenAsync(hot, _ct)).Charts[0], (await services.GetRequiredService<TrendingStore>().FindAsync(new ChartKey(Platform.TikTok, "VN", ""), _ct))!);
        Assert.Equal(3, france.Version);
        Assert.InRange(_bench.Time.GetUtcNow() - france.FetchedAt, TimeSpan.Zero, TimeSpan.FromMinutes(30));
        Assert.Equal(1, vietnam.Version);
        Assert.InRange(france.NextAt!.Value - _bench.Time.GetUtcNow(), TimeSpan.Zero, TimeSpan.FromMinutes(30));
    }

    [Fact]
    public async Task An_admin_who_does_not_want_to_wait_gets_all_that_the_budgets_afford_and_no_more()
    {
        await using var services = Build(("APIFY_RUNS_PER_DAY", "20"));
        await HandlerOf(services).RunAsync(_slot, _ct);
        _bench.Time.Advance(TimeSpan.FromMinutes(5));
        var admin = await _bench.Database.GivenUserAsync();

        Assert.IsType<JobOutcome.Completed>(await HandlerOf(services).RunAsync(NewJob(new RefreshOrder(admin).ToString()), _ct));

        Assert.Equal(YouTubeCharts, await CountAsync("platform = 'YOUTUBE' and current_version = 2"));
        Assert.Equal(6, await CountAsync("platform = 'TIKTOK' and current_version = 2")); // 20 less 12 and the reserve of 2
        Assert.Equal((54, 54, 0), await RoundAsync());
        Assert.Equal(admin, await _bench.Database.ScalarAsync<Guid>("select asked_by from chart_refreshes where asked_by is not null"));
    }

    [Fact]
    public async Task Over_the_midnight_after_the_day_of_25_hours_no_call_is_refused()
    {
        await _services.DisposeAsync();
        await _bench.DisposeAsync();
        var midnight = DateTimeOffset.Parse("2035-11-05T08:00:00Z", CultureInfo.InvariantCulture);
        await BeginAsync(new TrendingBench(servers) { Time = new FakeTimeProvider(midnight.AddHours(-3)), MovesPlatforms = true });
        await SpendAsync("other", YouTubeBucket.General, 8_500);
        await SpendAsync("search", YouTubeBucket.Search, 80);
        var oldest = TimeSpan.Zero;

        while (_bench.Time.GetUtcNow() < midnight.AddHours(1))
        {
            _bench.Time.Advance(TimeSpan.FromSeconds(62));
            if (_bench.Time.GetUtcNow().Minute % 20 == 0)
                await TrendingOf(_services).OpenAsync(new ChartSelection(Platform.YouTube, "US", ""), _ct);
            await RunAsync();
            oldest = (await AgeAsync("US", "")) is var age && age > oldest ? age : oldest;
        }

        Assert.DoesNotContain(_calls.Answers, answer => answer.Status is HttpStatusCode.Forbidden or HttpStatusCode.TooManyRequests);
        Assert.InRange(oldest, TimeSpan.FromMinutes(20), TimeSpan.FromMinutes(30));
        Assert.InRange(await AgeAsync("VN", "Music"), TimeSpan.Zero, TimeSpan.FromMinutes(45));
    }

    private async ValueTask BeginAsync(TrendingBench bench)
    {
        _bench = bench;
        await _bench.InitializeAsync();
        _services = Build();
        NextSlot();
    }

    private ServiceProvider Build(params (string Name, string Value)[] settings) => _bench.BuildServices(
        _bench.Time,
        services =>
        {
            services.ConfigureHttpClientDefaults(clients => clients.AddHttpMessageHandler(_calls.CreateHandler));
            services.AddLogging(logging => logging.AddProvider(_log));
        },
        settings);

    private static TrendingRefresh HandlerOf(IServiceProvider services) => services.GetRequiredService<TrendingRefresh>();

    private static TrendingService TrendingOf(IServiceProvider services) => services.GetRequiredService<TrendingService>();

    private Job NewJob(string args = "{}") =>
        new() { Id = Guid.CreateVersion7(), Kind = TrendingRefresh.JobKind, Attempt = 1, Args = args, CreatedAt = _bench.Time.GetUtcNow() };

    private void NextSlot() => _slot = NewJob();

    /// <summary>To the beginning of the next half hour: the last of its minutes does what is left of it.</summary>
    private void ToHalfHour()
    {
        var half = TimeSpan.FromMinutes(30);
        _bench.Time.Advance(half - TimeSpan.FromTicks(_bench.Time.GetUtcNow().Ticks % half.Ticks));
        NextSlot();
    }

    private Task<JobOutcome> RunAsync() => HandlerOf(_services).RunAsync(_slot, _ct);

    /// <summary>From now to the end of the half hour, as the queue would.</summary>
    private async Task RunSlotAsync(Action? afterMinute = null)
    {
        while (await RunAsync() is JobOutcome.Parked parked)
        {
            afterMinute?.Invoke();
            _bench.Time.SetUtcNow(parked.Until.AddSeconds(2));
        }

        _bench.Time.Advance(TimeSpan.FromMinutes(1));
    }

    /// <summary>Has a part of the day behind it, at the platform and in the ledger.</summary>
    private async Task SpendAsync(string bucket, YouTubeBucket spent, int calls)
    {
        using var desk = new HttpClient { BaseAddress = _bench.Sandbox.Address };
        using var answer = await desk.PostAsync(new Uri($"_sandbox/quota/{bucket}?used={calls}", UriKind.Relative), null, _ct);
        answer.EnsureSuccessStatusCode();
        await _services.GetRequiredService<YouTubeQuota>().SpendAsync(spent, calls);
    }

    private int CallsTo(string path) => _calls.Answers.Count(answer => answer.Path.StartsWith(path, StringComparison.Ordinal));

    private async Task<TimeSpan> AgeAsync(string region, string category) =>
        _bench.Time.GetUtcNow() - (await _bench.Store.FindAsync(new ChartKey(Platform.YouTube, region, category), _ct))!.FetchedAt!.Value;

    private async Task<(int Planned, int Refreshed, int Failed)> RoundAsync()
    {
        var round = (await _services.GetRequiredService<RefreshRounds>().ListAsync(1, _ct))[0];
        return (round.Planned, round.Refreshed, round.Failed);
    }

    private Task<long> FetchedAsync() => _bench.Database.ScalarAsync<long>("select sum(current_version)::bigint from charts");

    private async Task<int> CountAsync(string condition) =>
        (int)await _bench.Database.ScalarAsync<long>($"select count(*) from charts where {condition}");
}
