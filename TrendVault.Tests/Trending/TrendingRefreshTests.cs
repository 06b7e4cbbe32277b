using Microsoft.Extensions.DependencyInjection;
using TrendVault.Core.Jobs;
using TrendVault.Core.Trending;
using TrendVault.Tests.App;
using TrendVault.Web.Sandbox.Faults;

namespace TrendVault.Tests.Trending;

/// <summary>Each on a bench of its own: a platform that failed is left alone for a while.</summary>
public sealed class TrendingRefreshTests(TestServers servers) : IAsyncLifetime
{
    private readonly TrendingBench _bench = new(servers);

    public ValueTask InitializeAsync() => _bench.InitializeAsync();

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Fact]
    public async Task The_half_hourly_job_brings_every_chart_up_to_date_and_survives_a_bad_one()
    {
        _bench.Sandbox.Faults.Order(new FaultOrder { Path = "/v2/actors", Status = 500 });
        Assert.IsType<JobOutcome.Completed>(await RunAsync());

        var charts = Regions.All.Count * (Categories.All.Count + 1);
        Assert.Equal(charts - 1, await CountAsync("total > 0 and failure is null"));
        Assert.Equal(1, await CountAsync("fetched_at is null and failure is not null"));

        // The next round fetches what is missing, and leaves alone what is young.
        var units = _bench.UnitsUsed;
        Assert.IsType<JobOutcome.Completed>(await RunAsync());
        Assert.Equal(charts, await CountAsync("total > 0 and failure is null"));
        Assert.Equal(units, _bench.UnitsUsed);

        _bench.Time.Advance(TimeSpan.FromMinutes(30));
        await RunAsync();
        Assert.Equal(charts, await CountAsync("current_version = 2"));
    }

    [Fact]
    public async Task When_no_platform_answers_the_job_is_tried_again_and_no_chart_calls_itself_new()
    {
        await RunAsync();
        _bench.Time.Advance(TimeSpan.FromHours(12));
        _bench.Sandbox.Faults.Order(new FaultOrder { Path = "/", Status = 503, Times = 10_000 });

        var outcome = Assert.IsType<JobOutcome.Failed>(await RunAsync());
        _bench.Sandbox.Faults.Clear();

        Assert.True(outcome.MayPass);
        Assert.Equal(0, await CountAsync("failure is null"));
    }

    private async Task<JobOutcome> RunAsync()
    {
        await using var services = _bench.BuildServices();
        var handler = services.GetServices<IJobHandler>().Single(one => one.Kind == "trending.refresh");
        return await handler.RunAsync(new Job { Id = Guid.CreateVersion7(), Kind = handler.Kind, Attempt = 1 }, TestContext.Current.CancellationToken);
    }

    private async Task<int> CountAsync(string condition) =>
        (int)await _bench.Database.ScalarAsync<long>($"select count(*) from charts where {condition}");
}
