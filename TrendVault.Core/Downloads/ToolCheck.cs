using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace TrendVault.Core.Downloads;

/// <summary>Asks the tools who they are once at the start, so that the log says it and the first download need not wait for it.</summary>
internal sealed class ToolCheck(Toolbox toolbox, YtDlp ytDlp, ILogger<ToolCheck> log) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        foreach (var line in (await toolbox.DescribeAsync(stoppingToken)).Append(await ytDlp.DescribeConfinementAsync(stoppingToken)))
            log.Log(line.IsGood ? LogLevel.Information : LogLevel.Warning, "{Tool}: {Note}", line.Name, line.Note);
    }
}
