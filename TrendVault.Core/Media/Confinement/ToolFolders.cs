using System.Text;
using System.Text.RegularExpressions;

namespace TrendVault.Core.Media;

/// <summary>
/// What of the disk programs need to start, besides what every program sees: the folder that each lies in, that of what it links to, that
/// of the interpreter that runs it, and what a short launcher names. So a virtual environment, an unpacked package with a launcher, a
/// pyenv Python or a Deno beside it are visible. What holds more than a program is not: the data folder, a home, the folder of all of those.
/// </summary>
internal sealed partial class ToolFolders
{
    private const int HeadLength = 4096;

    private readonly SortedSet<string> _visible = new(StringComparer.Ordinal);
    private readonly HashSet<string> _seen = [];
    private readonly string[] _private;

    private ToolFolders(string dataFolder)
    {
        _private = [Path.GetFullPath(dataFolder), Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), Path.GetTempPath().TrimEnd('/')];
    }

    /// <summary>Folders and files, each by the path at which the programs look for it.</summary>
    public static IReadOnlyList<string> Of(IEnumerable<string> programs, string dataFolder)
    {
        var folders = new ToolFolders(dataFolder);
        foreach (var program in programs)
            folders.AddProgram(program);
        return [.. folders._visible];
    }

    private void AddProgram(string path)
    {
        if (!_seen.Add(path) || !File.Exists(path))
            return;

        AddPlaceOf(path);
        if (new FileInfo(path).LinkTarget is { } target)
        {
            AddProgram(Path.GetFullPath(target, Path.GetDirectoryName(path)!));
            return;
        }

        if (HeadOf(path) is { } head && head.StartsWith("#!", StringComparison.Ordinal))
            AddScript(head);
    }

    private void AddScript(string head)
    {
        var words = head[2..].Split('\n')[0].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (words.Length > 1 && words[0].EndsWith("/env", StringComparison.Ordinal) && Toolbox.FindOnPath(words[^1]) is { } interpreter)
            AddProgram(interpreter);
        AddNamed(head);
    }

    private void AddNamed(string text)
    {
        foreach (var path in AbsolutePath().Matches(text).Select(match => match.Value).Where(path => !IsSystem(path)))
        {
            if (Directory.Exists(path) && HoldsOnlyPrograms(path))
                _visible.Add(path);
            else
                AddProgram(path);
        }
    }

    // "bin" is a part of what it lies in; a virtual environment's Python finds itself by the file beside it.
    private void AddPlaceOf(string file)
    {
        if (IsSystem(file))
            return;

        var folder = Path.GetDirectoryName(file)!;
        var prefix = Path.GetFileName(folder) is "bin" or "shims" ? Path.GetDirectoryName(folder) : null;
        if (prefix is not null && Path.GetFileName(prefix) != ".local" && HoldsOnlyPrograms(prefix))
        {
            _visible.Add(prefix);
            if (HeadOf(Path.Combine(prefix, "pyvenv.cfg")) is { } settings && _seen.Add(prefix))
                AddNamed(settings);
        }
        else
        {
            _visible.Add(HoldsOnlyPrograms(folder) ? folder : file);
        }
    }

    private bool HoldsOnlyPrograms(string folder) =>
        folder.Count(letter => letter == '/') > 1
        && Path.GetDirectoryName(folder) is not "/home"
        && !_private.Any(place => (place + "/").StartsWith(folder + "/", StringComparison.Ordinal));

    private static bool IsSystem(string path) =>
        ConfinedView.SystemFolders.Concat(["/etc", "/proc", "/dev", "/sys", "/run"]).Any(folder => path.StartsWith(folder + "/", StringComparison.Ordinal));

    private static string? HeadOf(string path)
    {
        try
        {
            var buffer = new byte[HeadLength];
            using var file = File.OpenRead(path);
            var text = Encoding.UTF8.GetString(buffer, 0, file.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false));
            return text.Split('\0')[0];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    [GeneratedRegex(@"(?<![\w.~/-])(/[\w.+@-]+){2,}")]
    private static partial Regex AbsolutePath();
}
