using Microsoft.Extensions.DependencyInjection;
using TrendVault.Core;
using TrendVault.Core.Trending;
using TrendVault.Web.Sandbox.Faults;

namespace TrendVault.Tests.Trending;

public sealed class ApifyTikTokSourceTests(TrendingBench bench) : TrendingSourceContract(bench)
{
    private const string Runs = "/v2/actors/clockworks~tiktok-scraper/runs";
    private const string Sync = "/v2/actors/clockworks~tiktok-scraper/run-sync";

    protected override Platform Platform => Platform.TikTok;

    protected override string Category => "";

    protected override string ApiPath => "/v2/actor";

    protected override (string Name, string Value)[] Settings => [];

    protected override (string Name, string Value) WrongKey => ("APIFY_API_KEY", "apify_api_wrong");

    protected override (string Name, string Value) SmallBudget => ("APIFY_RUNS_PER_DAY", "1");

    protected override (int Status, string Reason) Exhausted => (402, "not-enough-usage-to-run-paid-actor");

    protected override string SlowDown => "rate-limit-exceeded";

    protected override string BodyOf(params IEnumerable<string> items) => $"[{string.Join(',', items)}]";

    protected override string ItemOf(int number, string title, string? picture = null) =>
        Json(new { id = $"76121420883644940{number:00}", text = title, authorMeta = new { name = "ada.drives" }, videoMeta = new { coverUrl = picture } });

    [Fact]
    public async Task Error_rows_and_slideshows_are_skipped_and_counted()
    {
        var chart = await FetchAsync("BR");

        Assert.True(chart.Skipped > 0);
        Assert.All(chart.Videos, video => Assert.Contains("/video/", video.VideoUrl, StringComparison.Ordinal));
        Assert.All(chart.Videos, video => Assert.True(video.IsVertical));
        Assert.All(chart.Videos, video => Assert.NotNull(video.CreatorId));
        Assert.All(chart.Videos, video => Assert.StartsWith(Bench.Sandbox.Address.AbsoluteUri, video.ThumbnailUrl, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_run_that_outlasts_the_answer_is_gone_on_with_and_not_paid_for_twice()
    {
        // Apify stops waiting before the run has begun in earnest.
        Bench.Sandbox.Faults.Switches = new SandboxSwitches { ApifySyncSeconds = 0 };
        var before = await RunsUsedAsync();

        Assert.NotEmpty((await FetchThroughPausesAsync("IN")).Videos);

        Assert.Equal(1, await RunsUsedAsync() - before);
    }

    [Fact]
    public async Task Runs_that_outlast_the_answer_are_polled_from_then_on()
    {
        Bench.Sandbox.Faults.Switches = new SandboxSwitches { ApifySyncSeconds = 0 };
        await FetchThroughPausesAsync("IN");
        Count(Sync);

        Assert.NotEmpty((await FetchThroughPausesAsync("JP")).Videos);

        Assert.Equal(0, Counted());
    }

    [Fact]
    public async Task A_run_whose_answer_is_lost_is_looked_for_before_another_is_paid()
    {
        Order(new FaultOrder { Path = Sync, LoseAnswer = true });
        var before = await RunsUsedAsync();
        Assert.Equal(Remedy.Retry, (await FailAsync("MX")).Remedy);

        Count(Sync);
        Assert.NotEmpty((await FetchThroughPausesAsync("MX")).Videos);

        Assert.Equal(0, Counted());
        Assert.Equal(1, await RunsUsedAsync() - before);
    }

    [Fact]
    public async Task A_run_is_taken_up_by_another_instance_where_the_first_one_left_it()
    {
        await PollFromNowOnAsync();
        Order(new FaultOrder { Path = "/v2/actor-runs/", Status = 502 });
        await FailAsync("KR");

        await using var services = BuildServices();
        Count(Runs);

        Assert.NotEmpty((await FetchThroughPausesAsync(SourceOf(services), "KR")).Videos);
        Assert.Equal(0, Counted());
    }

    [Fact]
    public async Task A_dataset_is_read_page_by_page()
    {
        await PollFromNowOnAsync();
        // The last of two pages, of 150 items.
        Order(new FaultOrder { Path = "/v2/datasets/", Skip = 1, Status = 200, Body = BodyOf(ItemOf(1, "From the last page")), ContentType = "application/json" });

        var chart = await FetchThroughPausesAsync("VN");

        Assert.True(chart.Videos.Count + chart.Skipped > 60);
        Assert.Contains(chart.Videos, video => video.Title == "From the last page");
    }

    [Fact]
    public async Task A_dataset_that_lags_behind_its_run_is_looked_into_again()
    {
        await PollFromNowOnAsync();
        Order(new FaultOrder { Path = "/v2/datasets/", Status = 200, Body = "[]", ContentType = "application/json", Times = 2 });

        Assert.NotEmpty((await FetchThroughPausesAsync("DE")).Videos);
    }

    [Theory]
    [InlineData("TIMED-OUT")]
    [InlineData("ABORTED")]
    public async Task What_a_run_had_found_when_it_was_cut_short_is_a_chart(string end)
    {
        await PollFromNowOnAsync();
        Bench.Sandbox.Faults.Switches = new SandboxSwitches { ApifyRunEnds = end };

        Assert.NotEmpty((await FetchThroughPausesAsync("GB")).Videos);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_failed_run_is_not_repeated_at_once_and_costs_no_other_region(bool polled)
    {
        if (polled)
            await PollFromNowOnAsync();
        Bench.Sandbox.Faults.Switches = new SandboxSwitches { ApifyRunEnds = "FAILED" };

        var e = await Assert.ThrowsAsync<PlatformException>(() => FetchThroughPausesAsync("FR"));
        Bench.Sandbox.Faults.Clear();
        Count();
        await FailAsync("FR");
        Assert.Equal(0, Counted());

        Assert.Equal((Remedy.Retry, "apify_run_failed"), (e.Remedy, e.Code));
        Assert.NotEmpty((await FetchThroughPausesAsync("AU")).Videos);
        Time.Advance(e.RetryAfter!.Value + TimeSpan.FromSeconds(1));
        Assert.NotEmpty((await FetchThroughPausesAsync("FR")).Videos);
    }

    [Theory]
    [InlineData(400, "invalid-input", "APIFY_INPUT")]
    [InlineData(401, "token-not-provided", "APIFY_API_KEY")]
    [InlineData(401, "user-or-token-not-found", "APIFY_API_KEY")]
    [InlineData(402, "x402-payment-required", "credit")]
    [InlineData(403, "insufficient-permissions", "APIFY_API_KEY")]
    [InlineData(403, "actor-is-not-rented", "Rent the actor")]
    [InlineData(404, "actor-not-found", "APIFY_ACTOR")]
    [InlineData(413, "request-too-large", "APIFY_INPUT")]
    [InlineData(415, "unsupported-content-encoding", "APIFY_INPUT")]
    public async Task What_the_operator_must_do_is_said_and_nothing_is_asked_for_an_hour(int status, string type, string word)
    {
        Order(new FaultOrder { Path = ApiPath, Status = status, Reason = type });

        var e = await FailAsync();
        Count();
        Time.Advance(TimeSpan.FromMinutes(59));
        await FailAsync("GB");

        Assert.NotEqual(Remedy.Retry, e.Remedy);
        Assert.Contains(word, e.Message, StringComparison.Ordinal);
        Assert.Equal(0, Counted());
    }

    [Fact]
    public async Task Too_many_runs_at_once_pass()
    {
        Order(new FaultOrder { Path = ApiPath, Status = 403, Reason = "concurrent-runs-limit-exceeded" });

        Assert.Equal((Remedy.Retry, "rate_limited"), await FailAsync() is var e ? (e.Remedy, e.Code) : default);
    }

    [Fact]
    public async Task Without_a_key_it_says_which_setting_turns_it_on()
    {
        await using var services = BuildServices(("APIFY_API_KEY", ""));

        Assert.Equal("TikTok is off: set APIFY_API_KEY.", SourceOf(services).WhyOff);
    }

    /// <summary>Apify has answered 408 once, so that runs are started and polled.</summary>
    private async Task PollFromNowOnAsync()
    {
        Bench.Sandbox.Faults.Switches = new SandboxSwitches { ApifySyncSeconds = 0 };
        await FetchThroughPausesAsync("CA");
        Bench.Sandbox.Faults.Clear();
    }

    private async Task<long> RunsUsedAsync()
    {
        await using var services = BuildServices();
        return await services.GetRequiredService<ApifyBudget>().UsedAsync();
    }
}
