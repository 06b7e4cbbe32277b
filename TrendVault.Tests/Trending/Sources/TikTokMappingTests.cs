using System.Text.Json;
using System.Text.Json.Nodes;
using TrendVault.Core;
using TrendVault.Core.Trending;
using TrendVault.Web.Pages.Shared;

namespace TrendVault.Tests.Trending;

public sealed class TikTokMappingTests
{
    // The shape of a recorded item of clockworks/tiktok-scraper.
    private const string Recorded =
        """
        { "id": "7612142088364494087", "text": "Stage 4 #rally @bob", "textLanguage": "en", "createTime": 1794830400, "createTimeISO": "2026-11-16T12:00:00.000Z",
          "locationCreated": "FR", "isAd": false, "isMuted": false,
          "authorMeta": { "id": "6817822124175967234", "name": "ada.drives", "profileUrl": "https://www.tiktok.com/@ada.drives", "nickName": "Ada Drives",
            "verified": false, "privateAccount": false, "fans": 149800 },
          "webVideoUrl": "https://www.tiktok.com/@ada.drives/video/7612142088364494087", "mediaUrls": [],
          "videoMeta": { "height": 1024, "width": 576, "duration": 26.981, "coverUrl": "https://p16-sign.tiktokcdn.com/cover.jpeg", "originalCoverUrl": "https://p16-sign.tiktokcdn.com/original.jpeg" },
          "diggCount": 81106, "shareCount": 14394, "playCount": 4771881234, "collectCount": 55119, "commentCount": 193,
          "hashtags": [ { "id": "1708066076166153", "name": "rally", "title": "", "cover": "" }, { "name": "dakar" } ],
          "isSlideshow": false, "isPinned": false, "isSponsored": false, "input": "rally" }
        """;

    [Fact]
    public void A_recorded_item_is_read_field_by_field()
    {
        var video = Map(_ => { })!;

        Assert.Equal(Platform.TikTok, video.Platform);
        Assert.Equal("7612142088364494087", video.PlatformVideoId);
        Assert.Equal("Stage 4 #rally @bob", video.Title);
        Assert.Equal("https://p16-sign.tiktokcdn.com/cover.jpeg", video.ThumbnailUrl);
        Assert.Equal("Ada Drives", video.CreatorName);
        Assert.Equal("6817822124175967234", video.CreatorId);
        Assert.True(video.IsVertical);
        Assert.Equal("https://www.tiktok.com/@ada.drives", video.CreatorUrl);
        Assert.Equal("https://www.tiktok.com/@ada.drives/video/7612142088364494087", video.VideoUrl);
        Assert.Equal(27, video.DurationSeconds);
        Assert.Equal(new DateTimeOffset(2026, 11, 16, 12, 0, 0, TimeSpan.Zero), video.PublishedAt);
        Assert.Equal(["rally", "dakar"], video.Tags);
        Assert.Equal(4_771_881_234, video.ViewCount);
        Assert.Equal(81_106, video.LikeCount);
        Assert.Equal(193, video.CommentCount);
    }

    [Fact]
    public void What_older_and_stranger_items_have_is_read_too()
    {
        Assert.Equal("7612142088364494087", Map(item => item["id"] = 7612142088364494087)!.PlatformVideoId);
        Assert.Equal(26, Map(item => item["videoMeta"]!["duration"] = 26)!.DurationSeconds);
        Assert.Equal(81_106, Map(item => item["diggCount"] = "81106")!.LikeCount);
        Assert.Equal(new DateTimeOffset(2026, 11, 16, 12, 0, 0, TimeSpan.Zero), Map(item => item.Remove("createTimeISO"))!.PublishedAt);
        Assert.Equal("https://www.tiktok.com/@ada.drives", Map(item => item["authorMeta"]!.AsObject().Remove("profileUrl"))!.CreatorUrl);
        Assert.Equal("https://www.tiktok.com/@ada.drives/video/7612142088364494087", Map(item => item.Remove("webVideoUrl"))!.VideoUrl);
        Assert.Equal("https://p16-sign.tiktokcdn.com/original.jpeg", Map(item => item["videoMeta"]!.AsObject().Remove("coverUrl"))!.ThumbnailUrl);
        Assert.Equal("ada.drives", Map(item => item["authorMeta"]!.AsObject().Remove("nickName"))!.CreatorName);
    }

    [Fact]
    public void What_is_missing_stays_unknown()
    {
        Assert.Null(Map(item => item.Remove("playCount"))!.ViewCount);
        Assert.Null(Map(item => item["playCount"] = -1)!.ViewCount);
        Assert.Null(Map(item => item["videoMeta"]!["duration"] = 0)!.DurationSeconds);
        Assert.Null(Map(item => item.Remove("videoMeta"))!.ThumbnailUrl);
        Assert.Null(Map(item => item["videoMeta"]!["width"] = 0)!.IsVertical);
        Assert.False(Map(item => item["videoMeta"]!["width"] = 2048)!.IsVertical);
        Assert.Null(Map(item => item["authorMeta"]!.AsObject().Remove("id"))!.CreatorId);
        Assert.Null(Map(item => { item.Remove("createTimeISO"); item["createTime"] = 99999999999999L; })!.PublishedAt);
        Assert.Equal("Video by @ada.drives", Map(item => item["text"] = "")!.Title);
        Assert.Equal("Video by @ada.drives", Map(item => item["text"] = "\u3164\u2800")!.Title);
        Assert.Equal("ada.drives", Map(item => item["authorMeta"]!["nickName"] = "\u200b\u00ad")!.CreatorName);
    }

    [Fact]
    public void What_is_no_video_to_keep_is_left_out()
    {
        Assert.Null(Map(item => item["isSlideshow"] = true));
        Assert.Null(Map(item => item["isAd"] = true));
        Assert.Null(Map(item => item["isSponsored"] = true));
        Assert.Null(Map(item => item["authorMeta"]!["privateAccount"] = true));
        Assert.Null(Map(item => item.Remove("id")));
        Assert.Null(Map(item => item["id"] = "../../etc/passwd"));
        Assert.Null(Map(item => item.Remove("authorMeta")));
        Assert.Null(Map(Parse("""{ "url": "https://…", "input": "x", "error": "Post not found", "errorCode": "POST_NOT_FOUND" }""")));
        Assert.Null(Map(Parse("\"not even an object\"")));
    }

    [Fact]
    public void No_member_of_any_wrong_type_is_an_error()
    {
        var names = Parse(Recorded).EnumerateObject().Select(member => member.Name).ToList();
        string[] strange = ["null", "true", "\"\"", "\"\\u0000\"", "-1", "1e300", "99999999999999999999", "[]", "[null, 1, {}]", "{}", "{ \"name\": [] }"];

        foreach (var name in names)
        {
            foreach (var value in strange)
                Map(item => item[name] = JsonNode.Parse(value));
        }

        foreach (var part in new[] { "authorMeta", "videoMeta" })
        {
            foreach (var (name, value) in Parse(Recorded).GetProperty(part).EnumerateObject().SelectMany(member => strange.Select(value => (member.Name, value))))
                Map(item => item[part]![name] = JsonNode.Parse(value));
        }
    }

    [Fact]
    public void The_same_video_counts_once_with_its_highest_counts()
    {
        var ranked = TikTokMapping.Rank(
            [Given("1", views: 100, likes: 5), Given("1", views: 90, likes: 7), Given("2", views: 50, likes: 1)], Now);

        Assert.Equal(["1", "2"], ranked.Select(video => video.PlatformVideoId));
        Assert.Equal((100L, 7L), (ranked[0].ViewCount, ranked[0].LikeCount));
    }

    [Fact]
    public void Views_per_hour_rank_and_what_is_unknown_comes_last()
    {
        var ranked = TikTokMapping.Rank(
            [
                Given("old giant", views: 1_000_000, likes: 9, age: TimeSpan.FromDays(100)),
                Given("unknown", views: null, likes: 3),
                Given("young", views: 20_000, likes: 1, age: TimeSpan.FromHours(2)),
                Given("newborn", views: 900, likes: 1, age: TimeSpan.FromMinutes(1)),
            ],
            Now);

        Assert.Equal(["young", "newborn", "old giant", "unknown"], ranked.Select(video => video.PlatformVideoId));
    }

    private static readonly DateTimeOffset Now = new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);

    private static TrendingVideo Given(string id, long? views, long? likes, TimeSpan? age = null) => new()
    {
        Platform = Platform.TikTok,
        PlatformVideoId = id,
        Title = id,
        CreatorName = "c",
        VideoUrl = "https://www.tiktok.com/",
        ViewCount = views,
        LikeCount = likes,
        PublishedAt = Now - (age ?? TimeSpan.FromHours(10)),
    };

    private static TrendingVideo? Map(Action<JsonObject> change)
    {
        var item = JsonNode.Parse(Recorded)!.AsObject();
        change(item);
        return Map(Parse(item.ToJsonString()));
    }

    private static TrendingVideo? Map(JsonElement item) => TikTokMapping.ToTrendingVideo(item, Pictures.OfThePlatforms, new("https://www.tiktok.com/"));

    private static JsonElement Parse(string json)
    {
        using var document = JsonDocument.Parse(json);
        return document.RootElement.Clone();
    }
}
