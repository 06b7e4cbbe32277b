using System.ComponentModel;
using System.Diagnostics;
using Microsoft.Extensions.Logging;

namespace TrendVault.Core.Embedded;

/// <summary>
/// A server that lives and dies with TrendVault. It runs in a session of its own, so that Ctrl-C reaches TrendVault alone and the
/// server outlives the last statement; a shell beside it waits on our end of a pipe and stops it when that closes, which the kernel
/// does even after a kill -9. (<c>--pdeathsig</c> would follow the thread that started the child, which a pool soon ends.)
/// </summary>
internal sealed class ChildProcess : IAsyncDisposable
{
    private const string Watchdog =
        """
        exec 3<&0
        "$@" </dev/null 3<&- &
        server=$!
        { cat <&3 >/dev/null; kill -INT $server; } 2>/dev/null &
        watch=$!
        wait $server
        code=$?
        kill $watch 2>/dev/null
        exit $code
        """;

    private const int KeptLines = 20;

    private readonly Process _process;
    private readonly Queue<string> _lastLines = new();
    private readonly Task _drained;

    private ChildProcess(Process process, ILogger log)
    {
        _process = process;
        _drained = Task.WhenAll(DrainAsync(process.StandardOutput, log), DrainAsync(process.StandardError, log));
    }

    /// <summary>True once the server has ended.</summary>
    public bool HasExited => _process.HasExited;

    /// <summary>The last lines that the server printed, for the sentence that says why it ended.</summary>
    public string LastOutput
    {
        get
        {
            lock (_lastLines)
                return string.Join(" ", _lastLines);
        }
    }

    /// <summary>Starts <paramref name="command"/>, as <paramref name="user"/> when one is named.</summary>
    /// <exception cref="StartupException">The program is not installed.</exception>
    public static ChildProcess Start(IReadOnlyList<string> command, string? user, ILogger log)
    {
        var start = new ProcessStartInfo("setsid")
        {
            // The server's user may not be able to read TrendVault's own folder.
            WorkingDirectory = "/",
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var word in SystemUser.Wrap(["sh", "-c", Watchdog, "sh", .. command], user))
            start.ArgumentList.Add(word);

        try
        {
            return new ChildProcess(Process.Start(start)!, log);
        }
        catch (Win32Exception e)
        {
            throw new StartupException($"Cannot start {command[0]}: {e.Message}. On Debian: apt-get install util-linux.");
        }
    }

    /// <summary>Runs a short command to its end and answers its exit code and output.</summary>
    public static async Task<(int ExitCode, string Output)> RunAsync(IReadOnlyList<string> command, string? user, CancellationToken cancellationToken)
    {
        var words = SystemUser.Wrap(command, user);
        using var process = Process.Start(new ProcessStartInfo(words[0], words.Skip(1))
        {
            WorkingDirectory = "/",
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
        var errors = process.StandardError.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        return (process.ExitCode, await output + await errors);
    }

    /// <summary>Stops the server and waits until it has written what it must.</summary>
    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(15));
        try
        {
            await _process.WaitForExitAsync(patience.Token);
            await _drained.WaitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            _process.Kill(entireProcessTree: true);
        }

        _process.Dispose();
    }

    private async Task DrainAsync(StreamReader reader, ILogger log)
    {
        while (await reader.ReadLineAsync() is { } line)
        {
            log.LogDebug("{Line}", line);
            lock (_lastLines)
            {
                _lastLines.Enqueue(line);
                if (_lastLines.Count > KeptLines)
                    _lastLines.Dequeue();
            }
        }
    }
}
