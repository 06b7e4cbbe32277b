using System.Diagnostics;

namespace TrendVault.Tests.Uploads;

/// <summary>Pictures and clips of any size, made by ffmpeg.</summary>
internal static class MadePicture
{
    /// <summary>A picture in JPEG or PNG.</summary>
    /// <param name="size">Such as <c>1280x720</c>.</param>
    /// <param name="extension"><c>jpg</c> or <c>png</c>.</param>
    public static Task<byte[]> OfAsync(string size, string extension) =>
        MakeAsync(extension, "-f", "lavfi", "-i", $"testsrc2=size={size}:rate=1", "-frames:v", "1");

    /// <summary>A PNG that shows nothing.</summary>
    public static Task<byte[]> OfClearAsync(string size) =>
        MakeAsync("png", "-f", "lavfi", "-i", $"color=black@0:size={size}:rate=1,format=rgba", "-frames:v", "1");

    /// <summary>A film that is red for a second and blue for the next one. Its index stands at its end.</summary>
    public static Task<byte[]> OfRedAndBlueAsync() => MakeAsync(
        "mp4",
        "-f", "lavfi", "-i", "color=red:size=640x360:rate=10:duration=1",
        "-f", "lavfi", "-i", "color=blue:size=640x360:rate=10:duration=1",
        "-filter_complex", "[0:v][1:v]concat=n=2:v=1", "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p");

    /// <summary>The colour in the middle of a picture: red, green and blue.</summary>
    public static Task<byte[]> ColourOfAsync(byte[] picture) => PixelOfAsync(picture, "rgb24");

    /// <summary>How much hides what lies under the middle of a picture: 0 is nothing.</summary>
    public static async Task<byte> OpacityOfAsync(byte[] picture) => (await PixelOfAsync(picture, "rgba"))[3];

    private static async Task<byte[]> PixelOfAsync(byte[] picture, string format)
    {
        var folder = Directory.CreateTempSubdirectory("tv-picture-");
        var source = Path.Combine(folder.FullName, "source");
        await File.WriteAllBytesAsync(source, picture, TestContext.Current.CancellationToken);
        var pixel = await MakeAsync("raw", "-i", source, "-vf", "crop=2:2,scale=1:1", "-f", "rawvideo", "-pix_fmt", format);
        folder.Delete(recursive: true);
        return pixel;
    }

    private static async Task<byte[]> MakeAsync(string extension, params string[] arguments)
    {
        var folder = Directory.CreateTempSubdirectory("tv-picture-");
        var target = Path.Combine(folder.FullName, "made." + extension);
        using var process = Process.Start(new ProcessStartInfo("ffmpeg", ["-v", "error", "-nostdin", .. arguments, target]))!;
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, process.ExitCode);
        var made = await File.ReadAllBytesAsync(target, TestContext.Current.CancellationToken);
        folder.Delete(recursive: true);
        return made;
    }
}
