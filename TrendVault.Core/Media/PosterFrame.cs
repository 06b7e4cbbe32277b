using System.Globalization;

namespace TrendVault.Core.Media;

/// <summary>Makes a picture of a video from the video itself.</summary>
internal static class PosterFrame
{
    public const string ContentType = "image/jpeg";

    // A title or a black screen is over by then, and a long film need not be read from far.
    private const double Into = 0.1;
    private const double Furthest = 120;

    // The frame that stands out least from its neighbours is no cut and no flash. They are compared when they are small: in their full
    // size those of 8K would take more than a gigabyte.
    private const string Filters = "scale=w='min(960,iw)':h='min(960,ih)':force_original_aspect_ratio=decrease,thumbnail=24,format=yuvj420p";

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    /// <summary>Answers the path of a JPEG in the working folder; null when the file has no picture, or none that ffmpeg can read.</summary>
    public static async Task<string?> MakeAsync(Confiner confiner, MediaFile file, WorkFolder folder, CancellationToken cancellationToken)
    {
        if (file.Facts.Height is null)
            return null;

        var target = Path.Combine(folder.Home, "poster.jpg");
        var from = Math.Min((file.Facts.DurationSeconds ?? 0) * Into, Furthest);
        var command = new ProcessGroup.Command
        {
            Program = "ffmpeg",
            Arguments =
            [
                .. MediaProbe.OnlyMedia, "-nostdin", "-y", "-threads", "2", "-ss", from.ToString("0.###", CultureInfo.InvariantCulture), "-i", "file:" + file.Path,
                "-map", "0:V:0", "-frames:v", "1", "-vf", Filters, "-q:v", "4", "-f", "mjpeg", "file:" + target,
            ],
            WorkingFolder = folder.Home,
            Environment = Toolbox.BareEnvironment(folder.Home),
            Reads = [folder.Media],
        };
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Timeout);
        try
        {
            var exitCode = await confiner.RunAsync(command, _ => { }, _ => { }, limit.Token);
            return exitCode == 0 && new FileInfo(target) is { Exists: true, Length: > 0 } ? target : null;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }
}
