using System.Diagnostics;
using TrendVault.Core.Work;

namespace TrendVault.Core.Uploads;

/// <summary>Makes percent, speed and time left of how many bytes the platform has.</summary>
/// <param name="reporter">Where it goes.</param>
/// <param name="total">Bytes of the file.</param>
internal sealed class UploadMeter(WorkReporter reporter, long total)
{
    private readonly Stopwatch _sending = new();
    private long _firstSent;

    /// <summary>Costs nothing. What was sent before this attempt does not count towards its speed.</summary>
    public void Report(WorkPhase phase, long sent)
    {
        if (!_sending.IsRunning)
        {
            _firstSent = sent;
            _sending.Start();
        }

        var seconds = _sending.Elapsed.TotalSeconds;
        var speed = sent > _firstSent && seconds > 0 ? (long)((sent - _firstSent) / seconds) : (long?)null;
        var left = speed > 0 ? (int)Math.Min(int.MaxValue, (total - sent) / speed.Value) : (int?)null;
        // 100 belongs to the video that the platform has accepted.
        var percent = (int)Math.Min(99, sent * 100 / Math.Max(1, total));
        reporter.Report(new WorkProgress(phase, percent, sent, total, speed, left));
    }
}
