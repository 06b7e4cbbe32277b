using System.Text;
using Microsoft.Extensions.DependencyInjection;
using TrendVault.Core;
using TrendVault.Core.Accounts;
using TrendVault.Core.Channels;
using TrendVault.Core.Data;
using TrendVault.Tests.App;
using TrendVault.Web.Sandbox.Faults;

namespace TrendVault.Tests.Accounts;

public sealed class AccountTokensTests : IClassFixture<TestDatabase>, IClassFixture<GoogleSandbox>
{
    private readonly TestDatabase _database;
    private readonly GoogleSandbox _google;

    public AccountTokensTests(TestDatabase database, GoogleSandbox google)
    {
        (_database, _google) = (database, google);
        google.Reset();
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_connected_account_brings_its_channel_with_its_subscribers()
    {
        await using var services = _google.Services(_database);
        var userId = await _database.GivenUserAsync();

        var account = await _google.ConnectAsync(services, userId);
        var channel = Assert.Single(await services.GetRequiredService<ChannelStore>().ListAsync(userId, Token));

        Assert.Equal(("Ada Lind", GoogleSandbox.Ada, AccountStatus.Connected), (account.PlatformUserName, account.Email, account.Status));
        Assert.Equal(("Ada Drives", "@adadrives", 149_800L, account.Id), (channel.ChannelName, channel.Handle, channel.Subscribers, channel.ConnectedAccountId));
        Assert.Equal(channel.PlatformChannelId, account.PlatformUserId);
    }

    [Fact]
    public async Task Connecting_again_keeps_the_account_and_its_channel()
    {
        await using var services = _google.Services(_database);
        var userId = await _database.GivenUserAsync();

        var first = await _google.ConnectAsync(services, userId);
        var channel = Assert.Single(await services.GetRequiredService<ChannelStore>().ListAsync(userId, Token));
        var second = await _google.ConnectAsync(services, userId);

        Assert.Equal(first.Id, second.Id);
        Assert.Equal(channel.Id, Assert.Single(await services.GetRequiredService<ChannelStore>().ListAsync(userId, Token)).Id);
    }

    [Fact]
    public async Task A_user_connects_several_accounts_and_each_keeps_its_own_tokens()
    {
        await using var services = _google.Services(_database);
        var userId = await _database.GivenUserAsync();

        var ada = await _google.ConnectAsync(services, userId);
        _google.Switch(switches => switches with { ConsentAs = "ben@example.com" });
        var ben = await _google.ConnectAsync(services, userId);

        var channels = await services.GetRequiredService<ChannelStore>().ListAsync(userId, Token);
        Assert.Equal([ada.Id, ben.Id], channels.OrderBy(channel => channel.ChannelName, StringComparer.Ordinal).Select(channel => channel.ConnectedAccountId));
        var tokens = services.GetRequiredService<AccountTokens>();
        Assert.NotEqual(await tokens.GetAsync(userId, ada.Id, Token), await tokens.GetAsync(userId, ben.Id, Token));
        await services.GetRequiredService<AccountService>().DisconnectAsync(userId, ada.Id, Token);
        Assert.Equal(ben.Id, Assert.Single(await services.GetRequiredService<AccountStore>().ListAsync(userId, Token)).Id);
        Assert.NotEmpty(await tokens.GetAsync(userId, ben.Id, Token));
    }

    [Fact]
    public async Task An_account_without_a_channel_is_connected_all_the_same()
    {
        _google.Switch(switches => switches with { ConsentAs = GoogleSandbox.Chris });
        await using var services = _google.Services(_database);
        var userId = await _database.GivenUserAsync();

        var account = await _google.ConnectAsync(services, userId);

        Assert.Equal("110169484474386276336", account.PlatformUserId);
        Assert.Empty(await services.GetRequiredService<ChannelStore>().ListAsync(userId, Token));
    }

    [Fact]
    public async Task No_token_lies_readable_in_the_database()
    {
        await using var services = _google.Services(_database);
        var userId = await _database.GivenUserAsync();
        var account = await _google.ConnectAsync(services, userId);
        var token = await services.GetRequiredService<AccountTokens>().GetAsync(userId, account.Id, Token);

        var dump = await _database.ScalarAsync<string>("select database_to_xml(true, false, '')::text");

        Assert.Contains(GoogleSandbox.Ada, dump, StringComparison.Ordinal);
        foreach (var form in new[] { token, Convert.ToHexStringLower(Encoding.UTF8.GetBytes(token)), Convert.ToBase64String(Encoding.UTF8.GetBytes(token))[..40], "1//" })
            Assert.DoesNotContain(form, dump, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_near_its_end_is_refreshed_once_however_many_ask_on_two_instances()
    {
        _google.Switch(switches => switches with { AccessTokenSeconds = 60 });
        await using var here = _google.Services(_database);
        await using var there = _google.Services(_database);
        var userId = await _database.GivenUserAsync();
        var account = await _google.ConnectAsync(here, userId);
        _google.Switch(switches => switches with { AccessTokenSeconds = 3600 });

        var tokens = await Task.WhenAll(Enumerable.Range(0, 16).Select(i =>
            (i % 2 == 0 ? here : there).GetRequiredService<AccountTokens>().GetAsync(userId, account.Id, Token)));

        Assert.Single(tokens.Distinct());
    }

    [Fact]
    public async Task A_refused_token_is_replaced_once_for_all_who_were_refused()
    {
        await using var services = _google.Services(_database);
        var userId = await _database.GivenUserAsync();
        var account = await _google.ConnectAsync(services, userId);
        var tokens = services.GetRequiredService<AccountTokens>();
        var rejected = await tokens.GetAsync(userId, account.Id, Token);

        var fresh = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => tokens.ReplaceAsync(userId, account.Id, rejected, Token)));

        Assert.NotEqual(rejected, Assert.Single(fresh.Distinct()));
    }

    [Fact]
    public async Task A_refused_refresh_marks_the_account_and_connecting_again_mends_it()
    {
        _google.Switch(switches => switches with { AccessTokenSeconds = 60 });
        await using var services = _google.Services(_database);
        var userId = await _database.GivenUserAsync();
        var account = await _google.ConnectAsync(services, userId);
        var tokens = services.GetRequiredService<AccountTokens>();

        _google.Switch(switches => switches with { RefuseRefresh = true });
        var refused = await Assert.ThrowsAsync<PlatformException>(() => tokens.GetAsync(userId, account.Id, Token));
        Assert.Equal(Remedy.Reauthorize, refused.Remedy);
        Assert.Equal("reconnect_needed", await StatusOfAsync(account.Id));

        _google.Reset();
        await _google.ConnectAsync(services, userId);
        Assert.Equal("connected", await StatusOfAsync(account.Id));
        Assert.NotEmpty(await tokens.GetAsync(userId, account.Id, Token));
    }

    [Fact]
    public async Task A_refresh_that_meets_an_outage_is_to_be_tried_again_and_marks_nothing()
    {
        _google.Switch(switches => switches with { AccessTokenSeconds = 60 });
        await using var services = _google.Services(_database);
        var userId = await _database.GivenUserAsync();
        var account = await _google.ConnectAsync(services, userId);

        _google.Order(new FaultOrder { Path = "/token", Status = 503 });
        var e = await Assert.ThrowsAsync<PlatformException>(() => services.GetRequiredService<AccountTokens>().GetAsync(userId, account.Id, Token));

        Assert.Equal(Remedy.Retry, e.Remedy);
        Assert.Equal("connected", await StatusOfAsync(account.Id));
    }

    [Fact]
    public async Task Tokens_that_do_not_open_mean_to_connect_again()
    {
        await using var services = _google.Services(_database);
        var userId = await _database.GivenUserAsync();
        var account = await _google.ConnectAsync(services, userId);
        await _database.Db.ExecuteAsync("update connected_accounts set token_tag = set_byte(token_tag, 0, 255 - get_byte(token_tag, 0)) where id = @Id", new { account.Id }, Token);

        var e = await Assert.ThrowsAsync<PlatformException>(() => services.GetRequiredService<AccountTokens>().GetAsync(userId, account.Id, Token));

        Assert.Equal(Remedy.Reauthorize, e.Remedy);
        Assert.Equal("reconnect_needed", await StatusOfAsync(account.Id));
    }

    [Fact]
    public async Task Another_users_account_has_no_tokens_and_is_not_disconnected()
    {
        await using var services = _google.Services(_database);
        var account = await _google.ConnectAsync(services, await _database.GivenUserAsync());
        var stranger = await _database.GivenUserAsync();

        await Assert.ThrowsAsync<PlatformException>(() => services.GetRequiredService<AccountTokens>().GetAsync(stranger, account.Id, Token));
        Assert.Equal(DisconnectOutcome.NotFound, await services.GetRequiredService<AccountService>().DisconnectAsync(stranger, account.Id, Token));
        Assert.Equal("connected", await StatusOfAsync(account.Id));
    }

    [Fact]
    public async Task Disconnecting_revokes_at_the_platform_and_leaves_nothing_here()
    {
        await using var services = _google.Services(_database);
        var userId = await _database.GivenUserAsync();
        var account = await _google.ConnectAsync(services, userId);
        var token = await services.GetRequiredService<AccountTokens>().GetAsync(userId, account.Id, Token);

        Assert.Equal(DisconnectOutcome.Done, await services.GetRequiredService<AccountService>().DisconnectAsync(userId, account.Id, Token));

        var platform = services.GetRequiredService<AccountPlatforms>().Of(Platform.YouTube);
        Assert.Equal(Remedy.Reauthorize, (await Assert.ThrowsAsync<PlatformException>(() => platform.ReadOwnerAsync(token, Token))).Remedy);
        Assert.Equal(0, await _database.ScalarAsync<int>("select count(*)::int from channels where user_id = @userId", new { userId }));
    }

    [Fact]
    public async Task A_platform_that_does_not_answer_cannot_keep_an_account_here()
    {
        await using var services = _google.Services(_database);
        var userId = await _database.GivenUserAsync();
        var account = await _google.ConnectAsync(services, userId);

        _google.Order(new FaultOrder { Path = "/revoke", Status = 503 });

        Assert.Equal(DisconnectOutcome.NotRevoked, await services.GetRequiredService<AccountService>().DisconnectAsync(userId, account.Id, Token));
        Assert.Null(await StatusOfAsync(account.Id));
    }

    [Fact]
    public async Task Channels_are_read_again_on_demand_and_what_fails_is_told()
    {
        await using var services = _google.Services(_database);
        var userId = await _database.GivenUserAsync();
        await _google.ConnectAsync(services, userId);
        await _database.Db.ExecuteAsync("update channels set subscribers = 1 where user_id = @userId", new { userId }, Token);
        var accounts = services.GetRequiredService<AccountService>();

        _google.Order(new FaultOrder { Path = "/youtube/v3/channels", Status = 503 });
        Assert.Contains("Ada Lind", Assert.Single((await accounts.RefreshChannelsAsync(userId, Token)).Failures), StringComparison.Ordinal);

        Assert.Empty((await accounts.RefreshChannelsAsync(userId, Token)).Failures);
        Assert.Equal(149_800, Assert.Single(await services.GetRequiredService<ChannelStore>().ListAsync(userId, Token)).Subscribers);
    }

    private Task<string?> StatusOfAsync(Guid accountId) =>
        _database.ScalarAsync<string>("select status from connected_accounts where id = @accountId", new { accountId });
}
