using System.Diagnostics;
using TrendVault.Tests.App;

namespace TrendVault.Tests.Downloads;

/// <summary>The part of run.sh that keeps a current yt-dlp, with a python3 in its path that notes what it is asked and makes what pip would.</summary>
public sealed class OwnYtDlpTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tv-own-ytdlp-");

    public OwnYtDlpTests()
    {
        Directory.CreateDirectory(FileOf("bin"));
        // "python3 -m venv FOLDER" makes a python of the same kind there; "-m pip install … PACKAGE" makes yt-dlp, unless it is refused.
        File.WriteAllText(
            FileOf("bin/python3"),
            $$"""
            #!/bin/bash
            echo "$2 ${!#}" >> '{{FileOf("asked")}}'
            if [ "$2" = venv ]; then
              mkdir -p "$3/bin"
              cp "$0" "$3/bin/python"
            elif [[ "${!#}" == $(cat '{{FileOf("refused")}}' 2>/dev/null) ]]; then
              exit 1
            else
              touch "$(dirname "$0")/yt-dlp"
              chmod +x "$(dirname "$0")/yt-dlp"
            fi

            """);
        File.SetUnixFileMode(FileOf("bin/python3"), UnixFileMode.UserRead | UnixFileMode.UserExecute);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task It_comes_with_what_YouTube_and_TikTok_need_and_is_asked_for_again_after_thirty_days()
    {
        await RefreshAsync();
        await RefreshAsync();
        Assert.Equal(["venv " + Data + "/ytdlp", "pip yt-dlp[default,curl-cffi,deno]"], Asked);

        File.SetLastWriteTimeUtc(Path.Combine(Data, "ytdlp.asked"), DateTime.UtcNow.AddDays(-31));
        await RefreshAsync();

        Assert.Equal("pip yt-dlp[default,curl-cffi,deno]", Asked[^1]);
        Assert.Equal(3, Asked.Length);
    }

    [Fact]
    public async Task Without_the_extras_yt_dlp_alone_will_do()
    {
        File.WriteAllText(FileOf("refused"), "*deno*");

        await RefreshAsync();

        Assert.Equal("pip yt-dlp[default]", Asked[^1]);
        Assert.True(File.Exists(Path.Combine(Data, "ytdlp", "bin", "yt-dlp")));
    }

    [Fact]
    public async Task Where_none_can_be_had_that_is_said_and_tried_again_the_next_day()
    {
        File.WriteAllText(FileOf("refused"), "*");

        Assert.Contains("too old for YouTube and TikTok", await RefreshAsync(), StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(Data, "ytdlp")));
        var asked = Asked.Length;
        await RefreshAsync();
        Assert.Equal(asked, Asked.Length);

        File.SetLastWriteTimeUtc(Path.Combine(Data, "ytdlp.asked"), DateTime.UtcNow.AddDays(-2));
        await RefreshAsync();
        Assert.True(Asked.Length > asked);
    }

    private string Data => FileOf("data");

    private string[] Asked => File.ReadAllLines(FileOf("asked"));

    private string FileOf(string name) => Path.Combine(_folder.FullName, name);

    private async Task<string> RefreshAsync()
    {
        var start = new ProcessStartInfo("bash", ["-euo", "pipefail", "-c", ". .ci/ytdlp.sh; refresh_ytdlp \"$0\"", Data]) { WorkingDirectory = Repository.Root, RedirectStandardOutput = true };
        start.Environment["PATH"] = FileOf("bin") + ":" + start.Environment["PATH"];
        using var bash = Process.Start(start)!;
        var output = await bash.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await bash.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, bash.ExitCode);
        return output;
    }
}
