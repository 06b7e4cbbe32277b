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

    [Theory]
    [InlineData("best", "audio, as there is no picture", null)]
    [InlineData("720p", "audio, as there is no picture", null)]
    [InlineData("audio", "audio", "m4a")]
    [InlineData("139", "audio", null)]
    public void A_page_of_sound_alone_gives_that_and_says_so(string format, string quality, string? audioFormat)
    {
        var podcast = Offer(Sound("251", "webm"), Sound("139", "m4a"));

        var choice = FormatPicker.Pick(podcast, format)!;

        Assert.Equal(("139", quality, audioFormat), (Assert.Single(choice.Streams).FormatId, choice.Quality, choice.AudioFormat));
        Assert.Equal(["audio", "mp3"], FormatPicker.PresetsOf(podcast));
        Assert.Null(FormatPicker.Pick(podcast, "137"));
    }

    [Fact]
    public void What_a_page_can_serve_is_offered_by_name()
    {
        Assert.Equal(FormatPicker.Presets, FormatPicker.PresetsOf(YouTubeLike));
        Assert.Equal(["best", "1080p", "720p", "480p"], FormatPicker.PresetsOf(Offer(Picture("137", 1080))));
        Assert.Contains("no sound", FormatPicker.WhyNone("mp3"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1080p", "tall", "1080p")]
    [InlineData("720p", "small", "608p")]
    [InlineData("480p", "small", "608p")]
    [InlineData("best", "huge", "2160p")]
    public void The_shorter_side_is_the_quality(string format, string id, string quality)
    {
        var clip = Offer(Sized("small", 608, 1080), Sized("tall", 1080, 1920), Sized("huge", 2160, 3840));

        var choice = FormatPicker.Pick(clip, format)!;

        Assert.Equal((id, quality), (choice.Streams[0].FormatId, choice.Quality));
    }

    [Fact]
    public void Of_the_same_picture_the_one_that_every_browser_shows_is_taken()
    {
        var page = Offer(Coded("a720", "avc1.64", 720), Coded("a1080", "avc1.64", 1080), Coded("h1080", "hvc1.1.6", 1080), Coded("v2160", "vp9", 2160));

        Assert.Equal("v2160", Picked(page, "best"));
        Assert.Equal("a1080", Picked(page, "1080p"));
        Assert.Equal("h1080", Picked(page, "h1080"));
        Assert.Equal("h265", Picked(Offer(Coded("a540", "h264", 540), Coded("h265", "h265", 720)), "best"));
    }

    [Fact]
    public void For_its_sake_no_frame_is_lost_and_no_watermark_taken()
    {
        var smooth = Coded("v60", "vp9", 1080) with { Fps = 60 };
        var marked = Coded("download", "h264", 1080) with { Preference = -2 };

        Assert.Equal("v60", Picked(Offer(Coded("a30", "avc1", 1080) with { Fps = 30 }, smooth), "best"));
        Assert.Equal("a59", Picked(Offer(Coded("a59", "avc1", 1080) with { Fps = 59.94 }, smooth), "best"));
        Assert.Equal("bytevc1", Picked(Offer(marked, Coded("bytevc1", "h265", 1080)), "best"));
    }

    [Fact]
    public void A_format_that_is_not_offered_is_none() => Assert.Null(FormatPicker.Pick(YouTubeLike, "999"));

    [Theory]
    [InlineData("best", true)]
    [InlineData("137", true)]
    [InlineData("hls-audio+1_a.b", true)]
    [InlineData("", false)]
    [InlineData("a'] or b[x", false)]
    [InlineData("137/best", false)]
    [InlineData("aud-Français", true)]
    [InlineData("高清", true)]
    [InlineData("it's_\\|_é", true)]
    [InlineData("half_\ud83d", false)]
    [InlineData("nul\0", false)]
    [InlineData("line\n", false)]
    public void Only_ids_in_their_alphabet_are_taken(string format, bool isWellFormed) => Assert.Equal(isWellFormed, FormatPicker.IsWellFormed(format));

    private static MediaInfo Offer(params MediaFormat[] formats) => new() { Title = "A video", Formats = formats };

    private static MediaFormat Picture(string id, int height) => new() { FormatId = id, Ext = "mp4", Height = height, VideoCodec = "avc1.4d", AudioCodec = "none" };

    private static MediaFormat Sized(string id, int width, int height) => Both(id, height) with { Width = width };

    private static MediaFormat Coded(string id, string codec, int height) => Both(id, height) with { VideoCodec = codec };

    private static string Picked(MediaInfo page, string format) => FormatPicker.Pick(page, format)!.Streams[0].FormatId;

    private static MediaFormat Sound(string id, string ext) => new() { FormatId = id, Ext = ext, VideoCodec = "none", AudioCodec = "mp4a.40.2" };

    private static MediaFormat Both(string id, int height) => new() { FormatId = id, Ext = "mp4", Height = height, VideoCodec = "avc1", AudioCodec = "mp4a" };
}
