using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using TrendVault.Core.Auth;

namespace TrendVault.Tests.App;

/// <summary>A script of the demo user's, over the JSON API of an app in a process of its own.</summary>
internal sealed class ScriptClient : IDisposable
{
    /// <summary>A setting for the app: a test asks how far something is more often than a script may.</summary>
    public static readonly (string Name, string Value) Unlimited = ("RATE_LIMIT_PER_MINUTE", "100000");

    private readonly HttpClient _client;

    private ScriptClient(HttpClient client) => _client = client;

    public static async Task<ScriptClient> SignInAsync(AppProcess app)
    {
        var client = new ScriptClient(new HttpClient { BaseAddress = app.Address });
        var token = await client.PostAsync("api/auth/login", new { email = DemoUser.Email, password = DemoUser.Password }, "accessToken");
        client._client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return client;
    }

    /// <summary>Connects the demo user's account, as a browser walks it; the sandbox's consent page says yes by itself.</summary>
    public static async Task ConnectAsync(AppProcess app, string provider = "google")
    {
        using var browser = await BrowserAsync(app);
        using var begun = await browser.GetAsync("oauth/authorize?provider=" + provider, TestContext.Current.CancellationToken);
        using var consent = await browser.GetAsync(begun.Headers.Location, TestContext.Current.CancellationToken);
        using var connected = await browser.GetAsync(consent.Headers.Location!.PathAndQuery, TestContext.Current.CancellationToken);
        Assert.StartsWith("/accounts?connected=", connected.Headers.Location?.OriginalString, StringComparison.Ordinal);
    }

    /// <summary>Cookies and no script, signed in as the demo user.</summary>
    public static async Task<HttpClient> BrowserAsync(AppProcess app)
    {
        var browser = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = app.Address };
        var form = new Dictionary<string, string>
        {
            ["Email"] = DemoUser.Email,
            ["Password"] = DemoUser.Password,
            ["__RequestVerificationToken"] = Web.Browser.TokenOf(await browser.GetStringAsync("signin", TestContext.Current.CancellationToken)),
        };
        using var signedIn = await browser.PostAsync("signin", new FormUrlEncodedContent(form), TestContext.Current.CancellationToken);
        return browser;
    }

    /// <summary>Sends <paramref name="body"/> and answers one field of what comes back.</summary>
    public async Task<string> PostAsync(string path, object body, string answer)
    {
        using var response = await _client.PostAsJsonAsync(path, body, TestContext.Current.CancellationToken);
        var json = await response.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
        return json.TryGetProperty("data", out var data) ? data.GetProperty(answer).GetString()! : throw new InvalidOperationException(json.ToString());
    }

    public async Task<JsonElement> GetAsync(string path) =>
        (await _client.GetFromJsonAsync<JsonElement>(path, TestContext.Current.CancellationToken)).GetProperty("data");

    /// <summary>The body of an answer, as it comes.</summary>
    public Task<Stream> OpenAsync(string path) => _client.GetStreamAsync(path, TestContext.Current.CancellationToken);

    /// <summary>The id of the one channel that there is to publish on.</summary>
    public async Task<string> ChannelAsync() =>
        Assert.Single((await GetAsync("api/channels")).GetProperty("channels").EnumerateArray()).GetProperty("id").GetString()!;

    /// <summary>Waits until a download or an upload is done, and answers its row.</summary>
    public async Task<JsonElement> CompletedAsync(string path, TimeSpan patience)
    {
        JsonElement row = default;
        await Eventually.TrueAsync(
            async () =>
            {
                row = await GetAsync(path);
                Assert.False(row.GetProperty("status").GetString() is "failed" or "cancelled", row.ToString());
                return row.GetProperty("status").GetString() == "completed";
            },
            path + " completes",
            patience);
        return row;
    }

    public void Dispose() => _client.Dispose();
}
