using Microsoft.Extensions.DependencyInjection;
using TrendVault.Core.Accounts;
using TrendVault.Core.Data;
using TrendVault.Tests.App;

namespace TrendVault.Tests.Accounts;

/// <summary>Google gives a refresh token with the first consent, and need not give it again.</summary>
public sealed class LastingAccessTests : IClassFixture<TestDatabase>, IClassFixture<GoogleSandbox>
{
    private readonly TestDatabase _database;
    private readonly GoogleSandbox _google;

    public LastingAccessTests(TestDatabase database, GoogleSandbox google)
    {
        (_database, _google) = (database, google);
        google.Reset();
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_new_account_without_a_refresh_token_is_not_kept_and_its_user_hears_what_to_do()
    {
        _google.Switch(switches => switches with { NoRefreshToken = true });
        await using var services = _google.Services(_database);
        var userId = await _database.GivenUserAsync();

        var failed = await FailToConnectAsync(services, userId);

        Assert.Equal("no_refresh_token", failed.Reason.Code);
        Assert.Contains("Connect the account again", failed.Reason.Message, StringComparison.Ordinal);
        Assert.Empty(await services.GetRequiredService<AccountStore>().ListAsync(userId, Token));
        Assert.Equal(0, await _database.ScalarAsync<int>("select count(*)::int from channels where user_id = @userId", new { userId }));
    }

    [Fact]
    public async Task A_later_grant_without_one_keeps_the_one_that_is_stored()
    {
        await using var services = _google.Services(_database);
        var userId = await _database.GivenUserAsync();
        var account = await _google.ConnectAsync(services, userId);
        _google.Switch(switches => switches with { NoRefreshToken = true });

        var again = await _google.ConnectAsync(services, userId);
        await _database.Db.ExecuteAsync("update connected_accounts set token_expires_at = now() where id = @Id", new { account.Id }, Token);

        Assert.Equal(account.Id, again.Id);
        Assert.NotEmpty(await services.GetRequiredService<AccountTokens>().GetAsync(userId, account.Id, Token));
    }

    [Fact]
    public async Task A_refresh_token_that_was_refused_is_none()
    {
        await using var services = _google.Services(_database);
        var userId = await _database.GivenUserAsync();
        var account = await _google.ConnectAsync(services, userId);
        await _database.Db.ExecuteAsync("update connected_accounts set status = 'reconnect_needed' where id = @Id", new { account.Id }, Token);
        _google.Switch(switches => switches with { NoRefreshToken = true });

        var failed = await FailToConnectAsync(services, userId);

        Assert.Equal("no_refresh_token", failed.Reason.Code);
        Assert.Equal("reconnect_needed", await _database.ScalarAsync<string>("select status from connected_accounts where id = @Id", new { account.Id }));
        _google.Switch(switches => switches with { NoRefreshToken = false });
        Assert.Equal(account.Id, (await _google.ConnectAsync(services, userId)).Id);
    }

    private async Task<ConnectOutcome.Failed> FailToConnectAsync(ServiceProvider services, Guid userId)
    {
        var flow = services.GetRequiredService<OAuthFlow>();
        var start = await flow.BeginAsync(userId, services.GetRequiredService<AccountPlatforms>().Find("google")!, GoogleSandbox.RedirectUri);
        return Assert.IsType<ConnectOutcome.Failed>(await flow.FinishAsync(await _google.ConsentAsync(start), GoogleSandbox.RedirectUri, Token));
    }
}
