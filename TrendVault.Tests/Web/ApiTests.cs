using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using TrendVault.Core.Data;
using TrendVault.Tests.App;

namespace TrendVault.Tests.Web;

public sealed class ApiTests(TrendVaultApp app) : IClassFixture<TrendVaultApp>
{
    private const string Password = "correct-horse-9-battery";

    [Fact]
    public async Task A_script_registers_signs_in_refreshes_and_signs_out()
    {
        using var client = app.CreateBareClient();
        var email = $"{Guid.CreateVersion7():n}@example.org";

        var registered = await SendAsync(client, "register", new { email, password = Password, name = "Script" });
        var signedIn = await SendAsync(client, "login", new { email, password = Password });
        var refreshed = await SendAsync(client, "refresh", new { refreshToken = Text(signedIn, "refreshToken") });
        client.DefaultRequestHeaders.Authorization = new("Bearer", Text(refreshed, "accessToken"));
        var me = await client.GetFromJsonAsync<JsonElement>(new Uri("/api/auth/me", UriKind.Relative), TestContext.Current.CancellationToken);
        await SendAsync(client, "logout", new { });
        using var after = await client.GetAsync(new Uri("/api/auth/me", UriKind.Relative), TestContext.Current.CancellationToken);

        Assert.Equal(3600, signedIn.GetProperty("data").GetProperty("expiresIn").GetInt32());
        Assert.Equal(email, registered.GetProperty("data").GetProperty("user").GetProperty("email").GetString());
        Assert.Equal((email, "user"), (Text(me, "email"), Text(me, "role")));
        Assert.Equal(HttpStatusCode.Unauthorized, after.StatusCode);
    }

    [Fact]
    public async Task A_wrong_password_is_told_in_the_words_of_the_page()
    {
        using var client = app.CreateBareClient();
        var user = await app.GivenUserAsync();

        var answer = await SendAsync(client, "login", new { email = user.Email, password = "not my password" });

        Assert.Equal("invalid_credentials", answer.GetProperty("error").GetProperty("code").GetString());
        Assert.Equal("The e-mail address or the password is wrong.", answer.GetProperty("error").GetProperty("message").GetString());
    }

    [Fact]
    public async Task A_refresh_token_that_is_used_twice_ends_the_session()
    {
        using var client = app.CreateBareClient();
        var user = await app.GivenUserAsync();
        var signedIn = await SendAsync(client, "login", new { email = user.Email, password = Password });
        await SendAsync(client, "refresh", new { refreshToken = Text(signedIn, "refreshToken") });

        var again = await SendAsync(client, "refresh", new { refreshToken = Text(signedIn, "refreshToken") });
        client.DefaultRequestHeaders.Authorization = new("Bearer", Text(signedIn, "accessToken"));
        using var me = await client.GetAsync(new Uri("/api/auth/me", UriKind.Relative), TestContext.Current.CancellationToken);

        Assert.Equal("invalid_refresh_token", again.GetProperty("error").GetProperty("code").GetString());
        Assert.Equal(HttpStatusCode.Unauthorized, me.StatusCode);
    }

    [Fact]
    public async Task The_api_never_redirects_and_reads_no_cookie()
    {
        using var browser = await app.SignInAsync();

        using var answer = await browser.GetAsync(new Uri("/api/auth/me", UriKind.Relative), TestContext.Current.CancellationToken);
        var body = await answer.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Equal("Bearer", answer.Headers.WwwAuthenticate.ToString());
        Assert.False(body.GetProperty("success").GetBoolean());
        Assert.Equal("unauthorized", body.GetProperty("error").GetProperty("code").GetString());
        Assert.Equal(answer.Headers.GetValues("X-Request-Id").Single(), body.GetProperty("meta").GetProperty("requestId").GetString());
    }

    [Fact]
    public async Task A_token_is_not_taken_from_the_query()
    {
        using var script = await app.ApiClientAsync();
        using var stranger = app.CreateBareClient();
        var token = script.DefaultRequestHeaders.Authorization!.Parameter;

        using var answer = await stranger.GetAsync(new Uri($"/api/auth/me?access_token={token}", UriKind.Relative), TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    [Fact]
    public async Task A_page_reads_no_bearer_token()
    {
        using var script = await app.ApiClientAsync();

        using var answer = await script.GetAsync(new Uri("/settings", UriKind.Relative), TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
    }

    [Theory]
    [InlineData("not json", "application/json", HttpStatusCode.BadRequest)]
    [InlineData("", "application/json", HttpStatusCode.BadRequest)]
    [InlineData("{}", "text/plain", HttpStatusCode.UnsupportedMediaType)]
    [InlineData("""{"email":"a\u0000b"}""", "application/json", HttpStatusCode.BadRequest)]
    [InlineData("""{"email":"\ud800"}""", "application/json", HttpStatusCode.BadRequest)]
    [InlineData("""{"email":[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]}""", "application/json", HttpStatusCode.BadRequest)]
    [InlineData("""{"more":[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]}""", "application/json", HttpStatusCode.BadRequest)]
    public async Task A_malformed_body_is_refused_in_the_envelope(string body, string type, HttpStatusCode status)
    {
        using var client = app.CreateBareClient();
        using var content = new StringContent(body, Encoding.UTF8, type);

        using var answer = await client.PostAsync(new Uri("/api/auth/login", UriKind.Relative), content, TestContext.Current.CancellationToken);

        Assert.Equal(status, answer.StatusCode);
        Assert.False((await answer.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken)).GetProperty("success").GetBoolean());
    }

    [Fact]
    public async Task A_body_has_at_most_64_kilobytes()
    {
        using var client = app.CreateBareClient();
        using var content = new StringContent($$"""{"email":"{{new string('a', 65 * 1024)}}"}""", Encoding.UTF8, "application/json");

        using var answer = await client.PostAsync(new Uri("/api/auth/login", UriKind.Relative), content, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
        Assert.Contains("payload_too_large", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/api/auth/me?page=1&page=2")]
    [InlineData("/api/auth/me?q=a%00b")]
    [InlineData("/api/auth/me?q=%ff%fe")]
    public async Task A_query_that_is_not_clear_is_refused(string path)
    {
        using var script = await app.ApiClientAsync();

        using var answer = await script.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    [Fact]
    public async Task Ready_names_what_is_missing()
    {
        using var client = app.CreateBareClient();

        using var answer = await client.GetAsync(new Uri("/health/ready", UriKind.Relative), TestContext.Current.CancellationToken);
        var body = await answer.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);

        Assert.Equal((HttpStatusCode.OK, "up"), (answer.StatusCode, body.GetProperty("checks").GetProperty("redis").GetString()));
    }

    private static string? Text(JsonElement answer, string name) => answer.GetProperty("data").GetProperty(name).GetString();

    private static async Task<JsonElement> SendAsync(HttpClient client, string route, object body)
    {
        using var answer = await client.PostAsJsonAsync(new Uri($"/api/auth/{route}", UriKind.Relative), body, TestContext.Current.CancellationToken);
        return await answer.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
    }
}

public sealed class OutageTests(OutageTests.LonelyApp app) : IClassFixture<OutageTests.LonelyApp>
{
    /// <summary>An app whose database can be taken away without hurting other tests.</summary>
    public sealed class LonelyApp(TestServers servers) : TrendVaultApp(servers);

    [Fact]
    public async Task Without_the_database_pages_and_the_api_answer_503_and_come_back_by_themselves()
    {
        using var browser = await app.SignInAsync();
        using var script = await app.ApiClientAsync();
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(browser, "/settings"));
        await using var db = DataModule.CreateDataSource(new DataOptions { DatabaseUrl = app.DatabaseUrl }, loggers: null);
        var name = new Npgsql.NpgsqlConnectionStringBuilder(app.DatabaseUrl).Database;

        await SetReachableAsync(name!, reachable: false);
        await Eventually.TrueAsync(async () => await StatusAsync(browser, "/settings") == HttpStatusCode.ServiceUnavailable, "the page says 503");
        using var answer = await script.GetAsync(new Uri("/api/auth/me", UriKind.Relative), TestContext.Current.CancellationToken);
        var ready = await StatusAsync(script, "/health/ready");
        var live = await StatusAsync(script, "/health/live");
        await SetReachableAsync(name!, reachable: true);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.NotNull(answer.Headers.RetryAfter);
        Assert.Equal((HttpStatusCode.ServiceUnavailable, HttpStatusCode.OK), (ready, live));
        await Eventually.TrueAsync(async () => await StatusAsync(browser, "/settings") == HttpStatusCode.OK, "the page is back");
    }

    // A database that takes no connections looks like a server that is shutting down: new ones are refused, old ones cut.
    private async Task SetReachableAsync(string name, bool reachable)
    {
        var address = new Npgsql.NpgsqlConnectionStringBuilder(app.DatabaseUrl) { Database = "postgres", Pooling = false };
        await using var connection = new Npgsql.NpgsqlConnection(address.ConnectionString);
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await connection.ExecuteAsync($"alter database {name} with allow_connections {(reachable ? "true" : "false")}", null, TestContext.Current.CancellationToken);
        if (!reachable)
            await connection.QueryAsync<bool>("select pg_terminate_backend(pid) from pg_stat_activity where datname = @name", new { name }, TestContext.Current.CancellationToken);
    }

    private static async Task<HttpStatusCode> StatusAsync(HttpClient client, string path)
    {
        using var answer = await client.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);
        return answer.StatusCode;
    }
}
