using Microsoft.Extensions.DependencyInjection;
using TrendVault.Core.Auth;
using TrendVault.Core.Data;
using TrendVault.Tests.App;

namespace TrendVault.Tests.Auth;

public sealed class ApiSessionTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    [Fact]
    public async Task A_refresh_token_is_replaced_at_each_use()
    {
        await using var services = database.BuildAuth();
        var (api, first) = await StartAsync(services);

        var second = await RefreshAsync(api, first.RefreshToken);
        var third = await RefreshAsync(api, second!.RefreshToken);

        Assert.NotNull(third);
        Assert.True(await LivesAsync(services, third.AccessToken));
    }

    [Fact]
    public async Task A_second_use_ends_the_family_and_its_access_tokens()
    {
        await using var services = database.BuildAuth();
        var (api, first) = await StartAsync(services);
        var second = await RefreshAsync(api, first.RefreshToken);

        Assert.Null(await RefreshAsync(api, first.RefreshToken));

        Assert.Null(await RefreshAsync(api, second!.RefreshToken));
        Assert.False(await LivesAsync(services, second.AccessToken));
        Assert.False(await LivesAsync(services, first.AccessToken));
    }

    [Fact]
    public async Task Of_two_uses_at_once_one_wins_and_the_family_ends_all_the_same()
    {
        await using var services = database.BuildAuth();
        var (api, first) = await StartAsync(services);

        var both = await Task.WhenAll(RefreshAsync(api, first.RefreshToken), RefreshAsync(api, first.RefreshToken));

        var winner = Assert.Single(both, pair => pair is not null);
        Assert.False(await LivesAsync(services, winner!.AccessToken));
    }

    [Fact]
    public async Task A_refresh_token_is_good_for_a_day()
    {
        await using var services = database.BuildAuth();
        var (api, first) = await StartAsync(services);
        await database.Db.ExecuteAsync(
            "update refresh_tokens set expires_at = now() where token_hash = sha256(@RefreshToken::bytea)", first, TestContext.Current.CancellationToken);

        Assert.Null(await RefreshAsync(api, first.RefreshToken));
        Assert.True(await LivesAsync(services, first.AccessToken)); // too late is not theft
    }

    [Fact]
    public async Task No_token_is_stored_as_it_is()
    {
        await using var services = database.BuildAuth();
        var (_, pair) = await StartAsync(services);

        Assert.Equal(0, await database.ScalarAsync<long>(
            "select count(*) from refresh_tokens where encode(token_hash, 'escape') like '%' || @RefreshToken || '%'", pair));
        Assert.True(pair.RefreshToken.Length >= 43);
    }

    [Fact]
    public async Task A_new_password_ends_every_other_session_with_its_refresh_tokens()
    {
        await using var services = database.BuildAuth();
        var cancellationToken = TestContext.Current.CancellationToken;
        var (auth, sessions, api) = (services.GetRequiredService<AuthService>(), services.GetRequiredService<Sessions>(), services.GetRequiredService<ApiSessions>());
        var user = await services.GivenAccountAsync();
        var mine = await sessions.StartAsync(user.Id, AuthServices.Client, cancellationToken);
        var other = await sessions.StartAsync(user.Id, AuthServices.Client, cancellationToken);
        var script = await api.StartAsync(user.Id, AuthServices.Client, cancellationToken);
        var me = (await sessions.FindAsync(mine, cancellationToken))!;

        var wrong = await auth.ChangePasswordAsync(me, "not my password", "another-good-one-77", AuthServices.Client, cancellationToken);
        var right = await auth.ChangePasswordAsync(me, AuthServices.GoodPassword, "another-good-one-77", AuthServices.Client, cancellationToken);

        Assert.IsType<ChangeOutcome.WrongPassword>(wrong);
        Assert.IsType<ChangeOutcome.Changed>(right);
        Assert.NotNull(await sessions.FindAsync(mine, cancellationToken));
        Assert.Null(await sessions.FindAsync(other, cancellationToken));
        Assert.Null(await RefreshAsync(api, script.RefreshToken));
        Assert.False(await LivesAsync(services, script.AccessToken));
        Assert.IsType<SignInOutcome.Welcome>(await auth.SignInAsync(user.Email, "another-good-one-77", AuthServices.Client, cancellationToken));
    }

    private static async Task<(ApiSessions Api, TokenPair Pair)> StartAsync(IServiceProvider services)
    {
        var api = services.GetRequiredService<ApiSessions>();
        var user = await services.GivenAccountAsync();
        return (api, await api.StartAsync(user.Id, AuthServices.Client, TestContext.Current.CancellationToken));
    }

    private static async Task<TokenPair?> RefreshAsync(ApiSessions api, string token) =>
        (await api.RefreshAsync(token, AuthServices.Client, TestContext.Current.CancellationToken))?.Tokens;

    private static async Task<bool> LivesAsync(IServiceProvider services, string accessToken) =>
        await services.GetRequiredService<AccessTokens>().ReadAsync(accessToken) is { } access
        && await services.GetRequiredService<Sessions>().FindApiAsync(access.SessionId, TestContext.Current.CancellationToken) is not null;
}
