using System.Globalization;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Time.Testing;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using TrendVault.Tests.App;
using TrendVault.Web.Sandbox;
using TrendVault.Web.Sandbox.Faults;

namespace TrendVault.Tests.Sandbox;

public sealed class GoogleOAuthTests : IAsyncLifetime
{
    private const string Scopes = $"openid email {TestSandbox.UploadScope} {TestSandbox.ReadScope}";

    private TestSandbox _sandbox = null!;

    public async ValueTask InitializeAsync() => _sandbox = await TestSandbox.StartAsync();

    public ValueTask DisposeAsync() => _sandbox.DisposeAsync();

    [Fact]
    public async Task Consent_leads_to_tokens_that_open_the_channel()
    {
        var back = await Authorize.DecideAsync(_sandbox, Authorize.Fields(Scopes), "ada@example.com", allow: true, TestSandbox.UploadScope, TestSandbox.ReadScope);
        Assert.Equal("st%ate +1", back["state"]);

        var tokens = await Authorize.ExchangeAsync(_sandbox, back["code"]!);
        Assert.Equal(HttpStatusCode.OK, tokens.Status);
        Assert.Equal(3599, tokens.Json["expires_in"]!.GetValue<int>());
        Assert.Contains("https://www.googleapis.com/auth/userinfo.email", tokens.Json["scope"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal("ada@example.com", new JsonWebToken(tokens.Json["id_token"]!.GetValue<string>()).GetPayloadValue<string>("email"));

        var access = tokens.Json["access_token"]!.GetValue<string>();
        var channels = await _sandbox.SendAsync(HttpMethod.Get, "youtube/v3/channels?part=snippet,statistics,contentDetails&mine=true", bearer: access);
        Assert.Equal("Ada Drives", Assert.Single(channels.Items)!["snippet"]!["title"]!.GetValue<string>());
        var user = await _sandbox.SendAsync(HttpMethod.Get, "v1/userinfo", bearer: access);
        Assert.Equal("ada@example.com", user.Json["email"]!.GetValue<string>());
        Assert.Null(user.Json["name"]);
    }

    [Fact]
    public async Task A_code_works_once_and_only_with_its_verifier_and_redirect()
    {
        async Task<string> CodeAsync() =>
            (await Authorize.DecideAsync(_sandbox, Authorize.Fields(Scopes), "ben@example.com", allow: true, TestSandbox.ReadScope))["code"]!;

        var code = await CodeAsync();
        Assert.Equal(HttpStatusCode.OK, (await Authorize.ExchangeAsync(_sandbox, code)).Status);
        Assert.Equal("invalid_grant", (await Authorize.ExchangeAsync(_sandbox, code)).Json["error"]!.GetValue<string>());

        Assert.Equal("invalid_grant", (await Authorize.ExchangeAsync(_sandbox, await CodeAsync(), verifier: new string('x', 64))).Json["error"]!.GetValue<string>());
        Assert.Equal("invalid_grant", (await Authorize.ExchangeAsync(_sandbox, await CodeAsync(), redirectUri: TestSandbox.RedirectUri + "/")).Json["error"]!.GetValue<string>());
        var wrongSecret = await Authorize.ExchangeAsync(_sandbox, await CodeAsync(), secret: "wrong");
        Assert.Equal((HttpStatusCode.Unauthorized, "invalid_client"), (wrongSecret.Status, wrongSecret.Json["error"]!.GetValue<string>()));
    }

    [Fact]
    public async Task A_grant_can_come_without_a_refresh_token_and_a_client_can_be_refused()
    {
        _sandbox.Server.Faults.Switches = new() { NoRefreshToken = true };
        var code = (await Authorize.DecideAsync(_sandbox, Authorize.Fields(Scopes), "ada@example.com", allow: true, TestSandbox.ReadScope))["code"]!;
        var tokens = await Authorize.ExchangeAsync(_sandbox, code);
        Assert.Equal(HttpStatusCode.OK, tokens.Status);
        Assert.Null(tokens.Json["refresh_token"]);

        _sandbox.Server.Faults.Switches = new() { RefuseClient = true };
        var refused = await Authorize.RefreshAsync(_sandbox, "1//0g");
        var creators = await Authorize.TikTokTokenAsync(_sandbox, ("grant_type", "refresh_token"), ("refresh_token", "rft.x"));
        Assert.Equal((HttpStatusCode.Unauthorized, "invalid_client"), (refused.Status, refused.Json["error"]!.GetValue<string>()));
        Assert.Equal((HttpStatusCode.Unauthorized, "invalid_client"), (creators.Status, creators.Json["error"]!.GetValue<string>()));
    }

    [Fact]
    public async Task An_unregistered_redirect_ends_on_a_page_of_its_own()
    {
        var fields = Authorize.Fields(Scopes);
        fields["redirect_uri"] += "/";

        var page = await Authorize.OpenAsync(_sandbox, fields);

        Assert.Equal(HttpStatusCode.BadRequest, page.Status);
        Assert.Contains("redirect_uri_mismatch", page.Text, StringComparison.Ordinal);
        Assert.Null(page.Headers.Location);
    }

    [Fact]
    public async Task The_consent_page_protects_itself_and_lets_the_form_lead_back()
    {
        var page = await Authorize.OpenAsync(_sandbox, Authorize.Fields(Scopes));

        var policy = Assert.Single(page.Headers.GetValues("Content-Security-Policy"));
        Assert.Contains("form-action 'self' http://localhost:8080;", policy, StringComparison.Ordinal);
        Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
        Assert.DoesNotContain(" style=", page.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Denying_returns_access_denied()
    {
        var back = await Authorize.DecideAsync(_sandbox, Authorize.Fields(Scopes), "ada@example.com", allow: false);

        Assert.Equal("access_denied", back["error"]);
        Assert.Equal("st%ate +1", back["state"]);
        Assert.False(back.ContainsKey("code"));
    }

    [Fact]
    public async Task An_unticked_scope_is_not_granted_and_the_api_says_so()
    {
        var back = await Authorize.DecideAsync(_sandbox, Authorize.Fields(Scopes), "ada@example.com", allow: true, TestSandbox.ReadScope);
        var tokens = (await Authorize.ExchangeAsync(_sandbox, back["code"]!)).Json;

        Assert.DoesNotContain("youtube.upload", tokens["scope"]!.GetValue<string>(), StringComparison.Ordinal);
        var refused = await _sandbox.SendAsync(HttpMethod.Post, "upload/youtube/v3/videos?uploadType=resumable&part=snippet", new StringContent("{}"), tokens["access_token"]!.GetValue<string>());
        Assert.Equal((HttpStatusCode.Forbidden, "insufficientPermissions"), (refused.Status, refused.Reason));
    }

    [Fact]
    public async Task A_refresh_token_comes_with_the_first_consent_and_whenever_consent_is_asked_for()
    {
        var quiet = Authorize.Fields(Scopes);
        quiet.Remove("prompt");
        async Task<bool> HasRefreshAsync(Dictionary<string, string> fields)
        {
            var back = await Authorize.DecideAsync(_sandbox, fields, "ada@example.com", allow: true, TestSandbox.ReadScope);
            return (await Authorize.ExchangeAsync(_sandbox, back["code"]!)).Json["refresh_token"] is not null;
        }

        Assert.True(await HasRefreshAsync(quiet));
        Assert.False(await HasRefreshAsync(quiet));
        Assert.True(await HasRefreshAsync(Authorize.Fields(Scopes)));
        var online = Authorize.Fields(Scopes);
        online.Remove("access_type");
        Assert.False(await HasRefreshAsync(online));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Revoking_ends_the_access_and_the_refresh_token(bool inQuery)
    {
        var tokens = await _sandbox.ConnectAsync();
        var (access, refresh) = (tokens["access_token"]!.GetValue<string>(), tokens["refresh_token"]!.GetValue<string>());
        Assert.Equal(HttpStatusCode.OK, (await Authorize.RefreshAsync(_sandbox, refresh)).Status);

        var revoked = inQuery
            ? await _sandbox.SendAsync(HttpMethod.Post, "revoke?token=" + Uri.EscapeDataString(refresh))
            : await _sandbox.SendAsync(HttpMethod.Post, "revoke", new FormUrlEncodedContent([new("token", access)]));

        Assert.Equal((HttpStatusCode.OK, "{}"), (revoked.Status, revoked.Text));
        Assert.Equal("invalid_grant", (await Authorize.RefreshAsync(_sandbox, refresh)).Json["error"]!.GetValue<string>());
        var refused = await _sandbox.SendAsync(HttpMethod.Get, "youtube/v3/channels?part=snippet&mine=true", bearer: access);
        Assert.Equal((HttpStatusCode.Unauthorized, "authError"), (refused.Status, refused.Reason));
        Assert.Contains("invalid_token", refused.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.BadRequest, (await _sandbox.SendAsync(HttpMethod.Post, "revoke?token=" + Uri.EscapeDataString(refresh))).Status);
    }

    [Theory]
    [InlineData("query")]
    [InlineData("header")] // as google-auth-library asks
    [InlineData("form")]
    public async Task A_living_token_is_described_and_any_other_is_invalid(string place)
    {
        var access = (await _sandbox.ConnectAsync())["access_token"]!.GetValue<string>();

        var info = (await AskAboutAsync(access, place)).Json;
        var other = await AskAboutAsync("ya29.dead", place);

        Assert.Equal(SandboxSettings.ClientId, info["aud"]!.GetValue<string>());
        Assert.Equal(("ada@example.com", "true", "offline"), (info["email"]!.GetValue<string>(), info["email_verified"]!.GetValue<string>(), info["access_type"]!.GetValue<string>()));
        Assert.Contains(TestSandbox.UploadScope, info["scope"]!.GetValue<string>().Split(' '));
        Assert.InRange(int.Parse(info["expires_in"]!.GetValue<string>(), CultureInfo.InvariantCulture), 3000, 3599);
        Assert.Equal((HttpStatusCode.BadRequest, "invalid_token"), (other.Status, other.Json["error"]!.GetValue<string>()));
    }

    [Fact]
    public async Task An_id_token_is_good_by_the_certificates_as_it_is_by_the_keys()
    {
        var token = new JsonWebToken((await _sandbox.ConnectAsync())["id_token"]!.GetValue<string>());
        var pem = await _sandbox.SendAsync(HttpMethod.Get, "oauth2/v1/certs");
        var keys = new JsonWebKeySet((await _sandbox.SendAsync(HttpMethod.Get, "oauth2/v3/certs")).Text);

        using var certificate = X509Certificate2.CreateFromPem(pem.Json[token.Kid]!.GetValue<string>());
        foreach (var key in new[] { new X509SecurityKey(certificate), Assert.Single(keys.GetSigningKeys()) })
        {
            var judged = await new JsonWebTokenHandler().ValidateTokenAsync(token, new TokenValidationParameters
            {
                IssuerSigningKey = key,
                TryAllIssuerSigningKeys = true,
                ValidIssuer = "https://accounts.google.com",
                ValidAudience = SandboxSettings.ClientId,
                LifetimeValidator = (_, _, _, _) => true,
            });
            Assert.True(judged.IsValid, judged.Exception?.Message);
        }

        Assert.NotNull(pem.Headers.CacheControl!.MaxAge);
    }

    [Fact]
    public async Task Access_tokens_expire_and_refreshing_gives_another()
    {
        var time = new FakeTimeProvider(TestDay.Now);
        await using var sandbox = await TestSandbox.StartAsync(time);
        var tokens = await sandbox.ConnectAsync();
        time.Advance(TimeSpan.FromHours(1));

        Assert.Equal("authError", (await sandbox.SendAsync(HttpMethod.Get, "youtube/v3/channels?part=id&mine=true", bearer: tokens["access_token"]!.GetValue<string>())).Reason);
        var fresh = (await Authorize.RefreshAsync(sandbox, tokens["refresh_token"]!.GetValue<string>())).Json;
        Assert.Null(fresh["refresh_token"]);
        Assert.Equal(HttpStatusCode.OK, (await sandbox.SendAsync(HttpMethod.Get, "youtube/v3/channels?part=id&mine=true", bearer: fresh["access_token"]!.GetValue<string>())).Status);
    }

    [Fact]
    public async Task Switches_shorten_tokens_refuse_refreshes_cut_scopes_and_skip_the_page()
    {
        _sandbox.Server.Faults.Switches = new SandboxSwitches { AccessTokenSeconds = 30, RefuseRefresh = true, OnlyScopes = [TestSandbox.ReadScope], ConsentAs = "ben@example.com" };

        var redirect = await Authorize.OpenAsync(_sandbox, Authorize.Fields(Scopes));
        var code = Microsoft.AspNetCore.WebUtilities.QueryHelpers.ParseQuery(redirect.Headers.Location!.Query)["code"].ToString();
        var tokens = (await Authorize.ExchangeAsync(_sandbox, code)).Json;

        Assert.Equal(30, tokens["expires_in"]!.GetValue<int>());
        Assert.Equal(TestSandbox.ReadScope, tokens["scope"]!.GetValue<string>());
        Assert.Equal("invalid_grant", (await Authorize.RefreshAsync(_sandbox, tokens["refresh_token"]!.GetValue<string>())).Json["error"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_connected_account_outlives_a_restart()
    {
        var tokens = await _sandbox.ConnectAsync();
        await _sandbox.RestartAsync();

        Assert.Equal(HttpStatusCode.OK, (await Authorize.RefreshAsync(_sandbox, tokens["refresh_token"]!.GetValue<string>())).Status);
        Assert.Equal(HttpStatusCode.OK, (await _sandbox.SendAsync(HttpMethod.Get, "youtube/v3/channels?part=id&mine=true", bearer: tokens["access_token"]!.GetValue<string>())).Status);
    }

    [Fact]
    public async Task An_account_without_a_channel_answers_without_items()
    {
        var tokens = await _sandbox.ConnectAsync("chris@example.com");

        var channels = await _sandbox.SendAsync(HttpMethod.Get, "youtube/v3/channels?part=snippet&mine=true", bearer: tokens["access_token"]!.GetValue<string>());

        Assert.Equal(HttpStatusCode.OK, channels.Status);
        Assert.Null(channels.Json["items"]);
    }

    private Task<Answer> AskAboutAsync(string token, string place) => place switch
    {
        "query" => _sandbox.SendAsync(HttpMethod.Get, "tokeninfo?access_token=" + Uri.EscapeDataString(token)),
        "header" => _sandbox.SendAsync(HttpMethod.Post, "tokeninfo", new FormUrlEncodedContent([]), token),
        _ => _sandbox.SendAsync(HttpMethod.Post, "tokeninfo", new FormUrlEncodedContent([new("access_token", token)])),
    };
}
