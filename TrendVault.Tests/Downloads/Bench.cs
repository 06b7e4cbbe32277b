using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using TrendVault.Core.Downloads;
using TrendVault.Core.Egress;
using TrendVault.Core.Media;
using TrendVault.Core.Settings;
using TrendVault.Core.Work;
using TrendVault.Tests.App;
using TrendVault.Tests.Egress;

namespace TrendVault.Tests.Downloads;

/// <summary>yt-dlp behind a guard, without queue and database, and a folder to work in.</summary>
internal sealed class Bench : IAsyncDisposable
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("tv-bench-");
    private readonly RunningGuard _guard;
    private readonly Toolbox _toolbox;

    private Bench(RunningGuard guard, DownloadOptions options, MediaOptions media, string bubblewrap)
    {
        _guard = guard;
        var folders = Options.Create(new FolderOptions { DataFolder = _root.FullName });
        _toolbox = new Toolbox(Options.Create(media), folders, TimeProvider.System);
        Confiner = new Confiner(Options.Create(media), folders, NullLogger<Confiner>.Instance) { Bubblewrap = bubblewrap };
        YtDlp = new YtDlp(_toolbox, guard.Guard, Confiner, new PlainFfmpeg(folders), Options.Create(options), NullLogger<YtDlp>.Instance);
        Folder = new WorkFolder(Path.Combine(_root.FullName, "work"));
    }

    public YtDlp YtDlp { get; }

    public Confiner Confiner { get; }

    public WorkFolder Folder { get; }

    public List<WorkProgress> Progress { get; } = [];

    /// <summary>The data folder of this one.</summary>
    public string Root => _root.FullName;

    public EgressGuard Guard => _guard.Guard;

    public static async Task<Bench> StartAsync(
        string[] exceptions, Action<DownloadOptions>? configure = null, Action<MediaOptions>? tools = null, string bubblewrap = "bwrap", HostResolver? resolver = null)
    {
        var options = new DownloadOptions { MinFreeBytes = 0, WatchEvery = TimeSpan.FromMilliseconds(100), KillPatience = TimeSpan.FromSeconds(1) };
        configure?.Invoke(options);
        return new Bench(await RunningGuard.StartAsync(exceptions, resolver ?? Dns.GetHostAddressesAsync), options, YtDlpPrograms.Options(tools), bubblewrap);
    }

    /// <summary>Looks and fetches, as a worker does.</summary>
    public async Task<MediaFile> DownloadAsync(string url, string format, CancellationToken? cancellationToken = null)
    {
        var token = cancellationToken ?? TestContext.Current.CancellationToken;
        var choice = FormatPicker.Pick(await YtDlp.ProbeAsync(url, token), format)!;
        return await DownloadAsync(url, choice, token);
    }

    public Task<MediaFile> DownloadAsync(string url, FormatChoice choice, CancellationToken cancellationToken) =>
        YtDlp.DownloadAsync(url, choice, Folder, Progress.Add, cancellationToken);

    public static async Task<MediaFailure> FailsAsync(Func<Task> work) => (await Assert.ThrowsAsync<MediaException>(work)).Failure;

    public async ValueTask DisposeAsync()
    {
        YtDlp.Dispose();
        _toolbox.Dispose();
        await _guard.DisposeAsync();
        _root.Delete(recursive: true);
    }
}

/// <summary>An executable that stands in for yt-dlp and behaves badly.</summary>
internal sealed class StandIn : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tv-stand-in-");

    public StandIn(string script, string version = "2026.11.23")
    {
        Path = System.IO.Path.Combine(_folder.FullName, "yt-dlp");
        File.WriteAllText(Path, $"#!/bin/bash\n[ \"$2\" = --version ] && {{ echo {version}; exit; }}\n{script}\n");
        File.SetUnixFileMode(Path, UnixFileMode.UserRead | UnixFileMode.UserExecute);
    }

    public string Path { get; }

    /// <summary>The distribution's, which says that it is older than anything that may be run, as Debian 12's is.</summary>
    public static StandIn TooOld() => new($"exec {YtDlpPrograms.Distribution} \"$@\"", version: "2023.03.04");

    public void Dispose() => _folder.Delete(recursive: true);
}

/// <summary>What runs on this machine in a folder.</summary>
internal static class Processes
{
    /// <summary>Ids of processes whose working directory is the folder or below it.</summary>
    public static IReadOnlyList<int> In(string folder) =>
    [
        .. Directory.EnumerateDirectories("/proc")
            .Select(path => int.TryParse(Path.GetFileName(path), out var id) ? id : 0)
            .Where(id => id > 0 && WorkingFolder(id) is { } where && where.StartsWith(folder, StringComparison.Ordinal)),
    ];

    /// <summary>The program's name and arguments.</summary>
    public static string CommandLine(int id)
    {
        try
        {
            return File.ReadAllText($"/proc/{id}/cmdline").Replace('\0', ' ');
        }
        catch (IOException)
        {
            return "";
        }
    }

    private static string? WorkingFolder(int id)
    {
        try
        {
            return new FileInfo($"/proc/{id}/cwd").LinkTarget;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
