namespace TrendVault.Core.Media;

/// <summary>Notices when a program takes more than its limits, where the kernel does not hold them for us.</summary>
internal sealed class ChildWatch(int group, ChildLimits limits, CancellationTokenSource end)
{
    private static readonly TimeSpan Every = TimeSpan.FromMilliseconds(500);

    private static readonly MediaFailure TooMuch = new(
        "too_much_to_read",
        "What the site sends takes more of the server than one download may have. Choose another format, or the address of the video's own page.",
        Remedy.GiveUp);

    private long _printed;
    private volatile MediaFailure? _failure;

    /// <summary>Which limit it went over; null while it keeps within them.</summary>
    public MediaFailure? Failure => _failure;

    /// <summary>Counts what the program printed.</summary>
    public void Printed(int bytes)
    {
        if (Interlocked.Add(ref _printed, bytes) > limits.OutputBytes)
            End("output");
    }

    /// <summary>Looks at its processes until it has ended.</summary>
    public async Task WatchAsync(Task ended)
    {
        using var timer = new PeriodicTimer(Every);
        while (_failure is null && await Task.WhenAny(ended, timer.WaitForNextTickAsync().AsTask()) != ended)
        {
            var processes = ProcessTable.Of(group);
            if (processes.Count > limits.Processes)
                End("processes");
            else if (processes.Sum(process => process.ResidentBytes) > limits.ResidentBytes)
                End("memory");
        }
    }

    private void End(string limit)
    {
        if (_failure is not null)
            return;
        _failure = TooMuch with { Detail = "More than its limit of " + limit };
        end.Cancel();
    }
}
