using System.Diagnostics;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace TrendVault.Tests.Benchmarks;

/// <summary>A video of 1 GiB, or another size, and a bare Kestrel that serves it with ranges, as fast as it goes.</summary>
internal sealed class BigFile(WebApplication app, string path) : IAsyncDisposable
{
    public const long Size = 1L << 30;

    public string Url => app.Urls.First() + "/big.mp4";

    /// <summary>As DOWNLOAD_PRIVATE_ENDPOINTS names it.</summary>
    public string Endpoint => new Uri(app.Urls.First()).Authority;

    public static async Task<BigFile> ServeAsync(string path, long size = Size)
    {
        await MakeAsync(path, size);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        app.MapGet("/big.mp4", () => Results.File(path, "video/mp4", enableRangeProcessing: true));
        await app.StartAsync();
        return new BigFile(app, path);
    }

    public async ValueTask DisposeAsync()
    {
        await app.DisposeAsync();
        File.Delete(path);
    }

    /// <summary>A short clip with a free box behind it: however many bytes that are a video.</summary>
    private static async Task MakeAsync(string path, long size)
    {
        using var ffmpeg = Process.Start(
            "ffmpeg", ["-v", "error", "-f", "lavfi", "-i", "testsrc2=size=640x360:rate=25", "-t", "2", "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", path]);
        await ffmpeg.WaitForExitAsync();
        await using var file = File.Open(path, FileMode.Open);
        var padding = size - file.Length;
        file.Seek(0, SeekOrigin.End);
        await file.WriteAsync(new[] { (byte)(padding >> 24), (byte)(padding >> 16), (byte)(padding >> 8), (byte)padding, (byte)'f', (byte)'r', (byte)'e', (byte)'e' });
        file.SetLength(size);
    }
}
