using System.Collections;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TrendVault.Core.Settings;

namespace TrendVault.Core.Media;

/// <summary>
/// Keeps TrendVault's own yt-dlp current while TrendVault is up, which may be for months: runs the script that looks for a newer one,
/// at the start and every day. The script itself looks once a week.
/// </summary>
internal sealed class YtDlpRefresh(
    IOptions<MediaOptions> options, IOptions<FolderOptions> folders, TimeProvider time, ILogger<YtDlpRefresh> log) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromDays(1);
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(30);

    // What leads to the internet from here, and nothing secret of TrendVault's. An _ at the end stands for all that begin so.
    private static readonly string[] Handed =
        ["PATH", "HOME", "LANG", "TMPDIR", "http_proxy", "https_proxy", "no_proxy", "SSL_CERT_FILE", "PIP_", "npm_config_"];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (options.Value is not { YtDlpPath: null or "", YtDlpRefresh: { Length: > 0 } script })
            return;

        DataFolder.Make(Path.GetFullPath(Path.Combine(folders.Value.DataFolder, "ytdlp")));
        using var timer = new PeriodicTimer(Every, time);
        do
        {
            await LookAsync(script, stoppingToken);
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task LookAsync(string script, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Timeout);
        var command = new ProcessGroup.Command
        {
            Program = "bash",
            Arguments = [Path.GetFullPath(script), Path.GetFullPath(folders.Value.DataFolder)],
            WorkingFolder = Path.GetFullPath(folders.Value.DataFolder),
            Environment = Environment(),
        };
        try
        {
            await ProcessGroup.RunAsync(command, Tell, Tell, limit.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            log.LogWarning("Looking for a newer yt-dlp took longer than {Limit} and was ended", Timeout);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            log.LogWarning(e, "A newer yt-dlp could not be looked for");
        }
    }

    private void Tell(string line) => log.LogInformation("{Line}", line);

    private static Dictionary<string, string> Environment() =>
        System.Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
            .Where(variable => Handed.Any(name => Matches((string)variable.Key, name)))
            .ToDictionary(variable => (string)variable.Key, variable => (string)variable.Value!);

    private static bool Matches(string variable, string name) => name.EndsWith('_')
        ? variable.StartsWith(name, StringComparison.OrdinalIgnoreCase)
        : variable.Equals(name, StringComparison.OrdinalIgnoreCase);
}
