using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace TrendVault.Tests.App;

/// <summary>TrendVault as a process of its own, as a user starts it: for what only a real start, signal or kill can show.</summary>
internal sealed class AppProcess : IAsyncDisposable
{
    // A start takes 4 s, and on a machine with ten other things to do a minute.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private readonly Process _process;
    private readonly StringBuilder _output = new();

    private AppProcess(Process process, IDictionary<string, string?> settings)
    {
        _process = process;
        Settings = [.. new[] { "PORT", "SANDBOX_PORT" }.Select(name => (name, settings[name]!))];
        if (!process.StartInfo.RedirectStandardOutput)
            return;
        process.OutputDataReceived += (_, line) => Keep(line.Data);
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>The ports it was given, for another start in the same place.</summary>
    public (string Name, string Value)[] Settings { get; }

    public Uri Address => new($"http://localhost:{Settings[0].Value}/");

    /// <summary>What it holds in memory now.</summary>
    public long ResidentBytes
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64;
        }
    }

    /// <summary>Its own use of the processor until now, without its children's.</summary>
    public TimeSpan CpuTime
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    /// <summary>All it printed so far.</summary>
    public string Output
    {
        get
        {
            lock (_output)
                return _output.ToString();
        }
    }

    /// <summary>Starts the app over <paramref name="dataFolder"/>; nothing is awaited.</summary>
    public static AppProcess Start(string dataFolder, params (string Name, string Value)[] settings) =>
        Start(new ProcessStartInfo("dotnet", [Dll]) { RedirectStandardOutput = true, RedirectStandardError = true }, dataFolder, settings);

    /// <summary>The same with arguments: a command instead of the server.</summary>
    public static AppProcess StartCommand(string dataFolder, params string[] arguments) =>
        Start(new ProcessStartInfo("dotnet", [Dll, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true }, dataFolder, []);

    /// <summary>The same, but all it prints goes to a file, as under a service manager: who measures it does not read along.</summary>
    public static AppProcess StartInto(string log, string dataFolder, params (string Name, string Value)[] settings) =>
        Start(new ProcessStartInfo("sh", ["-c", "exec dotnet \"$0\" >\"$1\" 2>&1", Dll, log]), dataFolder, settings);

    private static string Dll => Path.Combine(AppContext.BaseDirectory, "TrendVault.Web.dll");

    private static AppProcess Start(ProcessStartInfo start, string dataFolder, (string Name, string Value)[] settings)
    {
        start.WorkingDirectory = dataFolder;
        start.Environment["ASPNETCORE_ENVIRONMENT"] = "Development";
        start.Environment["ASPNETCORE_CONTENTROOT"] = Path.Combine(Repository.Root, "TrendVault.Web");
        start.Environment["DATA_DIR"] = dataFolder;
        start.Environment["PORT"] = FreePort().ToString(CultureInfo.InvariantCulture);
        start.Environment["SANDBOX_PORT"] = FreePort().ToString(CultureInfo.InvariantCulture);
        start.Environment["SANDBOX_MEDIA_DIR"] = TestMedia.Folder;
        // Every first start refreshes all charts: an app that ends soon after would wait for it.
        start.Environment["JOB_GRACE_SECONDS"] = "1";
        start.Environment.Remove("DATABASE_URL");
        start.Environment.Remove("REDIS_URL");
        foreach (var (name, value) in settings)
            start.Environment[name] = value;
        return new AppProcess(Process.Start(start)!, start.Environment);
    }

    /// <summary>Waits until it answers.</summary>
    public async Task<AppProcess> ReadyAsync()
    {
        using var client = new HttpClient { BaseAddress = Address };
        await Eventually.TrueAsync(
            async () =>
            {
                Assert.False(_process.HasExited, $"It ended: {Output}");
                try
                {
                    return (await client.GetAsync(new Uri("health/live", UriKind.Relative))).StatusCode == HttpStatusCode.OK;
                }
                catch (HttpRequestException)
                {
                    return false;
                }
            },
            "the app answers",
            Patience);
        return this;
    }

    /// <summary>Waits for its end and answers the exit code.</summary>
    public async Task<int> ExitAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        await _process.WaitForExitAsync(patience.Token);
        return _process.ExitCode;
    }

    /// <summary>kill -9.</summary>
    public void Kill() => _process.Kill();

    /// <summary>SIGTERM, as a service manager sends it.</summary>
    public Task TerminateAsync() => SignalAsync("TERM");

    /// <summary>SIGINT, as Ctrl-C sends it.</summary>
    public Task InterruptAsync() => SignalAsync("INT");

    /// <summary>A port that nothing listens on now.</summary>
    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            await TerminateAsync();
            await ExitAsync();
        }

        _process.Dispose();
    }

    private async Task SignalAsync(string name)
    {
        using var kill = Process.Start("kill", ["-" + name, _process.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
    }

    private void Keep(string? line)
    {
        lock (_output)
            _output.AppendLine(line);
    }
}
