using System.Threading.Channels;

namespace TrendVault.Core.Jobs;

/// <summary>
/// Ends of attempts that wait for their dispatcher's next transaction: while one is under way, those that come gather for the
/// one after it, so that many cost one commit and a single one waits for nobody.
/// </summary>
/// <param name="arrived">Called for each, once it can be taken.</param>
internal sealed class JobEnds(Action arrived)
{
    private readonly Channel<Waiting> _waiting = Channel.CreateUnbounded<Waiting>();

    /// <summary>How many wait now.</summary>
    public int Count => _waiting.Reader.Count;

    /// <summary>Null when it was not written: what stands in the way, a refusal or a fault that may be another's, is found out alone.</summary>
    public Task<JobTransition?> WriteAsync(JobEnd end)
    {
        var waiting = new Waiting(end);
        if (!_waiting.Writer.TryWrite(waiting))
            return Task.FromResult<JobTransition?>(null);

        arrived();
        return waiting.Written.Task;
    }

    /// <summary>All that wait now; each must be answered.</summary>
    public IReadOnlyList<Waiting> Take()
    {
        var taken = new List<Waiting>();
        while (_waiting.Reader.TryRead(out var waiting))
            taken.Add(waiting);
        return taken;
    }

    /// <summary>From now on each is written alone.</summary>
    public void Close()
    {
        _waiting.Writer.Complete();
        foreach (var waiting in Take())
            waiting.Written.SetResult(null);
    }

    internal sealed record Waiting(JobEnd End)
    {
        public TaskCompletionSource<JobTransition?> Written { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
