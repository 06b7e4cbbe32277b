using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Web;
using AngleSharp.Html.Parser;
using Microsoft.Extensions.DependencyInjection;
using StackExchange.Redis;
using TrendVault.Core.Accounts;
using TrendVault.Core.Auth;
using TrendVault.Core.Channels;
using TrendVault.Tests.App;
using TrendVault.Web.Sandbox;
using TrendVault.Web.Sandbox.Faults;

namespace TrendVault.Tests.Accounts;

/// <summary>The app with its callback registered at the sandbox.</summary>
public class ConnectApp(TestServers servers) : SandboxApp(servers)
{
    /// <summary>The channel of an account that a user has connected: Ada's.</summary>
    internal async Task<PublishingChannel> GivenChannelAsync(User user, string provider = "google")
    {
        Sandbox.Faults.Switches = Sandbox.Faults.Switches with { ConsentAs = GoogleSandbox.Ada };
        var flow = Services.GetRequiredService<OAuthFlow>();
        var start = await flow.BeginAsync(user.Id, Services.GetRequiredService<AccountPlatforms>().Find(provider)!, GoogleSandbox.RedirectUri);
        using var consent = this.CreateBareClient();
        using var back = await consent.GetAsync(start.Url, TestContext.Current.CancellationToken);
        var query = HttpUtility.ParseQueryString(back.Headers.Location!.Query);
        var answer = new FlowAnswer(query["state"], query["code"], null, start.FlowCookie);
        Assert.IsType<ConnectOutcome.Connected>(await flow.FinishAsync(answer, GoogleSandbox.RedirectUri, TestContext.Current.CancellationToken));
        return Assert.Single(await Services.GetRequiredService<ChannelStore>().ListAsync(user.Id, TestContext.Current.CancellationToken));
    }

    protected override SandboxOptions Options(string folder) => base.Options(folder) with { RedirectUris = [GoogleSandbox.RedirectUri] };
}

/// <summary>The whole flow over HTTP, as a browser walks it.</summary>
public sealed class ConnectTests : IClassFixture<ConnectApp>
{
    private readonly ConnectApp _app;

    public ConnectTests(ConnectApp app)
    {
        _app = app;
        app.Sandbox.Faults.Clear();
        app.Sandbox.Faults.Switches = new SandboxSwitches { ConsentAs = GoogleSandbox.Ada };
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Consent_connects_the_account_and_the_page_shows_its_channel()
    {
        var user = await _app.GivenUserAsync();
        using var flow = await BeginAsync(user);

        using var answer = await flow.ReturnAsync();

        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        var target = answer.Headers.Location!.OriginalString;
        Assert.StartsWith("/accounts?connected=", target, StringComparison.Ordinal);
        Assert.DoesNotContain("code", target, StringComparison.Ordinal);
        Assert.DoesNotContain("state", target, StringComparison.Ordinal);
        var page = await flow.Browser.GetStringAsync(target, Token);
        Assert.Contains("Ada Lind is connected.", page, StringComparison.Ordinal);
        Assert.Contains("Ada Drives", page, StringComparison.Ordinal);
        Assert.Contains("150 K subscribers", page, StringComparison.Ordinal);

        using var api = await _app.ApiClientAsync(user);
        var channels = await api.GetFromJsonAsync<JsonElement>("/api/channels", Token);
        Assert.Equal("Ada Drives", channels.GetProperty("data").GetProperty("channels")[0].GetProperty("channelName").GetString());
    }

    [Fact]
    public async Task The_flow_asks_with_pkce_offline_and_binds_the_browser()
    {
        using var flow = await BeginAsync(await _app.GivenUserAsync());

        Assert.Equal("S256", flow.Query["code_challenge_method"]);
        Assert.Equal(43, flow.Query["code_challenge"]!.Length);
        Assert.Equal(43, flow.Query["state"]!.Length);
        Assert.Equal("offline", flow.Query["access_type"]);
        Assert.Equal(GoogleSandbox.RedirectUri, flow.Query["redirect_uri"]);
        Assert.Contains("tv_oauth=", flow.SetCookie, StringComparison.Ordinal);
        Assert.Contains("max-age=600", flow.SetCookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("httponly", flow.SetCookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=lax", flow.SetCookie, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task A_state_works_once()
    {
        var user = await _app.GivenUserAsync();
        using var flow = await BeginAsync(user);
        var callback = await flow.ConsentAsync();

        using var first = await flow.VisitAsync(callback, flow.Cookie);
        using var second = await flow.VisitAsync(callback, flow.Cookie);

        Assert.Equal(HttpStatusCode.Redirect, first.StatusCode);
        await ExpectAsync(second, HttpStatusCode.BadRequest, "This link does not work");
    }

    [Theory]
    [InlineData(null)]
    [InlineData("another-browsers-cookie")]
    public async Task Another_browser_cannot_finish_the_flow(string? cookie)
    {
        var user = await _app.GivenUserAsync();
        using var flow = await BeginAsync(user);

        using var answer = await flow.VisitAsync(await flow.ConsentAsync(), cookie);

        await ExpectAsync(answer, HttpStatusCode.BadRequest, "This link does not work");
        await ExpectNothingConnectedAsync(user);
    }

    [Fact]
    public async Task An_expired_state_and_an_invented_one_are_refused()
    {
        var user = await _app.GivenUserAsync();
        using var flow = await BeginAsync(user);
        var callback = await flow.ConsentAsync();
        Assert.True(await _app.Services.GetRequiredService<IDatabase>().KeyDeleteAsync($"oauth:state:{flow.Query["state"]}"));

        using var expired = await flow.VisitAsync(callback, flow.Cookie);
        using var invented = await flow.VisitAsync("/oauth/callback?code=x&state=" + new string('a', 43), flow.Cookie);

        await ExpectAsync(expired, HttpStatusCode.BadRequest, "This link does not work");
        await ExpectAsync(invented, HttpStatusCode.BadRequest, "This link does not work");
        await ExpectNothingConnectedAsync(user);
    }

    [Fact]
    public async Task Saying_no_is_told_plainly()
    {
        var user = await _app.GivenUserAsync();
        using var flow = await BeginAsync(user);

        using var answer = await flow.VisitAsync($"/oauth/callback?error=access_denied&state={flow.Query["state"]}", flow.Cookie);

        await ExpectAsync(answer, HttpStatusCode.BadRequest, "You did not allow TrendVault to use your Google account.");
        await ExpectNothingConnectedAsync(user);
    }

    [Fact]
    public async Task An_unticked_upload_box_connects_nothing_and_is_named()
    {
        var user = await _app.GivenUserAsync();
        // Google adds what the same person has granted before, so it takes one who has not.
        _app.Sandbox.Faults.Switches = new SandboxSwitches { ConsentAs = "ben@example.com", OnlyScopes = ["openid", "https://www.googleapis.com/auth/youtube.readonly"] };
        using var flow = await BeginAsync(user);

        using var answer = await flow.ReturnAsync();

        await ExpectAsync(answer, HttpStatusCode.BadRequest, "TrendVault may not upload videos to your channel");
        await ExpectNothingConnectedAsync(user);
    }

    [Theory]
    [InlineData("/token", 503)]
    [InlineData("/token", 500)]
    [InlineData("/v1/userinfo", 503)]
    [InlineData("/youtube/v3/channels", 503)]
    public async Task A_platform_in_trouble_connects_nothing_by_halves(string path, int status)
    {
        var user = await _app.GivenUserAsync();
        using var flow = await BeginAsync(user);
        _app.Sandbox.Faults.Order(new FaultOrder { Path = path, Status = status });

        using var answer = await flow.ReturnAsync();

        await ExpectAsync(answer, HttpStatusCode.ServiceUnavailable, "Nothing was connected.");
        await ExpectNothingConnectedAsync(user);
    }

    [Fact]
    public async Task A_stranger_is_sent_to_sign_in_and_an_unknown_provider_is_missing()
    {
        using var stranger = _app.CreateBareClient();
        using var browser = await _app.SignInAsync();

        Assert.StartsWith("/signin", (await stranger.GetAsync("/oauth/authorize?provider=google", Token)).Headers.Location!.OriginalString, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await browser.GetAsync("/oauth/authorize?provider=example", Token)).StatusCode);
    }

    [Fact]
    public async Task Disconnecting_names_what_goes_and_then_it_is_gone()
    {
        var user = await _app.GivenUserAsync();
        using var flow = await BeginAsync(user);
        var id = (await flow.ReturnAsync()).Headers.Location!.OriginalString.Split('=')[1];

        var question = await flow.Browser.GetStringAsync($"/accounts/{id}/disconnect", Token);
        Assert.Contains("Ada Lind", question, StringComparison.Ordinal);
        Assert.NotNull(new HtmlParser().ParseDocument(question).QuerySelector("form[action$='/disconnect'] input[name=__RequestVerificationToken]"));
        using var stranger = await _app.SignInAsync();
        Assert.Equal(HttpStatusCode.NotFound, (await stranger.PostAsync($"/accounts/{id}/disconnect", null, Token)).StatusCode);
        using var answer = await flow.Browser.PostAsync($"/accounts/{id}/disconnect", null, Token);

        Assert.Equal("/accounts", answer.Headers.Location!.OriginalString);
        await ExpectNothingConnectedAsync(user);
    }

    [Fact]
    public async Task Scripts_get_our_own_address_for_a_browser()
    {
        using var api = await _app.ApiClientAsync();

        using var answer = await api.PostAsJsonAsync("/api/accounts/authorize", new { provider = "google" }, Token);
        using var unknown = await api.PostAsJsonAsync("/api/accounts/authorize", new { provider = "example" }, Token);

        var data = (await answer.Content.ReadFromJsonAsync<JsonElement>(Token)).GetProperty("data");
        Assert.Equal("http://localhost:8080/oauth/authorize?provider=google", data.GetProperty("authorizationUrl").GetString());
        Assert.Equal(HttpStatusCode.BadRequest, unknown.StatusCode);
    }

    private static async Task ExpectAsync(HttpResponseMessage answer, HttpStatusCode status, string sentence)
    {
        Assert.Equal(status, answer.StatusCode);
        Assert.Contains(sentence, await answer.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
    }

    private async Task ExpectNothingConnectedAsync(User user)
    {
        using var api = await _app.ApiClientAsync(user);
        var answer = await api.GetFromJsonAsync<JsonElement>("/api/accounts", Token);
        Assert.Equal(0, answer.GetProperty("data").GetProperty("accounts").GetArrayLength());
    }

    private async Task<Flow> BeginAsync(User user)
    {
        var browser = await _app.SignInAsync(user);
        using var answer = await browser.GetAsync("/oauth/authorize?provider=google", Token);
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        return new Flow(_app, browser, answer.Headers.Location!, answer.Headers.GetValues("Set-Cookie").Single(line => line.StartsWith("tv_oauth=", StringComparison.Ordinal)));
    }

    /// <summary>A browser on its way to the consent page and back.</summary>
    private sealed class Flow(ConnectApp app, HttpClient browser, Uri consent, string setCookie) : IDisposable
    {
        // The callback needs no session, only what the flow began with.
        private readonly HttpClient _bare = app.CreateBareClient();

        public HttpClient Browser => browser;

        public System.Collections.Specialized.NameValueCollection Query { get; } = HttpUtility.ParseQueryString(consent.Query);

        public string SetCookie => setCookie;

        public string Cookie => setCookie.Split(';')[0].Split('=', 2)[1];

        public async Task<string> ConsentAsync()
        {
            using var answer = await _bare.GetAsync(consent, Token);
            return answer.Headers.Location!.PathAndQuery;
        }

        public async Task<HttpResponseMessage> ReturnAsync() => await VisitAsync(await ConsentAsync(), Cookie);

        public Task<HttpResponseMessage> VisitAsync(string callback, string? cookie)
        {
            var request = new HttpRequestMessage(HttpMethod.Get, callback);
            if (cookie is not null)
                request.Headers.Add("Cookie", $"tv_oauth={cookie}");
            return _bare.SendAsync(request, Token);
        }

        public void Dispose()
        {
            _bare.Dispose();
            browser.Dispose();
        }
    }
}

/// <summary>An app without credentials of Google's.</summary>
public sealed class NotConfiguredTests(TrendVaultApp app) : IClassFixture<TrendVaultApp>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Without_credentials_the_route_is_off_and_says_what_to_set()
    {
        using var browser = await app.SignInAsync();
        using var api = await app.ApiClientAsync();

        using var page = await browser.GetAsync("/oauth/authorize?provider=google", Token);
        using var answer = await api.PostAsJsonAsync("/api/accounts/authorize", new { provider = "google" }, Token);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, page.StatusCode);
        Assert.Contains("GOOGLE_CLIENT_ID", await page.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Contains("GOOGLE_CLIENT_ID", await answer.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
        Assert.Contains("GOOGLE_CLIENT_ID", await browser.GetStringAsync("/accounts", Token), StringComparison.Ordinal);
    }
}
