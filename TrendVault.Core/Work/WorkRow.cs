namespace TrendVault.Core.Work;

/// <summary>A piece of a user's work, as pages, API and pushes show it: what all kinds have in common.</summary>
internal abstract record WorkRow
{
    /// <summary>What begins the names of its events: <c>download</c> or <c>upload</c>.</summary>
    public abstract string Kind { get; }

    public required Guid Id { get; init; }

    public required Guid UserId { get; init; }

    public required string Title { get; init; }

    /// <summary>The platform's picture, for showing only; https.</summary>
    public string? ThumbnailUrl { get; init; }

    public required WorkStatus Status { get; init; }

    /// <summary>What a worker does with it now; null while none has it.</summary>
    public WorkPhase? Phase { get; init; }

    /// <summary>0 to 100; never falls within a job.</summary>
    public required int Progress { get; init; }

    /// <summary>Bytes fetched or sent so far.</summary>
    public long? DoneBytes { get; init; }

    /// <summary>Bytes there will be, or an estimate.</summary>
    public long? TotalBytes { get; init; }

    /// <summary>Bytes per second.</summary>
    public long? SpeedBytes { get; init; }

    /// <summary>Seconds left.</summary>
    public int? EtaSeconds { get; init; }

    /// <summary>What it was parked for, in the user's words.</summary>
    public string? WaitReason { get; init; }

    /// <summary>Until when it waits, UTC.</summary>
    public DateTimeOffset? WaitUntil { get; init; }

    /// <summary>A snake_case word for scripts.</summary>
    public string? ErrorCode { get; init; }

    /// <summary>What went wrong, as a sentence.</summary>
    public string? Error { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset UpdatedAt { get; init; }

    /// <summary>Can be cancelled; what cannot, can be retried or taken off the list.</summary>
    public bool IsLive => Status is WorkStatus.Pending or WorkStatus.Running;

    /// <summary>Why it waits, whatever the reason is; null when it does not, or nobody knows.</summary>
    public virtual string? WaitsFor => Status == WorkStatus.Pending ? WaitReason : null;
}

/// <summary>What a worker does with a piece of work.</summary>
[StoredAsText]
public enum WorkPhase
{
    /// <summary>Fetches a picture, or picture and sound.</summary>
    Video,

    /// <summary>Fetches sound.</summary>
    Audio,

    /// <summary>Puts picture and sound together.</summary>
    Merge,

    /// <summary>Brings the file to the object store.</summary>
    Store,

    /// <summary>Asks the platform where to send to.</summary>
    Connect,

    /// <summary>Sends the file.</summary>
    Send,

    /// <summary>Asks what has become of a file that has been sent: it can no longer be cancelled.</summary>
    Confirm,
}

/// <summary>How far a worker has come.</summary>
/// <param name="Percent">0 to 99: 100 belongs to what is completed. Never less than before.</param>
/// <param name="Bytes">Fetched or sent so far.</param>
/// <param name="TotalBytes">All there will be, or the best estimate; null while nobody knows.</param>
/// <param name="SpeedBytes">Per second.</param>
/// <param name="EtaSeconds">Until these bytes are there.</param>
internal sealed record WorkProgress(WorkPhase Phase, int Percent, long Bytes, long? TotalBytes, long? SpeedBytes, int? EtaSeconds);
