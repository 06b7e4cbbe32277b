using Microsoft.Extensions.DependencyInjection;
using TrendVault.Core.Data;
using TrendVault.Core.Downloads;
using TrendVault.Core.Work;
using TrendVault.Tests.App;

namespace TrendVault.Tests.Downloads;

/// <summary>A class fixture: the whole app, and a site with media that it may reach.</summary>
public class DownloadsApp(TestServers servers) : TrendVaultApp(servers)
{
    public MediaSite Site { get; } = new();

    public override async ValueTask InitializeAsync()
    {
        await Site.InitializeAsync();
        await base.InitializeAsync();
    }

    /// <summary>Waits until a user's download stands so.</summary>
    internal async Task<DownloadRow> BecomesAsync(Guid userId, Guid id, WorkStatus status)
    {
        DownloadRow? row = null;
        var store = Services.GetRequiredService<DownloadStore>();
        await Eventually.TrueAsync(
            async () => (row = await store.FindAsync(userId, id, TestContext.Current.CancellationToken))?.Status == status,
            $"the download is {status}",
            TimeSpan.FromSeconds(60));
        return row!;
    }

    /// <summary>A download with its file.</summary>
    internal async Task<DownloadRow> GivenDownloadAsync(Guid userId, string? title = null)
    {
        var outcome = await Services.GetRequiredService<DownloadService>().StartAsync(
            userId, new DownloadRequest { Url = Site.Url("clip.mp4"), Format = "best", Title = title }, TestContext.Current.CancellationToken);
        return await BecomesAsync(userId, Assert.IsType<StartOutcome.Started>(outcome).DownloadId, WorkStatus.Completed);
    }

    /// <summary>One statement with one value, for what no page can bring about.</summary>
    public async Task ExecuteAsync(string sql, Guid value)
    {
        await using var db = DataModule.CreateDataSource(new DataOptions { DatabaseUrl = DatabaseUrl }, loggers: null);
        await using var command = db.CreateCommand(sql);
        command.Parameters.AddWithValue(value);
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await Site.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    protected override void Configure()
    {
        Set("DOWNLOAD_PRIVATE_ENDPOINTS", Site.Endpoint);
        Set("MIN_FREE_BYTES", "0");
    }
}
