using TrendVault.Web.Sandbox;

namespace TrendVault.Tests.App;

/// <summary>The pictures and clips that all sandboxes of all runs on this machine share: to make them takes seconds.</summary>
internal static class TestMedia
{
    /// <summary>Length of the shortest clip.</summary>
    public const int ClipSeconds = 4;

    private static readonly string Place = Path.Combine(Path.GetTempPath(), "trendvault-test-media");

    // A sandbox that ends gives up what it was making, and those of tests end soon.
    private static readonly Lazy<Task> Making = new(() => SandboxServer.MakeMediaAsync(new SandboxOptions { DataFolder = Place, MediaFolder = Place, ClipSeconds = ClipSeconds }));

    /// <summary>Whoever asks for the folder first has it filled, in the background.</summary>
    public static string Folder
    {
        get
        {
            _ = Making.Value;
            return Place;
        }
    }

    /// <summary>Done when all is there.</summary>
    public static Task ReadyAsync(CancellationToken cancellationToken) => Making.Value.WaitAsync(cancellationToken);
}
