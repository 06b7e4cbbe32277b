using Microsoft.Extensions.Time.Testing;
using StackExchange.Redis;
using TrendVault.Core.Data;
using TrendVault.Core.Embedded;
using TrendVault.Tests.App;

namespace TrendVault.Tests.Auth;

public sealed class SharedCountersTests : IAsyncLifetime
{
    // In the middle of a minute.
    private readonly FakeTimeProvider _time = new(DateTimeOffset.FromUnixTimeSeconds(1_800_000_030));
    private EmbeddedRedis _server = null!;
    private ConnectionMultiplexer _redis = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await TestServers.StartRedisAsync();
        _redis = await ConnectionMultiplexer.ConnectAsync(RedisUrl.Parse(_server.Url));
    }

    [Fact]
    public async Task Instances_that_take_turns_allow_what_one_would()
    {
        SharedCounters[] instances = [Instance(), Instance(), Instance()];
        var allowed = 0;
        for (var n = 0; n < 60; n++)
        {
            allowed += (await instances[n % 3].HitAsync("Requests", "user:1", 30)).Allowed ? 1 : 0;
            _time.Advance(TimeSpan.FromMilliseconds(100)); // others hear of it
            await Eventually.TrueAsync(async () => await TotalAsync("user:1") >= n, "all uses but the last are told");
        }

        Assert.InRange(allowed, 30, 31);
    }

    [Fact]
    public async Task One_instance_counts_to_the_unit_without_asking_each_time()
    {
        var instance = Instance();

        var answers = new List<LimitAnswer>();
        for (var n = 0; n < 120; n++)
            answers.Add(await instance.HitAsync("Requests", "user:2", 100));

        Assert.Equal(100, answers.Count(answer => answer.Allowed));
        Assert.All(answers.Take(100), answer => Assert.True(answer.Allowed));
        Assert.All(answers, answer => Assert.InRange(answer.RetryAfter.TotalSeconds, 1, 60));
    }

    [Fact]
    public async Task A_crowd_at_once_is_never_allowed_more()
    {
        var instance = Instance();

        var answers = await Task.WhenAll(Enumerable.Range(0, 500).Select(_ => Task.Run(async () => await instance.HitAsync("Requests", "user:3", 100))));

        Assert.InRange(answers.Count(answer => answer.Allowed), 90, 100);
    }

    [Fact]
    public async Task A_new_minute_begins_at_nothing()
    {
        var instance = Instance();
        for (var n = 0; n < 3; n++)
            await instance.HitAsync("SignIns", "address:1", 2);
        Assert.False((await instance.HitAsync("SignIns", "address:1", 2)).Allowed);

        _time.Advance(TimeSpan.FromMinutes(1));

        Assert.True((await instance.HitAsync("SignIns", "address:1", 2)).Allowed);
    }

    private SharedCounters Instance() => new(_redis.GetDatabase(), _time);

    private async Task<long> TotalAsync(string who) =>
        (long)await _redis.GetDatabase().StringGetAsync($"limit:Requests:{who}:{_time.GetUtcNow().ToUnixTimeSeconds() / 60}");

    public async ValueTask DisposeAsync()
    {
        await _redis.DisposeAsync();
        await _server.DisposeAsync();
    }
}
