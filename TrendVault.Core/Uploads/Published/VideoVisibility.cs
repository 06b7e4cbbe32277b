namespace TrendVault.Core.Uploads;

/// <summary>How who may see a video compares with what its user asked for.</summary>
public enum VisibilityStanding
{
    /// <summary>As asked, or the platform does not say.</summary>
    AsAsked,

    /// <summary>Private until its time, as asked.</summary>
    Scheduled,

    /// <summary>Its time has come, and the platform has not been asked since.</summary>
    Unread,

    /// <summary>Its time had come when the platform was asked, and it was private all the same.</summary>
    StillPrivate,

    /// <summary>Not as asked.</summary>
    Different,
}

/// <summary>Who may see a video on YouTube: what was asked for, and what YouTube said when it was last asked.</summary>
internal sealed record VideoVisibility
{
    // YouTube may keep a time to the minute, and its clock is not ours.
    private static readonly TimeSpan TimeSlack = TimeSpan.FromMinutes(1);

    // YouTube is late at times.
    private static readonly TimeSpan Lateness = TimeSpan.FromHours(1);

    /// <summary>As the user wants it.</summary>
    public required VideoPrivacy Asked { get; init; }

    /// <summary>When the user wants it to become public, UTC; null for no such time.</summary>
    public DateTimeOffset? AskedAt { get; init; }

    /// <summary>As YouTube said.</summary>
    public required VideoPrivacy Found { get; init; }

    /// <summary>When YouTube will make it public, as it said, UTC; null for never.</summary>
    public DateTimeOffset? FoundAt { get; init; }

    /// <summary>When YouTube said so, UTC; null while it has not been heard.</summary>
    public DateTimeOffset? ReadAt { get; init; }

    /// <summary>What YouTube does with it.</summary>
    public VideoProcessing? Processing { get; init; }

    /// <summary>Why it was not processed, as a sentence.</summary>
    public string? ProcessingError { get; init; }

    /// <summary>False once the channel is disconnected: nobody can ask YouTube any more.</summary>
    public required bool CanBeRead { get; init; }

    /// <summary>What is to be said of it now.</summary>
    public VisibilityStanding StandingAt(DateTimeOffset now)
    {
        if (AskedAt is not { } time)
            return Found == Asked ? VisibilityStanding.AsAsked : VisibilityStanding.Different;
        if (ReadAt >= time || (Found == VideoPrivacy.Public && ReadAt >= time - TimeSlack))
            return AfterTime;
        if (ReadAt is not null && (Found != VideoPrivacy.Private || !IsSetFor(time)))
            return VisibilityStanding.Different;
        return now < time ? VisibilityStanding.Scheduled : VisibilityStanding.Unread;
    }

    /// <summary>The words before its time, of a video that has one: what is to become of it then, or what has.</summary>
    public string PlanAt(DateTimeOffset now) => StandingAt(now) switch
    {
        VisibilityStanding.AsAsked => "is public, as planned",
        VisibilityStanding.Unread or VisibilityStanding.StillPrivate => "was to become public",
        _ => "is to become public",
    };

    /// <summary>The standing as a sentence; null where there is nothing to add to the privacy and its time.</summary>
    public string? SentenceAt(DateTimeOffset now) => StandingAt(now) switch
    {
        VisibilityStanding.Different => Difference,
        VisibilityStanding.StillPrivate => "Its time has come, and it is still private: " + WhyPrivate,
        VisibilityStanding.Unread when !CanBeRead => "Whether it is public is not known: its channel is no longer connected.",
        VisibilityStanding.Unread => "Whether it is public is not known yet: TrendVault has not looked since.",
        _ => null,
    };

    private VisibilityStanding AfterTime => Found switch
    {
        VideoPrivacy.Public => VisibilityStanding.AsAsked,
        VideoPrivacy.Private => VisibilityStanding.StillPrivate,
        _ => VisibilityStanding.Different,
    };

    private string Difference => (AskedAt, Found, FoundAt) switch
    {
        (null, _, _) => $"You asked for {Word(Asked)}, and YouTube says {Word(Found)}: set it in YouTube Studio.",
        (_, VideoPrivacy.Private, null) => "YouTube has no time at which it becomes public: set one in YouTube Studio.",
        (_, VideoPrivacy.Private, _) => "YouTube has another time for it to become public than you asked for: look at it in YouTube Studio.",
        _ when ReadAt >= AskedAt => $"It was to become public, and YouTube says {Word(Found)}: set it in YouTube Studio.",
        _ => $"It was to be private until its time, and YouTube says {Word(Found)}: set it in YouTube Studio.",
    };

    private string WhyPrivate => this switch
    {
        { ProcessingError: not null } => "YouTube has not processed it.",
        { Processing: VideoProcessing.Running } => "YouTube is still processing it.",
        _ when FoundAt > ReadAt => "YouTube has a later time for it now.",
        _ when ReadAt - AskedAt < Lateness => "YouTube has not made it public yet; TrendVault looks again.",
        _ => "YouTube has not made it public: do so in YouTube Studio.",
    };

    private bool IsSetFor(DateTimeOffset time) => FoundAt is { } found && (found - time).Duration() < TimeSlack;

    private static string Word(VideoPrivacy privacy) => EnumText<VideoPrivacy>.Of(privacy);
}
