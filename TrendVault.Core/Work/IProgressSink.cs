namespace TrendVault.Core.Work;

/// <summary>Where a feature tells its user's pages and scripts that a row has changed. Web sends it over the hub.</summary>
internal interface IProgressSink
{
    /// <summary>Sends the row as it is now. Never throws: a page that misses a push catches up by asking.</summary>
    Task PublishAsync(ProgressEvent change, CancellationToken cancellationToken);

    /// <summary>One order has changed many rows: the user's pages read their lists anew. Never throws.</summary>
    Task PublishListAsync(Guid userId, CancellationToken cancellationToken);
}

/// <summary>One change of a row; its user is told, and nobody else is.</summary>
/// <param name="Row">As it is now: both the partial and the JSON are made of it.</param>
internal sealed record ProgressEvent(WorkEvent Happened, WorkRow Row)
{
    /// <summary>The event of the original for scripts, such as <c>download:progress</c>.</summary>
    public string Name => $"{Row.Kind}:{Happened.ToString().ToLowerInvariant()}";

    /// <summary>Anything but progress, which comes four times a second, may change what is counted of a user's work.</summary>
    public bool ChangesCounts => Happened != WorkEvent.Progress;
}
