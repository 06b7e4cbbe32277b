namespace TrendVault.Core.Uploads;

/// <summary>Who may see a video.</summary>
[StoredAsText]
public enum VideoPrivacy
{
    /// <summary>Everybody.</summary>
    Public,

    /// <summary>Whoever has the link.</summary>
    Unlisted,

    /// <summary>The channel's owner.</summary>
    Private,
}

/// <summary>How far a platform has come with a video that it has accepted.</summary>
[StoredAsText]
public enum VideoProcessing
{
    /// <summary>It can be watched later.</summary>
    Running,

    /// <summary>It can be watched.</summary>
    Done,

    /// <summary>The platform cannot show it.</summary>
    Failed,

    /// <summary>The platform does not want to show it.</summary>
    Rejected,
}

/// <summary>What became of a draft once it lay in TikTok's inbox.</summary>
[StoredAsText]
public enum InboxState
{
    /// <summary>Its creator has not posted it.</summary>
    Waiting,

    /// <summary>Its creator has posted it.</summary>
    Posted,

    /// <summary>TikTok has ended it.</summary>
    Ended,

    /// <summary>Nobody has said within eight days, or there is nobody to ask any more.</summary>
    Unknown,
}

/// <summary>The terms under which others may use a video.</summary>
[StoredAsText]
public enum VideoLicence
{
    /// <summary>The platform's own.</summary>
    Standard,

    /// <summary>Creative Commons, attribution.</summary>
    CreativeCommon,
}
