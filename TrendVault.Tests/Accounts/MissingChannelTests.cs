using Microsoft.Extensions.DependencyInjection;
using TrendVault.Core.Accounts;
using TrendVault.Core.Channels;
using TrendVault.Core.Data;
using TrendVault.Tests.App;
using TrendVault.Web.Sandbox.Faults;

namespace TrendVault.Tests.Accounts;

/// <summary>A channel that its platform leaves out of an answer is kept, with all that hangs on it.</summary>
public sealed class MissingChannelTests : IClassFixture<TestDatabase>, IClassFixture<GoogleSandbox>
{
    private const string Channels = "/youtube/v3/channels";

    private readonly TestDatabase _database;
    private readonly GoogleSandbox _google;

    public MissingChannelTests(TestDatabase database, GoogleSandbox google)
    {
        (_database, _google) = (database, google);
        google.Reset();
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(200, """{ "kind": "youtube#channelListResponse", "pageInfo": { "totalResults": 0, "resultsPerPage": 5 } }""")]
    [InlineData(200, """{ "kind": "youtube#channelListResponse", "items": [] }""")]
    [InlineData(401, """{ "error": { "code": 401, "message": "Unauthorized", "errors": [ { "domain": "youtube.header", "reason": "youtubeSignupRequired" } ] } }""")]
    public async Task One_empty_answer_marks_the_channel_and_keeps_its_queue_and_what_it_published(int status, string body)
    {
        await using var services = _google.Services(_database);
        var userId = await _database.GivenUserAsync();
        await _google.ConnectAsync(services, userId);
        var channel = await OnlyAsync(services, userId);
        await GivenPublishedAsync(userId, channel);
        _google.Order(new FaultOrder { Path = Channels, Status = status, ContentType = "application/json", Body = body });

        Assert.Empty((await services.GetRequiredService<AccountService>().RefreshChannelsAsync(userId, Token)).Failures);

        var missing = await OnlyAsync(services, userId);
        Assert.Equal(channel.Id, missing.Id);
        Assert.NotNull(missing.MissingSince);
        Assert.Equal((1, 1), await HangingOnAsync(channel));

        await services.GetRequiredService<MissingChannels>().RunAsync(null!, Token);
        Assert.Null((await OnlyAsync(services, userId)).MissingSince);
        Assert.Equal((1, 1), await HangingOnAsync(channel));
    }

    [Fact]
    public async Task It_is_missing_since_the_first_answer_without_it_and_goes_with_its_account()
    {
        await using var services = _google.Services(_database);
        var userId = await _database.GivenUserAsync();
        var account = await _google.ConnectAsync(services, userId);
        var accounts = services.GetRequiredService<AccountService>();
        _google.Switch(switches => switches with { NoChannels = true });

        await accounts.RefreshChannelsAsync(userId, Token);
        var first = await OnlyAsync(services, userId);
        await accounts.LookForMissingAsync(Token);
        Assert.Equal(first.MissingSince, (await OnlyAsync(services, userId)).MissingSince);

        await accounts.DisconnectAsync(userId, account.Id, Token);
        Assert.Empty(await services.GetRequiredService<ChannelStore>().ListAsync(userId, Token));
    }

    [Fact]
    public async Task An_account_that_is_connected_again_without_its_channel_is_the_same_account()
    {
        await using var services = _google.Services(_database);
        var userId = await _database.GivenUserAsync();
        var account = await _google.ConnectAsync(services, userId);
        var channel = await OnlyAsync(services, userId);
        _google.Switch(switches => switches with { NoChannels = true });

        var again = await _google.ConnectAsync(services, userId);

        Assert.Equal((account.Id, account.PlatformUserId), (again.Id, again.PlatformUserId));
        Assert.Single(await services.GetRequiredService<AccountStore>().ListAsync(userId, Token));
        Assert.Equal((channel.Id, true), await OnlyAsync(services, userId) is var kept ? (kept.Id, kept.MissingSince is not null) : default);
        _google.Switch(switches => switches with { NoChannels = false });
        Assert.Equal(account.Id, (await _google.ConnectAsync(services, userId)).Id);
        Assert.Null((await OnlyAsync(services, userId)).MissingSince);
    }

    [Fact]
    public async Task An_account_whose_first_connect_shows_no_channel_gets_it_when_it_is_there()
    {
        await using var services = _google.Services(_database);
        var userId = await _database.GivenUserAsync();
        _google.Switch(switches => switches with { NoChannels = true });
        var account = await _google.ConnectAsync(services, userId);
        Assert.Empty(await services.GetRequiredService<ChannelStore>().ListAsync(userId, Token));

        _google.Switch(switches => switches with { NoChannels = false });
        await services.GetRequiredService<AccountService>().RefreshChannelsAsync(userId, Token);

        Assert.Equal(account.Id, (await OnlyAsync(services, userId)).ConnectedAccountId);
        Assert.Equal(account.Id, (await _google.ConnectAsync(services, userId)).Id);
    }

    [Fact]
    public async Task A_channel_that_has_moved_to_another_account_is_not_missing_there()
    {
        await using var services = _google.Services(_database);
        var userId = await _database.GivenUserAsync();
        var ada = await _google.ConnectAsync(services, userId);
        _google.Switch(switches => switches with { ConsentAs = "ben@example.com" });
        var ben = await _google.ConnectAsync(services, userId);
        var store = services.GetRequiredService<ChannelStore>();
        var moved = (await store.ListAsync(userId, Token)).Single(channel => channel.ConnectedAccountId == ada.Id);

        await store.UpdateAsync(userId, ben.Id, ben.Platform, [new PlatformChannel(moved.PlatformChannelId, "Moved", null, null, null)], Token);
        await store.UpdateAsync(userId, ada.Id, ada.Platform, [], Token);

        var channels = (await store.ListAsync(userId, Token)).ToDictionary(channel => channel.Id);
        Assert.Equal((ben.Id, true), (channels[moved.Id].ConnectedAccountId, channels[moved.Id].MissingSince is null));
        Assert.NotNull(channels.Values.Single(channel => channel.Id != moved.Id).MissingSince);
    }

    [Fact]
    public async Task A_creator_of_tiktok_is_kept_in_the_same_way()
    {
        await using var services = _google.Services(_database);
        var userId = await _database.GivenUserAsync();
        var account = await _google.ConnectAsync(services, userId, "tiktok");
        var store = services.GetRequiredService<ChannelStore>();
        var creator = await OnlyAsync(services, userId);

        await store.UpdateAsync(userId, account.Id, account.Platform, [], Token);
        Assert.NotNull((await OnlyAsync(services, userId)).MissingSince);
        await services.GetRequiredService<AccountService>().LookForMissingAsync(Token);

        Assert.Equal((creator.Id, true), await OnlyAsync(services, userId) is var back ? (back.Id, back.MissingSince is null) : default);
    }

    private static async Task<PublishingChannel> OnlyAsync(IServiceProvider services, Guid userId) =>
        Assert.Single(await services.GetRequiredService<ChannelStore>().ListAsync(userId, Token));

    private async Task GivenPublishedAsync(Guid userId, PublishingChannel channel)
    {
        var id = Guid.CreateVersion7();
        await _database.Db.ExecuteAsync(
            """
            insert into upload_jobs (id, user_id, channel_id, platform, channel_name, title, privacy, rights_statement)
            values (@id, @userId, @channelId, 'YOUTUBE', 'Ada Drives', 'Title', 'private', 'mine');

            insert into published_videos (id, user_id, upload_job_id, channel_id, platform, platform_video_id, title, url, privacy)
            values (@id, @userId, @id, @channelId, 'YOUTUBE', 'abc', 'Title', 'https://www.youtube.com/watch?v=abc', 'private')
            """,
            new { id, userId, channelId = channel.Id },
            Token);
    }

    private async Task<(int Queue, int Published)> HangingOnAsync(PublishingChannel channel) => (
        await _database.ScalarAsync<int>("select count(*)::int from upload_jobs where channel_id = @Id", new { channel.Id }),
        await _database.ScalarAsync<int>("select count(*)::int from published_videos where channel_id = @Id", new { channel.Id }));
}
