using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace TrendVault.Core.Media;

/// <summary>Asks the tools who they are once at the start, so that the log says it and the first download need not wait for it.</summary>
internal sealed class ToolCheck(ToolReport report, ILogger<ToolCheck> log) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            foreach (var line in await report.ReadAsync(stoppingToken))
                log.Log(line.IsGood ? LogLevel.Information : LogLevel.Warning, "{Tool}: {Note}", line.Name, line.Note);
        }
        catch (Exception e) when (!stoppingToken.IsCancellationRequested)
        {
            // A full disk, say. The rest of TrendVault works, and would end with what is thrown here.
            log.LogWarning(e, "The tools could not be asked who they are");
        }
    }
}
