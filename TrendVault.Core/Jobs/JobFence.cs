namespace TrendVault.Core.Jobs;

/// <summary>
/// The fence, as a condition of a worker's own statement <c>from jobs</c>: what an attempt that has lost its job writes changes nothing. Its
/// parameters are <c>@jobId</c> and <c>@Attempt</c>.
/// </summary>
internal static class JobFence
{
    /// <summary>The job is this attempt's.</summary>
    public const string Holds = "jobs.id = @jobId and jobs.attempt = @Attempt and jobs.state = 'running'";

    /// <summary>And nobody wants it ended.</summary>
    public const string HoldsUncancelled = Holds + " and not jobs.cancel_requested";
}
