using System.Diagnostics;
using System.Globalization;

namespace TrendVault.Web.Sandbox.VideoSite;

/// <summary>Runs ffmpeg and ffprobe.</summary>
internal static class Ffmpeg
{
    /// <exception cref="InvalidOperationException">It could not be started or ended with an error; the message says which.</exception>
    public static async Task RunAsync(string folder, IEnumerable<string> arguments, Func<Stream, Task>? feed, CancellationToken ct)
    {
        using var process = Start("ffmpeg", ["-nostdin", "-v", "error", "-y", .. arguments], folder);
        try
        {
            var errors = process.StandardError.ReadToEndAsync(ct);
            if (feed is not null)
                await feed(process.StandardInput.BaseStream);
            process.StandardInput.Close();
            await process.WaitForExitAsync(ct);
            if (process.ExitCode != 0)
                throw new InvalidOperationException($"ffmpeg ended with {process.ExitCode}: {await errors}");
        }
        finally
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
    }

    /// <summary>Null when the file is no media that ffprobe knows.</summary>
    public static async Task<TimeSpan?> DurationOfAsync(string file, CancellationToken ct)
    {
        using var process = Start("ffprobe", ["-v", "error", "-show_entries", "format=duration", "-of", "csv=p=0", "-i", file], Path.GetTempPath());
        process.StandardInput.Close();
        var errors = process.StandardError.ReadToEndAsync(ct);
        var text = await process.StandardOutput.ReadToEndAsync(ct);
        await process.WaitForExitAsync(ct);
        await errors;
        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds) ? TimeSpan.FromSeconds(seconds) : null;
    }

    private static Process Start(string program, IEnumerable<string> arguments, string folder)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = program == "ffprobe",
            RedirectStandardError = true,
        };
        try
        {
            return Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new InvalidOperationException($"{program} cannot be started; the sandbox needs it for its pictures and clips.", e);
        }
    }
}
