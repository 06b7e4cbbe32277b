using TrendVault.Core.Jobs;

namespace TrendVault.Core.Work;

/// <summary>What a step of a job does to the row that it serves.</summary>
internal sealed record WorkStep(WorkStatus Status)
{
    public string? WaitReason { get; init; }

    public DateTimeOffset? WaitUntil { get; init; }

    public string? ErrorCode { get; init; }

    public string? Error { get; init; }

    /// <summary>A program's own words.</summary>
    public string? ErrorDetail { get; init; }

    /// <summary>Null for the step that completes a job: it writes what was made, in a statement of its own.</summary>
    public static WorkStep? Of(JobTransition transition) => transition switch
    {
        JobTransition.Started => new(WorkStatus.Running),
        JobTransition.GivenBack => new(WorkStatus.Pending),
        JobTransition.Retrying retry => new(WorkStatus.Pending) { WaitReason = retry.Message, WaitUntil = retry.At, ErrorCode = retry.Code },
        JobTransition.Parked parked => new(WorkStatus.Pending) { WaitReason = parked.Reason, WaitUntil = parked.Until },
        JobTransition.Failed failed => new(WorkStatus.Failed) { ErrorCode = failed.Code, Error = failed.Message, ErrorDetail = failed.Detail },
        JobTransition.Cancelled => new(WorkStatus.Cancelled),
        _ => null,
    };
}
