namespace TrendVault.Core;

/// <summary>Where videos come from and go to. Written <c>YOUTUBE</c> and <c>TIKTOK</c> in answers and columns.</summary>
[StoredAsText]
public enum Platform
{
    /// <summary>youtube.com.</summary>
    YouTube,

    /// <summary>tiktok.com.</summary>
    TikTok,
}
