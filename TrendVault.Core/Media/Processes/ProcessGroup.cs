using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using TrendVault.Core.Egress;

namespace TrendVault.Core.Media;

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
    // a -- before the group for a number. A limit that is lower already stays so.
    private const string Watchdog =
        """
        exec 3<&0 </dev/null
        { ulimit -c 0; ulimit -d "$1"; ulimit -n "$2"; } 2>/dev/null
        shift 2
        (cat <&3 >/dev/null; kill -INT -$$; sleep "$0"; kill -KILL -$$) >/dev/null 2>&1 &
        exec "$@" 3<&-
        """;

    private static readonly ConcurrentDictionary<int, int> Running = new();

    // Nobody awaits what outlives its caller, such as a trial of the tools, when TrendVault ends; the watch would take seconds.
    static ProcessGroup() => AppDomain.CurrentDomain.ProcessExit += (_, _) => EndAll();

    /// <summary>What to run.</summary>
    internal sealed record Command
    {
        public required string Program { get; init; }

        public required IReadOnlyList<string> Arguments { get; init; }

        public required string WorkingFolder { get; init; }

        public required IReadOnlyDictionary<string, string> Environment { get; init; }

        /// <summary>Other programs that it may start: confined, it sees what these need too.</summary>
        public IReadOnlyList<string> Companions { get; init; } = [];

        /// <summary>Files and folders that it reads: confined, it sees them besides its working folder and its home, and may not write there.</summary>
        public IReadOnlyList<string> Reads { get; init; } = [];

        /// <summary>All that it reaches of the network when it is confined; null for nothing.</summary>
        public ILoopbackServer? Network { get; init; }

        /// <summary>What it may take.</summary>
        public ChildLimits Limits { get; init; } = new();

        /// <summary>From SIGINT to SIGKILL when the token ends it.</summary>
        public TimeSpan KillPatience { get; init; } = TimeSpan.FromSeconds(3);

        /// <summary>Longer lines are cut.</summary>
        public int MaxLineBytes { get; init; } = LongestLine;
    }

    /// <summary>Runs to the end and answers the exit code. Both callbacks get whole lines, from two threads.</summary>
    /// <exception cref="OperationCanceledException">The token ended it; by then every process of the group is gone.</exception>
    /// <exception cref="MediaException">It took more than its limits; every process of the group is gone.</exception>
    public static async Task<int> RunAsync(Command command, Action<string> onOutput, Action<string> onError, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var process = Process.Start(StartInfo(command))!;
        var group = process.Id;
        Running[group] = group;
        var ended = process.WaitForExitAsync(CancellationToken.None);
        var watch = new ChildWatch(group, command.Limits, stop);
        var watched = watch.WatchAsync(ended);
        var drained = Task.WhenAll(
            ReadLinesAsync(process.StandardOutput.BaseStream, command.MaxLineBytes, watch, onOutput),
            ReadLinesAsync(process.StandardError.BaseStream, LongestLine, watch, onError));
        try
        {
            await ended.WaitAsync(stop.Token);
        }
        catch (OperationCanceledException)
        {
            // One that takes too much would take more while it is asked politely.
            await EndAsync(process, group, watch.Failure is null ? command.KillPatience : TimeSpan.Zero);
            cancellationToken.ThrowIfCancellationRequested();
        }
        finally
        {
            // Grandchildren and the watch: they hold the pipes that are drained below.
            Signal(group, SigKill);
            await GoneAsync(group);
            Running.TryRemove(group, out _);
            await drained.WaitAsync(TimeSpan.FromSeconds(5), CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await watched;
        }

        return watch.Failure is { } failure ? throw new MediaException(failure) : process.ExitCode;
    }

    private static ProcessStartInfo StartInfo(Command command)
    {
        var patience = Math.Max(0, command.KillPatience.TotalSeconds).ToString("0.###", CultureInfo.InvariantCulture);
        var start = new ProcessStartInfo("setsid", ["sh", "-c", Watchdog, patience, .. Limits(command.Limits), command.Program, .. command.Arguments])
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

    // As ulimit counts them: memory in KiB.
    private static string[] Limits(ChildLimits limits) =>
        [(limits.DataBytes / 1024).ToString(CultureInfo.InvariantCulture), limits.OpenFiles.ToString(CultureInfo.InvariantCulture)];

    // SIGINT first: yt-dlp then ends its ffmpeg and leaves a partial file that can be continued; SIGTERM would orphan the ffmpeg.
    private static async Task EndAsync(Process process, int group, TimeSpan patience)
    {
        if (patience > TimeSpan.Zero)
        {
            Signal(group, SigInt);
            using var limit = new CancellationTokenSource(patience);
            await process.WaitForExitAsync(limit.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        // Those too that have left the group, as far as they can still be told to belong to it.
        var all = ProcessTable.Of(group);
        Signal(group, SigKill);
        foreach (var one in all.Where(one => one.Group != group))
            _ = Kill(one.Id, SigKill);
        await process.WaitForExitAsync(CancellationToken.None);
    }

    private static void EndAll()
    {
        foreach (var group in Running.Keys)
            Signal(group, SigKill);
        Task.WhenAll(Running.Keys.Select(GoneAsync)).GetAwaiter().GetResult();
    }

    // A moment, in which the kernel ends them. Whoever reaps orphans may take his time: what is left of them does nothing.
    private static async Task GoneAsync(int group)
    {
        for (var i = 0; i < 50 && Kill(-group, 0) == 0 && ProcessTable.HasLiving(group); i++)
            await Task.Delay(10, CancellationToken.None);
    }

    // A group that is gone already is what was wanted.
    private static void Signal(int group, int signal) => _ = Kill(-group, signal);

    private static async Task ReadLinesAsync(Stream stream, int maxLineBytes, ChildWatch watch, Action<string> onLine)
    {
        var chunk = new byte[16 * 1024];
        using var line = new MemoryStream();
        while (await stream.ReadAsync(chunk) is var read and > 0)
        {
            watch.Printed(read);
            if (watch.Failure is not null)
                continue;
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
