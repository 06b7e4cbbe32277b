using TrendVault.Core.Settings;

namespace TrendVault.Core.Media;

/// <summary>The folder that a download works in, kept from one attempt to the next so that the partial file can be continued.</summary>
internal sealed class WorkFolder(string path)
{
    /// <summary>Where the file arrives; nothing else is put there.</summary>
    public string Media { get; } = System.IO.Path.Combine(path, "media");

    /// <summary>Where subtitles arrive.</summary>
    public string Subtitles { get; } = System.IO.Path.Combine(path, "subtitles");

    /// <summary>The child's HOME and temporary folder.</summary>
    public string Home { get; } = System.IO.Path.Combine(path, "home");

    public string Path { get; } = path;

    /// <summary>Since when the file is whole and has only to be stored; null while it is not, or is stored.</summary>
    public DateTimeOffset? FinishedAt => File.Exists(FinishedMark) && Directory.EnumerateFileSystemEntries(Media).Any() ? File.GetLastWriteTimeUtc(FinishedMark) : null;

    private string FinishedMark => System.IO.Path.Combine(Path, "finished");

    /// <summary>Notes that the file is whole: whatever happens now, it is not fetched again.</summary>
    public void Finish() => File.WriteAllBytes(FinishedMark, []);

    /// <summary>Makes it, and removes what is no part of <paramref name="stem"/>'s download.</summary>
    public void Prepare(string stem)
    {
        EmptyHome();
        DataFolder.Make(Media);
        EmptySubtitles();
        File.Delete(FinishedMark);
        foreach (var entry in new DirectoryInfo(Media).EnumerateFileSystemInfos())
        {
            if (entry is FileInfo && entry.Name.StartsWith(stem, StringComparison.Ordinal))
                continue;
            if (entry is DirectoryInfo { LinkTarget: null } folder)
                folder.Delete(recursive: true);
            else
                entry.Delete();
        }
    }

    /// <summary>Removes what has arrived of subtitles.</summary>
    public void EmptySubtitles() => Empty(Subtitles);

    /// <summary>Before each start: what one run left there must not be configuration or a plugin of the next.</summary>
    public void EmptyHome() => Empty(Home);

    /// <summary>Bytes in it now. Files come and go while it is counted.</summary>
    public long Size()
    {
        try
        {
            return new DirectoryInfo(Path).EnumerateFiles("*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint }).Sum(Length);
        }
        catch (DirectoryNotFoundException)
        {
            return 0;
        }
    }

    /// <summary>Removes it; nothing happens when it is gone.</summary>
    public void Delete()
    {
        if (Directory.Exists(Path))
            Directory.Delete(Path, recursive: true);
    }

    private static void Empty(string folder)
    {
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
        DataFolder.Make(folder);
    }

    private static long Length(FileInfo file)
    {
        try
        {
            return file.Length;
        }
        catch (FileNotFoundException)
        {
            return 0;
        }
    }
}
