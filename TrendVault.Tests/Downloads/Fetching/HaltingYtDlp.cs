using System.Diagnostics;
using System.Globalization;
using TrendVault.Tests.App;

namespace TrendVault.Tests.Downloads;

/// <summary>
/// The real yt-dlp and ffmpeg, but that who comes to <c>look</c>, or to <c>merge</c>, stays there if it is told to, deaf to SIGINT, until one
/// was seen there. It may be confined: it tells nothing by files, and its processes are found from outside.
/// </summary>
internal sealed class HaltingYtDlp : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly StandIn _standIn;
    private readonly Dictionary<string, int> _halted = [];

    public HaltingYtDlp(params string[] at)
    {
        _standIn = new StandIn(
            $$"""
            here=$(dirname "$0")
            if [[ " $* " == *" -J "* && -e "$here/look" ]]; then
              trap '' INT
              exec tail -f "$here/look"
            fi
            PATH=$here/bin:$PATH exec {{YtDlpPrograms.Current}} "$@"
            """,
            // Every current one understands what an old one is given.
            version: "2023.11.16");
        Directory.CreateDirectory(FileOf("bin"));
        File.WriteAllText(
            FileOf("bin/ffmpeg"),
            """
            #!/bin/bash
            here=$(dirname "$(dirname "$0")")
            if [[ " $* " == *" -i "* && -e "$here/merge" ]]; then
              trap '' INT
              exec tail -f "$here/merge"
            fi
            exec /usr/bin/ffmpeg "$@"

            """);
        File.SetUnixFileMode(FileOf("bin/ffmpeg"), UnixFileMode.UserRead | UnixFileMode.UserExecute);
        foreach (var place in at)
            File.WriteAllText(FileOf(place), "");
    }

    public string Path => _standIn.Path;

    /// <summary>Waits until one halts at <c>look</c> or at <c>merge</c>; who comes later goes on.</summary>
    public async Task HaltsAsync(string at)
    {
        await Eventually.TrueAsync(() => Halted(at) is not null, "it halts at " + at, Patience);
        _halted[at] = Halted(at)!.Value;
        File.Delete(FileOf(at));
    }

    /// <summary>kill -9 of <c>yt-dlp</c> or of <c>ffmpeg</c>, where it halts.</summary>
    public async Task KillAsync(string program, string at)
    {
        await HaltsAsync(at);
        using var process = Process.GetProcessById(program == "yt-dlp" && at == "merge" ? ParentOf(_halted[at]) : _halted[at]);
        process.Kill();
    }

    public void Dispose() => _standIn.Dispose();

    private int? Halted(string at) => Processes.In("/").Where(id => Processes.CommandLine(id).StartsWith("tail -f " + FileOf(at), StringComparison.Ordinal)).Cast<int?>().FirstOrDefault();

    private static int ParentOf(int id) =>
        int.Parse(File.ReadLines($"/proc/{id}/status").Single(line => line.StartsWith("PPid:", StringComparison.Ordinal))[5..], CultureInfo.InvariantCulture);

    private string FileOf(string name) => System.IO.Path.Combine(System.IO.Path.GetDirectoryName(_standIn.Path)!, name);
}
