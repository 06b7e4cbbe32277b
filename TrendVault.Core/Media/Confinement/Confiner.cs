using System.Collections.Concurrent;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TrendVault.Core.Egress;
using TrendVault.Core.Settings;

namespace TrendVault.Core.Media;

/// <summary>
/// Runs the programs that are handed strangers' data where they see their working folder, the egress guard and nothing else, if this system
/// lets it: that is tried out before it is relied on. Where it does not, they run as <see cref="ProcessGroup"/> runs them.
/// </summary>
internal sealed class Confiner(IOptions<MediaOptions> options, IOptions<FolderOptions> folders, ILogger<Confiner> log)
{
    // Another container runtime or kernel setting needs a restart; a machine that was too busy for the trial does not.
    private const long FailureLastsMilliseconds = 60_000;

    private const string NoNamespaces =
        "This system does not let TrendVault make namespaces; in a container, see docs/egress.md for what it must allow.";

    private static readonly TimeSpan TrialTimeout = TimeSpan.FromSeconds(45);

    // What a machine allows is the same for all who ask on it.
    private static readonly ConcurrentDictionary<string, Trial> Trials = new();

    /// <summary>By which name or path bubblewrap is started.</summary>
    internal string Bubblewrap { get; init; } = "bwrap";

    /// <summary>Runs a command to its end, confined where that is possible and wanted; see <see cref="ProcessGroup.RunAsync"/>.</summary>
    /// <exception cref="MediaException">It took too much, or confinement is required and cannot be had.</exception>
    internal async Task<int> RunAsync(ProcessGroup.Command command, Action<string> onOutput, Action<string> onError, CancellationToken cancellationToken)
    {
        if (options.Value.Confinement == ConfinementMode.Off)
            return await ProcessGroup.RunAsync(command, onOutput, onError, cancellationToken);

        var (view, missing) = await LookAsync([command.Program, .. command.Companions], cancellationToken);
        if (view is not null)
            return await RunConfinedAsync(view, command, onOutput, onError, cancellationToken);
        if (options.Value.Confinement == ConfinementMode.Required)
            throw new MediaException(NotConfined(missing));
        return await ProcessGroup.RunAsync(command, onOutput, onError, cancellationToken);
    }

    private static MediaFailure NotConfined(string missing) => new(
        "not_confined",
        $"The server must confine what downloads run and cannot: its admin should look at the status page, and the download goes on by itself. {missing}",
        Remedy.Wait);

    /// <summary>For the status page: whether it holds for these programs, and what is missing.</summary>
    internal async Task<ToolLine> DescribeAsync(IReadOnlyList<string> programs, CancellationToken cancellationToken)
    {
        const string Name = "Confinement";
        const string Holds = "It holds: yt-dlp and ffmpeg see their working folder and the egress guard, and nothing else of this server.";
        const string OnlyGuard = "what yt-dlp and ffmpeg do is held by the egress guard and their arguments alone.";
        if (options.Value.Confinement == ConfinementMode.Off)
            return new ToolLine(Name, IsGood: false, $"Switched off by DOWNLOAD_CONFINEMENT: {OnlyGuard}");

        var (view, missing) = await LookAsync(programs, cancellationToken);
        if (view is not null)
            return new ToolLine(Name, IsGood: true, Holds);
        var consequence = options.Value.Confinement == ConfinementMode.Required ? "It is required and missing: downloads wait." : $"It is missing: {OnlyGuard}";
        return new ToolLine(Name, IsGood: false, $"{consequence} {missing}");
    }

    /// <summary>The view for these programs where the trial has passed, else what is missing.</summary>
    private async Task<(ConfinedView? View, string Missing)> LookAsync(IReadOnlyList<string> programs, CancellationToken cancellationToken)
    {
        if (Toolbox.FindOnPath(Bubblewrap) is not { } bubblewrap)
            return (null, "Install bubblewrap (on Debian: apt-get install bubblewrap).");
        if (FindPython() is not { } python)
            return (null, "Install Python (on Debian: apt-get install python3).");

        var paths = programs.Select(Toolbox.FindOnPath).OfType<string>().ToList();
        var view = new ConfinedView { Bubblewrap = bubblewrap, Python = python, Tools = ToolFolders.Of([python, .. paths], folders.Value.DataFolder) };
        var missing = await TryOnceAsync(view, paths).WaitAsync(cancellationToken);
        return missing is null ? (view, "") : (null, missing);
    }

    // /usr is visible in any case; the first on PATH may be a shim that needs half a home.
    private static string? FindPython() => File.Exists("/usr/bin/python3") ? "/usr/bin/python3" : Toolbox.FindOnPath("python3");

    private async Task<int> RunConfinedAsync(
        ConfinedView view, ProcessGroup.Command command, Action<string> onOutput, Action<string> onError, CancellationToken cancellationToken)
    {
        if (command.Network is null)
            return await ProcessGroup.RunAsync(view.Around(command, door: null), onOutput, onError, cancellationToken);

        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var door = new NetworkDoor();
        var served = door.ServeAsync(command.Network, ended.Token);
        try
        {
            return await ProcessGroup.RunAsync(view.Around(command, door), onOutput, onError, cancellationToken);
        }
        finally
        {
            await ended.CancelAsync();
            await StopAsync(served, door);
        }
    }

    private async Task StopAsync(Task served, NetworkDoor door)
    {
        try
        {
            await served;
        }
        catch (OperationCanceledException)
        {
            // How serving ends. One that ended before it had begun did not come as far as its program: what the trial found is no longer so.
            if (!door.WasUsed)
                Trials.Clear();
        }
        catch (Exception e) when (e is IOException or SocketException or InvalidDataException)
        {
            log.LogWarning(e, "A confined program was without its way out");
        }
    }

    /// <summary>Null when these programs start in this view; else a sentence for the admin.</summary>
    private Task<string?> TryOnceAsync(ConfinedView view, IReadOnlyList<string> programs)
    {
        var written = programs.Select(path => $"{path} {File.GetLastWriteTimeUtc(path).Ticks}");
        var key = string.Join('\n', [view.Bubblewrap, view.Python, .. view.Tools, .. written]);
        Trial Begin() => new(() => TryAsync(view, programs));
        return Trials.AddOrUpdate(key, _ => Begin(), (_, known) => known.HasFailedLongAgo ? Begin() : known).Missing.Value;
    }

    private async Task<string?> TryAsync(ConfinedView view, IReadOnlyList<string> programs)
    {
        // Its answer is for all who ask on this machine, also when the first of them has ended meanwhile.
        using var home = EmptyHome.InTemp();
        var (answers, error) = await StartsAsync(view, home.Path, "true", []);
        if (!answers)
        {
            log.LogWarning("Nothing can be confined here: {Detail}", error);
            return error.Contains("bwrap", StringComparison.Ordinal)
                ? NoNamespaces
                : $"What runs there is started by {view.Python}, which must be Python 3.9 or newer.";
        }

        foreach (var program in programs)
        {
            (answers, error) = await StartsAsync(view, home.Path, program, QuestionTo(program));
            if (answers)
                continue;
            log.LogWarning("{Program} does not start confined: {Detail}", program, error);
            return $"{program} does not start there: put it, with all that it needs, into a folder of its own, or install it below /usr.";
        }

        return null;
    }

    private async Task<(bool Answers, string Error)> StartsAsync(ConfinedView view, string home, string program, string[] arguments)
    {
        var errors = new TailText(1024);
        var network = new Handover();
        using var limit = new CancellationTokenSource(TrialTimeout);
        var command = new ProcessGroup.Command
        {
            Program = program,
            Arguments = arguments,
            WorkingFolder = home,
            Environment = Toolbox.BareEnvironment(home),
            Network = network,
        };
        try
        {
            var exitCode = await RunConfinedAsync(view, command, _ => { }, errors.Add, limit.Token);
            return (exitCode == 0 && network.WasDone, errors.ToString());
        }
        catch (Exception e) when (e is OperationCanceledException or MediaException or IOException or SocketException)
        {
            return (false, e.Message);
        }
    }

    private static string[] QuestionTo(string program) => Path.GetFileName(program) switch
    {
        "ffmpeg" or "ffprobe" => ["-version"],
        "deno" or "node" => ["--version"],
        _ => ["--ignore-config", "--version"],
    };

    private sealed class Trial(Func<Task<string?>> run)
    {
        private readonly long _started = Environment.TickCount64;

        public Lazy<Task<string?>> Missing { get; } = new(run);

        public bool HasFailedLongAgo =>
            Missing is { IsValueCreated: true, Value: { IsCompleted: true } task } && !(task.IsCompletedSuccessfully && task.Result is null)
            && Environment.TickCount64 - _started > FailureLastsMilliseconds;
    }

    /// <summary>Serves nobody, and knows that it could have.</summary>
    private sealed class Handover : ILoopbackServer
    {
        // Any that needs no privilege: the network is the program's own.
        public int Port => 8080;

        public bool WasDone { get; private set; }

        public Task ServeAsync(Socket listener, CancellationToken cancellationToken)
        {
            WasDone = listener.LocalEndPoint is System.Net.IPEndPoint;
            return Task.CompletedTask;
        }
    }
}
