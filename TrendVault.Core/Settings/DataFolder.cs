using System.Runtime.InteropServices;

namespace TrendVault.Core.Settings;

/// <summary>The data folder and all below it are for TrendVault's user alone.</summary>
public static class DataFolder
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const int EverybodyElse = 0b000_111_111;

    /// <summary>Makes a folder, and those above it that are missing, for the owner alone.</summary>
    public static void Make(string path)
    {
        if (Path.GetDirectoryName(path) is { Length: > 0 } above && !Directory.Exists(above))
            Make(above);
        Directory.CreateDirectory(path, OwnerOnly);
    }

    /// <summary>
    /// Makes the folder where it is missing, and takes from others what they may do in it and in all folders below. What this process and
    /// those that it starts make from now on, wherever it is, is the owner's alone too.
    /// </summary>
    public static void Close(string path)
    {
        _ = Umask(EverybodyElse);
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

    [DllImport("libc", EntryPoint = "umask")]
    private static extern int Umask(int mask);
}
