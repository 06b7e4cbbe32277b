using System.Security.Cryptography;
using System.Web;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using TrendVault.Core;
using TrendVault.Core.Accounts;
using TrendVault.Core.Channels;
using TrendVault.Core.Data;
using TrendVault.Core.Egress;
using TrendVault.Core.Storage;
using TrendVault.Tests.App;
using TrendVault.Tests.Jobs;
using TrendVault.Web.Sandbox.Faults;

namespace TrendVault.Tests.Accounts;

/// <summary>What TikTok's accounts have of their own: tokens that rotate, scopes between commas, one channel each.</summary>
public sealed class TikTokAccountTests : IClassFixture<TestDatabase>, IClassFixture<GoogleSandbox>
{
    private const string TokenPath = "/v2/oauth/token/";

    private readonly TestDatabase _database;
    private readonly GoogleSandbox _sandbox;

    public TikTokAccountTests(TestDatabase database, GoogleSandbox sandbox)
    {
        (_database, _sandbox) = (database, sandbox);
        sandbox.Reset();
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_connected_account_brings_its_creator_with_name_and_picture()
    {
        await using var services = _sandbox.Services(_database);
        var userId = await _database.GivenUserAsync();

        var account = await ConnectAsync(services, userId);
        var channel = Assert.Single(await services.GetRequiredService<ChannelStore>().ListAsync(userId, Token));

        Assert.Equal((Platform.TikTok, "Ada on the Road", AccountStatus.Connected), (account.Platform, account.PlatformUserName, account.Status));
        Assert.Equal((Platform.TikTok, "Ada on the Road", account.PlatformUserId), (channel.Platform, channel.ChannelName, channel.PlatformChannelId));
        Assert.StartsWith(_sandbox.Server.Address.ToString(), channel.AvatarUrl, StringComparison.Ordinal);
        Assert.Equal(["user.info.basic", "video.upload", "video.list"], account.Scopes);
    }

    [Theory]
    [InlineData(@"Ada \ud83d", "Ada")]
    [InlineData(@"\u3164\u200b", "TikTok account")]
    public async Task A_name_in_half_a_character_or_none_that_can_be_seen_connects_all_the_same(string name, string shown)
    {
        await using var services = _sandbox.Services(_database);
        var userId = await _database.GivenUserAsync();
        var body = $$$"""{ "data": { "user": { "open_id": "odd-{{{shown.Length}}}", "display_name": "{{{name}}}" } }, "error": { "code": "ok", "message": "", "log_id": "1" } }""";
        _sandbox.Order(new FaultOrder { Path = "/v2/user/info/", Status = 200, ContentType = "application/json", Body = body, Times = 2 });

        var account = await ConnectAsync(services, userId);
        var channel = Assert.Single(await services.GetRequiredService<ChannelStore>().ListAsync(userId, Token));

        Assert.Equal((shown, shown), (account.PlatformUserName, channel.ChannelName));
    }

    [Fact]
    public async Task A_user_connects_several_accounts_and_each_again_without_doubling_it()
    {
        await using var services = _sandbox.Services(_database);
        var userId = await _database.GivenUserAsync();

        await ConnectAsync(services, userId);
        await ConnectAsync(services, userId, "ben@example.com");
        await ConnectAsync(services, userId);

        var names = (await services.GetRequiredService<ChannelStore>().ListAsync(userId, Token)).Select(channel => channel.ChannelName);
        Assert.Equal(["Ada on the Road", "Ben's Slow Kitchen"], names);
    }

    [Theory]
    [InlineData("false", "user.info.basic,video.upload")]
    [InlineData("true", "user.info.basic,video.upload,video.list")]
    public async Task The_consent_page_is_asked_as_tiktok_wants_it(string listsVideos, string scopes)
    {
        await using var services = _sandbox.Services(_database, ("TIKTOK_VIDEO_LIST", listsVideos));
        var platform = services.GetRequiredService<AccountPlatforms>().Find("tiktok")!;
        var query = HttpUtility.ParseQueryString(platform.AuthorizeUrl("state", "challenge", GoogleSandbox.RedirectUri).Query);

        Assert.Equal((scopes, "code", "1"), (query["scope"], query["response_type"], query["disable_auto_auth"]));
        Assert.Null(query["client_id"]);
        Assert.Null(query["code_challenge"]);
    }

    [Theory]
    [InlineData("hex", true)]
    [InlineData("base64url", false)]
    public async Task With_pkce_the_code_is_exchanged_by_whoever_asked_for_it(string encoding, bool asTikTokHasIt)
    {
        await using var services = _sandbox.Services(_database, ("TIKTOK_PKCE", encoding));
        var userId = await _database.GivenUserAsync();
        var flow = services.GetRequiredService<OAuthFlow>();
        var start = await flow.BeginAsync(userId, services.GetRequiredService<AccountPlatforms>().Find("tiktok")!, GoogleSandbox.RedirectUri);
        var query = HttpUtility.ParseQueryString(start.Url.Query);
        Assert.Equal(("S256", asTikTokHasIt ? 64 : 43), (query["code_challenge_method"], query["code_challenge"]!.Length));

        var outcome = await flow.FinishAsync(await _sandbox.ConsentAsync(start), GoogleSandbox.RedirectUri, Token);

        Assert.Equal(asTikTokHasIt, outcome is ConnectOutcome.Connected);
    }

    [Fact]
    public async Task Each_refresh_keeps_the_next_refresh_token_however_many_ask()
    {
        _sandbox.Switch(switches => switches with { CreatorTokenSeconds = 60 });
        await using var here = _sandbox.Services(_database);
        await using var there = _sandbox.Services(_database);
        var userId = await _database.GivenUserAsync();
        var account = await ConnectAsync(here, userId);

        foreach (var _ in Enumerable.Range(0, 3))
        {
            _sandbox.Switch(switches => switches with { CreatorTokenSeconds = 7200 });
            var tokens = await Task.WhenAll(Enumerable.Range(0, 8).Select(i =>
                (i % 2 == 0 ? here : there).GetRequiredService<AccountTokens>().GetAsync(userId, account.Id, Token)));
            Assert.Single(tokens.Distinct());
            await _database.Db.ExecuteAsync("update connected_accounts set token_expires_at = now() where id = @Id", new { account.Id }, Token);
        }

        Assert.Equal("connected", await StatusOfAsync(account.Id));
    }

    [Fact]
    public async Task A_refresh_whose_answer_is_lost_means_to_connect_again()
    {
        _sandbox.Switch(switches => switches with { CreatorTokenSeconds = 60 });
        await using var services = _sandbox.Services(_database);
        var userId = await _database.GivenUserAsync();
        var account = await ConnectAsync(services, userId);
        var tokens = services.GetRequiredService<AccountTokens>();

        _sandbox.Order(new FaultOrder { Path = TokenPath, LoseAnswer = true });
        Assert.Equal(Remedy.Retry, (await Assert.ThrowsAsync<PlatformException>(() => tokens.GetAsync(userId, account.Id, Token))).Remedy);
        Assert.Equal(Remedy.Reauthorize, (await Assert.ThrowsAsync<PlatformException>(() => tokens.GetAsync(userId, account.Id, Token))).Remedy);
        Assert.Equal("reconnect_needed", await StatusOfAsync(account.Id));

        _sandbox.Reset();
        await ConnectAsync(services, userId);
        Assert.Equal("connected", await StatusOfAsync(account.Id));
    }

    [Theory]
    [InlineData("server_error", 500, Remedy.Retry)]
    [InlineData("temporarily_unavailable", 200, Remedy.Retry)]
    [InlineData("invalid_client", 401, Remedy.Configure)]
    [InlineData("invalid_grant", 200, Remedy.Reauthorize)]
    public async Task A_refusal_is_told_by_its_error_whatever_its_status(string error, int status, Remedy remedy)
    {
        // What is refused is remembered by these.
        await using var services = _sandbox.Services(_database, ("TIKTOK_CLIENT_SECRET", error));
        var platform = services.GetRequiredService<AccountPlatforms>().Find("tiktok")!;
        _sandbox.Order(new FaultOrder { Path = TokenPath, Status = status, Reason = error });

        Assert.Equal(remedy, (await Assert.ThrowsAsync<PlatformException>(() => platform.RefreshAsync("rft.x", Token))).Remedy);
    }

    [Fact]
    public async Task A_scope_that_was_not_granted_connects_nothing_and_is_named()
    {
        _sandbox.Switch(switches => switches with { OnlyScopes = ["user.info.basic"] });
        await using var services = _sandbox.Services(_database);
        var userId = await _database.GivenUserAsync();
        var flow = services.GetRequiredService<OAuthFlow>();
        var start = await flow.BeginAsync(userId, services.GetRequiredService<AccountPlatforms>().Find("tiktok")!, GoogleSandbox.RedirectUri);

        var outcome = await flow.FinishAsync(await _sandbox.ConsentAsync(start), GoogleSandbox.RedirectUri, Token);

        Assert.Contains("drafts into your inbox", Assert.IsType<ConnectOutcome.Denied>(outcome).Message, StringComparison.Ordinal);
        Assert.Empty(await services.GetRequiredService<AccountStore>().ListAsync(userId, Token));
    }

    [Fact]
    public async Task An_account_is_connected_without_the_scope_that_only_finds_posts()
    {
        _sandbox.Switch(switches => switches with { OnlyScopes = ["user.info.basic", "video.upload"] });
        await using var services = _sandbox.Services(_database);

        Assert.Equal(["user.info.basic", "video.upload"], (await ConnectAsync(services, await _database.GivenUserAsync())).Scopes);
    }

    [Fact]
    public async Task A_renewal_while_the_keys_are_rotated_keeps_its_refresh_token()
    {
        _sandbox.Switch(switches => switches with { CreatorTokenSeconds = 60 });
        await using var before = _sandbox.Services(_database);
        var userId = await _database.GivenUserAsync();
        var account = await ConnectAsync(before, userId);
        await using var rotating = RotatingServices();
        _sandbox.Switch(switches => switches with { CreatorTokenSeconds = 7200 });

        _sandbox.Order(new FaultOrder { Path = TokenPath, DelayMs = 1000 });
        var renewal = rotating.GetRequiredService<AccountTokens>().GetAsync(userId, account.Id, Token);
        await Eventually.TrueAsync(() => _sandbox.Server.Faults.Orders.Count == 0, "the renewal is under way");
        await rotating.GetRequiredService<KeyRotation>().RotateAsync(Token);
        var first = await renewal;

        await _database.Db.ExecuteAsync("update connected_accounts set token_expires_at = now() where id = @Id", new { account.Id }, Token);
        Assert.NotEqual(first, await rotating.GetRequiredService<AccountTokens>().GetAsync(userId, account.Id, Token));
        Assert.Equal("connected", await StatusOfAsync(account.Id));
        Assert.Equal(
            rotating.GetRequiredService<TokenVault>().CurrentKeyId,
            await _database.ScalarAsync<string>("select token_key_id from connected_accounts where id = @Id", new { account.Id }));
    }

    [Fact]
    public async Task A_renewed_refresh_token_is_written_though_postgresql_is_away_for_more_than_a_minute_and_its_caller_has_gone()
    {
        _sandbox.Switch(switches => switches with { CreatorTokenSeconds = 60 });
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        var log = new LogLines();
        await using var services = _database.BuildServices(
            (collection, configuration) => Add(collection, configuration, GoogleSandbox.Vault).AddSingleton<TimeProvider>(time).AddLogging(logging => logging.AddProvider(log)),
            _sandbox.Settings);
        var userId = await _database.GivenUserAsync();
        var account = await ConnectAsync(services, userId);
        var tokens = services.GetRequiredService<AccountTokens>();
        _sandbox.Switch(switches => switches with { CreatorTokenSeconds = 7200 });

        _sandbox.Order(new FaultOrder { Path = TokenPath, DelayMs = 1000 });
        using var caller = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var renewal = tokens.GetAsync(userId, account.Id, caller.Token);
        await Eventually.TrueAsync(() => _sandbox.Server.Faults.Orders.Count == 0, "the renewal is under way");
        await _database.WithoutPostgresAsync(async () =>
        {
            await caller.CancelAsync();
            var since = time.GetUtcNow();
            await Eventually.TrueAsync(
                () =>
                {
                    time.Advance(TimeSpan.FromSeconds(0.5));
                    return time.GetUtcNow() - since > TimeSpan.FromSeconds(75)
                        && log.Lines.Count(line => line.Contains("wait for PostgreSQL", StringComparison.Ordinal)) > 2;
                },
                "more than a minute of tries has passed",
                TimeSpan.FromSeconds(60));
        });
        await Eventually.TrueAsync(
            () =>
            {
                time.Advance(TimeSpan.FromSeconds(0.5));
                return renewal.IsCompleted;
            },
            "the renewal ends");

        // The old refresh token is dead, so that only the new one can bring the next access token.
        await _database.Db.ExecuteAsync("update connected_accounts set token_expires_at = now() where id = @Id", new { account.Id }, Token);
        Assert.NotEqual(await renewal, await tokens.GetAsync(userId, account.Id, Token));
        Assert.Equal("connected", await StatusOfAsync(account.Id));
    }

    [Fact]
    public async Task Disconnecting_revokes_also_when_the_access_token_has_ended()
    {
        _sandbox.Switch(switches => switches with { CreatorTokenSeconds = 1 });
        await using var services = _sandbox.Services(_database);
        var userId = await _database.GivenUserAsync();
        var account = await ConnectAsync(services, userId);
        _sandbox.Switch(switches => switches with { CreatorTokenSeconds = 7200 });

        Assert.Equal(DisconnectOutcome.Done, await services.GetRequiredService<AccountService>().DisconnectAsync(userId, account.Id, Token));

        Assert.Null(await StatusOfAsync(account.Id));
    }

    [Fact]
    public async Task A_tiktok_that_does_not_answer_cannot_keep_an_account_here()
    {
        await using var services = _sandbox.Services(_database);
        var userId = await _database.GivenUserAsync();
        var account = await ConnectAsync(services, userId);
        _sandbox.Order(new FaultOrder { Path = "/v2/oauth/revoke/", Status = 503 });

        Assert.Equal(DisconnectOutcome.NotRevoked, await services.GetRequiredService<AccountService>().DisconnectAsync(userId, account.Id, Token));
        Assert.Null(await StatusOfAsync(account.Id));
    }

    /// <summary>An instance whose key is another one by now, and which still opens what the one before has sealed.</summary>
    private ServiceProvider RotatingServices()
    {
        var key = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));
        return _database.BuildServices(
            (services, configuration) => Add(services, configuration, new VaultOptions { Key = key, PreviousKey = GoogleSandbox.Vault.Key, Rounds = GoogleSandbox.Vault.Rounds }),
            _sandbox.Settings);
    }

    private static IServiceCollection Add(IServiceCollection services, IConfiguration configuration, VaultOptions vault) =>
        services.AddEgress(configuration).AddStorage(configuration).AddChannels(configuration).AddAccounts(configuration).AddSingleton(Options.Create(vault));

    private Task<ConnectedAccount> ConnectAsync(IServiceProvider services, Guid userId, string email = GoogleSandbox.Ada)
    {
        _sandbox.Switch(switches => switches with { ConsentAs = email });
        return _sandbox.ConnectAsync(services, userId, "tiktok");
    }

    private Task<string?> StatusOfAsync(Guid accountId) =>
        _database.ScalarAsync<string>("select status from connected_accounts where id = @accountId", new { accountId });
}
