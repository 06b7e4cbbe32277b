using Microsoft.Extensions.Configuration;

namespace TrendVault.Core.Media;

/// <summary>Which programs are run, and how.</summary>
internal sealed class MediaOptions
{
    /// <summary>The yt-dlp to run; else the data folder's own, else whatever PATH holds.</summary>
    [ConfigurationKeyName("YTDLP_PATH")]
    public string? YtDlpPath { get; set; }

    /// <summary>Whether the programs that are handed strangers' data see nothing but their work.</summary>
    [ConfigurationKeyName("DOWNLOAD_CONFINEMENT")]
    public ConfinementMode Confinement { get; set; }

    /// <summary>The script that looks for a newer yt-dlp of TrendVault's own; run.sh names it.</summary>
    [ConfigurationKeyName("YTDLP_REFRESH")]
    public string? YtDlpRefresh { get; set; }
}
