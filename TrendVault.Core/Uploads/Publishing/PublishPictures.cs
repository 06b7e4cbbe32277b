using System.Globalization;
using TrendVault.Core.Downloads;
using TrendVault.Core.Egress;
using TrendVault.Core.Media;
using TrendVault.Core.Storage;

namespace TrendVault.Core.Uploads;

/// <summary>What a picture is for.</summary>
internal enum PictureKind
{
    /// <summary>A video is chosen by it.</summary>
    Thumbnail,

    /// <summary>It stands in a corner of all videos of a channel.</summary>
    Watermark,
}

/// <summary>What became of a picture.</summary>
internal abstract record PictureOutcome
{
    private PictureOutcome()
    {
    }

    /// <summary>It is in the object store.</summary>
    public sealed record Kept(string Key) : PictureOutcome;

    /// <summary>It was not taken.</summary>
    public sealed record Refused(RuleBreak Broken) : PictureOutcome;
}

/// <summary>
/// Pictures that users give their videos and channels. Each is drawn anew by ffmpeg, so that nothing but a picture gets on, and stays in the object
/// store until the platform has it.
/// </summary>
internal sealed class PublishPictures(IObjectStore objects, Confiner confiner)
{
    /// <summary>Of an uploaded picture.</summary>
    public const int MostBytes = 2 * 1024 * 1024;

    /// <summary>All pictures stand below it: <c>pictures/{user}/{id}.jpg</c> or <c>.png</c>, where the id tells when it was made.</summary>
    internal const string Prefix = "pictures/";

    private const int LongestSide = 4096;
    private const int LeastWidth = 640;
    private const int LeastWatermark = 150;

    // YouTube shows 1280 x 720 at most.
    private static readonly string[] Jpeg = ["-vf", "scale=w='min(1280,iw)':h='min(1280,ih)':force_original_aspect_ratio=decrease,format=yuvj420p", "-q:v", "3", "-f", "mjpeg"];

    // What is clear in a watermark stays clear. YouTube takes 1 MB of it.
    private static readonly string[] Png = ["-vf", "scale=w='min(400,iw)':h=-1,format=rgba", "-c:v", "png", "-f", "image2pipe"];

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    // Only what PictureHeader knows.
    private static readonly string[] OnlyPictures = ["-v", "error", "-protocol_whitelist", "file", "-format_whitelist", "jpeg_pipe,png_pipe,image2"];

    /// <summary>Takes an uploaded picture in.</summary>
    /// <exception cref="StorageException">The store is down.</exception>
    public async Task<PictureOutcome> TakeAsync(Guid userId, PictureKind kind, Stream picture, CancellationToken cancellationToken)
    {
        var bytes = await ReadAsync(picture, cancellationToken);
        if (Check(bytes, kind) is { } broken)
            return new PictureOutcome.Refused(broken);

        var home = Directory.CreateTempSubdirectory(EmptyHome.TempPrefix);
        try
        {
            var source = Path.Combine(home.FullName, "picture");
            await File.WriteAllBytesAsync(source, bytes, cancellationToken);
            return await DrawAsync(userId, kind, [.. OnlyPictures, "-i", "file:" + source], network: null, home, cancellationToken)
                ?? Refused("picture_unreadable", "This picture cannot be read. Save it anew as JPEG or PNG, then try again.");
        }
        finally
        {
            home.Delete(recursive: true);
        }
    }

    /// <summary>Takes the frame of a download at a moment of it.</summary>
    /// <param name="file">A finished one.</param>
    /// <param name="second">From the beginning.</param>
    /// <exception cref="StorageException">The store is down.</exception>
    public async Task<PictureOutcome> TakeFrameAsync(DownloadRow file, double second, CancellationToken cancellationToken)
    {
        if (second < 0 || second > file.DurationSeconds)
            return Refused("frame_outside", "The frame must lie within the video: choose a time before its end.");

        var home = Directory.CreateTempSubdirectory(EmptyHome.TempPrefix);
        try
        {
            await using var source = new LoopbackObject(objects, file.StorageKey!, file.FileSize!.Value);
            string[] input = [.. MediaProbe.OnlyMedia, "-protocol_whitelist", "http,tcp,file", "-ss", second.ToString("0.###", CultureInfo.InvariantCulture), "-i", source.Url, "-map", "0:V:0"];
            return await DrawAsync(file.UserId, PictureKind.Thumbnail, input, source, home, cancellationToken)
                ?? Refused("frame_missing", "There is no frame at this time: choose an earlier one.");
        }
        finally
        {
            home.Delete(recursive: true);
        }
    }

    /// <summary>A picture, to show it.</summary>
    /// <exception cref="StorageException">The store is down, or has no such picture.</exception>
    public Task<Stream> OpenAsync(string key, CancellationToken cancellationToken) => objects.OpenAsync(key, 0, length: null, cancellationToken);

    /// <summary>A picture, to send it.</summary>
    /// <exception cref="StorageException">The store is down, or has no such picture.</exception>
    internal async Task<byte[]> ReadAsync(string key, CancellationToken cancellationToken)
    {
        await using var stream = await OpenAsync(key, cancellationToken);
        return await ReadAsync(stream, cancellationToken);
    }

    // One byte more than is allowed tells that it is too large.
    private static async Task<byte[]> ReadAsync(Stream picture, CancellationToken cancellationToken)
    {
        var buffer = new byte[MostBytes + 1];
        var read = await picture.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
        return buffer[..read];
    }

    private static RuleBreak? Check(byte[] picture, PictureKind kind)
    {
        if (picture.Length > MostBytes)
            return Break("picture_too_large", "The picture is larger than 2 MB: save it smaller, then try again.");
        if (PictureHeader.ContentTypeOf(picture) is not ("image/jpeg" or "image/png"))
            return Break("picture_format", "The file is no picture in JPEG or PNG: choose another one.");
        return PictureHeader.SizeOf(picture) switch
        {
            null => Break("picture_unreadable", "This picture cannot be read. Save it anew as JPEG or PNG, then try again."),
            ( > LongestSide, _) or (_, > LongestSide) => Break("picture_too_wide", "The picture has a side of more than 4,096 pixels: save it smaller, then try again."),
            (var width, var height) when kind == PictureKind.Watermark && (width != height || width < LeastWatermark) =>
                Break("watermark_shape", "A watermark is a square of at least 150 pixels: cut the picture, then try again."),
            ( < LeastWidth, _) when kind == PictureKind.Thumbnail => Break("thumbnail_too_narrow", "The picture is less than 640 pixels wide: YouTube takes wider ones only."),
            _ => null,
        };
    }

    private async Task<PictureOutcome?> DrawAsync(Guid userId, PictureKind kind, string[] input, ILoopbackServer? network, DirectoryInfo home, CancellationToken cancellationToken)
    {
        var (extension, contentType, output) = kind == PictureKind.Thumbnail ? ("jpg", "image/jpeg", Jpeg) : ("png", "image/png", Png);
        var target = Path.Combine(home.FullName, "drawn");
        var command = new ProcessGroup.Command
        {
            Program = "ffmpeg",
            Arguments = ["-nostdin", "-y", "-threads", "2", .. input, "-frames:v", "1", .. output, "file:" + target],
            WorkingFolder = home.FullName,
            Environment = Toolbox.BareEnvironment(home.FullName),
            Network = network,
        };
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Timeout);
        try
        {
            if (await confiner.RunAsync(command, _ => { }, _ => { }, limit.Token) != 0 || new FileInfo(target) is not { Exists: true, Length: > 0 })
                return null;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }
        catch (MediaException e)
        {
            return Refused(e.Failure.Code, e.Failure.Message);
        }

        var key = $"{Prefix}{userId}/{Guid.CreateVersion7()}.{extension}";
        await objects.PutFileAsync(key, target, contentType, cancellationToken);
        return new PictureOutcome.Kept(key);
    }

    private static PictureOutcome.Refused Refused(string code, string message) => new(Break(code, message));

    private static RuleBreak Break(string code, string message) => new("Picture", code, message);
}
