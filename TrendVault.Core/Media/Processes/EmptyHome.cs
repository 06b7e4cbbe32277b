using TrendVault.Core.Settings;

namespace TrendVault.Core.Media;

/// <summary>
/// A home for one start of a program, made empty below the data folder and gone with it: nobody else has put configuration, a plugin
/// or a module there.
/// </summary>
internal sealed class EmptyHome : IDisposable
{
    /// <summary>Begins the names of folders in the machine's temporary one that nobody needs for more than minutes.</summary>
    public const string TempPrefix = "trendvault-child-";

    private EmptyHome(string path) => Path = path;

    /// <summary>Where it is.</summary>
    public string Path { get; }

    /// <summary>All of them are in here.</summary>
    public static DirectoryInfo RootIn(string dataFolder) => new(System.IO.Path.GetFullPath(System.IO.Path.Combine(dataFolder, "homes")));

    public static EmptyHome In(string dataFolder)
    {
        var home = new EmptyHome(System.IO.Path.Combine(RootIn(dataFolder).FullName, Guid.CreateVersion7().ToString()));
        DataFolder.Make(home.Path);
        return home;
    }

    /// <summary>One in the machine's temporary folder, for what may outlive this instance and its data folder.</summary>
    public static EmptyHome InTemp() => new(Directory.CreateTempSubdirectory(TempPrefix).FullName);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
