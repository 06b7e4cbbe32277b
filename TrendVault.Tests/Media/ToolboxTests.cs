using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TrendVault.Core;
using TrendVault.Core.Downloads;
using TrendVault.Core.Media;
using TrendVault.Core.Settings;
using TrendVault.Tests.App;
using TrendVault.Tests.Downloads;
using TrendVault.Tests.Egress;
using TrendVault.Tests.Jobs;

namespace TrendVault.Tests.Media;

/// <summary>What is run, how old it may be, and what it finds around it.</summary>
public sealed class ToolboxTests : IDisposable
{
    private static readonly FormatChoice WithSubtitles = new([new MediaFormat { FormatId = "1", Ext = "mp4" }], "best") { Subtitles = "en" };

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tv-toolbox-");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string> Programs { get; } = [.. YtDlpPrograms.Both];

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [MemberData(nameof(Programs))]
    public async Task A_plugin_that_another_user_left_in_the_temporary_folder_does_not_run_when_the_tools_are_asked(string program)
    {
        var (mark, name) = (FileOf("planted-ran"), $"tv-{Guid.NewGuid():n}");
        var shared = Path.Combine(Path.GetTempPath(), "yt-dlp", "plugins", name);
        var extractors = Directory.CreateDirectory(Path.Combine(shared, "yt_dlp_plugins", "extractor"));
        await File.WriteAllTextAsync(Path.Combine(extractors.FullName, "planted.py"), $"open('{mark}', 'w').close()\n", Token);
        try
        {
            using var toolbox = Given(options => options.YtDlpPath = program);
            await toolbox.DescribeAsync(Token);

            Assert.False(File.Exists(mark), "The planted plugin ran.");
        }
        finally
        {
            Directory.Delete(shared, recursive: true);
        }
    }

    [Fact]
    public async Task Every_start_finds_an_empty_home_below_the_data_folder()
    {
        var seen = FileOf("seen");
        var program = GivenProgram(
            $$"""
            { echo "$HOME"; ls -A "$HOME"; [ "$XDG_CONFIG_HOME$XDG_CACHE_HOME$TMPDIR" = "$HOME$HOME$HOME" ] || echo 'another'; } >> '{{seen}}'
            mkdir "$HOME/yt-dlp"; touch "$HOME/yt-dlp.conf"
            [ "$2" = --version ] && echo {{YtDlpVersion.Safe}}
            """);
        // Not confined, it can tell us what it sees.
        await using var bench = await Bench.StartAsync([], tools: tools => (tools.YtDlpPath, tools.Confinement) = (program, ConfinementMode.Off));

        await Bench.FailsAsync(() => bench.YtDlp.ProbeAsync("https://example.org/video", Token));
        await Bench.FailsAsync(() => bench.DownloadAsync("https://example.org/video", WithSubtitles, Token));

        // The version, the look, the subtitles, the video.
        var homes = await File.ReadAllLinesAsync(seen, Token);
        Assert.Equal(4, homes.Length);
        Assert.All(homes, home => Assert.StartsWith(Path.GetDirectoryName(bench.Folder.Path)!, home, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Below_the_floor_nothing_is_looked_at_and_nothing_downloaded()
    {
        await using var secret = await LocalSite.StartAsync(_ => Task.CompletedTask);
        await using var site = await LocalSite.StartAsync(context => Results.Text(Smuggling.Page(secret.Address.AbsoluteUri), "text/html").ExecuteAsync(context));
        using var old = StandIn.TooOld();
        await using var bench = await Bench.StartAsync([site.Endpoint], tools: tools => tools.YtDlpPath = old.Path);

        foreach (var work in (Func<Task>[])[() => bench.YtDlp.ProbeAsync(site.Address.AbsoluteUri, Token), () => bench.DownloadAsync(site.Address.AbsoluteUri, WithSubtitles, Token)])
        {
            var failure = await Bench.FailsAsync(work);

            Assert.Equal(("not_installed", Remedy.Wait), (failure.Code, failure.Remedy));
            Assert.Contains($"below {YtDlpVersion.Floor} nothing is downloaded", failure.Message, StringComparison.Ordinal);
        }

        Assert.Empty(site.Paths);
        Assert.Empty(secret.Paths);
    }

    [Theory]
    [InlineData("2023.11.13", true)]
    [InlineData("2023.11.14", false)]
    public async Task The_floor_is_the_release_that_closed_the_way_past_the_proxy(string version, bool isRefused)
    {
        using var standIn = new StandIn("exit 1", version);
        using var toolbox = Given(options => options.YtDlpPath = standIn.Path);

        Assert.Equal(isRefused, (await toolbox.WarningAsync(Token))!.Contains("nothing is downloaded", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Without_one_of_its_own_the_one_on_the_path_is_asked()
    {
        using var toolbox = Given(options => options.YtDlpPath = null);

        var line = (await toolbox.DescribeAsync(Token))[0];

        Assert.Contains("the one on PATH", line.Note, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_newer_one_of_its_own_is_taken_as_soon_as_its_link_leads_there()
    {
        using var toolbox = Given(options => options.YtDlpPath = null);
        var link = FileOf("ytdlp/current");
        foreach (var version in (string[])["2026.11.23", "2026.12.20"])
        {
            var folder = Directory.CreateDirectory(FileOf($"ytdlp/{version}/bin")).Parent!.FullName;
            File.Move(GivenProgram($"echo {version}"), Path.Combine(folder, "bin", "yt-dlp"));
            File.Delete(link);
            File.CreateSymbolicLink(link, folder);

            var tools = await toolbox.GetAsync(Token);

            Assert.Equal((version, Path.Combine(folder, "bin", "yt-dlp")), (tools.Version.ToString(), tools.YtDlp));
        }
    }

    [Fact]
    public async Task Where_nothing_can_be_written_the_look_at_the_start_says_so_and_ends_nothing()
    {
        await File.WriteAllTextAsync(FileOf("homes"), "A file where a folder should be.", Token);
        await using var bench = await Bench.StartAsync([]);
        using var toolbox = Given(options => options.YtDlpPath = GivenProgram("echo 2026.11.23"));
        var log = new LogLines();
        using var loggers = new LoggerFactory([log]);
        using var check = new ToolCheck(new ToolReport(toolbox, bench.Confiner), loggers.CreateLogger<ToolCheck>());

        await check.StartAsync(Token);
        await check.ExecuteTask!;

        Assert.Contains("The tools could not be asked", Assert.Single(log.Lines), StringComparison.Ordinal);
    }

    private string FileOf(string name) => Path.Combine(_folder.FullName, name);

    private string GivenProgram(string script)
    {
        var path = FileOf("program");
        File.WriteAllText(path, $"#!/bin/bash\n{script}\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        return path;
    }

    private Toolbox Given(Action<MediaOptions> configure)
    {
        var options = new MediaOptions();
        configure(options);
        return new Toolbox(Options.Create(options), Options.Create(new FolderOptions { DataFolder = _folder.FullName }), TimeProvider.System);
    }
}
