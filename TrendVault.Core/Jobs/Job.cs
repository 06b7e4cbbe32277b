namespace TrendVault.Core.Jobs;

/// <summary>Where a job stands. The last three are final.</summary>
[StoredAsText]
internal enum JobState
{
    /// <summary>Waits for its time; with a reason beside it, it is parked.</summary>
    Queued,

    /// <summary>Claimed by an instance.</summary>
    Running,

    /// <summary>Did what it was for.</summary>
    Completed,

    /// <summary>Ended by an error that cannot pass, or by too many that could.</summary>
    Failed,

    Cancelled,
}

/// <summary>A claimed job, as its worker sees it.</summary>
internal sealed record Job
{
    /// <summary>The job's own id, which its lock is named for.</summary>
    public required Guid Id { get; init; }

    /// <summary>Which handler runs it.</summary>
    public required string Kind { get; init; }

    /// <summary>Whose it is; none for the house's own work.</summary>
    public Guid? UserId { get; init; }

    /// <summary>The row it serves, such as a download.</summary>
    public Guid? SubjectId { get; init; }

    /// <summary>What the handler needs besides, as JSON.</summary>
    public string Args { get; init; } = "{}";

    /// <summary>The fence: raised by one at each claim. Every write of a worker is conditional on it.</summary>
    public required int Attempt { get; init; }

    /// <summary>Failed attempts so far; giving back raises neither this nor the fence.</summary>
    public int Failures { get; init; }

    /// <summary>When it was enqueued, UTC.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>Where it stood when it was read. A worker's own is always running; only the engine reads others.</summary>
    internal JobState State { get; init; } = JobState.Running;

    /// <summary>Attempts that ended with their process.</summary>
    internal int Crashes { get; init; }
}
