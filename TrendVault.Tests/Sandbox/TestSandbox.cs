using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.WebUtilities;
using TrendVault.Tests.App;
using TrendVault.Web.Sandbox;

namespace TrendVault.Tests.Sandbox;

/// <summary>A sandbox for tests: short clips, as fast as they come, made once for all runs on this machine.</summary>
internal sealed class TestSandbox : IAsyncDisposable
{
    public const string RedirectUri = "http://localhost:8080/oauth/callback";
    public const string ReadScope = "https://www.googleapis.com/auth/youtube.readonly";
    public const string UploadScope = "https://www.googleapis.com/auth/youtube.upload";

    private readonly string _folder;
    private readonly HttpClientHandler _handler = new() { AllowAutoRedirect = false };

    private TestSandbox(SandboxServer server, string folder)
    {
        Server = server;
        _folder = folder;
        Http = new HttpClient(_handler) { BaseAddress = server.Address };
    }

    public SandboxServer Server { get; private set; }

    public HttpClient Http { get; private set; }

    public static async Task<TestSandbox> StartAsync(TimeProvider? time = null)
    {
        var folder = Directory.CreateTempSubdirectory("tv-sandbox-").FullName;
        return new TestSandbox(await SandboxServer.StartAsync(OptionsFor(folder, time), TestContext.Current.CancellationToken), folder);
    }

    /// <summary>With pictures and clips in place.</summary>
    public static async Task<TestSandbox> StartWithMediaAsync()
    {
        await TestMedia.ReadyAsync(TestContext.Current.CancellationToken);
        return await StartAsync();
    }

    /// <summary>As at the very first start: nothing is made yet, and nothing is shared.</summary>
    public static async Task<TestSandbox> StartWithNothingMadeAsync()
    {
        var folder = Directory.CreateTempSubdirectory("tv-sandbox-").FullName;
        var options = OptionsFor(folder, time: null) with { MediaFolder = null };
        return new TestSandbox(await SandboxServer.StartAsync(options, TestContext.Current.CancellationToken), folder);
    }

    /// <summary>The same data behind a new server, as after a restart of the app. The port is another one.</summary>
    public async Task RestartAsync()
    {
        await Server.DisposeAsync();
        Server = await SandboxServer.StartAsync(OptionsFor(_folder, null), TestContext.Current.CancellationToken);
        Http.Dispose();
        Http = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false }) { BaseAddress = Server.Address };
    }

    public string Key => Server.SettingsFor(SandboxPlatform.YouTube)["YOUTUBE_API_KEY"]!;

    public string ApifyToken => Server.SettingsFor(SandboxPlatform.Apify)["APIFY_API_KEY"]!;

    /// <summary>A call of the Data API with the key.</summary>
    public Task<Answer> YouTubeAsync(string pathAndQuery) => SendAsync(HttpMethod.Get, $"youtube/v3/{pathAndQuery}&key={Key}");

    public async Task<Answer> SendAsync(HttpMethod method, string path, HttpContent? content = null, string? bearer = null)
    {
        using var request = new HttpRequestMessage(method, new Uri(Server.Address, path)) { Content = content };
        if (bearer is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", bearer);
        return await SendAsync(request);
    }

    public async Task<Answer> SendAsync(HttpRequestMessage request)
    {
        using var response = await Http.SendAsync(request, TestContext.Current.CancellationToken);
        return new Answer(response.StatusCode, await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken), response.Headers, response.Content.Headers);
    }

    /// <summary>Through consent and exchange; answers the body of the token endpoint.</summary>
    public async Task<JsonNode> ConnectAsync(string email = "ada@example.com", string scopes = $"openid email {UploadScope} {ReadScope}")
    {
        Server.Faults.Switches = Server.Faults.Switches with { ConsentAs = email };
        var back = await Authorize.OpenAsync(this, Authorize.Fields(scopes));
        Server.Faults.Switches = Server.Faults.Switches with { ConsentAs = null };
        return (await Authorize.ExchangeAsync(this, QueryHelpers.ParseQuery(back.Headers.Location!.Query)["code"].ToString())).Json;
    }

    public async Task<string> AccessTokenAsync(string scopes = $"openid email {UploadScope} {ReadScope}") =>
        (await ConnectAsync(scopes: scopes))["access_token"]!.GetValue<string>();

    /// <summary>A creator's access token, through consent and exchange at TikTok.</summary>
    public async Task<string> CreatorTokenAsync(string email = "ada@example.com", string scopes = "user.info.basic,video.upload")
    {
        Server.Faults.Switches = Server.Faults.Switches with { ConsentAs = email };
        var back = await Authorize.OpenAsync(this, Authorize.TikTokFields(scopes));
        Server.Faults.Switches = Server.Faults.Switches with { ConsentAs = null };
        var code = QueryHelpers.ParseQuery(back.Headers.Location!.Query)["code"].ToString();
        return (await Authorize.TikTokExchangeAsync(this, code)).Json["access_token"]!.GetValue<string>();
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        _handler.Dispose();
        await Server.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private static SandboxOptions OptionsFor(string folder, TimeProvider? time) => new()
    {
        DataFolder = folder,
        MediaFolder = TestMedia.Folder,
        ClipSeconds = TestMedia.ClipSeconds,
        MediaBytesPerSecond = 0,
        ApifyRunTime = TimeSpan.FromMilliseconds(400),
        ProcessingTime = TimeSpan.FromMilliseconds(300),
        RedirectUris = [RedirectUri],
        Time = time ?? TestDay.Clock,
    };
}

internal sealed record Answer(HttpStatusCode Status, byte[] Bytes, HttpResponseHeaders Headers, HttpContentHeaders ContentHeaders)
{
    public string Text => Encoding.UTF8.GetString(Bytes);

    public JsonNode Json => JsonNode.Parse(Bytes)!;

    public JsonArray Items => Json["items"]!.AsArray();

    /// <summary>YouTube's reason, from its envelope.</summary>
    public string? Reason => Json["error"]?["errors"]?[0]?["reason"]?.GetValue<string>();
}
