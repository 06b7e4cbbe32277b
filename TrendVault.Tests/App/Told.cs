using System.Collections.Concurrent;
using TrendVault.Core.Work;

namespace TrendVault.Tests.App;

/// <summary>Keeps what the pages would be told.</summary>
internal sealed class Told<TRow> : IProgressSink
    where TRow : WorkRow
{
    private readonly ConcurrentQueue<(string Name, TRow Row)> _all = [];

    /// <summary>Whose lists have changed as a whole.</summary>
    public ConcurrentQueue<Guid> Lists { get; } = [];

    public IReadOnlyList<(string Name, TRow Row)> Of(Guid id) => [.. _all.Where(told => told.Row.Id == id)];

    public Task PublishAsync(ProgressEvent change, CancellationToken cancellationToken)
    {
        _all.Enqueue((change.Name, (TRow)change.Row));
        return Task.CompletedTask;
    }

    public Task PublishListAsync(Guid userId, CancellationToken cancellationToken)
    {
        Lists.Enqueue(userId);
        return Task.CompletedTask;
    }
}
