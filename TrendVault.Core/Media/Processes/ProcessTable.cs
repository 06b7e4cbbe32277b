using System.Globalization;
using System.Text;

namespace TrendVault.Core.Media;

/// <summary>One process of this machine at a moment.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Parent">Who started it, or took it over.</param>
/// <param name="Group">Its process group.</param>
/// <param name="ResidentBytes">What it holds in memory.</param>
internal readonly record struct RunningProcess(int Id, int Parent, int Group, long ResidentBytes);

/// <summary>What runs on this machine, as /proc tells it.</summary>
internal static class ProcessTable
{
    /// <summary>All members of the group, and all that descends from its first one, whatever group that is in by now.</summary>
    public static IReadOnlyList<RunningProcess> Of(int group)
    {
        var all = Read();
        var children = all.ToLookup(process => process.Parent);
        var found = new Dictionary<int, RunningProcess>();
        var open = new Stack<RunningProcess>(all.Where(process => process.Group == group));
        while (open.TryPop(out var process))
        {
            if (!found.TryAdd(process.Id, process))
                continue;
            foreach (var child in children[process.Id])
                open.Push(child);
        }

        return [.. found.Values];
    }

    /// <summary>True while one of the group is alive.</summary>
    public static bool HasLiving(int group) => Read().Any(process => process.Group == group);

    private static List<RunningProcess> Read()
    {
        var buffer = new byte[1024];
        return
        [
            .. Directory.EnumerateDirectories("/proc")
                .Where(path => char.IsAsciiDigit(path[^1]))
                .Select(path => Read(path, buffer))
                .OfType<RunningProcess>(),
        ];
    }

    // "id (name) state parent group …", where the name may hold anything; the 24th field is the resident memory in pages. One that has
    // ended and waits to be reaped does nothing any more.
    private static RunningProcess? Read(string path, byte[] buffer)
    {
        try
        {
            using var file = File.OpenHandle(path + "/stat");
            var stat = Encoding.Latin1.GetString(buffer, 0, RandomAccess.Read(file, buffer, fileOffset: 0));
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            var pages = long.Parse(fields[21], CultureInfo.InvariantCulture);
            return fields[0] is "Z" or "X"
                ? null
                : new RunningProcess(Number(Path.GetFileName(path)), Number(fields[1]), Number(fields[2]), pages * Environment.SystemPageSize);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It has ended meanwhile.
            return null;
        }
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
