using Npgsql;
using TrendVault.Core.Jobs;

namespace TrendVault.Core.Accounts;

/// <summary>Recurring work, once for all instances: asks the platforms for channels that they have left out, which then come back by themselves.</summary>
internal sealed class MissingChannels(AccountService accounts) : IJobHandler
{
    public const string JobKind = "missing_channels";

    public static readonly TimeSpan Every = TimeSpan.FromHours(1);

    public string Kind => JobKind;

    public int Workers => 1;

    public async Task<JobOutcome> RunAsync(Job job, CancellationToken cancellationToken)
    {
        await accounts.LookForMissingAsync(cancellationToken);
        return new JobOutcome.Completed();
    }

    public Task ApplyAsync(NpgsqlConnection connection, Job job, JobTransition transition, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task AnnounceAsync(Job job, JobTransition transition, CancellationToken cancellationToken) => Task.CompletedTask;
}
