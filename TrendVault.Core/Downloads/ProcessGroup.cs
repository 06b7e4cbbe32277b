using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace TrendVault.Core.Downloads;

/// <summary>
/// A program that is handed strangers' data, in a session of its own with nothing of TrendVault's environment. Whatever it starts is
/// in the same process group and ends with it: when it ends, when the token says so, and, through a shell that waits on our end of a
/// pipe, when TrendVault is killed.
/// </summary>
internal static class ProcessGroup
{
    private const int SigInt = 2;
    private const int SigKill = 9;
    private const int LongestLine = 64 * 1024;

    // The program takes the shell's place (exec), so that its id is the group's, and it is not in the background, where a shell makes
    // its children ignore SIGINT. The watch outlives it as a member of the group: until we kill the group its number stays taken.
    // The pipe moves to 3 first, because a shell gives what it puts into the background an empty standard input; and dash would take
    // a -- before the group for a number.
    private const string Watchdog =
        """
        exec 3<&0 </dev/null
        (cat <&3 >/dev/null; kill -INT -$$; sleep "$0"; kill -KILL -$$) >/dev/null 2>&1 &
        exec "$@" 3<&-
        """;

    /// <summary>What to run.</summary>
    internal sealed record Command
    {
        public required string Program { get; init; }

        public required IReadOnlyList<string> Arguments { get; init; }

        public required string WorkingFolder { get; init; }

        public required IReadOnlyDictionary<string, string> Environment { get; init; }

        /// <summary>From SIGINT to SIGKILL when the token ends it.</summary>
        public TimeSpan KillPatience { get; init; } = TimeSpan.FromSeconds(3);

        /// <summary>Longer lines are cut.</summary>
        public int MaxLineBytes { get; init; } = LongestLine;
    }

    /// <summary>Runs to the end and answers the exit code. Both callbacks get whole lines, from two threads.</summary>
    /// <exception cref="OperationCanceledException">The token ended it; by then every process of the group is gone.</exception>
    public static async Task<int> RunAsync(Command command, Action<string> onOutput, Action<string> onError, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using var process = Process.Start(StartInfo(command))!;
        var group = process.Id;
        var drained = Task.WhenAll(
            ReadLinesAsync(process.StandardOutput.BaseStream, command.MaxLineBytes, onOutput),
            ReadLinesAsync(process.StandardError.BaseStream, LongestLine, onError));
        try
        {
            await process.WaitForExitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            await EndAsync(process, group, command.KillPatience);
            throw;
        }
        finally
        {
            // Grandchildren and the watch: they hold the pipes that are drained below.
            Signal(group, SigKill);
            await GoneAsync(group);
            await drained.WaitAsync(TimeSpan.FromSeconds(5), CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return process.ExitCode;
    }

    private static ProcessStartInfo StartInfo(Command command)
    {
        var patience = Math.Max(0, command.KillPatience.TotalSeconds).ToString("0.###", CultureInfo.InvariantCulture);
        var start = new ProcessStartInfo("setsid", ["sh", "-c", Watchdog, patience, command.Program, .. command.Arguments])
        {
            WorkingDirectory = command.WorkingFolder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment.Clear();
        foreach (var (name, value) in command.Environment)
            start.Environment[name] = value;
        return start;
    }

    // SIGINT first: yt-dlp then ends its ffmpeg and leaves a partial file that can be continued; SIGTERM would orphan the ffmpeg.
    private static async Task EndAsync(Process process, int group, TimeSpan patience)
    {
        Signal(group, SigInt);
        using var limit = new CancellationTokenSource(patience);
        await process.WaitForExitAsync(limit.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Signal(group, SigKill);
        await process.WaitForExitAsync(CancellationToken.None);
    }

    // A moment, in which the kernel ends them. Whoever reaps orphans may take his time: what is left of them does nothing.
    private static async Task GoneAsync(int group)
    {
        for (var i = 0; i < 50 && Kill(-group, 0) == 0 && HasLiving(group); i++)
            await Task.Delay(10, CancellationToken.None);
    }

    private static bool HasLiving(int group) =>
        Directory.EnumerateDirectories("/proc").Where(path => char.IsAsciiDigit(path[^1])).Any(path => IsLiving(path, group));

    // "id (name) state parent group …", where the name may hold anything.
    private static bool IsLiving(string process, int group)
    {
        try
        {
            var stat = File.ReadAllText(process + "/stat");
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ', 4);
            return fields[0] != "Z" && fields[2] == group.ToString(CultureInfo.InvariantCulture);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    // A group that is gone already is what was wanted.
    private static void Signal(int group, int signal) => _ = Kill(-group, signal);

    private static async Task ReadLinesAsync(Stream stream, int maxLineBytes, Action<string> onLine)
    {
        var chunk = new byte[16 * 1024];
        using var line = new MemoryStream();
        while (await stream.ReadAsync(chunk) is var read and > 0)
        {
            foreach (var piece in chunk.AsSpan(0, read))
            {
                if (piece is not ((byte)'\n' or (byte)'\r'))
                {
                    if (line.Length < maxLineBytes)
                        line.WriteByte(piece);
                    continue;
                }

                Flush(line, onLine);
            }
        }

        Flush(line, onLine);
    }

    private static void Flush(MemoryStream line, Action<string> onLine)
    {
        if (line.Length == 0)
            return;
        onLine(Encoding.UTF8.GetString(line.GetBuffer(), 0, (int)line.Length));
        line.SetLength(0);
    }

    [DllImport("libc", EntryPoint = "kill")]
    private static extern int Kill(int process, int signal);
}
