using TrendVault.Core;
using TrendVault.Core.Trending;
using TrendVault.Core.YouTube.Data;

namespace TrendVault.Tests.Trending;

public sealed class YouTubeMappingTests
{
    [Theory]
    [InlineData("PT1H2M3S", 3723)]
    [InlineData("PT59S", 59)]
    [InlineData("PT12M", 720)]
    [InlineData("P1DT2H", 93_600)]
    [InlineData("PT1.9S", 1)]
    [InlineData("P0D", null)]
    [InlineData("PT0S", null)]
    [InlineData("PT0.4S", null)]
    [InlineData("-PT5S", null)]
    [InlineData("", null)]
    [InlineData(null, null)]
    [InlineData("4 minutes", null)]
    [InlineData("P99999999999D", null)]
    public void A_duration_is_whole_seconds_or_unknown(string? text, int? seconds) =>
        Assert.Equal(seconds, YouTubeMapping.DurationOf(text));

    [Theory]
    [InlineData("2026-11-18T16:00:12Z", "2026-11-18T16:00:12Z")]
    [InlineData("2026-11-18T16:00:12.345Z", "2026-11-18T16:00:12.345Z")]
    [InlineData("2026-11-18T18:00:12+02:00", "2026-11-18T16:00:12Z")]
    public void A_date_is_an_instant_in_utc(string text, string expected)
    {
        var date = YouTubeMapping.DateOf(text);
        Assert.Equal(DateTimeOffset.Parse(expected, System.Globalization.CultureInfo.InvariantCulture), date);
        Assert.Equal(TimeSpan.Zero, date!.Value.Offset);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("yesterday")]
    [InlineData("2026-13-45T99:00:00Z")]
    public void No_date_is_no_error(string? text) => Assert.Null(YouTubeMapping.DateOf(text));

    [Fact]
    public void A_whole_video_is_read_field_by_field()
    {
        var video = Map(Given())!;

        Assert.Equal(Platform.YouTube, video.Platform);
        Assert.Equal("aB3dE6gH9jK", video.PlatformVideoId);
        Assert.Equal("Desert rally, stage 4", video.Title);
        Assert.Equal("Line one\nLine two", video.Description);
        Assert.Equal("https://i.ytimg.com/vi/aB3dE6gH9jK/mqdefault.jpg", video.ThumbnailUrl);
        Assert.Equal("Rally Desk", video.CreatorName);
        Assert.Equal("UC0123456789abcdefABCDEF", video.CreatorId);
        Assert.Equal("https://www.youtube.com/channel/UC0123456789abcdefABCDEF", video.CreatorUrl);
        Assert.Equal("https://www.youtube.com/watch?v=aB3dE6gH9jK", video.VideoUrl);
        Assert.Equal(3723, video.DurationSeconds);
        Assert.Equal("creativeCommon", video.Licence);
        Assert.Equal(["rally", "dakar"], video.Tags);
        Assert.Equal(5_932_607_123, video.ViewCount);
        Assert.Null(video.LikeCount);
        Assert.Equal(7107, video.CommentCount);
    }

    [Fact]
    public void What_a_video_cannot_be_shown_without_makes_it_malformed()
    {
        Assert.Null(Map(null));
        Assert.Null(Map(Given(video => video.Id = null)));
        Assert.Null(Map(Given(video => video.Id = "")));
        Assert.Null(Map(Given(video => video.Snippet = null)));
        Assert.Null(Map(Given(video => video.Id = "aB3dE6gH9j\u0000")));
        Assert.Null(Map(Given(video => video.Snippet!.Title = null)));
        Assert.Null(Map(Given(video => video.Snippet!.ChannelTitle = null)));
    }

    [Theory]
    [InlineData("\u3164\u3164")]
    [InlineData(" \u0000 ")]
    [InlineData("\u200b\u2800\u00ad")]
    public void What_has_a_name_that_nobody_can_see_has_one_that_can_be_read(string unseen)
    {
        var video = Map(Given(video => (video.Snippet!.Title, video.Snippet.ChannelTitle, video.Snippet.Description) = (unseen, unseen, unseen)))!;

        Assert.Equal(("Untitled video", "Unnamed channel", null), (video.Title, video.CreatorName, video.Description));
    }

    [Fact]
    public void Everything_else_may_be_missing()
    {
        var video = Map(new Video { Id = "x", Snippet = new VideoSnippet { Title = "T", ChannelTitle = "C" } })!;

        Assert.Null(video.Description);
        Assert.Null(video.ThumbnailUrl);
        Assert.Null(video.CreatorUrl);
        Assert.Null(video.DurationSeconds);
        Assert.Null(video.PublishedAt);
        Assert.Null(video.ViewCount);
        Assert.Empty(video.Tags);
    }

    [Fact]
    public void A_title_keeps_its_markup_and_loses_what_cannot_be_stored()
    {
        var video = Map(Given(video => video.Snippet!.Title = "<b>\u0000bold\u0007\ud800 \u202eevil</b>\nnext"))!;

        Assert.Equal("<b>bold evil</b> next", video.Title);
    }

    [Fact]
    public void A_text_that_is_too_long_is_cut_between_characters()
    {
        var video = Map(Given(video => video.Snippet!.Title = string.Concat(Enumerable.Repeat("🎬", 400))))!;

        Assert.Equal(300, video.Title.Length);
        Assert.DoesNotContain('\ufffd', video.Title);
    }

    [Theory]
    [InlineData("javascript:alert(1)")]
    [InlineData("//i.ytimg.com/vi/x.jpg")]
    [InlineData("https://user:secret@i.ytimg.com/x.jpg")]
    [InlineData("not an address")]
    [InlineData("http://i.ytimg.com/vi/x.jpg")]
    [InlineData("https://ytimg.com.evil.example/x.jpg")]
    public void A_picture_that_is_not_at_a_platform_is_none(string url) =>
        Assert.Null(Map(Given(video => video.Snippet!.Thumbnails = new Dictionary<string, Thumbnail> { ["medium"] = new() { Url = url } }))!.ThumbnailUrl);

    [Fact]
    public void A_picture_of_a_size_that_nobody_knew_is_better_than_none() =>
        Assert.Equal(
            "https://i.ytimg.com/uhd.jpg",
            Map(Given(video => video.Snippet!.Thumbnails = new Dictionary<string, Thumbnail> { ["uhd"] = new() { Url = "https://i.ytimg.com/uhd.jpg" } }))!.ThumbnailUrl);

    [Fact]
    public void A_count_beyond_64_bits_is_unknown() =>
        Assert.Null(Map(Given(video => video.Statistics!.ViewCount = ulong.MaxValue))!.ViewCount);

    private static TrendingVideo? Map(Video? video) => YouTubeMapping.ToTrendingVideo(video, Pictures.OfThePlatforms, id => "https://www.youtube.com/watch?v=" + id);

    private static Video Given(Action<Video>? change = null)
    {
        var video = new Video
        {
            Id = "aB3dE6gH9jK",
            Snippet = new VideoSnippet
            {
                PublishedAtRaw = "2026-11-18T16:00:12Z",
                ChannelId = "UC0123456789abcdefABCDEF",
                ChannelTitle = "Rally Desk",
                Title = "Desert rally, stage 4",
                Description = "Line one\r\nLine two",
                Tags = ["rally", "dakar"],
                Thumbnails = new Dictionary<string, Thumbnail>
                {
                    ["default"] = new() { Url = "https://i.ytimg.com/vi/aB3dE6gH9jK/default.jpg" },
                    ["medium"] = new() { Url = "https://i.ytimg.com/vi/aB3dE6gH9jK/mqdefault.jpg" },
                },
            },
            ContentDetails = new VideoContentDetails { Duration = "PT1H2M3S" },
            Status = new VideoStatus { License = "creativeCommon" },
            Statistics = new VideoStatistics { ViewCount = 5_932_607_123, CommentCount = 7107 },
        };
        change?.Invoke(video);
        return video;
    }
}
