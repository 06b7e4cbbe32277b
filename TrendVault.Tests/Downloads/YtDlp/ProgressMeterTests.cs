using System.Globalization;
using TrendVault.Core.Downloads;
using TrendVault.Core.Work;

namespace TrendVault.Tests.Downloads;

public sealed class ProgressMeterTests
{
    private static readonly MediaFormat Video = new() { FormatId = "137", Ext = "mp4", Height = 1080, VideoCodec = "avc1", AudioCodec = "none", SizeBytes = 900 };
    private static readonly MediaFormat Audio = new() { FormatId = "140", Ext = "m4a", VideoCodec = "none", AudioCodec = "mp4a", SizeBytes = 100 };
    private static readonly FormatChoice Both = new([Video, Audio], "1080p");
    private static readonly FormatChoice One = new([Video], "1080p");

    [Fact]
    public void Two_streams_make_one_percentage_by_their_sizes()
    {
        var meter = new ProgressMeter(Both);

        Assert.Equal((WorkPhase.Video, 42), Read(meter, "TV|downloading|450|900|NA|10|5|NA|NA|137"));
        Assert.Equal((WorkPhase.Video, 85), Read(meter, "TV|finished|900|900|NA|10|0|NA|NA|137"));
        Assert.Equal((WorkPhase.Audio, 90), Read(meter, "TV|downloading|50|100|NA|10|5|NA|NA|140"));
        Assert.Equal((WorkPhase.Merge, 96), Read(meter, "TV|finished|100|100|NA|10|0|NA|NA|140"));
        Assert.True(meter.IsMerging);
    }

    [Fact]
    public void Fragments_are_counted_because_their_bytes_are_guessed()
    {
        var meter = new ProgressMeter(One);

        // The first guess is twice the header: by bytes this would be half of it already.
        Assert.Equal((WorkPhase.Video, 0), Read(meter, "TV|downloading|807|NA|1614.0|229914.6|0|0|4|137"));
        Assert.Equal((WorkPhase.Video, 23), Read(meter, "TV|downloading|51200|NA|204681.0|10155936.4|0|1|4|137"));
    }

    [Theory]
    [InlineData("TV|downloading|nan|inf|-5|nan|nan|nan|inf|137")]
    [InlineData("TV|downloading|NA|NA|NA|NA|NA|NA|NA|137")]
    [InlineData("TV|downloading|-1|0|0|-1|-1|-1|0|137")]
    [InlineData("TV|downloading|99999999999999999999|1|NA|1e300|1e300|5|1|137")]
    public void Numbers_that_are_none_are_left_out(string line)
    {
        var progress = new ProgressMeter(One).Read(line)!;

        Assert.InRange(progress.Percent, 0, 99);
        Assert.True(progress.Bytes >= 0);
        Assert.True(progress.SpeedBytes is null or >= 0);
        Assert.True(progress.EtaSeconds is null or >= 0);
    }

    [Theory]
    [InlineData("")]
    [InlineData("TV|")]
    [InlineData("TV|downloading|1|2")]
    [InlineData("TV|processing|1|2|3|4|5|6|7|137")]
    [InlineData("[download] Destination: media.mp4")]
    public void Other_lines_say_nothing(string line) => Assert.Null(new ProgressMeter(One).Read(line));

    [Fact]
    public void Whatever_comes_it_never_falls_and_never_reaches_a_hundred()
    {
        for (var seed = 0; seed < 200; seed++)
        {
            var random = new Random(seed);
            var meter = new ProgressMeter(random.Next(2) == 0 ? Both : One);
            var last = 0;
            for (var i = 0; i < 100; i++)
            {
                if (meter.Read(RandomLine(random)) is not { } progress)
                    continue;
                Assert.True(progress.Percent >= last, $"fell from {last} to {progress.Percent} with seed {seed}");
                Assert.InRange(progress.Percent, 0, 99);
                last = progress.Percent;
            }
        }
    }

    private static string RandomLine(Random random)
    {
        string[] odd = ["NA", "nan", "inf", "-1", "0", "1e400", "", "x"];
        string Field() => random.Next(3) == 0 ? odd[random.Next(odd.Length)] : (random.NextDouble() * 2000).ToString(CultureInfo.InvariantCulture);
        string[] statuses = ["downloading", "downloading", "downloading", "finished", "error"];
        string[] ids = ["137", "140", "unheard-of"];
        return $"TV|{statuses[random.Next(statuses.Length)]}|{Field()}|{Field()}|{Field()}|{Field()}|{Field()}|{Field()}|{Field()}|{ids[random.Next(ids.Length)]}";
    }

    private static (WorkPhase Phase, int Percent) Read(ProgressMeter meter, string line)
    {
        var progress = meter.Read(line)!;
        return (progress.Phase, progress.Percent);
    }
}
