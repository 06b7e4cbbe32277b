using Microsoft.Extensions.Configuration;

namespace TrendVault.Core.Settings;

/// <summary>Where TrendVault keeps what no server keeps for it.</summary>
internal sealed class FolderOptions
{
    /// <summary>The data folder, relative to where TrendVault was started: embedded servers, objects, work in progress, keys.</summary>
    [ConfigurationKeyName("DATA_DIR")]
    public string DataFolder { get; set; } = ".data";
}
