using Npgsql;

namespace TrendVault.Core.Jobs;

/// <summary>What a feature gives the engine: how to run its jobs and how their steps show on the rows they serve.</summary>
internal interface IJobHandler
{
    /// <summary>The <c>jobs.kind</c> it runs.</summary>
    string Kind { get; }

    /// <summary>How many run at once on one instance.</summary>
    int Workers { get; }

    /// <summary>How many of a lane run at once over all instances; null when its jobs have no lanes.</summary>
    int? LaneLimit => null;

    /// <summary>
    /// Does the work. The token ends it for any reason (cancel, drain, lost lock); the engine knows which, so the handler stops,
    /// cleans up what this attempt made, and lets <see cref="OperationCanceledException"/> out.
    /// </summary>
    Task<JobOutcome> RunAsync(Job job, CancellationToken cancellationToken);

    /// <summary>Writes a step to the row that the job serves, on the connection whose transaction makes it.</summary>
    Task ApplyAsync(NpgsqlConnection connection, Job job, JobTransition transition, CancellationToken cancellationToken);

    /// <summary>Tells the user's pages of a step, after its commit. Failing here changes nothing.</summary>
    Task AnnounceAsync(Job job, JobTransition transition, CancellationToken cancellationToken);
}
