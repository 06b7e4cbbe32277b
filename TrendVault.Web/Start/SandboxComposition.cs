using System.ComponentModel.DataAnnotations;
using TrendVault.Core;
using TrendVault.Core.Settings;
using TrendVault.Core.Trending;
using TrendVault.Web.Pages.Shared;
using TrendVault.Web.Sandbox;

namespace TrendVault.Web;

/// <summary>Whether the sandbox stands in for platforms without keys.</summary>
internal enum SandboxUse
{
    /// <summary>In Development, for each platform whose keys are missing.</summary>
    Auto,

    /// <summary>Never: such a platform is off, as it is in Production.</summary>
    Off,
}

/// <summary>The sandbox's two settings.</summary>
internal sealed class SandboxSetup
{
    [ConfigurationKeyName("SANDBOX")]
    public SandboxUse Use { get; set; } = SandboxUse.Auto;

    /// <summary>PORT + 1 by default: addresses of its videos are kept, so it should stay the same from start to start.</summary>
    [ConfigurationKeyName("SANDBOX_PORT")]
    [Range(0, 65535, ErrorMessage = "SANDBOX_PORT must be a number from 1 to 65535, or 0 for any free port.")]
    public int? Port { get; set; }

    /// <summary>Where its pictures and clips are made, once; under DATA_DIR by default. Several copies of TrendVault may share it.</summary>
    [ConfigurationKeyName("SANDBOX_MEDIA_DIR")]
    public string? MediaFolder { get; set; }
}

/// <summary>The one place that knows of the sandbox: in Development it fills in the settings of the platforms that have none.</summary>
internal sealed class SandboxComposition : IAsyncDisposable
{
    private readonly SandboxServer? _server;

    private SandboxComposition(SandboxServer? server, IReadOnlyList<string> platforms)
    {
        _server = server;
        Platforms = platforms;
    }

    /// <summary>What it stands in for, by name.</summary>
    public IReadOnlyList<string> Platforms { get; }

    /// <summary>Where it listens; null when it does not run.</summary>
    public string? Origin => _server?.Address.GetLeftPart(UriPartial.Authority);

    /// <exception cref="StartupException">Its port is busy.</exception>
    public static async Task<SandboxComposition> StartAsync(WebApplicationBuilder builder, ILoggerFactory loggers)
    {
        var configuration = builder.Configuration;
        var setup = configuration.ReadSettings<SandboxSetup>();
        var tiktok = configuration.ReadSettings<TrendingOptions>().TikTokSource;
        var missing = SandboxSettings.Credentials
            .Where(platform => platform.Key != (tiktok == TikTokSource.Research ? SandboxPlatform.Apify : SandboxPlatform.TikTokResearch))
            .Where(platform => platform.Value.Any(name => string.IsNullOrWhiteSpace(configuration[name])))
            .Select(platform => platform.Key)
            .ToList();
        if (!builder.Environment.IsDevelopment() || setup.Use == SandboxUse.Off || missing.Count == 0)
            return new SandboxComposition(null, []);

        var app = configuration.ReadSettings<AppOptions>();
        var port = setup.Port ?? app.Port + 1;
        var server = await StartServerAsync(port, setup.MediaFolder, app, configuration, loggers);
        foreach (var (name, value) in missing.SelectMany(server.SettingsFor))
            configuration[name] = value;
        configuration["DOWNLOAD_PRIVATE_ENDPOINTS"] = string.Join(',', new[] { configuration["DOWNLOAD_PRIVATE_ENDPOINTS"], server.Endpoint }.Where(text => !string.IsNullOrWhiteSpace(text)));
        return new SandboxComposition(server, [.. missing.Select(NameOf)]);
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
            await _server.DisposeAsync();
    }

    private static async Task<SandboxServer> StartServerAsync(int port, string? mediaFolder, AppOptions app, ConfigurationManager configuration, ILoggerFactory loggers)
    {
        try
        {
            return await SandboxServer.StartAsync(
                new SandboxOptions
                {
                    Port = port,
                    DataFolder = Path.Combine(Path.GetFullPath(configuration.ReadSettings<FolderOptions>().DataFolder), "sandbox"),
                    MediaFolder = mediaFolder,
                    RedirectUris = [app.Origin + "/oauth/callback"],
                    Loggers = loggers,
                },
                CancellationToken.None);
        }
        catch (IOException)
        {
            throw new StartupException($"SANDBOX_PORT {port} is used by another program: stop that one, or set SANDBOX_PORT to a free one.");
        }
    }

    private static string NameOf(SandboxPlatform platform) => platform switch
    {
        SandboxPlatform.Apify or SandboxPlatform.TikTokResearch => "TikTok",
        SandboxPlatform.TikTok => "TikTok sign-in",
        SandboxPlatform.Google => "Google sign-in",
        _ => platform.ToString(),
    };
}
