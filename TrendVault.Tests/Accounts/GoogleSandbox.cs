using System.Globalization;
using System.Web;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using TrendVault.Core.Accounts;
using TrendVault.Core.Channels;
using TrendVault.Core.Egress;
using TrendVault.Core.Storage;
using TrendVault.Tests.App;
using TrendVault.Web.Sandbox;
using TrendVault.Web.Sandbox.Faults;

namespace TrendVault.Tests.Accounts;

/// <summary>A class fixture: Google, YouTube and TikTok, without an app around them.</summary>
public sealed class GoogleSandbox : IAsyncLifetime
{
    public const string RedirectUri = "http://localhost:8080/oauth/callback";

    /// <summary>Has the channel Ada Drives.</summary>
    public const string Ada = "ada@example.com";

    /// <summary>Has no channel.</summary>
    public const string Chris = "chris@example.com";

    private static readonly string EncryptionKey = Convert.ToBase64String(Enumerable.Range(0, 32).Select(i => (byte)i).ToArray());

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tv-google-");
    private readonly HttpClient _browser = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false });

    public SandboxServer Server { get; private set; } = null!;

    /// <summary>The key that all instances share, with rounds for a test's patience.</summary>
    internal static VaultOptions Vault => new() { Key = EncryptionKey, Rounds = 1000 };

    /// <summary>Where the objects of a test's instances are.</summary>
    public string DataFolder => _folder.FullName;

    /// <summary>What points the clients here.</summary>
    public (string Name, string Value)[] Settings =>
    [
        .. new[] { SandboxPlatform.YouTube, SandboxPlatform.Google, SandboxPlatform.TikTok }.SelectMany(Server.SettingsFor).DistinctBy(pair => pair.Key).Select(pair => (pair.Key, pair.Value!)),
        ("ENCRYPTION_KEY", EncryptionKey),
        ("DATA_DIR", DataFolder),
    ];

    public async ValueTask InitializeAsync() => Server = await SandboxServer.StartAsync(
        new SandboxOptions
        {
            DataFolder = Path.Combine(_folder.FullName, "sandbox"),
            MediaFolder = Path.Combine(Path.GetTempPath(), "tv-sandbox-media"),
            RedirectUris = [RedirectUri],
            ClipSeconds = 4,
            ProcessingTime = TimeSpan.FromSeconds(1),
        },
        CancellationToken.None);

    /// <summary>No bad days, and consent without a page.</summary>
    public void Reset()
    {
        Server.Faults.Clear();
        Switch(_ => new SandboxSwitches { ConsentAs = Ada });
    }

    public void Switch(Func<SandboxSwitches, SandboxSwitches> change) => Server.Faults.Switches = change(Server.Faults.Switches);

    public void Order(FaultOrder order) => Server.Faults.Order(order);

    /// <summary>As if a creator had posted a draft in the TikTok app.</summary>
    /// <param name="seconds">How long the post is.</param>
    public async Task PostAsync(string publishId, double seconds = 0, bool isPublic = true)
    {
        var path = string.Create(CultureInfo.InvariantCulture, $"_sandbox/drafts/{publishId}/post?seconds={seconds}&isPublic={isPublic}");
        using var answer = await _browser.PostAsync(new Uri(Server.Address, path), null, TestContext.Current.CancellationToken);
        answer.EnsureSuccessStatusCode();
    }

    /// <summary>As if TikTok had ended a draft that was in an inbox.</summary>
    public async Task EndAsync(string publishId, string reason)
    {
        using var answer = await _browser.PostAsync(new Uri(Server.Address, $"_sandbox/drafts/{publishId}/end?reason={reason}"), null, TestContext.Current.CancellationToken);
        answer.EnsureSuccessStatusCode();
    }

    /// <summary>What a browser does on the consent page, and what it brings back.</summary>
    internal async Task<FlowAnswer> ConsentAsync(FlowStart start)
    {
        using var answer = await _browser.GetAsync(start.Url, TestContext.Current.CancellationToken);
        var query = HttpUtility.ParseQueryString(answer.Headers.Location!.Query);
        return new FlowAnswer(query["state"], query["code"], query["error"], start.FlowCookie);
    }

    /// <summary>The features under test, over a database of the class's own.</summary>
    public ServiceProvider Services(TestDatabase database, params (string Name, string Value)[] more) =>
        database.BuildServices(Add, [.. Settings.ExceptBy(more.Select(setting => setting.Name), setting => setting.Name), .. more]);

    /// <summary>A connected account of a new user.</summary>
    internal async Task<ConnectedAccount> ConnectAsync(IServiceProvider services, Guid userId, string provider = "google")
    {
        var flow = services.GetRequiredService<OAuthFlow>();
        var platform = services.GetRequiredService<AccountPlatforms>().Find(provider)!;
        var start = await flow.BeginAsync(userId, platform, RedirectUri);
        var outcome = await flow.FinishAsync(await ConsentAsync(start), RedirectUri, TestContext.Current.CancellationToken);
        return Assert.IsType<ConnectOutcome.Connected>(outcome).Account;
    }

    public async ValueTask DisposeAsync()
    {
        _browser.Dispose();
        await Server.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    private static void Add(IServiceCollection services, IConfiguration configuration) =>
        services.AddEgress(configuration).AddStorage(configuration).AddChannels(configuration).AddAccounts(configuration).AddSingleton(Options.Create(Vault));
}
