using Microsoft.Extensions.Logging;

namespace TrendVault.Core.Jobs;

/// <summary>Telling comes after the commit, so it can no longer change what happened.</summary>
internal static class JobAnnouncements
{
    public static async Task AnnounceSafelyAsync(this IJobHandler handler, Job job, JobTransition transition, ILogger log)
    {
        try
        {
            await handler.AnnounceAsync(job, transition, CancellationToken.None);
        }
        catch (Exception e)
        {
            log.LogWarning(e, "{Transition} of job {JobId} could not be announced", transition.GetType().Name, job.Id);
        }
    }
}
