using TrendVault.Core.Downloads;

namespace TrendVault.Tests.Downloads;

public sealed class FormatPickerTests
{
    private static readonly MediaInfo YouTubeLike = Offer(
        Sound("139", "m4a"), Sound("251", "webm"), Both("18", 360), Picture("134", 360), Picture("136", 720), Picture("137", 1080), Picture("401", 2160));

    [Theory]
    [InlineData("best", "401+139", "2160p")]
    [InlineData("1080p", "137+139", "1080p")]
    [InlineData("720p", "136+139", "720p")]
    [InlineData("480p", "134+139", "360p")]
    [InlineData("audio", "139", "audio")]
    [InlineData("18", "18", "360p")]
    [InlineData("136", "136+139", "720p")]
    [InlineData("251", "251", "audio")]
    public void A_wish_becomes_exact_formats(string format, string ids, string quality)
    {
        var choice = FormatPicker.Pick(YouTubeLike, format)!;

        Assert.Equal(ids, string.Join('+', choice.Streams.Select(stream => stream.FormatId)));
        Assert.Equal(quality, choice.Quality);
    }

    [Fact]
    public void A_page_with_large_formats_only_gives_the_smallest_of_them() =>
        Assert.Equal("137", FormatPicker.Pick(Offer(Both("137", 1080), Both("401", 2160)), "480p")!.Streams[0].FormatId);

    [Fact]
    public void A_file_that_does_not_tell_its_height_serves_every_preset()
    {
        var direct = Offer(new MediaFormat { FormatId = "mp4", Ext = "mp4" });

        Assert.All(FormatPicker.Presets, preset => Assert.Equal("mp4", FormatPicker.Pick(direct, preset)!.Streams[0].FormatId));
        Assert.Equal("m4a", FormatPicker.Pick(direct, "audio")!.AudioFormat);
        Assert.Equal("mp3", FormatPicker.Pick(direct, "mp3")!.AudioFormat);
    }

    [Fact]
    public void A_silent_page_has_no_audio_to_give() => Assert.Null(FormatPicker.Pick(Offer(Picture("137", 1080)), "audio"));

    [Fact]
    public void A_sound_page_has_no_video_to_give() => Assert.Null(FormatPicker.Pick(Offer(Sound("139", "m4a")), "best"));

    [Fact]
    public void A_format_that_is_not_offered_is_none() => Assert.Null(FormatPicker.Pick(YouTubeLike, "999"));

    [Theory]
    [InlineData("best", true)]
    [InlineData("137", true)]
    [InlineData("hls-audio+1_a.b", true)]
    [InlineData("", false)]
    [InlineData("a'] or b[x", false)]
    [InlineData("137/best", false)]
    public void Only_ids_in_their_alphabet_are_taken(string format, bool isWellFormed) => Assert.Equal(isWellFormed, FormatPicker.IsWellFormed(format));

    private static MediaInfo Offer(params MediaFormat[] formats) => new() { Title = "A video", Formats = formats };

    private static MediaFormat Picture(string id, int height) => new() { FormatId = id, Ext = "mp4", Height = height, VideoCodec = "avc1.4d", AudioCodec = "none" };

    private static MediaFormat Sound(string id, string ext) => new() { FormatId = id, Ext = ext, VideoCodec = "none", AudioCodec = "mp4a.40.2" };

    private static MediaFormat Both(string id, int height) => new() { FormatId = id, Ext = "mp4", Height = height, VideoCodec = "avc1", AudioCodec = "mp4a" };
}
