using System.Globalization;
using TrendVault.Core.Work;

namespace TrendVault.Core.Downloads;

/// <summary>
/// Makes one percentage of what yt-dlp prints. It prints a run from 0 to 100 for each stream, with totals that are missing, estimated
/// or moving; here each stream has its share by size, and the sum never falls.
/// </summary>
internal sealed class ProgressMeter(FormatChoice choice)
{
    // The rest is for merging and storing, of which nobody knows how long they take.
    private const int TransferShare = 95;
    private const int MergePercent = 96;

    private readonly double[] _weights = Weights(choice.Streams);
    private readonly long[] _bytes = new long[choice.Streams.Count];
    private readonly bool[] _finished = new bool[choice.Streams.Count];
    private double _fraction;
    private long? _runningTotal;

    /// <summary>All streams are there; what follows is ffmpeg's.</summary>
    public bool IsMerging => _finished.All(finished => finished);

    /// <summary>The total was told by the server and not guessed from fragments, whose first guesses are wild.</summary>
    public bool TotalIsExact { get; private set; }

    /// <summary>The next state, or null for a line that says nothing.</summary>
    public WorkProgress? Read(string line)
    {
        if (!line.StartsWith(YtDlpArguments.ProgressMark, StringComparison.Ordinal))
            return null;
        var fields = line[YtDlpArguments.ProgressMark.Length..].Split('|', 9);
        if (fields.Length < 9)
            return null;

        var stream = Math.Max(0, choice.Streams.ToList().FindIndex(format => format.FormatId == fields[8]));
        switch (fields[0])
        {
            case "finished":
                _finished[stream] = true;
                break;
            case "downloading":
                break;
            default:
                return null;
        }

        _bytes[stream] = Math.Max(_bytes[stream], (long)(Number(fields[1]) ?? 0));
        TotalIsExact = Number(fields[2]) is not null;
        _runningTotal = (long?)(Number(fields[2]) ?? Number(fields[3])) ?? _runningTotal;
        _fraction = Math.Max(_fraction, Fraction(stream, fields));
        return IsMerging && choice.Streams.Count > 1
            ? new WorkProgress(WorkPhase.Merge, MergePercent, _bytes.Sum(), _bytes.Sum(), null, null)
            : new WorkProgress(Phase(stream), (int)(_fraction * TransferShare), _bytes.Sum(), Total(stream), (long?)Number(fields[4]), Eta(fields[5]));
    }

    private WorkPhase Phase(int stream) => choice.Streams[stream].HasVideo && choice.AudioFormat is null ? WorkPhase.Video : WorkPhase.Audio;

    private double Fraction(int stream, string[] fields)
    {
        var done = _finished.Select((finished, i) => finished && i != stream ? _weights[i] : 0).Sum();
        return Math.Min(1, done + (_weights[stream] * (_finished[stream] ? 1 : Share(fields))));
    }

    // In fragments the estimate of bytes begins absurdly small, while their count is exact.
    private static double Share(string[] fields)
    {
        var (part, whole) = Number(fields[7]) is > 0 and { } fragments
            ? (Number(fields[6]) ?? 0, fragments)
            : (Number(fields[1]) ?? 0, Number(fields[2]) ?? Number(fields[3]) ?? 0);
        return whole > 0 ? Math.Clamp(part / whole, 0, 1) : 0;
    }

    private long? Total(int running)
    {
        if (choice.Streams.Count == 1)
            return _runningTotal ?? choice.SizeBytes;
        var totals = choice.Streams.Select((format, i) => i == running ? _runningTotal : _finished[i] ? _bytes[i] : format.SizeBytes).ToList();
        return totals.All(total => total is not null) ? totals.Sum() : null;
    }

    // Where sizes are unknown a picture is taken for nine times its sound, which is about what sites send.
    private static double[] Weights(IReadOnlyList<MediaFormat> streams)
    {
        var sizes = streams.All(stream => stream.SizeBytes > 0)
            ? streams.Select(stream => (double)stream.SizeBytes!)
            : streams.Select(stream => stream.HasVideo ? 9.0 : 1.0);
        var list = sizes.ToArray();
        var sum = list.Sum();
        return [.. list.Select(size => size / sum)];
    }

    private static int? Eta(string text) => Number(text) is { } seconds and < 1e8 ? (int)seconds : null;

    // NA where there is none, and a fault of a site or of yt-dlp may print nan, inf or less than nothing.
    private static double? Number(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) && number is >= 0 and < 1e15 ? number : null;
}
