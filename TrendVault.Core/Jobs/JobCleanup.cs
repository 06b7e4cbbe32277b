using Microsoft.Extensions.Options;
using Npgsql;

namespace TrendVault.Core.Jobs;

/// <summary>Deletes jobs that ended long ago, in batches small enough to hold no lock for long.</summary>
internal sealed class JobCleanup(JobStore store, IOptions<JobOptions> options) : IJobHandler
{
    public const string JobKind = "job_cleanup";

    public static readonly TimeSpan Every = TimeSpan.FromHours(6);

    private const int BatchSize = 1000;

    public string Kind => JobKind;

    public int Workers => 1;

    public async Task<JobOutcome> RunAsync(Job job, CancellationToken cancellationToken)
    {
        while (await store.DeleteFinishedAsync(options.Value.Kept, BatchSize, cancellationToken) == BatchSize)
        {
        }

        return new JobOutcome.Completed();
    }

    public Task ApplyAsync(NpgsqlConnection connection, Job job, JobTransition transition, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task AnnounceAsync(Job job, JobTransition transition, CancellationToken cancellationToken) => Task.CompletedTask;
}
