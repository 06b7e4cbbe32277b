using TrendVault.Core.Downloads;
using TrendVault.Core.Media;

namespace TrendVault.Tests.Downloads;

public sealed class MediaInfoReaderTests
{
    [Fact]
    public void What_may_be_shown_is_read_and_the_rest_left_out()
    {
        var info = MediaInfoReader.Read(
            """
            {"_type":"video","id":"1","title":" A\u0000 \u202Etitle\n here ","duration":12,"uploader":"Someone","thumbnail":"javascript:alert(1)",
             "formats":[
               {"format_id":"sb0","ext":"mhtml","protocol":"mhtml","vcodec":"none","acodec":"none"},
               {"format_id":"rtmp-1","ext":"flv","protocol":"rtmp","height":720},
               {"format_id":"x' or y","ext":"mp4","protocol":"https"},
               {"format_id":"22","ext":"mp4","protocol":"https","height":720.0,"fps":30,"vcodec":"avc1","acodec":"mp4a","tbr":800,"url":"https://secret"},
               {"format_id":"drm","ext":"mp4","protocol":"https","has_drm":true}]}
            """);

        Assert.Equal("A title here", info.Title);
        Assert.Null(info.ThumbnailUrl);
        var format = Assert.Single(info.Formats);
        Assert.Equal(("22", 720, 1_200_000L, true), (format.FormatId, format.Height, format.SizeBytes, format.SizeIsEstimated));
    }

    [Fact]
    public void A_page_without_a_list_is_one_format_itself()
    {
        var info = MediaInfoReader.Read("""{"title":"Shared","format_id":"0","ext":"mp4","protocol":"http","url":"http://x"}""");

        Assert.Equal("0", Assert.Single(info.Formats).FormatId);
    }

    [Fact]
    public void A_list_tells_of_its_videos_what_may_be_shown()
    {
        var list = MediaInfoReader.Read(
            """
            {"_type":"playlist","title":"Mixed","playlist_count":312,"webpage_url":"https://a.example/list","entries":[
              null,
              {"_type":"url","url":"https://a.example/1","title":"One\n","duration":61,"channel":"Someone","thumbnails":[{"url":"https://i.example/s.jpg"},{"url":"https://i.example/l.jpg"}]},
              {"_type":"url","url":"https://a.example/1","title":"One again"},
              {"_type":"url","url":"javascript:alert(1)","title":"No address"},
              {"_type":"url_transparent","url":"https://a.example/2"},
              {"url":"https://secret","webpage_url":"https://a.example/3","title":"Read whole","formats":[]}]}
            """);

        Assert.Equal(("Mixed", 312), (list.Title, list.ItemCount));
        Assert.Equal(["https://a.example/1", "https://a.example/2", "https://a.example/3"], list.Items.Select(item => item.Url));
        Assert.Equal(new MediaItem { Url = "https://a.example/1", Title = "One", CreatorName = "Someone", DurationSeconds = 61, ThumbnailUrl = "https://i.example/l.jpg" }, list.Items[0]);
        Assert.Equal("https://a.example/2", list.Items[1].Title);
        Assert.Empty(list.Formats);
    }

    // The shape in which YoutubeTab answers for a channel with several tabs, cut short.
    [Fact]
    public void A_channel_tells_of_its_tabs_as_lists()
    {
        var channel = MediaInfoReader.Read(
            """
            {"_type":"playlist","id":"UC1","title":"Rally Desk","webpage_url":"https://www.youtube.com/@rally","playlist_count":2,"extractor_key":"YoutubeTab","entries":[
              {"_type":"playlist","id":"UC1","title":"Rally Desk - Videos","webpage_url":"https://www.youtube.com/@rally/videos","original_url":"https://www.youtube.com/@rally","extractor_key":"YoutubeTab",
               "entries":[{"_type":"url","ie_key":"Youtube","id":"aB3dE6gH9jK","url":"https://www.youtube.com/watch?v=aB3dE6gH9jK","title":"Stage 5"}]},
              {"_type":"url","ie_key":"YoutubeTab","url":"https://www.youtube.com/@rally/shorts","title":"Rally Desk - Shorts"},
              {"_type":"url","ie_key":"Youtube","url":"https://www.youtube.com/watch?v=aB3dE6gH9jK","title":"Stage 5"}]}
            """);

        Assert.Equal(
            [("https://www.youtube.com/@rally/videos", "Rally Desk - Videos", true), ("https://www.youtube.com/@rally/shorts", "Rally Desk - Shorts", true), ("https://www.youtube.com/watch?v=aB3dE6gH9jK", "Stage 5", false)],
            channel.Items.Select(item => (item.Url, item.Title, item.IsList)));
    }

    [Fact]
    public void Halves_of_characters_and_odd_members_cost_themselves()
    {
        var info = MediaInfoReader.Read(
            """
            {"title":"A film \ud83d","uploader":"\ude00Ada","id":7,"x\udc00":1,"duration":"12","live_status":4,"thumbnails":[7,{"url":"https://i.example/1.jpg"}],
             "formats":[null,3,
               {"format_id":"bad \ud83d","ext":"mp4","protocol":"https"},
               {"format_id":["x"],"ext":"mp4","protocol":"https"},
               {"format_id":"1","ext":"mp4","protocol":"https","format_note":"HD \ud83d","width":"x","height":1e999,"filesize":-5,"\ud83d":{}}],
             "subtitles":{"en\ud83d":[{"ext":"vtt","url":"https://a.example/1.vtt"}],"en":[5,{"ext":"vtt","url":"https://a.example/2.vtt","name":"English \ud83d"}],"fr":7}}
            """);

        Assert.Equal(("A film", "Ada", 12, "https://i.example/1.jpg"), (info.Title, info.CreatorName, info.DurationSeconds, info.ThumbnailUrl));
        Assert.Equal(("1", "HD", null, null), (Assert.Single(info.Formats).FormatId, info.Formats[0].Note, info.Formats[0].Height, info.Formats[0].SizeBytes));
        Assert.Equal([new MediaSubtitles("en", "English", false)], info.Subtitles);
    }

    [Fact]
    public void What_nobody_can_see_is_no_name()
    {
        var info = MediaInfoReader.Read("""{"title":"\u3164","id":"clip-7","uploader":"\u200b\u2800","formats":[{"format_id":"1","protocol":"https","format_note":"\u00ad"}]}""");

        Assert.Equal(("clip-7", null, null), (info.Title, info.CreatorName, info.Formats[0].Note));
        Assert.Equal("Untitled", MediaInfoReader.Read("""{"title":"\u3164","id":"\u3164","format_id":"1","protocol":"https"}""").Title);
    }

    [Theory]
    [InlineData("https://i.example/1.jpg", "https://i.example/1.jpg")]
    [InlineData("http://localhost:8081/vi/1.jpg", "http://localhost:8081/vi/1.jpg")]
    [InlineData("file:///etc/passwd", null)]
    [InlineData("//i.example/1.jpg", null)]
    public void A_picture_is_an_address_of_the_web(string thumbnail, string? kept)
    {
        var info = MediaInfoReader.Read($$"""{"title":"Shared","format_id":"0","ext":"mp4","protocol":"http","url":"http://x","thumbnail":"{{thumbnail}}"}""");

        Assert.Equal(kept, info.ThumbnailUrl);
    }

    [Theory]
    [InlineData("""{"_type":"playlist","title":"Many","entries":[null,{"id":"1"}]}""", "no_addresses")]
    [InlineData("""{"_type":"playlist","webpage_url":"https://a.example/","entries":[{"webpage_url":"https://a.example/","url":"https://secret","formats":[]}]}""", "no_addresses")]
    [InlineData("""{"title":"x","is_live":true,"formats":[]}""", "live")]
    [InlineData("""{"title":"x","live_status":"is_upcoming"}""", "not_yet")]
    [InlineData("""{"title":"x","formats":[{"format_id":"1","protocol":"https","has_drm":true}]}""", "drm")]
    [InlineData("""{"title":"x","formats":[]}""", "unsupported")]
    [InlineData("null", "unsupported")]
    [InlineData("[1]", "unsupported")]
    [InlineData("{\"title\":", "unsupported")]
    public void What_is_no_finished_video_is_refused(string json, string code) =>
        Assert.Equal(code, Assert.Throws<MediaException>(() => MediaInfoReader.Read(json)).Failure.Code);
}
