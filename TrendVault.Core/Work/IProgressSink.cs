namespace TrendVault.Core.Jobs;

/// <summary>Where a feature tells its user's pages and scripts that a row has changed. Web sends it over the hub.</summary>
internal interface IProgressSink
{
    /// <summary>Sends the row as it is now. Never throws: a page that misses a push catches up by asking.</summary>
    Task PublishAsync(ProgressEvent change, CancellationToken cancellationToken);
}

/// <summary>One change of a row.</summary>
/// <param name="Name">The event of the original for scripts, such as <c>download:progress</c>.</param>
/// <param name="UserId">Who is told; nobody else is.</param>
/// <param name="Row">The feature's row record, from which both the partial and the JSON are made.</param>
internal sealed record ProgressEvent(string Name, Guid UserId, object Row);
