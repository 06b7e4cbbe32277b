using Microsoft.Extensions.Options;
using TrendVault.Core.Settings;

namespace TrendVault.Core.Downloads;

/// <summary>The programs that downloads need, as they are found on this machine at this moment.</summary>
public sealed class Toolbox(IOptions<DownloadOptions> options, IOptions<FolderOptions> folders) : IDisposable
{
    private static readonly TimeSpan VersionTimeout = TimeSpan.FromSeconds(20);

    private static readonly DownloadFailure NoYtDlp = new(
        "not_installed", "yt-dlp is missing on the server: install it (pip install yt-dlp, or set YTDLP_PATH) and the download goes on by itself.", Remedy.Wait);

    private static readonly DownloadFailure NoFfmpeg = new(
        "not_installed", "ffmpeg is missing on the server: install it (on Debian: apt-get install ffmpeg) and the download goes on by itself.", Remedy.Wait);

    private readonly SemaphoreSlim _asking = new(1);
    private (string Path, DateTime Written, YtDlpVersion Version)? _known;

    /// <summary>What the admin should do about the tools, in one sentence; null when all is well.</summary>
    public async Task<string?> WarningAsync(CancellationToken cancellationToken)
    {
        try
        {
            return YtDlpErrors.Warning((await GetAsync(cancellationToken)).Version);
        }
        catch (DownloadException e)
        {
            return e.Failure.Message;
        }
    }

    /// <summary>Asks an executable for its version once; another one in its place is asked again.</summary>
    /// <exception cref="DownloadException">Something is missing; the remedy is to wait.</exception>
    internal async Task<Tools> GetAsync(CancellationToken cancellationToken)
    {
        var ytDlp = FindYtDlp() ?? throw new DownloadException(NoYtDlp);
        if (FindOnPath("ffmpeg") is null || FindOnPath("ffprobe") is not { } ffprobe)
            throw new DownloadException(NoFfmpeg);

        await _asking.WaitAsync(cancellationToken);
        try
        {
            var written = File.GetLastWriteTimeUtc(ytDlp);
            if (_known is not { } known || known.Path != ytDlp || known.Written != written)
                _known = known = (ytDlp, written, await AskVersionAsync(ytDlp, cancellationToken));
            return new Tools(ytDlp, known.Version, ffprobe);
        }
        finally
        {
            _asking.Release();
        }
    }

    /// <inheritdoc />
    public void Dispose() => _asking.Dispose();

    private string? FindYtDlp()
    {
        if (options.Value.YtDlpPath is { } path)
            return File.Exists(path) ? Path.GetFullPath(path) : null;

        var own = Path.GetFullPath(Path.Combine(folders.Value.DataFolder, "ytdlp", "bin", "yt-dlp"));
        return File.Exists(own) ? own : FindOnPath("yt-dlp");
    }

    private static string? FindOnPath(string program) =>
        SearchPath.Split(':', StringSplitOptions.RemoveEmptyEntries).Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);

    private static string SearchPath => Environment.GetEnvironmentVariable("PATH") ?? "/usr/local/bin:/usr/bin:/bin";

    private static async Task<YtDlpVersion> AskVersionAsync(string ytDlp, CancellationToken cancellationToken)
    {
        YtDlpVersion? version = null;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(VersionTimeout);
        var command = new ProcessGroup.Command
        {
            Program = ytDlp,
            Arguments = ["--ignore-config", "--version"],
            WorkingFolder = Path.GetTempPath(),
            Environment = BareEnvironment(Path.GetTempPath()),
        };
        try
        {
            await ProcessGroup.RunAsync(command, line => version ??= YtDlpVersion.TryParse(line), _ => { }, limit.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
        }

        return version ?? throw new DownloadException(NoYtDlp);
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

/// <summary>Where the programs are.</summary>
internal sealed record Tools(string YtDlp, YtDlpVersion Version, string Ffprobe);
