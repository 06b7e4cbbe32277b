using TrendVault.Core.Downloads;
using TrendVault.Core.Media;
using TrendVault.Core.Work;
using TrendVault.Tests.App;
using TrendVault.Web.Pages.Shared;

namespace TrendVault.Tests.Downloads;

/// <summary>The argument lists and the lines of progress, with a current yt-dlp and with the distribution's. No guard, and no floor.</summary>
public sealed class BothYtDlpsTests(MediaSite site) : IClassFixture<MediaSite>, IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tv-both-");

    public static TheoryData<string> Programs { get; } = [.. YtDlpPrograms.Both];

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [MemberData(nameof(Programs))]
    public async Task Each_understands_its_arguments_and_what_it_prints_is_read(string program)
    {
        var tools = await GivenToolsAsync(program);
        var url = site.Url("dash.mpd");

        var (_, json) = await RunAsync(program, YtDlpArguments.Probe(tools, url));
        var choice = FormatPicker.Pick(MediaInfoReader.Read(Assert.Single(json)), "best")!;
        Assert.Equal(2, choice.Streams.Count);

        var meter = new ProgressMeter(choice);
        var (exitCode, lines) = await RunAsync(program, YtDlpArguments.Download(tools, url, choice, "media-1", rateLimit: 0));
        var progress = lines.Select(meter.Read).OfType<WorkProgress>().ToList();

        Assert.Equal(0, exitCode);
        Assert.Contains(lines, line => line.StartsWith(YtDlpArguments.FileMark, StringComparison.Ordinal));
        Assert.Equal([WorkPhase.Video, WorkPhase.Audio, WorkPhase.Merge], progress.Select(one => one.Phase).Distinct());
        Assert.Equal(progress.Select(one => one.Percent).Order(), progress.Select(one => one.Percent));
        Assert.True(progress[^1].Percent > 90, $"It ends at {progress[^1].Percent} %.");
        Assert.True(File.Exists(Path.Combine(_folder.FullName, "media-1.mp4")));
    }

    [Theory]
    [MemberData(nameof(Programs))]
    public async Task Each_brings_subtitles_and_looks_at_what_is_announced(string program)
    {
        var tools = await GivenToolsAsync(program);

        var (exitCode, _) = await RunAsync(program, YtDlpArguments.Subtitles(tools, site.Url("watch.html"), "en"));
        var (_, json) = await RunAsync(program, YtDlpArguments.Announced(tools, site.Url("clip.mp4")));

        Assert.Equal(0, exitCode);
        Assert.True(File.Exists(Path.Combine(_folder.FullName, "subtitles.en.vtt")));
        Assert.NotEmpty(MediaInfoReader.Read(Assert.Single(json)).Formats);
    }

    private async Task<Tools> GivenToolsAsync(string program)
    {
        var (_, answer) = await RunAsync(program, ["--ignore-config", "--version"]);
        return new Tools(program, "", YtDlpVersion.TryParse(Assert.Single(answer))!.Value, "ffprobe", JavaScript: null);
    }

    private async Task<(int ExitCode, List<string> Lines)> RunAsync(string program, IReadOnlyList<string> arguments)
    {
        var lines = new List<string>();
        var command = new ProcessGroup.Command
        {
            Program = program,
            Arguments = arguments,
            WorkingFolder = _folder.FullName,
            Environment = Toolbox.BareEnvironment(_folder.FullName),
            MaxLineBytes = 1024 * 1024,
        };
        var output = TestContext.Current.TestOutputHelper!;
        return (await ProcessGroup.RunAsync(command, lines.Add, output.WriteLine, TestContext.Current.CancellationToken), lines);
    }
}
