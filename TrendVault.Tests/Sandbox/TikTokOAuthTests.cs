using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Time.Testing;
using TrendVault.Tests.App;
using TrendVault.Web.Sandbox;

namespace TrendVault.Tests.Sandbox;

public sealed class TikTokOAuthTests : IAsyncLifetime
{
    private const string UserInfo = "v2/user/info/?fields=open_id,display_name,avatar_url";
    private const string Basic = "user.info.basic";
    private const string Upload = "video.upload";

    private readonly FakeTimeProvider _time = new(TestDay.Now);
    private TestSandbox _sandbox = null!;

    public async ValueTask InitializeAsync() => _sandbox = await TestSandbox.StartAsync(_time);

    public ValueTask DisposeAsync() => _sandbox.DisposeAsync();

    [Fact]
    public async Task Consent_leads_to_tokens_that_tell_whose_they_are()
    {
        var back = await Authorize.DecideAsync(_sandbox, Authorize.TikTokFields(), "Ada on the Road", allow: true, Upload);
        Assert.Equal(("st%ate +1", $"{Basic},{Upload}"), (back["state"], back["scopes"]));

        var tokens = (await Authorize.TikTokExchangeAsync(_sandbox, back["code"]!)).Json;
        Assert.Equal((7200, 15_552_000, $"{Basic},{Upload}"), (Number(tokens, "expires_in"), Number(tokens, "refresh_expires_in"), Text(tokens, "scope")));

        var user = (await _sandbox.SendAsync(HttpMethod.Get, UserInfo, bearer: Text(tokens, "access_token"))).Json["data"]!["user"]!;
        Assert.Equal((Text(tokens, "open_id"), "Ada on the Road"), (Text(user, "open_id"), Text(user, "display_name")));
        Assert.StartsWith(_sandbox.Server.Address.ToString(), Text(user, "avatar_url"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_code_works_once_and_a_refusal_comes_with_a_status_of_200()
    {
        var back = await Authorize.DecideAsync(_sandbox, Authorize.TikTokFields(), "Ada on the Road", allow: true, Upload);
        Assert.NotNull((await Authorize.TikTokExchangeAsync(_sandbox, back["code"]!)).Json["access_token"]);

        var again = await Authorize.TikTokExchangeAsync(_sandbox, back["code"]!);
        Assert.Equal((HttpStatusCode.OK, "invalid_request"), (again.Status, Text(again.Json, "error")));
    }

    [Fact]
    public async Task A_refresh_ends_the_refresh_token_that_it_was_asked_with()
    {
        var back = await Authorize.DecideAsync(_sandbox, Authorize.TikTokFields(), "Ada on the Road", allow: true, Upload);
        var first = Text((await Authorize.TikTokExchangeAsync(_sandbox, back["code"]!)).Json, "refresh_token");

        var second = Text((await RefreshAsync(first)).Json, "refresh_token");

        Assert.NotEqual(first, second);
        Assert.Equal("invalid_grant", Text((await RefreshAsync(first)).Json, "error"));
        Assert.NotNull((await RefreshAsync(second)).Json["access_token"]);
    }

    [Fact]
    public async Task An_access_token_ends_with_its_time_and_with_its_grant()
    {
        var token = await _sandbox.CreatorTokenAsync();
        using var form = new FormUrlEncodedContent([new("client_key", SandboxSettings.TikTokKey), new("client_secret", SandboxSettings.TikTokSecret), new("token", token)]);
        Assert.Equal(HttpStatusCode.OK, (await _sandbox.SendAsync(HttpMethod.Post, "v2/oauth/revoke/", form)).Status);
        Assert.Equal("access_token_invalid", await CodeOfUserInfoAsync(token));

        var other = await _sandbox.CreatorTokenAsync();
        Assert.Equal("ok", await CodeOfUserInfoAsync(other));
        _time.Advance(TimeSpan.FromHours(2));
        Assert.Equal("access_token_invalid", await CodeOfUserInfoAsync(other));
    }

    [Fact]
    public async Task What_is_not_ticked_is_not_granted()
    {
        var back = await Authorize.DecideAsync(_sandbox, Authorize.TikTokFields(), "Ada on the Road", allow: true);
        Assert.Equal(Basic, back["scopes"]);

        var token = Text((await Authorize.TikTokExchangeAsync(_sandbox, back["code"]!)).Json, "access_token");
        using var content = new StringContent("{}", System.Text.Encoding.UTF8, "application/json");
        var refused = await _sandbox.SendAsync(HttpMethod.Post, "v2/post/publish/inbox/video/init/", content, token);
        Assert.Equal((HttpStatusCode.Unauthorized, "scope_not_authorized"), (refused.Status, Text(refused.Json["error"]!, "code")));
    }

    [Fact]
    public async Task Who_says_no_is_sent_back_with_an_error() =>
        Assert.Equal("access_denied", (await Authorize.DecideAsync(_sandbox, Authorize.TikTokFields(), "Ada on the Road", allow: false))["error"]);

    [Theory]
    [InlineData("client_key", "wrong")]
    [InlineData("redirect_uri", "http://localhost:8080/oauth/callback/")]
    [InlineData("scope", "user.info.basic video.upload")]
    [InlineData("state", "")]
    public async Task A_request_that_does_not_fit_leads_nowhere(string field, string value)
    {
        var fields = Authorize.TikTokFields();
        fields[field] = value;
        Assert.Equal(HttpStatusCode.BadRequest, (await Authorize.OpenAsync(_sandbox, fields)).Status);
    }

    private async Task<string> CodeOfUserInfoAsync(string token) =>
        Text((await _sandbox.SendAsync(HttpMethod.Get, UserInfo, bearer: token)).Json["error"]!, "code");

    private Task<Answer> RefreshAsync(string token) =>
        Authorize.TikTokTokenAsync(_sandbox, ("grant_type", "refresh_token"), ("refresh_token", token));

    private static string Text(JsonNode node, string name) => node[name]!.GetValue<string>();

    private static int Number(JsonNode node, string name) => node[name]!.GetValue<int>();
}
