using TrendVault.Core.Media;

namespace TrendVault.Core.Downloads;

/// <summary>The subtitles that came with a download.</summary>
internal static class SubtitleFile
{
    public const string ContentType = "text/vtt";

    // Of a film of three hours they are about 300 KB.
    private const int MaxBytes = 8 * 1024 * 1024;

    /// <summary>The path of the one file in its place, if it is WebVTT; else null.</summary>
    public static string? In(WorkFolder folder)
    {
        var files = Directory.Exists(folder.Subtitles) ? new DirectoryInfo(folder.Subtitles).GetFiles() : [];
        return files is [{ LinkTarget: null, Length: > 0 and <= MaxBytes } file] && IsWebVtt(file.FullName) ? file.FullName : null;
    }

    private static bool IsWebVtt(string path)
    {
        using var reader = new StreamReader(path);
        return reader.ReadLine()?.Split(' ', '\t')[0] == "WEBVTT";
    }
}
