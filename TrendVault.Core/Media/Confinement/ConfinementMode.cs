namespace TrendVault.Core.Media;

/// <summary>What DOWNLOAD_CONFINEMENT says.</summary>
public enum ConfinementMode
{
    /// <summary>Programs are confined where the system lets TrendVault do it.</summary>
    Auto,

    /// <summary>They are not confined.</summary>
    Off,

    /// <summary>Where they cannot be confined, downloads wait.</summary>
    Required,
}
