using TrendVault.Core.Jobs;

namespace TrendVault.Core.Work;

/// <summary>What has happened to a row, for the pages and scripts of its user.</summary>
internal enum WorkEvent
{
    /// <summary>It was asked for, or a worker has taken it.</summary>
    Start,

    /// <summary>It waits, for its turn or for something else.</summary>
    Waiting,

    /// <summary>A worker has come further; no count changes by it.</summary>
    Progress,

    Complete,

    Error,

    Cancelled,

    /// <summary>Its user says something else in it.</summary>
    Edit,

    /// <summary>What was made of it has changed since.</summary>
    FollowUp,
}

internal static class WorkEvents
{
    /// <summary>After a step of its job; the row says what became of it, which a cancel that came too late does not.</summary>
    public static WorkEvent After(JobTransition transition, WorkRow row) => transition switch
    {
        JobTransition.Completed => WorkEvent.Complete,
        JobTransition.Failed => WorkEvent.Error,
        JobTransition.Cancelled => row.Status == WorkStatus.Failed ? WorkEvent.Error : WorkEvent.Cancelled,
        JobTransition.Started => WorkEvent.Start,
        _ => WorkEvent.Waiting,
    };

    public static ProgressEvent Tell(this WorkRow row, WorkEvent happened) => new(happened, row);
}
