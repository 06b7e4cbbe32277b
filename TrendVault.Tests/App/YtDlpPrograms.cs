using System.Runtime.CompilerServices;
using TrendVault.Core.Media;

namespace TrendVault.Tests.App;

/// <summary>The two kinds of yt-dlp that TrendVault may meet. <c>./test.sh</c> brings both.</summary>
internal static class YtDlpPrograms
{
    /// <summary>The distribution's, too old to be downloaded with.</summary>
    public const string Distribution = "/usr/bin/yt-dlp";

    /// <summary>A current one: that of YTDLP_PATH, else the one that test.sh keeps.</summary>
    public static string Current { get; } =
        Environment.GetEnvironmentVariable("YTDLP_PATH") is { Length: > 0 } path
            ? path
            : Path.Combine(Repository.Root, ".tools", "ytdlp", "current", "bin", "yt-dlp");

    /// <summary>For tests of both.</summary>
    public static string[] Both { get; } = [Current, Distribution];

    /// <summary>The current one, but for what a test sets.</summary>
    public static MediaOptions Options(Action<MediaOptions>? configure)
    {
        var options = new MediaOptions { YtDlpPath = Current };
        configure?.Invoke(options);
        return options;
    }

    // Every app that a test starts, in this process or in one of its own, takes it from here.
    [ModuleInitializer]
    internal static void UseCurrent() => Environment.SetEnvironmentVariable("YTDLP_PATH", Current);
}
