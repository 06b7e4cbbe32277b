using TrendVault.Web.Sandbox;

namespace TrendVault.Tests.App;

/// <summary>
/// A class fixture: the whole app, and beside it a sandbox for all platforms that the test can order bad days from. The app knows
/// it by its settings only. All sandboxes of a run share their pictures and clips.
/// </summary>
public class SandboxApp(TestServers servers) : TrendVaultApp(servers)
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tv-sandbox-").FullName;

    /// <summary>The platforms, as they are here.</summary>
    public SandboxServer Sandbox { get; private set; } = null!;

    public override async ValueTask InitializeAsync()
    {
        Sandbox = await SandboxServer.StartAsync(Options(_folder), CancellationToken.None);
        await base.InitializeAsync();
    }

    /// <summary>How the sandbox is set up: fast, where the demo's takes its time so that it can be watched.</summary>
    protected virtual SandboxOptions Options(string folder) => new()
    {
        DataFolder = folder,
        MediaFolder = TestMedia.Folder,
        RedirectUris = [],
        MediaBytesPerSecond = 0,
        ClipSeconds = TestMedia.ClipSeconds,
        ApifyRunTime = TimeSpan.FromMilliseconds(100),
        ProcessingTime = TimeSpan.FromMilliseconds(200),
    };

    protected override void Configure()
    {
        foreach (var platform in Enum.GetValues<SandboxPlatform>())
        {
            foreach (var (name, value) in Sandbox.SettingsFor(platform))
                Set(name, value!);
        }

        Set("DOWNLOAD_PRIVATE_ENDPOINTS", Sandbox.Endpoint);
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await Sandbox.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
        GC.SuppressFinalize(this);
    }
}
