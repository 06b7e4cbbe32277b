using System.Diagnostics;
using System.Globalization;
using TrendVault.Tests.App;

namespace TrendVault.Tests.Downloads;

/// <summary>The real yt-dlp and ffmpeg, but that the first to come to <c>look</c>, or to <c>merge</c>, stays there if it is told to, deaf to SIGINT.</summary>
internal sealed class HaltingYtDlp : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly StandIn _standIn;

    public HaltingYtDlp(params string[] at)
    {
        _standIn = new StandIn(
            $$"""
            here=$(dirname "$0")
            echo $$ > "$here/yt-dlp.pid"
            if [[ " {{string.Join(' ', at)}} " == *" look "* && " $* " == *" -J "* ]] && mkdir "$here/look" 2>/dev/null; then
              trap '' INT
              exec sleep 1000
            fi
            PATH=$here/bin:$PATH exec {{YtDlpPrograms.Current}} "$@"
            """,
            // Every current one understands what an old one is given.
            version: "2023.11.16");
        Directory.CreateDirectory(FileOf("bin"));
        File.WriteAllText(
            FileOf("bin/ffmpeg"),
            $$"""
            #!/bin/bash
            here=$(dirname "$(dirname "$0")")
            if [[ " {{string.Join(' ', at)}} " == *" merge "* && " $* " == *" -i "* ]] && mkdir "$here/merge" 2>/dev/null; then
              echo $$ > "$here/ffmpeg.pid"
              trap '' INT
              exec sleep 1000
            fi
            exec /usr/bin/ffmpeg "$@"

            """);
        File.SetUnixFileMode(FileOf("bin/ffmpeg"), UnixFileMode.UserRead | UnixFileMode.UserExecute);
    }

    public string Path => _standIn.Path;

    /// <summary>Waits until one halts at <c>look</c> or at <c>merge</c>.</summary>
    public Task HaltsAsync(string at) => Eventually.TrueAsync(() => Directory.Exists(FileOf(at)), "it halts at " + at, Patience);

    /// <summary>kill -9 of <c>yt-dlp</c> or of <c>ffmpeg</c>, where it halts.</summary>
    public async Task KillAsync(string program, string at)
    {
        await HaltsAsync(at);
        var file = FileOf(program + ".pid");
        await Eventually.TrueAsync(() => File.Exists(file) && File.ReadAllText(file).EndsWith('\n'), "it says who it is");
        using var process = Process.GetProcessById(int.Parse(await File.ReadAllTextAsync(file), CultureInfo.InvariantCulture));
        process.Kill();
    }

    public void Dispose() => _standIn.Dispose();

    private string FileOf(string name) => System.IO.Path.Combine(System.IO.Path.GetDirectoryName(_standIn.Path)!, name);
}
