using System.Globalization;
using TrendVault.Web.Sandbox.Catalogue;

namespace TrendVault.Web.Sandbox.VideoSite;

/// <summary>Makes the pictures and the clips with ffmpeg. Each method fills an empty folder.</summary>
internal static class MediaBuilder
{
    // Few, since most of a clip's cost is in its frames, but no fewer than TikTok takes of an upload.
    private const int FramesPerSecond = 24;

    /// <summary>The sizes of YouTube's thumbnails; those of 4:3 have bars above and below.</summary>
    private static readonly (string Name, int Width, int Height)[] WideSizes =
        [("default", 120, 90), ("mqdefault", 320, 180), ("hqdefault", 480, 360), ("sddefault", 640, 480), ("maxresdefault", 1280, 720)];

    /// <summary>One picture of each scene.</summary>
    public static Task PicturesAsync(string folder, PictureSet set, CancellationToken ct)
    {
        string[] branches = [.. WideSizes.Select((size, index) => $"[v{index}]scale={size.Width}:-2:flags=lanczos,pad={size.Width}:{size.Height}:0:(oh-ih)/2[o{index}]")];
        var split = $"[0:v]split={WideSizes.Length}{string.Concat(WideSizes.Select((_, index) => $"[v{index}]"))}";
        IEnumerable<string> outputs = set.IsTall
            ? ["-vf", "scale=540:960:flags=lanczos", "-q:v", "4", "-start_number", "0", "%d.jpg"]
            : ["-filter_complex", string.Join(';', branches.Prepend(split)), .. WideSizes.SelectMany((size, index) => new[] { "-map", $"[o{index}]", "-q:v", "4", "-start_number", "0", $"%d-{size.Name}.jpg" })];
        return Ffmpeg.RunAsync(
            folder,
            [.. Raw(set.IsTall, framesPerSecond: 1), .. outputs],
            async pipe =>
            {
                for (var scene = 0; scene < Painter.Scenes; scene++)
                    await pipe.WriteAsync(Paint(set.IsTall, (set.Number * Painter.Scenes) + scene), ct);
            },
            ct);
    }

    /// <summary>
    /// Encodes a short piece of a clip and repeats it without encoding again, so that minutes of film cost seconds. From the same
    /// packets come the single files, the sound alone, and the HLS streams.
    /// </summary>
    public static async Task ClipAsync(string folder, Clip clip, CancellationToken ct)
    {
        var piece = Math.Max(2, clip.Seconds / clip.Repeats);
        var (large, small) = (clip.Renditions[0], clip.Renditions[1]);
        // A picture larger than the frame, and a frame that wanders over it.
        var (roomX, roomY) = (large.Width / 4, large.Height / 4);
        var wander = string.Create(CultureInfo.InvariantCulture,
            $"[0:v]scale={large.Width + roomX}:{large.Height + roomY}:flags=lanczos,format=yuv420p,loop=-1:1,setpts=N/{FramesPerSecond}/TB,trim=duration={piece},crop={large.Width}:{large.Height}:x='{roomX / 2}*(1+sin(2*PI*t/{piece}))':y='{roomY / 2}*(1+cos(2*PI*t/{piece}))',noise=c0s=5:c0f=t,split=2[large][raw];[raw]scale={small.Width}:{small.Height}:flags=fast_bilinear[small]");
        var tone = string.Create(CultureInfo.InvariantCulture, $"sine=frequency={clip.Tone}:beep_factor=2:sample_rate=44100:duration={piece}");
        await Ffmpeg.RunAsync(
            folder,
            [
                .. Raw(clip.IsTall, FramesPerSecond), "-f", "lavfi", "-i", tone, "-filter_complex", wander,
                .. Encode("[large]", "2000k", "large.piece.mp4"), .. Encode("[small]", "600k", "small.piece.mp4"),
            ],
            pipe => pipe.WriteAsync(Paint(clip.IsTall, clip.Picture), ct).AsTask(),
            ct);

        string[] repeat = ["-stream_loop", $"{clip.Repeats - 1}"];
        string[] copy = ["-t", $"{piece * clip.Repeats}", "-c", "copy"];
        string[] film = [.. copy, "-movflags", "+faststart"];
        Directory.CreateDirectory(Path.Combine(folder, clip.Name));
        await Ffmpeg.RunAsync(
            folder,
            [
                .. repeat, "-i", "large.piece.mp4", .. repeat, "-i", "small.piece.mp4",
                "-map", "0", .. film, large.File, "-map", "1", .. film, small.File, "-map", "1:a", .. film, clip.Sound,
                "-map", "0", "-map", "1", .. copy, "-f", "hls", "-hls_time", "4", "-hls_playlist_type", "vod",
                "-var_stream_map", "v:0,a:0 v:1,a:1", "-master_pl_name", "master.m3u8", "-hls_segment_filename", $"{clip.Name}/s%v-%03d.ts", $"{clip.Name}/v%v.m3u8",
            ],
            feed: null,
            ct);
        foreach (var rest in Directory.EnumerateFiles(folder, "*.piece.mp4"))
            File.Delete(rest);

        IEnumerable<string> Encode(string video, string rate, string file) =>
        [
            "-map", video, "-map", "1:a", "-c:v", "libx264", "-preset", "ultrafast", "-b:v", rate, "-maxrate", rate, "-bufsize", "4M", "-g", $"{2 * FramesPerSecond}",
            "-c:a", "aac", "-b:a", "96k", "-shortest", file,
        ];
    }

    private static (int Width, int Height) Canvas(bool isTall) => isTall ? (288, 512) : (512, 288);

    private static byte[] Paint(bool isTall, int number)
    {
        var (width, height) = Canvas(isTall);
        return new Painter(width, height, Dice.Of(isTall ? 2 : 1, number)).Paint(number);
    }

    private static IEnumerable<string> Raw(bool isTall, int framesPerSecond)
    {
        var (width, height) = Canvas(isTall);
        return ["-f", "rawvideo", "-pixel_format", "rgb24", "-video_size", $"{width}x{height}", "-framerate", $"{framesPerSecond}", "-i", "pipe:0"];
    }
}
