using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Configuration;

namespace TrendVault.Core.Jobs;

/// <summary>The engine's times. Those without a setting's name are promises of the design; tests shorten them.</summary>
internal sealed class JobOptions : IValidatableObject
{
    // From 20 s of grace to the exit there must be room within the 30 s that service managers give.
    private static readonly TimeSpan LongestGrace = TimeSpan.FromSeconds(22);

    /// <summary>all, web or worker; the app's own options judge the word.</summary>
    [ConfigurationKeyName("TRENDVAULT_ROLE")]
    public string Role { get; set; } = "all";

    /// <summary>False on an instance that serves pages only: it enqueues and cancels, and runs nothing.</summary>
    public bool RunsJobs => !Role.Equals("web", StringComparison.OrdinalIgnoreCase);

    /// <summary>How long running jobs may go on after SIGTERM before they are given back.</summary>
    [ConfigurationKeyName("JOB_GRACE_SECONDS")]
    public TimeSpan Grace { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>How often an idle dispatcher looks for due jobs when nothing wakes it.</summary>
    [ConfigurationKeyName("JOB_POLL_SECONDS")]
    public TimeSpan Poll { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a lock outlives its holder; it is renewed three times in that time.</summary>
    public TimeSpan LockExpiry { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How often orphans are looked for. A row without a lock twice in a row is one.</summary>
    public TimeSpan SweepEvery { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How often an instance asks whether its running jobs are cancelled, or no longer its own.</summary>
    public TimeSpan WatchEvery { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How long work goes on while PostgreSQL does not answer.</summary>
    public TimeSpan DatabasePatience { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>How long a stopped handler may take to clean up before a draining instance leaves without it.</summary>
    public TimeSpan StopPatience { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>When a job that found its lock taken, or Redis away, is due again.</summary>
    public TimeSpan LockRetry { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>The backoff before the first retry; each later one is three times as long.</summary>
    public TimeSpan FirstBackoff { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long ended jobs stay in the table.</summary>
    public TimeSpan Kept { get; set; } = TimeSpan.FromDays(90);

    /// <summary>What the host must allow from SIGTERM on: the grace, the clean-up of what was stopped, and the last writes.</summary>
    public TimeSpan ShutdownTimeout => Grace + StopPatience + TimeSpan.FromSeconds(2);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Grace > LongestGrace)
            yield return new ValidationResult("JOB_GRACE_SECONDS must be from 0 to 22: TrendVault leaves within 30 seconds.");
        if (Poll < TimeSpan.FromMilliseconds(50) || Poll > TimeSpan.FromMinutes(1))
            yield return new ValidationResult("JOB_POLL_SECONDS must be from 0.05 to 60.");
    }
}
