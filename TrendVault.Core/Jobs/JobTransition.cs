namespace TrendVault.Core.Jobs;

/// <summary>A step of a job, told to its handler inside the transaction that makes it, so that row and job never disagree.</summary>
internal abstract record JobTransition
{
    private JobTransition()
    {
    }

    /// <summary>A worker took it.</summary>
    public sealed record Started : JobTransition;

    /// <summary>Back in the queue untouched: drain, lost lock, crash of its process.</summary>
    public sealed record GivenBack : JobTransition;

    /// <summary>Failed, and due again at <paramref name="At"/>.</summary>
    public sealed record Retrying(string Code, string Message, DateTimeOffset At) : JobTransition;

    /// <summary>Waits for <paramref name="Until"/>.</summary>
    public sealed record Parked(string Reason, DateTimeOffset Until) : JobTransition;

    /// <summary>Done; the outcome's own commit has run just before.</summary>
    public sealed record Completed : JobTransition;

    /// <summary>Failed for good.</summary>
    public sealed record Failed(string Code, string Message, string? Detail) : JobTransition;

    public sealed record Cancelled : JobTransition;
}
