using System.Collections.Concurrent;
using Microsoft.Extensions.Options;
using TrendVault.Core.Settings;

namespace TrendVault.Core.Media;

/// <summary>The programs that downloads need, as they are found on this machine at this moment.</summary>
internal sealed class Toolbox(IOptions<MediaOptions> options, IOptions<FolderOptions> folders, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(20);

    private static readonly MediaFailure NoYtDlp = new(
        "not_installed",
        "yt-dlp is missing on the server: its admin should install a current one (or set YTDLP_PATH), and the download goes on by itself.",
        Remedy.Wait);

    private static readonly MediaFailure MuteYtDlp = new(
        "not_installed", "yt-dlp does not start on the server: its admin should install it anew, and the download goes on by itself.", Remedy.Wait);

    private static readonly MediaFailure NoFfmpeg = new(
        "not_installed", "ffmpeg is missing on the server: install it (on Debian: apt-get install ffmpeg) and the download goes on by itself.", Remedy.Wait);

    // The guard's only hold on a bare yt-dlp is its proxy, and a page can talk an older one out of that (CVE-2023-46121).
    private static MediaFailure TooOld(YtDlpVersion version, string choice) => new(
        "not_installed",
        $"The server's yt-dlp ({choice}) is of {version}; below {YtDlpVersion.Floor} nothing is downloaded, because a page could lead it "
        + "into the server's own network. Its admin should install a current one (restart run.sh with a connection to the internet, or set "
        + "YTDLP_PATH), and the download goes on by itself.",
        Remedy.Wait);

    // What a program answers is the same for all who ask on this machine.
    private static readonly ConcurrentDictionary<(string Program, string Question), (DateTime Written, string Answer)> Answers = new();

    private readonly SemaphoreSlim _asking = new(1);

    /// <summary>What the admin should do about the tools, in one sentence; null when all is well.</summary>
    public async Task<string?> WarningAsync(CancellationToken cancellationToken)
    {
        try
        {
            return (await GetAsync(cancellationToken)).Version.WarningOn(Today);
        }
        catch (MediaException e)
        {
            return e.Failure.Message;
        }
    }

    /// <summary>Which programs were chosen, what they are, and what they can reach: one line each.</summary>
    public async Task<IReadOnlyList<ToolLine>> DescribeAsync(CancellationToken cancellationToken)
    {
        try
        {
            var tools = await GetAsync(cancellationToken);
            // A table of browsers, each line ending in the library that plays it: "curl_cffi", or "curl_cffi (unavailable)".
            var targets = tools.Version.KnowsImpersonation ? await AskAsync(tools.YtDlp, "--list-impersonate-targets", cancellationToken) : "";
            return tools.Describe(Today, impersonates: targets.Split('\n').Any(line => line.TrimEnd().EndsWith("curl_cffi", StringComparison.Ordinal)));
        }
        catch (MediaException e)
        {
            return [new ToolLine("yt-dlp and ffmpeg", IsGood: false, e.Failure.Message)];
        }
    }

    /// <summary>Asks an executable for its version once; another one in its place is asked again.</summary>
    /// <exception cref="MediaException">Something is missing; the remedy is to wait.</exception>
    internal async Task<Tools> GetAsync(CancellationToken cancellationToken)
    {
        var (ytDlp, choice) = FindYtDlp() ?? throw new MediaException(NoYtDlp);
        if (FindOnPath("ffmpeg") is null || FindOnPath("ffprobe") is not { } ffprobe)
            throw new MediaException(NoFfmpeg);
        if (YtDlpVersion.TryParse(await AskAsync(ytDlp, "--version", cancellationToken)) is not { } version)
            throw new MediaException(MuteYtDlp);
        if (version < YtDlpVersion.Floor)
            throw new MediaException(TooOld(version, choice));

        var javaScript = version.KnowsJavaScriptRuntimes ? await FindJavaScriptAsync(ytDlp, cancellationToken) : null;
        return new Tools(ytDlp, choice, version, ffprobe, javaScript);
    }

    /// <summary>By the server's clock.</summary>
    internal DateTimeOffset Now => time.GetUtcNow();

    /// <summary>By the server's clock, in UTC.</summary>
    internal DateOnly Today => DateOnly.FromDateTime(Now.UtcDateTime);

    /// <summary>For one start of a program.</summary>
    internal EmptyHome NewHome() => EmptyHome.In(folders.Value.DataFolder);

    public void Dispose() => _asking.Dispose();

    private (string Path, string Choice)? FindYtDlp()
    {
        if (options.Value.YtDlpPath is { Length: > 0 } path)
            return File.Exists(path) ? (Path.GetFullPath(path), "the one of YTDLP_PATH") : null;

        if (OwnYtDlp() is { } own)
            return (own, "TrendVault's own");
        return FindOnPath("yt-dlp") is { } found ? (found, "the one on PATH") : null;
    }

    // The link leads to another folder once a newer one is there; what runs stays in the folder that it was started from.
    private string? OwnYtDlp()
    {
        var current = Path.GetFullPath(Path.Combine(folders.Value.DataFolder, "ytdlp", "current"));
        if (!Directory.Exists(current))
            return null;
        var own = Path.Combine(Directory.ResolveLinkTarget(current, returnFinalTarget: true)?.FullName ?? current, "bin", "yt-dlp");
        return File.Exists(own) ? own : null;
    }

    // Deno first, as yt-dlp itself has it; pip puts one beside yt-dlp.
    private async Task<JavaScriptRuntime?> FindJavaScriptAsync(string ytDlp, CancellationToken cancellationToken)
    {
        foreach (var name in JavaScriptRuntime.Names)
        {
            var beside = Path.Combine(Path.GetDirectoryName(ytDlp)!, name);
            if ((File.Exists(beside) ? beside : FindOnPath(name)) is { } path
                && JavaScriptRuntime.TryRead(name, path, await AskAsync(path, "--version", cancellationToken)) is { } runtime)
                return runtime;
        }

        return null;
    }

    /// <summary>The program's path; an absolute one is answered as it is. Null when there is none.</summary>
    internal static string? FindOnPath(string program) =>
        SearchPath.Split(':', StringSplitOptions.RemoveEmptyEntries).Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);

    private static string SearchPath => Environment.GetEnvironmentVariable("PATH") ?? "/usr/local/bin:/usr/bin:/bin";

    /// <summary>What a program prints to a question, asked once for each executable; empty when it does not answer.</summary>
    private async Task<string> AskAsync(string program, string question, CancellationToken cancellationToken)
    {
        await _asking.WaitAsync(cancellationToken);
        try
        {
            var written = File.GetLastWriteTimeUtc(program);
            if (Answers.TryGetValue((program, question), out var known) && known.Written == written)
                return known.Answer;

            var answer = await RunAsync(program, question, cancellationToken);
            // One that hung or broke may have been in the middle of its own installation.
            if (answer.Length > 0)
                Answers[(program, question)] = (written, answer);
            return answer;
        }
        finally
        {
            _asking.Release();
        }
    }

    private async Task<string> RunAsync(string program, string question, CancellationToken cancellationToken)
    {
        var answer = new TailText(16 * 1024);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(AnswerTimeout);
        using var home = NewHome();
        var command = new ProcessGroup.Command
        {
            Program = program,
            Arguments = Path.GetFileName(program) is "deno" or "node" ? [question] : ["--ignore-config", question],
            WorkingFolder = home.Path,
            Environment = BareEnvironment(home.Path),
        };
        try
        {
            var exitCode = await ProcessGroup.RunAsync(command, answer.Add, _ => { }, limit.Token);
            return exitCode == 0 ? answer.ToString() : "";
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return "";
        }
    }

    /// <summary>All that a child sees of ours; nothing secret is in it.</summary>
    internal static Dictionary<string, string> BareEnvironment(string home) => new()
    {
        ["PATH"] = SearchPath,
        ["LANG"] = "C.UTF-8",
        ["HOME"] = home,
        ["XDG_CONFIG_HOME"] = home,
        ["XDG_CACHE_HOME"] = home,
        ["TMPDIR"] = home,
        ["PYTHONIOENCODING"] = "utf-8",
        ["PYTHONUTF8"] = "1",
        ["PYTHONUNBUFFERED"] = "1",
        ["PYTHONDONTWRITEBYTECODE"] = "1",
    };
}
