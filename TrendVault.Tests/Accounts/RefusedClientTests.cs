using Microsoft.Extensions.DependencyInjection;
using TrendVault.Core;
using TrendVault.Core.Accounts;
using TrendVault.Core.Data;
using TrendVault.Tests.App;
using TrendVault.Web.Sandbox.Faults;

namespace TrendVault.Tests.Accounts;

/// <summary>A platform that refuses TrendVault's own credentials: nobody's account is at fault.</summary>
public sealed class RefusedClientTests : IClassFixture<TestDatabase>, IClassFixture<GoogleSandbox>
{
    private const int Always = 10_000;

    private readonly TestDatabase _database;
    private readonly GoogleSandbox _sandbox;

    public RefusedClientTests(TestDatabase database, GoogleSandbox sandbox)
    {
        (_database, _sandbox) = (database, sandbox);
        sandbox.Reset();
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("google", "GOOGLE_CLIENT_SECRET", "/token")]
    [InlineData("tiktok", "TIKTOK_CLIENT_SECRET", "/v2/oauth/token/")]
    public async Task A_mistyped_secret_names_its_setting_marks_no_account_and_is_shown_once_an_hour(string provider, string setting, string path)
    {
        await using var right = _sandbox.Services(_database);
        var accounts = new[] { await GivenExpiredAsync(right, await _database.GivenUserAsync(), provider), await GivenExpiredAsync(right, await _database.GivenUserAsync(), provider) };
        await using var mistyped = _sandbox.Services(_database, (setting, "mistyped"));
        await using var elsewhere = _sandbox.Services(_database, (setting, "mistyped"));
        _sandbox.Order(new FaultOrder { Path = path, Times = Always });

        foreach (var services in new[] { mistyped, elsewhere })
        {
            foreach (var account in accounts)
            {
                var e = await Assert.ThrowsAsync<PlatformException>(() => services.GetRequiredService<AccountTokens>().GetAsync(account.UserId, account.Id, Token));
                Assert.Equal((Remedy.Configure, "client_refused"), (e.Remedy, e.Code));
                Assert.Contains(setting, e.Message, StringComparison.Ordinal);
                Assert.Equal(e.Message, await services.GetRequiredService<AccountPlatforms>().Find(provider)!.ReadRefusalAsync());
            }
        }

        Assert.Equal(1, Always - _sandbox.Server.Faults.Orders[^1].Times);
        foreach (var account in accounts)
            Assert.Equal("connected", await StatusOfAsync(account));
        Assert.Null(await right.GetRequiredService<AccountPlatforms>().Find(provider)!.ReadRefusalAsync());
        // TikTok's creator has connected twice, and of those tokens the last alone is alive.
        Assert.NotEmpty(await right.GetRequiredService<AccountTokens>().GetAsync(accounts[1].UserId, accounts[1].Id, Token));
    }

    [Fact]
    public async Task Reading_the_channels_again_says_so_and_changes_nothing()
    {
        await using var services = _sandbox.Services(_database);
        var userId = await _database.GivenUserAsync();
        var account = await GivenExpiredAsync(services, userId, "google");
        _sandbox.Switch(switches => switches with { RefuseClient = true });

        var refresh = await services.GetRequiredService<AccountService>().RefreshChannelsAsync(userId, Token);

        Assert.Contains("GOOGLE_CLIENT_ID", Assert.Single(refresh.Failures), StringComparison.Ordinal);
        Assert.Equal("connected", await StatusOfAsync(account));
    }

    [Fact]
    public async Task Who_connects_an_account_is_not_kept_from_it_by_a_refusal_of_before()
    {
        await using var services = _sandbox.Services(_database);
        var userId = await _database.GivenUserAsync();
        var account = await GivenExpiredAsync(services, userId, "google");
        _sandbox.Switch(switches => switches with { RefuseClient = true });
        await Assert.ThrowsAsync<PlatformException>(() => services.GetRequiredService<AccountTokens>().GetAsync(userId, account.Id, Token));

        _sandbox.Switch(switches => switches with { RefuseClient = false });
        await _sandbox.ConnectAsync(services, userId);

        Assert.Null(await services.GetRequiredService<AccountPlatforms>().Find("google")!.ReadRefusalAsync());
        Assert.NotEmpty(await services.GetRequiredService<AccountTokens>().GetAsync(userId, account.Id, Token));
    }

    [Fact]
    public async Task A_connection_that_was_made_with_another_client_keeps_no_other_account_waiting()
    {
        await using var services = _sandbox.Services(_database);
        var userId = await _database.GivenUserAsync();
        var old = await GivenExpiredAsync(services, userId, "google");
        _sandbox.Order(new FaultOrder { Path = "/token", Status = 401, Reason = "unauthorized_client" });

        var e = await Assert.ThrowsAsync<PlatformException>(() => services.GetRequiredService<AccountTokens>().GetAsync(userId, old.Id, Token));

        Assert.Equal((Remedy.Configure, "client_unauthorized"), (e.Remedy, e.Code));
        Assert.Contains("GOOGLE_CLIENT_ID", e.Message, StringComparison.Ordinal);
        Assert.Equal("connected", await StatusOfAsync(old));
        Assert.NotEmpty(await services.GetRequiredService<AccountTokens>().GetAsync(userId, old.Id, Token));
    }

    private async Task<ConnectedAccount> GivenExpiredAsync(IServiceProvider services, Guid userId, string provider)
    {
        var account = await _sandbox.ConnectAsync(services, userId, provider);
        await _database.Db.ExecuteAsync("update connected_accounts set token_expires_at = now() where id = @Id", new { account.Id }, Token);
        return account;
    }

    private Task<string?> StatusOfAsync(ConnectedAccount account) =>
        _database.ScalarAsync<string>("select status from connected_accounts where id = @Id", new { account.Id });
}
