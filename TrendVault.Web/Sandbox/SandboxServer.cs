using System.Net;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using TrendVault.Web.Sandbox.Apify;
using TrendVault.Web.Sandbox.Catalogue;
using TrendVault.Web.Sandbox.Faults;
using TrendVault.Web.Sandbox.Google;
using TrendVault.Web.Sandbox.TikTok;
using TrendVault.Web.Sandbox.VideoSite;
using TrendVault.Web.Sandbox.YouTube;

namespace TrendVault.Web.Sandbox;

/// <summary>
/// A stand-in for the outside world on a loopback port of its own: YouTube's Data API, Google's OAuth, Apify, TikTok's Login Kit, inbox and
/// Research API, and a small video site.
/// An app inside the app that shares nothing with it: the clients reach it over HTTP and do not know what it is.
/// </summary>
public sealed class SandboxServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private SandboxServer(WebApplication app, Uri address)
    {
        _app = app;
        Address = address;
    }

    /// <summary>Where it listens, such as <c>http://localhost:8081/</c>.</summary>
    public Uri Address { get; }

    /// <summary>Host and port, as an exception of the URL policy names it.</summary>
    public string Endpoint => Address.Authority;

    /// <summary>Bad days to order.</summary>
    public SandboxFaults Faults => _app.Services.GetRequiredService<SandboxFaults>();

    /// <summary>What has been uploaded: the truth that tests compare with.</summary>
    public UploadLedger Ledger => _app.Services.GetRequiredService<UploadDesk>().Ledger();

    /// <summary>What has come for the inboxes of TikTok's creators.</summary>
    public IReadOnlyList<LedgerDraft> Drafts => _app.Services.GetRequiredService<DraftDesk>().Ledger();

    /// <summary>What the day's calls have cost.</summary>
    public IReadOnlyDictionary<string, QuotaUse> Quota => _app.Services.GetRequiredService<QuotaBook>().Today();

    /// <summary>From now on YouTube takes no uploads on a channel for a day.</summary>
    public void LimitUploads(string channelId) => _app.Services.GetRequiredService<UploadDesk>().Limit(channelId);

    /// <summary>The settings that make a client of <paramref name="platform"/> talk to this sandbox.</summary>
    public IReadOnlyDictionary<string, string?> SettingsFor(SandboxPlatform platform) => SandboxSettings.For(platform, Address);

    /// <summary>Starts it. Pictures and clips are made when they are asked for.</summary>
    /// <exception cref="IOException">The port is used by another program.</exception>
    public static async Task<SandboxServer> StartAsync(SandboxOptions options, CancellationToken ct)
    {
        // The empty builder reads no environment and no settings files, which are those of the app around it.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = typeof(SandboxServer).Assembly.GetName().Name });
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            // Uploads are as large as videos are, and as slow as the network.
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Limits.MinRequestBodyDataRate = null;
            kestrel.Limits.MinResponseDataRate = null;
            if (options.Port == 0)
                kestrel.Listen(IPAddress.Loopback, 0);
            else
                kestrel.ListenLocalhost(options.Port);
        });
        AddServices(builder.Services, options);

        var app = builder.Build();
        Map(app);
        try
        {
            await app.StartAsync(ct);
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }

        var port = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()).Port;
        var address = new UriBuilder(Uri.UriSchemeHttp, options.Host, port).Uri;
        app.Services.GetRequiredService<SandboxAddress>().Value = address;
        return new SandboxServer(app, address);
    }

    /// <summary>Makes the pictures and clips without a server, for whoever wants them there beforehand.</summary>
    public static async Task MakeMediaAsync(SandboxOptions options)
    {
        await using var media = new MediaLibrary(options, options.Loggers.CreateLogger<MediaLibrary>());
        await media.BuildAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    private static void AddServices(IServiceCollection services, SandboxOptions options)
    {
        services.AddSingleton(options.Loggers);
        services.AddSingleton(typeof(ILogger<>), typeof(Logger<>));
        services.AddSingleton<IHostLifetime, GuestLifetime>();
        services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(1));
        services.AddRouting();
        services.AddRequestDecompression();
        services.AddRazorComponents();
        // Nothing here is protected, so no keys are made or kept for it.
        services.AddDataProtection().UseEphemeralDataProtectionProvider();

        services.AddSingleton(options);
        services.AddSingleton(options.Time);
        services.AddSingleton<SandboxAddress>();
        services.AddSingleton<SandboxFaults>();
        services.AddSingleton(new SandboxState(options.DataFolder));
        services.AddSingleton<YouTubeCatalogue>();
        services.AddSingleton<QuotaBook>();
        services.AddSingleton<Grants>();
        services.AddSingleton<IdTokens>();
        services.AddSingleton<YouTubeFrontDoor>();
        services.AddSingleton<YouTubeResources>();
        services.AddSingleton<UploadDesk>();
        services.AddSingleton<ApifyRuns>();
        services.AddSingleton<AppTokens>();
        services.AddSingleton<ResearchDesk>();
        services.AddSingleton<CreatorGrants>();
        services.AddSingleton<DraftDesk>();
        services.AddSingleton<MediaLibrary>();
        services.AddSingleton<SiteVideos>();
    }

    private static void Map(WebApplication app)
    {
        app.UseMiddleware<FaultMiddleware>();
        app.UseRouting();
        app.UseRequestDecompression();
        app.MapYouTube();
        app.MapYouTubeUploads();
        app.MapGoogleOAuth();
        app.MapApify();
        app.MapLoginKit();
        app.MapPublishing();
        app.MapDisplay();
        app.MapResearch();
        app.MapMedia();
        app.MapVideoSite();
        app.MapSandboxDesk();
    }

    /// <summary>Signals are the business of the app around it, which may have work to finish that needs the sandbox.</summary>
    private sealed class GuestLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}

/// <summary>Known once the port is.</summary>
internal sealed class SandboxAddress
{
    public Uri Value { get; set; } = new("http://localhost/");

    public string Of(string path) => new Uri(Value, path).ToString();
}
