using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using TrendVault.Core.Media;
using TrendVault.Core.Settings;
using TrendVault.Tests.App;
using TrendVault.Tests.Downloads;

namespace TrendVault.Tests.Media;

/// <summary>The script that run.sh names is run while the app is up, and ends with it.</summary>
public sealed class YtDlpRefreshTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tv-refresh-");
    private readonly FakeTimeProvider _time = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task It_runs_at_the_start_and_every_day_over_the_data_folder_without_a_secret()
    {
        Environment.SetEnvironmentVariable("TV_REFRESH_SECRET", "hidden");
        using var refresh = Given($"env > '{FileOf("env")}'; echo \"$1\" >> '{FileOf("asked")}'");

        await refresh.StartAsync(Token);
        await AskedAsync(1);
        _time.Advance(TimeSpan.FromDays(1));
        await AskedAsync(2);
        await refresh.StopAsync(Token);

        Assert.All(File.ReadAllLines(FileOf("asked")), folder => Assert.Equal(_folder.FullName, folder));
        var environment = await File.ReadAllTextAsync(FileOf("env"), Token);
        Assert.Contains("PATH=", environment, StringComparison.Ordinal);
        Assert.DoesNotContain("hidden", environment, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_of_it_is_left_when_the_app_ends()
    {
        using var refresh = Given("sleep 1000 & sleep 1000");
        await refresh.StartAsync(Token);
        await Eventually.TrueAsync(() => Processes.In(_folder.FullName).Count >= 3, "it runs");

        await refresh.StopAsync(Token);

        await Eventually.TrueAsync(() => Processes.In(_folder.FullName).Count == 0, "every process is gone");
    }

    [Fact]
    public async Task Who_names_a_yt_dlp_keeps_it_himself()
    {
        using var refresh = Given($"touch '{FileOf("asked")}'", ytDlp: "/usr/bin/yt-dlp");

        await refresh.StartAsync(Token);
        await refresh.ExecuteTask!;

        Assert.False(File.Exists(FileOf("asked")));
    }

    private string FileOf(string name) => Path.Combine(_folder.FullName, name);

    private Task AskedAsync(int times) =>
        Eventually.TrueAsync(() => File.Exists(FileOf("asked")) && File.ReadAllLines(FileOf("asked")).Length == times, $"it ran {times} times");

    private YtDlpRefresh Given(string script, string? ytDlp = null)
    {
        File.WriteAllText(FileOf("script"), script + "\n");
        return new YtDlpRefresh(
            Options.Create(new MediaOptions { YtDlpPath = ytDlp, YtDlpRefresh = FileOf("script") }),
            Options.Create(new FolderOptions { DataFolder = _folder.FullName }),
            _time,
            NullLogger<YtDlpRefresh>.Instance);
    }
}
