using TrendVault.Core.Media;
using TrendVault.Core.Settings;
using TrendVault.Core.Work;

namespace TrendVault.Core.Downloads;

/// <summary>Ends a download that takes too long, too much, or the last of the disk. Sizes that a site announces are not believed.</summary>
internal sealed class DownloadWatch(WorkFolder folder, ProgressMeter meter, DownloadOptions options)
{
    private static readonly MediaFailure TooLong = new(
        "too_slow", "The download took longer than its time limit.", Remedy.GiveUp);

    private static readonly MediaFailure Stalled = new(
        "network", "The site stopped sending.", Remedy.Retry);

    private static readonly MediaFailure DiskFull = new(
        "disk_full", "The server's disk is nearly full: the download goes on when there is room.", Remedy.Wait);

    private MediaFailure? _failure;
    private long _bytes;

    private MediaFailure TooLarge => new(
        "too_large", $"The file is larger than the limit of {options.MaxFileBytes / 1048576.0:0.#} MiB. Choose a smaller format.", Remedy.GiveUp);

    public void Saw(WorkProgress progress)
    {
        Interlocked.Exchange(ref _bytes, progress.Bytes);
        if (progress.TotalBytes is { } total && meter.TotalIsExact && total > options.MaxFileBytes)
            Interlocked.CompareExchange(ref _failure, TooLarge, null);
    }

    /// <exception cref="MediaException">There is no room to begin.</exception>
    public void CheckDisk()
    {
        if (IsDiskFull())
            throw new MediaException(DiskFull);
    }

    /// <summary>Runs the program until it ends, the token says so, or a limit is reached.</summary>
    /// <exception cref="MediaException">A limit was reached; the program has ended.</exception>
    public async Task<int> GuardAsync(Func<CancellationToken, Task<int>> run, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var running = run(stop.Token);
        var failure = await WatchAsync(running);
        if (failure is not null)
            await stop.CancelAsync();
        try
        {
            return await running;
        }
        catch (OperationCanceledException) when (failure is not null && !cancellationToken.IsCancellationRequested)
        {
            throw new MediaException(failure);
        }
    }

    private async Task<MediaFailure?> WatchAsync(Task running)
    {
        var started = Environment.TickCount64;
        var lastByte = started;
        var seen = (Bytes: -1L, Size: -1L);
        using var timer = new PeriodicTimer(options.WatchEvery);
        while (await Task.WhenAny(running, timer.WaitForNextTickAsync().AsTask()) != running)
        {
            var now = Environment.TickCount64;
            var current = (Bytes: Interlocked.Read(ref _bytes), Size: folder.Size());
            if (current != seen)
                lastByte = now;
            seen = current;

            if (_failure is not null)
                return _failure;
            if (IsDiskFull())
                return DiskFull;
            if (current.Size > SizeLimit)
                return TooLarge;
            if (now - started > options.DownloadTimeout.TotalMilliseconds)
                return TooLong;
            if (now - lastByte > options.IdleTimeout.TotalMilliseconds)
                return Stalled;
        }

        return null;
    }

    // While ffmpeg puts the streams together the folder holds everything twice.
    private long SizeLimit => meter.IsMerging && options.MaxFileBytes < long.MaxValue / 2 ? 2 * options.MaxFileBytes : options.MaxFileBytes;

    private bool IsDiskFull()
    {
        DataFolder.Make(folder.Path);
        return new DriveInfo(folder.Path).AvailableFreeSpace < options.MinFreeBytes;
    }
}
