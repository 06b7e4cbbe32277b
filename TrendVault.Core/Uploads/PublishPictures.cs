using System.Globalization;
using TrendVault.Core.Downloads;
using TrendVault.Core.Storage;

namespace TrendVault.Core.Uploads;

/// <summary>What became of a picture.</summary>
public abstract record PictureOutcome
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
/// Pictures that users give their videos. Each is drawn anew by ffmpeg, so that nothing but a picture gets on, and stays in the object
/// store until the platform has it.
/// </summary>
public sealed class PublishPictures(IObjectStore objects)
{
    /// <summary>Of an uploaded picture.</summary>
    public const int MostBytes = 2 * 1024 * 1024;

    /// <summary>All pictures stand below it: <c>pictures/{user}/{id}.jpg</c>, where the id tells when it was made.</summary>
    internal const string Prefix = "pictures/";

    private const int LongestSide = 4096;
    private const int LeastWidth = 640;
    private const string ContentType = "image/jpeg";

    // YouTube shows 1280 x 720 at most.
    private const string Filters = "scale=w='min(1280,iw)':h='min(1280,ih)':force_original_aspect_ratio=decrease,format=yuvj420p";

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    // Only what PictureHeader knows.
    private static readonly string[] OnlyPictures = ["-v", "error", "-protocol_whitelist", "file", "-format_whitelist", "jpeg_pipe,png_pipe,image2"];

    /// <summary>Takes an uploaded picture in.</summary>
    /// <exception cref="StorageException">The store is down.</exception>
    public async Task<PictureOutcome> TakeAsync(Guid userId, Stream picture, CancellationToken cancellationToken)
    {
        var bytes = await ReadAsync(picture, cancellationToken);
        if (Check(bytes) is { } broken)
            return new PictureOutcome.Refused(broken);

        var home = Directory.CreateTempSubdirectory(YtDlp.ProbeFolders);
        try
        {
            var source = Path.Combine(home.FullName, "picture");
            await File.WriteAllBytesAsync(source, bytes, cancellationToken);
            return await DrawAsync(userId, [.. OnlyPictures, "-i", "file:" + source], home, cancellationToken)
                ?? Refused("thumbnail_unreadable", "This picture cannot be read. Save it anew as JPEG or PNG, then try again.");
        }
        finally
        {
            home.Delete(recursive: true);
        }
    }

    /// <summary>Takes the frame of a download at a moment of it.</summary>
    /// <param name="file">A finished one.</param>
    /// <param name="second">From the beginning.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <exception cref="StorageException">The store is down.</exception>
    public async Task<PictureOutcome> TakeFrameAsync(DownloadRow file, double second, CancellationToken cancellationToken)
    {
        if (second < 0 || second > file.DurationSeconds)
            return Refused("frame_outside", "The frame must lie within the video: choose a time before its end.");

        var home = Directory.CreateTempSubdirectory(YtDlp.ProbeFolders);
        try
        {
            await using var source = new LoopbackObject(objects, file.StorageKey!, file.FileSize!.Value);
            string[] input = [.. MediaProbe.OnlyMedia, "-protocol_whitelist", "http,tcp,file", "-ss", second.ToString("0.###", CultureInfo.InvariantCulture), "-i", source.Url, "-map", "0:V:0"];
            return await DrawAsync(file.UserId, input, home, cancellationToken)
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

    private static RuleBreak? Check(byte[] picture)
    {
        if (picture.Length > MostBytes)
            return Break("thumbnail_too_large", "The picture is larger than 2 MB: save it smaller, then try again.");
        if (PictureHeader.ContentTypeOf(picture) is null)
            return Break("thumbnail_format", "The file is no picture in JPEG or PNG: choose another one.");
        return PictureHeader.SizeOf(picture) switch
        {
            null => Break("thumbnail_unreadable", "This picture cannot be read. Save it anew as JPEG or PNG, then try again."),
            ( > LongestSide, _) or (_, > LongestSide) => Break("thumbnail_too_wide", "The picture has a side of more than 4,096 pixels: save it smaller, then try again."),
            ( < LeastWidth, _) => Break("thumbnail_too_narrow", "The picture is less than 640 pixels wide: YouTube takes wider ones only."),
            _ => null,
        };
    }

    private async Task<PictureOutcome?> DrawAsync(Guid userId, string[] input, DirectoryInfo home, CancellationToken cancellationToken)
    {
        var target = Path.Combine(home.FullName, "drawn.jpg");
        var command = new ProcessGroup.Command
        {
            Program = "ffmpeg",
            Arguments = ["-nostdin", "-y", "-threads", "2", .. input, "-frames:v", "1", "-vf", Filters, "-q:v", "3", "-f", "mjpeg", "file:" + target],
            WorkingFolder = home.FullName,
            Environment = Toolbox.BareEnvironment(home.FullName),
        };
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Timeout);
        try
        {
            if (await ProcessGroup.RunAsync(command, _ => { }, _ => { }, limit.Token) != 0 || new FileInfo(target) is not { Exists: true, Length: > 0 })
                return null;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }

        var key = $"{Prefix}{userId}/{Guid.CreateVersion7()}.jpg";
        await objects.PutFileAsync(key, target, ContentType, cancellationToken);
        return new PictureOutcome.Kept(key);
    }

    private static PictureOutcome.Refused Refused(string code, string message) => new(Break(code, message));

    private static RuleBreak Break(string code, string message) => new("Thumbnail", code, message);
}
