using Microsoft.Extensions.Options;
using TrendVault.Core.Settings;

namespace TrendVault.Core.Media;

/// <summary>
/// Two scripts in the data folder that stand before ffmpeg and ffprobe and let them read local files as plain media only. Whatever starts
/// them, and with whatever arguments, a playlist in disguise, a list of files to join, a session description or an address is refused
/// before it is read. yt-dlp is pointed at them, whose own calls take no such arguments.
/// </summary>
internal sealed class PlainFfmpeg
{
    /// <summary>Containers that hold what they play, and nothing that leads elsewhere.</summary>
    internal const string Media = "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,mp3,ogg,aac,flac,wav,mpegts";

    // What yt-dlp repacks or takes the sound from, and what it turns into WebVTT. Not among them: vobsub, which opens a second file.
    private const string Formats = Media + ",flv,mpeg,avi,asf,ac3,eac3,aiff,caf,webvtt,srt,ass,sami,lrc,subviewer,microdvd,scc";

    private const string Whitelists = $"-format_whitelist {Formats} -protocol_whitelist file";

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    // Options stand before the input that they are for; what is said last holds.
    private const string Ffmpeg =
        $"""
        #!/bin/sh
        # Written by TrendVault at each start: ffmpeg reads local files as plain media, and nothing else.
        left=$#
        while [ "$left" -gt 0 ]; do
          [ "$1" != -i ] || set -- "$@" {Whitelists}
          set -- "$@" "$1"
          shift
          left=$((left - 1))
        done
        exec ffmpeg "$@"

        """;

    private const string Ffprobe =
        $"""
        #!/bin/sh
        # Written by TrendVault at each start: ffprobe reads local files as plain media, and nothing else.
        exec ffprobe "$@" {Whitelists}

        """;

    /// <summary>Writes them anew.</summary>
    public PlainFfmpeg(IOptions<FolderOptions> folders)
    {
        Folder = Path.GetFullPath(Path.Combine(folders.Value.DataFolder, "ffmpeg"));
        DataFolder.Make(Folder);
        Write("ffmpeg", Ffmpeg);
        Write("ffprobe", Ffprobe);
    }

    /// <summary>Where they are, for <c>--ffmpeg-location</c>.</summary>
    public string Folder { get; }

    // Renamed into its place: another instance may be running it, and a file that is open for writing does not start.
    private void Write(string name, string script)
    {
        var path = Path.Combine(Folder, name);
        if (File.Exists(path) && File.ReadAllText(path) == script && File.GetUnixFileMode(path) == OwnerOnly)
            return;

        var aside = Path.Combine(Folder, Path.GetRandomFileName());
        File.WriteAllText(aside, script);
        File.SetUnixFileMode(aside, OwnerOnly);
        File.Move(aside, path, overwrite: true);
    }
}
