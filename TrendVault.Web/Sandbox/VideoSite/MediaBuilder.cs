using System.Globalization;
using TrendVault.Web.Sandbox.Catalogue;

namespace TrendVault.Web.Sandbox.VideoSite;

/// <summary>Makes the pictures and the clips with ffmpeg. Each method fills an empty folder.</summary>
internal static class MediaBuilder
{
    public const int WidePictures = 5 * Painter.Scenes;
    public const int TallPictures = 3 * Painter.Scenes;

    private const int FramesPerSecond = 25;

    /// <summary>The sizes of YouTube's thumbnails; those of 4:3 have bars above and below.</summary>
    private static readonly (string Name, int Width, int Height)[] WideSizes =
        [("default", 120, 90), ("mqdefault", 320, 180), ("hqdefault", 480, 360), ("sddefault", 640, 480), ("maxresdefault", 1280, 720)];

    public static async Task PicturesAsync(string folder, CancellationToken ct)
    {
        string[] branches = [.. WideSizes.Select((size, index) => $"[v{index}]scale={size.Width}:-2:flags=lanczos,pad={size.Width}:{size.Height}:0:(oh-ih)/2[o{index}]")];
        var split = $"[0:v]split={WideSizes.Length}{string.Concat(WideSizes.Select((_, index) => $"[v{index}]"))}";
        IEnumerable<string> outputs = WideSizes.SelectMany((size, index) => new[] { "-map", $"[o{index}]", "-q:v", "4", "-start_number", "0", $"wide-%02d-{size.Name}.jpg" });
        await Ffmpeg.RunAsync(
            folder,
            [.. Raw(640, 360), "-filter_complex", string.Join(';', branches.Prepend(split)), .. outputs],
            pipe => PaintAsync(pipe, 640, 360, WidePictures, 1, ct),
            ct);
        await Ffmpeg.RunAsync(
            folder,
            [.. Raw(360, 640), "-vf", "scale=540:960:flags=lanczos", "-q:v", "4", "-start_number", "0", "tall-%02d.jpg"],
            pipe => PaintAsync(pipe, 360, 640, TallPictures, 2, ct),
            ct);
    }

    /// <summary>
    /// Encodes a short piece of each clip and repeats it without encoding again, so that minutes of film cost seconds. From the same
    /// packets come the single files, the sound alone, and the HLS streams.
    /// </summary>
    public static async Task ClipAsync(string folder, string pictures, Clip clip, int index, CancellationToken ct)
    {
        var piece = Math.Max(2, clip.Seconds / clip.Repeats);
        var (large, small) = (clip.Renditions[0], clip.Renditions[1]);
        // A picture larger than the frame, and a frame that wanders over it.
        var (roomX, roomY) = (large.Width / 4, large.Height / 4);
        var picture = Path.Combine(pictures, clip.IsTall ? $"tall-{index * 5:00}.jpg" : $"wide-{(index * 7) + 3:00}-maxresdefault.jpg");
        var wander = string.Create(CultureInfo.InvariantCulture,
            $"[0:v]scale={large.Width + roomX}:{large.Height + roomY},crop={large.Width}:{large.Height}:x='{roomX / 2}*(1+sin(2*PI*t/{piece}))':y='{roomY / 2}*(1+cos(2*PI*t/{piece}))',noise=alls=5:allf=t,format=yuv420p,split=2[large][raw];[raw]scale={small.Width}:{small.Height}[small]");
        var tone = string.Create(CultureInfo.InvariantCulture, $"sine=frequency={196 + (index * 49)}:beep_factor=2:sample_rate=44100:duration={piece}");
        await Ffmpeg.RunAsync(
            folder,
            [
                "-loop", "1", "-framerate", $"{FramesPerSecond}", "-t", $"{piece}", "-i", picture, "-f", "lavfi", "-i", tone, "-filter_complex", wander,
                .. Encode("[large]", "2000k", "large.piece.mp4"), .. Encode("[small]", "600k", "small.piece.mp4"),
            ],
            feed: null,
            ct);

        await Repeat("large.piece.mp4", large.File, piece);
        await Repeat("small.piece.mp4", small.File, piece);
        await Ffmpeg.RunAsync(folder, ["-i", small.File, "-vn", "-c", "copy", "-movflags", "+faststart", clip.Sound], feed: null, ct);
        Directory.CreateDirectory(Path.Combine(folder, clip.Name));
        await Ffmpeg.RunAsync(
            folder,
            [
                "-i", large.File, "-i", small.File, "-map", "0", "-map", "1", "-c", "copy", "-f", "hls", "-hls_time", "4", "-hls_playlist_type", "vod",
                "-var_stream_map", "v:0,a:0 v:1,a:1", "-master_pl_name", "master.m3u8", "-hls_segment_filename", $"{clip.Name}/s%v-%03d.ts", $"{clip.Name}/v%v.m3u8",
            ],
            feed: null,
            ct);
        foreach (var rest in Directory.EnumerateFiles(folder, "*.piece.mp4"))
            File.Delete(rest);

        IEnumerable<string> Encode(string video, string rate, string file) =>
        [
            "-map", video, "-map", "1:a", "-c:v", "libx264", "-preset", "ultrafast", "-b:v", rate, "-maxrate", rate, "-bufsize", "4M", "-g", "50",
            "-c:a", "aac", "-b:a", "96k", "-shortest", file,
        ];

        Task Repeat(string from, string to, int seconds) => Ffmpeg.RunAsync(
            folder,
            ["-stream_loop", $"{clip.Repeats - 1}", "-i", from, "-t", $"{seconds * clip.Repeats}", "-c", "copy", "-movflags", "+faststart", to],
            feed: null,
            ct);
    }

    private static IEnumerable<string> Raw(int width, int height) =>
        ["-f", "rawvideo", "-pixel_format", "rgb24", "-video_size", $"{width}x{height}", "-framerate", "1", "-i", "pipe:0"];

    private static async Task PaintAsync(Stream pipe, int width, int height, int count, int kind, CancellationToken ct)
    {
        // Two at a time, in order: the painter is slower than ffmpeg, and this must not take the machine from the app.
        var next = Paint(0);
        for (var number = 0; number < count; number++)
        {
            var picture = await next;
            next = Paint(number + 1);
            await pipe.WriteAsync(picture, ct);
        }

        await next;

        Task<byte[]> Paint(int number) => Task.Run(() => number < count ? new Painter(width, height, Dice.Of(kind, number)).Paint(number) : [], ct);
    }
}
