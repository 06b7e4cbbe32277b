using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using TrendVault.Core;
using TrendVault.Core.Trending;
using TrendVault.Tests.App;
using TrendVault.Web.Sandbox.Faults;

namespace TrendVault.Tests.Trending;

/// <summary>What every source must do, over real HTTP. Each case has an instance of TrendVault of its own that remembers nothing.</summary>
public abstract class TrendingSourceContract(TrendingBench bench) : IClassFixture<TrendingBench>, IAsyncLifetime
{
    // So many that none is used up: an order with a status hits every call, one without only counts them.
    private const int Always = 10_000;

    private readonly Impatience _impatience = new();
    private protected ServiceProvider Services { get; private set; } = null!;

    protected TrendingBench Bench { get; } = bench;

    protected FakeTimeProvider Time { get; } = new(TestDay.Now);

    private protected ITrendingSource Source { get; private set; } = null!;

    protected abstract Platform Platform { get; }

    /// <summary>A category that it has a chart of its own for.</summary>
    protected abstract string Category { get; }

    /// <summary>The beginning of the paths that it calls for its items.</summary>
    protected abstract string ApiPath { get; }

    /// <summary>What makes it the platform's source, and a wrong key.</summary>
    protected abstract (string Name, string Value)[] Settings { get; }

    protected abstract (string Name, string Value) WrongKey { get; }

    /// <summary>The setting of a day's budget, and as much as one chart needs.</summary>
    protected abstract (string Name, string Value) SmallBudget { get; }

    /// <summary>How the platform says that nothing is left today.</summary>
    protected abstract (int Status, string Reason) Exhausted { get; }

    /// <summary>How it says to slow down.</summary>
    protected abstract string SlowDown { get; }

    public async ValueTask InitializeAsync()
    {
        await Bench.ForgetAsync();
        Services = BuildServices();
        Source = SourceOf(Services);
    }

    public async ValueTask DisposeAsync()
    {
        await Services.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>A whole answer of the platform with these items.</summary>
    protected abstract string BodyOf(params IEnumerable<string> items);

    /// <summary>An item with what a video cannot be shown without, and perhaps a picture.</summary>
    protected abstract string ItemOf(int number, string title, string? picture = null);

    [Fact]
    public async Task A_chart_has_each_video_once_with_all_that_a_card_needs()
    {
        var chart = await FetchAsync("US");

        Assert.InRange(chart.Videos.Count, 20, 200);
        Assert.Equal(chart.Videos.Count, chart.Videos.Select(video => video.PlatformVideoId).Distinct().Count());
        Assert.All(chart.Videos, video =>
        {
            Assert.Equal(Platform, video.Platform);
            Assert.NotEmpty(video.Title);
            Assert.NotEmpty(video.CreatorName);
            Assert.StartsWith("http", video.CreatorUrl, StringComparison.Ordinal);
            Assert.StartsWith(Bench.Sandbox.Address.AbsoluteUri, video.VideoUrl, StringComparison.Ordinal);
            Assert.True(video.PublishedAt < TestDay.Now);
        });
        Assert.Contains(chart.Videos, video => video.ViewCount > 0);
        Assert.Contains(chart.Videos, video => video.LikeCount > 0);
        Assert.Contains(chart.Videos, video => video.CommentCount > 0);
        Assert.Contains(chart.Videos, video => video.DurationSeconds > 0);
        Assert.Contains(chart.Videos, video => video.Tags.Length > 0);
        Assert.Contains(chart.Videos, video => video.Description?.Length > 0);
        Assert.NotEmpty(chart.Source);
    }

    [Fact]
    public async Task Regions_have_charts_of_their_own()
    {
        var (france, japan) = (await FetchAsync("FR"), await FetchAsync("JP"));

        Assert.NotEqual(france.Videos.Select(video => video.PlatformVideoId), japan.Videos.Select(video => video.PlatformVideoId));
    }

    [Fact]
    public async Task An_empty_chart_is_a_fault_that_is_not_asked_for_again_at_once()
    {
        Answer(BodyOf());

        var e = await FailAsync();
        Count();
        await FailAsync();
        Assert.Equal(0, Counted());

        Assert.Equal(Remedy.Retry, e.Remedy);
        Time.Advance(e.RetryAfter!.Value + TimeSpan.FromSeconds(1));
        Assert.NotEmpty((await FetchAsync("US")).Videos);
    }

    [Fact]
    public async Task Other_charts_do_not_wait_for_an_empty_one()
    {
        Answer(BodyOf());
        await FailAsync();

        Assert.NotEmpty((await FetchAsync("GB")).Videos);
    }

    [Fact]
    public async Task Retry_After_is_obeyed_by_all_charts_and_all_instances()
    {
        Order(new FaultOrder { Path = ApiPath, Status = 429, Reason = SlowDown, RetryAfter = 120 });

        var e = await FailAsync();
        await using var other = BuildServices();
        Count();
        var elsewhere = await Assert.ThrowsAsync<PlatformException>(() => FetchAsync(SourceOf(other), "FR"));
        Time.Advance(TimeSpan.FromSeconds(119));
        await FailAsync("JP");
        Assert.Equal(0, Counted());

        Assert.Equal((Remedy.Retry, TimeSpan.FromSeconds(120)), (e.Remedy, e.RetryAfter));
        Assert.Equal(e.RetryAfter, elsewhere.RetryAfter);
        Assert.Null(Source.WhyOff);
        Time.Advance(TimeSpan.FromSeconds(2));
        Assert.NotEmpty((await FetchAsync("JP")).Videos);
    }

    [Fact]
    public async Task Too_many_requests_without_a_time_are_answered_with_a_longer_pause_each_time()
    {
        Order(new FaultOrder { Path = ApiPath, Status = 429, Reason = SlowDown, Times = Always });
        await FailAsync();
        Assert.Equal(1, Counted());

        await FailAsync("GB");
        Time.Advance(TimeSpan.FromSeconds(30));
        await FailAsync("FR");
        Assert.Equal(1, Counted());

        Time.Advance(TimeSpan.FromSeconds(60));
        await FailAsync("JP");
        Assert.Equal(2, Counted());
    }

    [Theory]
    [InlineData(500)]
    [InlineData(503)]
    public async Task A_fault_of_the_platform_passes(int status)
    {
        Order(new FaultOrder { Path = ApiPath, Status = status });

        var e = await FailAsync();

        Assert.Equal(Remedy.Retry, e.Remedy);
        Assert.NotEmpty((await FetchAsync("US")).Videos);
    }

    [Fact]
    public async Task A_fault_that_names_its_time_is_waited_out()
    {
        Order(new FaultOrder { Path = ApiPath, Status = 503, RetryAfter = 40 });
        var e = await FailAsync();
        Count();
        await FailAsync();
        Assert.Equal(0, Counted());

        Assert.Equal(TimeSpan.FromSeconds(40), e.RetryAfter);
        Time.Advance(TimeSpan.FromSeconds(41));
        Assert.NotEmpty((await FetchAsync("US")).Videos);
    }

    [Fact]
    public async Task A_platform_that_fails_five_times_in_a_row_is_left_alone_for_a_moment()
    {
        Order(new FaultOrder { Path = ApiPath, Status = 500, Times = Always });
        for (var i = 0; i < 5; i++)
            await FailAsync();
        Assert.Equal(5, Counted());

        await FailAsync("GB");
        Assert.Equal(5, Counted());

        Time.Advance(TimeSpan.FromSeconds(6));
        await FailAsync();
        Assert.Equal(6, Counted());
    }

    [Fact]
    public async Task A_call_that_takes_too_long_is_a_fault_that_passes()
    {
        Order(new FaultOrder { Path = ApiPath, DelayMs = 60_000 });
        _impatience.Limit = TimeSpan.FromMilliseconds(300);

        var e = await FailAsync();

        Assert.Equal(Remedy.Retry, e.Remedy);
        Assert.Contains("in time", e.Message, StringComparison.Ordinal);
        _impatience.Limit = null;
        Bench.Sandbox.Faults.Clear();
        Assert.NotEmpty((await FetchAsync("US")).Videos);
    }

    [Theory]
    [InlineData(502)]
    [InlineData(200)]
    public async Task An_answer_of_html_is_a_fault_of_the_platform(int status)
    {
        Order(new FaultOrder { Path = ApiPath, Status = status, Body = "<html><b>Bad gateway</b></html>" });

        var e = await FailAsync();

        Assert.Equal(Remedy.Retry, e.Remedy);
        Assert.DoesNotContain("<", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("7")]
    [InlineData("{ \"items\": [ { \"id\": ")]
    public async Task An_answer_that_says_nothing_is_a_fault_of_the_platform(string body)
    {
        Answer(body);

        Assert.Equal(Remedy.Retry, (await FailAsync()).Remedy);
    }

    [Fact]
    public async Task A_connection_that_breaks_off_is_a_fault_that_passes()
    {
        Order(new FaultOrder { Path = ApiPath, CutResponseAfter = 100 });

        Assert.Equal(Remedy.Retry, (await FailAsync()).Remedy);
    }

    [Fact]
    public async Task A_caller_that_leaves_is_no_fault_of_the_platform()
    {
        using var left = new CancellationTokenSource();
        await left.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Source.FetchAsync("US", Category, [], left.Token));
        Assert.NotEmpty((await FetchAsync("US")).Videos);
    }

    [Fact]
    public async Task A_category_that_it_does_not_have_is_told_without_a_call()
    {
        Count();

        var e = await Assert.ThrowsAsync<PlatformException>(() => Source.FetchAsync("US", "Cooking", [], TestContext.Current.CancellationToken));

        Assert.Equal((Remedy.GiveUp, "category_unknown"), (e.Remedy, e.Code));
        Assert.Equal(0, Counted());
    }

    [Fact]
    public async Task When_the_platform_says_that_nothing_is_left_it_is_not_asked_until_the_budget_renews()
    {
        Order(new FaultOrder { Path = ApiPath, Status = Exhausted.Status, Reason = Exhausted.Reason });
        var e = await FailAsync();
        Count();
        await FailAsync();
        await FailAsync("GB");
        Assert.Equal(0, Counted());

        Assert.Equal(Remedy.Wait, e.Remedy);
        Assert.InRange(e.RetryAfter!.Value, TimeSpan.FromSeconds(1), TimeSpan.FromHours(25));
        Time.Advance(e.RetryAfter.Value + TimeSpan.FromSeconds(1));
        Assert.NotEmpty((await FetchAsync("US")).Videos);
    }

    [Fact]
    public async Task A_budget_that_is_used_up_is_not_overdrawn_and_renews_with_its_day()
    {
        await using var services = BuildServices(SmallBudget);
        var source = SourceOf(services);
        await FetchAsync(source, "US");
        Count();

        var e = await Assert.ThrowsAsync<PlatformException>(() => FetchAsync(source, "GB"));

        Assert.Equal((Remedy.Wait, "quota_exceeded"), (e.Remedy, e.Code));
        Assert.Equal(0, Counted());
        Time.Advance(e.RetryAfter!.Value + TimeSpan.FromSeconds(1));
        Assert.NotEmpty((await FetchAsync(source, "GB")).Videos);
    }

    [Fact]
    public async Task A_refused_key_turns_the_source_off_until_it_is_changed_or_an_hour_has_passed()
    {
        await using var wrong = BuildServices(WrongKey);
        var source = SourceOf(wrong);
        Assert.Null(source.WhyOff);
        var e = await Assert.ThrowsAsync<PlatformException>(() => FetchAsync(source, "US"));
        Assert.Equal(Remedy.Configure, e.Remedy);
        Assert.Contains(WrongKey.Name, e.Message, StringComparison.Ordinal);
        Assert.Equal(e.Message, source.WhyOff);

        Count("/");
        Time.Advance(TimeSpan.FromMinutes(59));
        await Assert.ThrowsAsync<PlatformException>(() => FetchAsync(source, "GB"));
        Assert.Equal(0, Counted());

        // With another key it is another matter.
        Assert.NotEmpty((await FetchAsync("US")).Videos);
        Time.Advance(TimeSpan.FromMinutes(2));
        Assert.Null(source.WhyOff);
        var before = Counted();
        await Assert.ThrowsAsync<PlatformException>(() => FetchAsync(source, "US"));
        Assert.Equal(1, Counted() - before);
        Assert.NotNull(source.WhyOff);
    }

    [Fact]
    public async Task Malformed_items_are_skipped_and_counted()
    {
        Answer(BodyOf(ItemOf(1, "Good"), "null", "\"what is this\"", "7", "[]", "{}", "{ \"id\": null }", ItemOf(2, "Also good")));

        var chart = await FetchAsync("US");

        Assert.Equal(["Also good", "Good"], chart.Videos.Select(video => video.Title).Order());
        Assert.Equal(6, chart.Skipped);
    }

    [Fact]
    public async Task Items_that_are_all_malformed_are_no_chart()
    {
        Answer(BodyOf("{}", "null"));

        Assert.Equal("chart_empty", (await FailAsync()).Code);
    }

    [Fact]
    public async Task Of_half_an_item_what_is_missing_stays_unknown()
    {
        Answer(BodyOf(ItemOf(1, "Half")));

        var video = Assert.Single((await FetchAsync("US")).Videos);

        Assert.Equal("Half", video.Title);
        Assert.Empty(video.Tags);
        Assert.Null(video.ViewCount);
        Assert.Null(video.LikeCount);
        Assert.Null(video.CommentCount);
        Assert.Null(video.DurationSeconds);
        Assert.Null(video.PublishedAt);
        Assert.Null(video.ThumbnailUrl);
        Assert.Null(video.Licence);
        Assert.Null(video.Category);
        Assert.Null(video.Embeddable);
        Assert.Null(video.IsVertical);
        Assert.Null(video.CreatorId);
    }

    [Fact]
    public async Task Titles_are_text_whatever_they_hold()
    {
        string[] titles =
            ["<script>alert(1)</script>", "</title><img src=x onerror=alert(1)>", "\"quotes\" & 'apostrophes' &amp; &#39;entities&#39;", "'; drop table videos; --", "日本語 🎬 مرحبا"];
        Answer(BodyOf(titles.Select((title, number) => ItemOf(number + 1, title))));

        var chart = await FetchAsync("US");

        Assert.Equal(titles.Order(StringComparer.Ordinal), chart.Videos.Select(video => video.Title).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Half_a_character_costs_itself_and_no_chart()
    {
        var bodies = BodyOf(
            ItemOf(1, "HALF").Replace("HALF", @"A film \ud83d", StringComparison.Ordinal),
            ItemOf(2, "NAMED").Replace("NAMED\"", @"Named"", ""x\udc00"": { ""\ud83d"": [] }", StringComparison.Ordinal),
            ItemOf(3, "NUL").Replace("NUL", @"N\u0000ul", StringComparison.Ordinal));
        Answer(bodies);

        var chart = await FetchAsync("US");

        Assert.Equal((0, "A film|Named|Nul"), (chart.Skipped, string.Join('|', chart.Videos.Select(video => video.Title).Order(StringComparer.Ordinal))));
    }

    [Fact]
    public async Task What_reorders_a_title_is_left_out_of_it()
    {
        Answer(BodyOf(ItemOf(1, "\u202etxet\u200b neddih")));

        Assert.Equal("txet neddih", Assert.Single((await FetchAsync("US")).Videos).Title);
    }

    [Fact]
    public async Task Pictures_come_from_the_platforms_own_hosts_or_not_at_all()
    {
        string[] pictures =
        [
            "https://evil.example/track.gif", "http://169.254.169.254/latest/meta-data", "javascript:alert(1)", "https://i.ytimg.com.evil.example/x.jpg",
            "https://user:secret@i.ytimg.com/x.jpg", "https://i.ytimg.com:8443/x.jpg", "http://i.ytimg.com/x.jpg", "//p16.tiktokcdn.com/x.jpeg", "https://tiktokcdn.com.evil.example/",
        ];
        Answer(BodyOf(pictures.Select((picture, number) => ItemOf(number + 1, "T", picture))));

        var chart = await FetchAsync("US");

        Assert.Equal(pictures.Length, chart.Videos.Count);
        Assert.All(chart.Videos, video => Assert.Null(video.ThumbnailUrl));
    }

    private protected Task<FetchedChart> FetchAsync(string region) => FetchAsync(Source, region);

    /// <summary>Moves the clock while a source pauses between two looks.</summary>
    private protected Task<FetchedChart> FetchThroughPausesAsync(string region) => FetchThroughPausesAsync(Source, region);

    private protected async Task<FetchedChart> FetchThroughPausesAsync(ITrendingSource source, string region)
    {
        var fetching = FetchAsync(source, region);
        // Not much faster than the sandbox's clock, by which the platform tells when a run began.
        while (await Task.WhenAny(fetching, Task.Delay(100, TestContext.Current.CancellationToken)) != fetching)
            Time.Advance(TimeSpan.FromMilliseconds(500));

        return await fetching;
    }

    private protected Task<PlatformException> FailAsync(string region = "US") => Assert.ThrowsAsync<PlatformException>(() => FetchAsync(region));

    private protected ServiceProvider BuildServices(params (string Name, string Value)[] settings) => Bench.BuildServices(
        Time,
        services => services.ConfigureHttpClientDefaults(clients => clients.AddHttpMessageHandler(_impatience.CreateHandler)),
        [.. Settings, .. settings]);

    private protected ITrendingSource SourceOf(IServiceProvider services) =>
        services.GetServices<ITrendingSource>().Single(source => source.Platform == Platform);

    protected void Order(FaultOrder order) => Bench.Sandbox.Faults.Order(order);

    /// <summary>The next call for items is answered with this.</summary>
    protected void Answer(string body) =>
        Order(new FaultOrder { Path = ApiPath, Status = 200, Body = body, ContentType = "application/json; charset=utf-8" });

    /// <summary>Counts calls from now on, and lets them pass.</summary>
    protected void Count(string? path = null) => Order(new FaultOrder { Path = path ?? ApiPath, Times = Always });

    /// <summary>Calls since the last order.</summary>
    protected int Counted() => Always - Bench.Sandbox.Faults.Orders[^1].Times;

    protected static string Json(object value) => JsonSerializer.Serialize(value);

    private protected Task<FetchedChart> FetchAsync(ITrendingSource source, string region) =>
        source.FetchAsync(region, Category, [], TestContext.Current.CancellationToken);
}
