namespace TrendVault.Core.Settings;

/// <summary>The data folder and all below it are for TrendVault's user alone.</summary>
internal static class DataFolder
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>Makes a folder, and those above it that are missing, for the owner alone.</summary>
    public static void Make(string path)
    {
        if (Path.GetDirectoryName(path) is { Length: > 0 } above && !Directory.Exists(above))
            Make(above);
        Directory.CreateDirectory(path, OwnerOnly);
    }

    /// <summary>Makes the folder where it is missing, and takes from others what they may do in it and in all folders below.</summary>
    public static void Close(string path)
    {
        Make(path);
        CloseFolder(path);
        var all = new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint };
        foreach (var folder in Directory.EnumerateDirectories(path, "*", all))
            CloseFolder(folder);
    }

    private static void CloseFolder(string path)
    {
        try
        {
            if ((File.GetUnixFileMode(path) & ~OwnerOnly) != 0)
                File.SetUnixFileMode(path, OwnerOnly);
        }
        catch (Exception e) when (e is UnauthorizedAccessException or FileNotFoundException or DirectoryNotFoundException)
        {
            // Another user's, who keeps it as he likes; or it has just been removed. The data folder around it is closed.
        }
    }
}
