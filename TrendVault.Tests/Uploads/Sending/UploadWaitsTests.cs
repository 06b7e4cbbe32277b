using StackExchange.Redis;
using TrendVault.Core.Accounts;
using TrendVault.Core.Data;
using TrendVault.Core.Jobs;
using TrendVault.Core.Uploads;
using TrendVault.Core.Work;
using TrendVault.Core.YouTube;
using TrendVault.Tests.Accounts;
using TrendVault.Tests.App;
using TrendVault.Web.Pages.Shared;
using TrendVault.Web.Sandbox.Faults;

namespace TrendVault.Tests.Uploads;

/// <summary>What an upload waits for that is not its own fault, its user's or its account's.</summary>
public sealed class UploadWaitsTests : IClassFixture<TestDatabase>, IClassFixture<GoogleSandbox>, IAsyncLifetime
{
    private const string Sessions = "/upload/youtube/v3/videos";
    private const string FollowUps = "upload_follow_up";
    private const int Bytes = 1000;

    private readonly TestDatabase _database;
    private readonly GoogleSandbox _sandbox;

    public UploadWaitsTests(TestDatabase database, GoogleSandbox sandbox)
    {
        (_database, _sandbox) = (database, sandbox);
        sandbox.Reset();
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>What a test before has left waiting would run in this one.</summary>
    public async ValueTask InitializeAsync() => await _database.Db.ExecuteAsync("delete from jobs where kind in ('upload', 'upload_follow_up')", parameters: null, Token);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Theory]
    [InlineData("google", "GOOGLE_CLIENT_SECRET")]
    [InlineData("tiktok", "TIKTOK_CLIENT_SECRET")]
    public async Task A_refused_client_is_waited_out_with_its_settings_name_and_the_upload_goes_on(string provider, string setting)
    {
        await using var rig = await UploadRig.StartAsync(_database, _sandbox);
        var given = await rig.GivenAsync(Bytes, provider);
        await ExpireAsync(given);
        _sandbox.Switch(switches => switches with { RefuseClient = true });

        var id = await rig.UploadAsync(given);
        var row = await rig.BecomesAsync(given, id, IsParked, "the upload waits");

        Assert.Contains(setting, row.WaitReason, StringComparison.Ordinal);
        Assert.InRange(row.WaitUntil!.Value, DateTimeOffset.UtcNow, DateTimeOffset.UtcNow.AddHours(1));
        Assert.Equal("connected", await _database.ScalarAsync<string>("select status from connected_accounts where id = @ConnectedAccountId", new { given.Channel.ConnectedAccountId }));
        await MendClientAsync(rig);
        await GoesOnAsync(rig, given, id);
    }

    [Fact]
    public async Task A_follow_up_outlasts_a_refused_client_however_long_it_takes()
    {
        await using var rig = await UploadRig.StartAsync(_database, _sandbox);
        var given = await rig.GivenAsync(Bytes);
        await rig.Get<JobQueue>().PauseAsync(FollowUps, given.UserId, Token);
        var id = await rig.UploadAsync(given);
        await rig.BecomesAsync(given, id, WorkStatus.Completed);
        await ExpireAsync(given);
        _sandbox.Switch(switches => switches with { RefuseClient = true });
        await _database.Db.ExecuteAsync("update jobs set created_at = now() - interval '3 days' where kind = @FollowUps and user_id = @UserId", new { FollowUps, given.UserId }, Token);

        await rig.Get<JobQueue>().ResumeAsync(FollowUps, given.UserId, Token);
        await Eventually.TrueAsync(
            () => _database.ScalarAsync<bool>("select state = 'queued' and attempt > 0 from jobs where kind = @FollowUps and user_id = @UserId", new { FollowUps, given.UserId }),
            "the follow-up waits");

        await MendClientAsync(rig);
        // Else the first look would end it, should YouTube still be at work on a video of a second ago.
        await _database.Db.ExecuteAsync("update jobs set created_at = now() where kind = @FollowUps and user_id = @UserId", new { FollowUps, given.UserId }, Token);
        await Eventually.TrueAsync(
            async () =>
            {
                await _database.Db.ExecuteAsync("update jobs set run_after = now() where kind = @FollowUps and user_id = @UserId and state = 'queued'", new { FollowUps, given.UserId }, Token);
                return (await rig.Store.FindAsync(given.UserId, id, Token))!.Processing == VideoProcessing.Done;
            },
            "the follow-up goes on",
            TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task A_spent_bucket_of_uploads_is_waited_out_until_midnight_in_california_and_the_units_go_on()
    {
        _sandbox.Order(new FaultOrder { Path = Sessions, Method = "POST", Status = 429, Reason = "Video Uploads per day" });
        await using var rig = await UploadRig.StartAsync(_database, _sandbox);
        var given = await rig.GivenAsync(Bytes);

        var id = await rig.UploadAsync(given);
        var row = await rig.BecomesAsync(given, id, IsParked, "the upload waits");

        Assert.Equal("Today's quota of YouTube's API for uploads is used up; it renews at midnight in California.", row.WaitReason);
        Assert.InRange(row.WaitUntil!.Value, PacificDay.EndOf(DateTimeOffset.UtcNow.AddMinutes(-2)), PacificDay.EndOf(DateTimeOffset.UtcNow) + TimeSpan.FromMinutes(2));
        Assert.Empty((await rig.Get<AccountService>().RefreshChannelsAsync(given.UserId, Token)).Failures);
        var buckets = (await rig.Get<YouTubeQuota>().ReadAsync()).ToDictionary(bucket => bucket.Bucket);
        Assert.Equal(buckets[YouTubeBucket.Upload].Limit, buckets[YouTubeBucket.Upload].Used);
        Assert.True(buckets[YouTubeBucket.General].Used < buckets[YouTubeBucket.General].Limit);
    }

    [Fact]
    public async Task An_upload_goes_on_when_the_days_units_are_used_up()
    {
        _sandbox.Order(new FaultOrder { Path = "/youtube/v3/channels", Skip = 1, Status = 403, Reason = "quotaExceeded" });
        await using var rig = await UploadRig.StartAsync(_database, _sandbox);
        var given = await rig.GivenAsync(Bytes);

        var id = await rig.UploadAsync(given);

        await rig.BecomesAsync(given, id, WorkStatus.Completed);
        var units = await rig.Get<YouTubeQuota>().ReadAsync(YouTubeBucket.General);
        Assert.Equal(units.Limit, units.Used);
        await rig.BecomesAsync(given, await rig.UploadAsync(given), WorkStatus.Completed);
    }

    [Fact]
    public async Task An_api_that_is_not_enabled_is_waited_for_and_names_the_clients_project()
    {
        await using var rig = await UploadRig.StartAsync(_database, _sandbox);
        var given = await rig.GivenAsync(Bytes);
        _sandbox.Switch(switches => switches with { ApiDisabled = true });

        var id = await rig.UploadAsync(given);
        var row = await rig.BecomesAsync(given, id, IsParked, "the upload waits");

        Assert.Contains("GOOGLE_CLIENT_ID", row.WaitReason, StringComparison.Ordinal);
        _sandbox.Switch(switches => switches with { ApiDisabled = false });
        await GoesOnAsync(rig, given, id);
    }

    [Fact]
    public async Task A_channel_that_is_missing_is_waited_for_and_takes_no_new_upload()
    {
        await using var rig = await UploadRig.StartAsync(_database, _sandbox);
        var given = await rig.GivenAsync(Bytes);
        await rig.Get<JobQueue>().PauseAsync(UploadJobHandler.JobKind, given.UserId, Token);
        var id = await rig.UploadAsync(given);
        _sandbox.Switch(switches => switches with { NoChannels = true });
        await rig.Get<AccountService>().RefreshChannelsAsync(given.UserId, Token);
        await rig.Get<JobQueue>().ResumeAsync(UploadJobHandler.JobKind, given.UserId, Token);

        var row = await rig.BecomesAsync(given, id, IsParked, "the upload waits");

        Assert.StartsWith("YouTube does not show this channel at the moment.", row.WaitReason, StringComparison.Ordinal);
        var refused = Assert.IsType<StartUploadOutcome.Invalid>(await rig.Uploads.StartAsync(given.UserId, given.Request(), Token));
        Assert.Equal(("ChannelIds", "channel_missing"), Assert.Single(refused.Breaks) is var broken ? (broken.Field, broken.Code) : default);
        _sandbox.Switch(switches => switches with { NoChannels = false });
        await rig.Get<AccountService>().LookForMissingAsync(Token);
        await GoesOnAsync(rig, given, id);
    }

    private static bool IsParked(UploadRow row) => row is { Status: WorkStatus.Pending, ErrorCode: null, WaitUntil: not null };

    private Task<int> ExpireAsync(UploadRig.Given given) =>
        _database.Db.ExecuteAsync("update connected_accounts set token_expires_at = now() where id = @ConnectedAccountId", new { given.Channel.ConnectedAccountId }, Token);

    /// <summary>As after a restart with the right secret, whose refusal nobody remembers.</summary>
    private async Task MendClientAsync(UploadRig rig)
    {
        _sandbox.Switch(switches => switches with { RefuseClient = false });
        var redis = rig.Get<IConnectionMultiplexer>();
        foreach (var key in redis.GetServers()[0].Keys(pattern: "oauth:refused:*").ToList())
            await redis.GetDatabase().KeyDeleteAsync(key);
    }

    private async Task GoesOnAsync(UploadRig rig, UploadRig.Given given, Guid id)
    {
        await _database.Db.ExecuteAsync("update jobs set run_after = now() where subject_id = @id and state = 'queued'", new { id }, Token);
        await rig.BecomesAsync(given, id, WorkStatus.Completed);
        Assert.Equal(0, await _database.ScalarAsync<int>("select failures from jobs where subject_id = @id", new { id }));
    }
}
