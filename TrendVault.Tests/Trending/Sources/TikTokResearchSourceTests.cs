using Microsoft.Extensions.DependencyInjection;
using TrendVault.Core;
using TrendVault.Core.Trending;
using TrendVault.Web.Pages.Shared;
using TrendVault.Web.Sandbox.Faults;

namespace TrendVault.Tests.Trending;

public sealed class TikTokResearchSourceTests(TrendingBench bench) : TrendingSourceContract(bench)
{
    private const string Token = "/v2/oauth/token/";

    protected override Platform Platform => Platform.TikTok;

    protected override string Category => "";

    protected override string ApiPath => "/v2/research/";

    protected override (string Name, string Value)[] Settings => [("TIKTOK_SOURCE", "research")];

    protected override (string Name, string Value) WrongKey => ("TIKTOK_RESEARCH_CLIENT_SECRET", "wrong");

    protected override (string Name, string Value) SmallBudget => ("TIKTOK_RESEARCH_REQUESTS_PER_DAY", "3");

    protected override (int Status, string Reason) Exhausted => (429, "daily_quota_limit_exceeded");

    protected override string SlowDown => "rate_limit_exceeded";

    protected override string BodyOf(params IEnumerable<string> items) =>
        $$"""
        { "data": { "videos": [{{string.Join(',', items)}}], "cursor": 100, "search_id": "7213456789012345679", "has_more": false },
          "error": { "code": "ok", "message": "", "log_id": "20261120" } }
        """;

    protected override string ItemOf(int number, string title, string? picture = null) =>
        Json(new { id = 7_213_456_789_012_345_600 + number, video_description = title, username = "ada", cover_url = picture });

    [Fact]
    public async Task A_search_is_followed_over_its_pages_and_ranked_by_views_per_hour()
    {
        Count();

        var chart = await FetchAsync("US");

        Assert.Equal(3, Counted());
        Assert.Equal(200, chart.Videos.Count);
        Assert.All(chart.Videos, video => Assert.Equal($"{video.CreatorUrl}/video/{video.PlatformVideoId}", video.VideoUrl));
        var pace = chart.Videos.Select(video => video.ViewCount / Math.Max(1, (Time.GetUtcNow() - video.PublishedAt!.Value).TotalHours) ?? 0).ToList();
        Assert.Equal(pace.OrderDescending(), pace);
        Assert.Contains("Research", chart.Source, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_is_asked_for_once_and_used_until_shortly_before_it_ends()
    {
        Count(Token);
        await Task.WhenAll(FetchAsync("US"), FetchAsync("GB"), FetchAsync("FR"));
        Assert.Equal(1, Counted());

        Time.Advance(TimeSpan.FromMinutes(109));
        await FetchAsync("JP");
        Assert.Equal(1, Counted());

        Time.Advance(TimeSpan.FromMinutes(2));
        await FetchAsync("KR");
        Assert.Equal(2, Counted());
    }

    [Fact]
    public async Task A_token_that_ended_early_is_replaced_within_the_call()
    {
        await FetchAsync("US");
        Order(new FaultOrder { Path = ApiPath, Status = 401, Reason = "access_token_invalid" });
        Count(Token);

        Assert.NotEmpty((await FetchAsync("GB")).Videos);

        Assert.Equal(1, Counted());
    }

    [Fact]
    public async Task A_fresh_token_that_is_refused_too_turns_the_source_off()
    {
        Order(new FaultOrder { Path = ApiPath, Status = 401, Reason = "access_token_invalid", Times = 2 });

        var e = await FailAsync();

        Assert.Equal(Remedy.Configure, e.Remedy);
        Assert.Equal(e.Message, Source.WhyOff);
    }

    [Theory]
    [InlineData(401, "invalid_client", Remedy.Configure)]
    [InlineData(200, "invalid_client", Remedy.Configure)]
    [InlineData(400, "unauthorized_client", Remedy.Configure)]
    [InlineData(400, "invalid_scope", Remedy.Configure)]
    [InlineData(500, "server_error", Remedy.Retry)]
    [InlineData(200, "temporarily_unavailable", Remedy.Retry)]
    [InlineData(429, "rate_limit_exceeded", Remedy.Retry)]
    public async Task A_refused_token_is_known_by_its_error_whatever_the_status(int status, string error, Remedy remedy)
    {
        Order(new FaultOrder { Path = Token, Status = status, Reason = error });

        Assert.Equal(remedy, (await FailAsync()).Remedy);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("{ \"access_token\": \"\", \"expires_in\": 7200 }")]
    [InlineData("<html>")]
    public async Task A_token_answer_without_a_token_is_a_fault_that_passes(string body)
    {
        Order(new FaultOrder { Path = Token, Status = 200, Body = body, ContentType = "application/json" });

        Assert.Equal(Remedy.Retry, (await FailAsync()).Remedy);
        Assert.NotEmpty((await FetchAsync("US")).Videos);
    }

    [Theory]
    [InlineData(401, "scope_not_authorized")]
    [InlineData(400, "scope_permission_missed")]
    [InlineData(403, "forbidden")]
    public async Task A_client_without_the_scope_is_told_which_one_and_left_alone_for_an_hour(int status, string code)
    {
        Order(new FaultOrder { Path = ApiPath, Status = status, Reason = code });

        var e = await FailAsync();

        Assert.Equal((Remedy.Configure, TimeSpan.FromHours(1)), (e.Remedy, e.RetryAfter));
        Assert.Contains("research.data.basic", e.Message, StringComparison.Ordinal);
        Assert.Equal(e.Message, Source.WhyOff);
    }

    [Fact]
    public async Task Too_many_requests_wait_a_minute()
    {
        Order(new FaultOrder { Path = ApiPath, Status = 429, Reason = "rate_limit_exceeded" });

        Assert.Equal(TimeSpan.FromMinutes(1), (await FailAsync()).RetryAfter);
    }

    [Theory]
    [InlineData("internal_error", Remedy.Retry)]
    [InlineData("rate_limit_exceeded", Remedy.Retry)]
    [InlineData("quota_limit_exceeded", Remedy.Wait)]
    [InlineData("invalid_params", Remedy.GiveUp)]
    [InlineData("invalid_param", Remedy.GiveUp)]
    public async Task A_status_of_200_alone_is_no_success(string code, Remedy remedy)
    {
        Order(new FaultOrder { Path = ApiPath, Status = 200, Reason = code });

        Assert.Equal(remedy, (await FailAsync()).Remedy);
    }

    [Theory]
    [InlineData(400, "invalid_params")]
    [InlineData(500, "internal_error")]
    public async Task A_page_whose_search_id_is_not_known_yet_is_asked_for_again(int status, string code)
    {
        Order(new FaultOrder { Path = ApiPath, Skip = 1, Status = status, Reason = code, Times = 2 });

        Assert.Equal(200, (await FetchThroughPausesAsync("US")).Videos.Count);
    }

    [Fact]
    public async Task A_page_that_never_comes_leaves_the_chart_that_is_there()
    {
        Order(new FaultOrder { Path = ApiPath, Skip = 1, Status = 400, Reason = "invalid_params", Times = 3 });

        Assert.InRange((await FetchThroughPausesAsync("US")).Videos.Count, 50, 100);
    }

    [Fact]
    public async Task Requests_that_run_out_between_two_pages_leave_the_chart_that_is_there()
    {
        await using var services = BuildServices(("TIKTOK_RESEARCH_REQUESTS_PER_DAY", "1"));

        Assert.InRange((await FetchAsync(SourceOf(services), "US")).Videos.Count, 50, 100);
    }

    [Fact]
    public async Task Odd_and_missing_fields_are_read_as_the_api_writes_them()
    {
        Answer(BodyOf(
            """
            { "id": 7213456789012345678, "video_description": "Stage 4 #rally", "create_time": 1794830400, "region_code": "US", "username": "ada.drives",
              "view_count": 4771881234, "like_count": 1245, "comment_count": 87, "share_count": 312, "hashtag_names": ["rally", "", 7, null, "dakar"], "video_duration": 27 }
            """,
            """{ "id": "7213456789012345679", "username": "as.text", "view_count": "12", "create_time": "1794830400", "video_duration": 0, "voice_to_text": "hello" }""",
            """{ "id": 7213456789012345680, "username": "nothing.else", "video_description": "", "hashtag_names": null, "view_count": -1, "create_time": 99999999999999 }""",
            """{ "id": 7.2e18, "username": "no.id" }""",
            """{ "id": 7213456789012345681, "video_description": "nobody's" }""",
            """{ "id": "../../etc", "username": "hostile" }"""));

        var chart = await FetchAsync("US");
        var videos = chart.Videos.ToDictionary(video => video.PlatformVideoId);

        var whole = videos["7213456789012345678"];
        Assert.Equal(("Stage 4 #rally", "ada.drives", 27), (whole.Title, whole.CreatorName, whole.DurationSeconds));
        Assert.Equal((4_771_881_234, 1245, 87), (whole.ViewCount, whole.LikeCount, whole.CommentCount));
        Assert.Equal(new DateTimeOffset(2026, 11, 16, 12, 0, 0, TimeSpan.Zero), whole.PublishedAt);
        Assert.Equal(["rally", "dakar"], whole.Tags);
        Assert.EndsWith("/@ada.drives/video/7213456789012345678", whole.VideoUrl, StringComparison.Ordinal);
        var text = videos["7213456789012345679"];
        Assert.Equal((12, whole.PublishedAt, null), (text.ViewCount, text.PublishedAt, text.DurationSeconds));
        var bare = videos["7213456789012345680"];
        Assert.Equal(("Video by @nothing.else", null, null, null), (bare.Title, bare.Description, bare.ViewCount, bare.PublishedAt));
        Assert.Equal((3, 3), (chart.Videos.Count, chart.Skipped));
    }

    [Fact]
    public async Task Without_credentials_it_says_which_settings_turn_it_on()
    {
        await using var services = BuildServices(("TIKTOK_RESEARCH_CLIENT_KEY", ""), ("TIKTOK_RESEARCH_CLIENT_SECRET", ""));

        Assert.Equal("TikTok is off: set TIKTOK_RESEARCH_CLIENT_KEY and TIKTOK_RESEARCH_CLIENT_SECRET.", SourceOf(services).WhyOff);
    }

    [Fact]
    public async Task Its_charts_are_shown_as_any_others()
    {
        await using var services = BuildServices();

        var (page, _) = await services.GetRequiredService<TrendingService>().ReadPageAsync(new ChartKey(Platform.TikTok, "US", ""), 1, TestContext.Current.CancellationToken);

        Assert.Equal(50, page.Videos.Count);
        Assert.Contains("Research", page.Chart.Source, StringComparison.Ordinal);
    }
}
