namespace TrendVault.Core.Downloads;

/// <summary>
/// A home for one start of a program, made empty below the data folder and gone with it: nobody else has put configuration, a plugin
/// or a module there.
/// </summary>
internal sealed class EmptyHome : IDisposable
{
    /// <summary>Begins the names of working folders for ffmpeg alone, in the machine's temporary one.</summary>
    public const string TempPrefix = "trendvault-ffmpeg-";

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private EmptyHome(string path) => Path = path;

    /// <summary>Where it is.</summary>
    public string Path { get; }

    /// <summary>All of them are in here.</summary>
    public static DirectoryInfo RootIn(string dataFolder) => new(System.IO.Path.GetFullPath(System.IO.Path.Combine(dataFolder, "homes")));

    public static EmptyHome In(string dataFolder)
    {
        var home = new EmptyHome(System.IO.Path.Combine(RootIn(dataFolder).FullName, Guid.CreateVersion7().ToString()));
        Directory.CreateDirectory(home.Path, OwnerOnly);
        return home;
    }

    /// <inheritdoc />
    public void Dispose() => Directory.Delete(Path, recursive: true);
}
