using System.Text;
using TrendVault.Core;
using TrendVault.Core.Channels;
using TrendVault.Core.Downloads;
using TrendVault.Core.Uploads;
using TrendVault.Core.Work;

namespace TrendVault.Tests.Uploads;

public sealed class PublishRulesTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);
    private static readonly PublishDraft Fine = new() { Title = "A title", Privacy = VideoPrivacy.Private };

    [Theory]
    [InlineData(1, true)]
    [InlineData(99, true)]
    [InlineData(100, true)]
    [InlineData(101, false)]
    [InlineData(5000, false)]
    public void A_title_has_1_to_100_characters(int length, bool isAllowed) =>
        Assert.Equal(isAllowed, PublishRules.Check(Fine with { Title = new string('x', length) }, Now).Count == 0);

    [Theory]
    [InlineData("", "title_missing")]
    [InlineData("   ", "title_missing")]
    [InlineData("a < b", "title_characters")]
    [InlineData("a > b", "title_characters")]
    [InlineData("two\nlines", "title_characters")]
    public void A_title_is_there_and_plain(string title, string code) =>
        Assert.Equal(("Title", code), Only(Fine with { Title = title }));

    [Theory]
    [InlineData('x', 5000, true)]
    [InlineData('x', 5001, false)]
    [InlineData('é', 2500, true)]
    [InlineData('é', 2501, false)]
    [InlineData('漢', 1666, true)]
    [InlineData('漢', 1667, false)]
    public void A_description_is_counted_in_bytes(char letter, int count, bool isAllowed) =>
        Assert.Equal(isAllowed, PublishRules.Check(Fine with { Description = new string(letter, count) }, Now).Count == 0);

    [Fact]
    public void A_description_may_have_lines_but_no_angles()
    {
        Assert.Empty(PublishRules.Check(Fine with { Description = "one\ntwo" }, Now));
        Assert.Equal(("Description", "description_characters"), Only(Fine with { Description = "<b>" }));
    }

    [Theory]
    [InlineData(new[] { "a" }, 1)]
    [InlineData(new[] { "a", "b" }, 3)]
    [InlineData(new[] { "two words" }, 11)]
    [InlineData(new[] { "two words", "b" }, 13)]
    [InlineData(new string[0], 0)]
    public void Tags_weigh_their_commas_and_the_quotes_around_spaces(string[] tags, int weight) =>
        Assert.Equal(weight, PublishRules.Weigh(tags));

    [Fact]
    public void Tags_weigh_as_much_as_youtube_would_write_them_whatever_they_are()
    {
        var random = new Random(20261120);
        for (var round = 0; round < 500; round++)
        {
            string[] tags = [.. Enumerable.Range(0, random.Next(1, 40)).Select(_ => RandomTag(random))];
            var written = string.Join(',', tags.Select(tag => tag.Contains(' ', StringComparison.Ordinal) ? $"\"{tag}\"" : tag));

            Assert.Equal(written.Length, PublishRules.Weigh(tags));
            Assert.Equal(written.Length <= 500, PublishRules.Check(Fine with { Tags = tags }, Now).All(broken => broken.Field != "Tags"));
        }
    }

    [Fact]
    public void Whatever_passes_is_within_youtubes_limits()
    {
        var random = new Random(42);
        var passed = 0;
        for (var round = 0; round < 2000; round++)
        {
            var draft = Fine with
            {
                Title = RandomText(random, 130),
                Description = RandomText(random, 5500),
                Tags = [.. Enumerable.Range(0, random.Next(0, 60)).Select(_ => RandomText(random, 30))],
            };
            if (PublishRules.Check(draft, Now).Count > 0)
                continue;

            passed++;
            Assert.InRange(draft.Title.Length, 1, 100);
            Assert.InRange(Encoding.UTF8.GetByteCount(draft.Description), 0, 5000);
            Assert.InRange(PublishRules.Weigh(draft.Tags), 0, 500);
            Assert.DoesNotContain(draft.Tags.Append(draft.Title).Append(draft.Description), text => text.AsSpan().ContainsAny('<', '>'));
        }

        Assert.InRange(passed, 20, 1980);
    }

    [Theory]
    [InlineData("a,b", new[] { "a,b" })]
    [InlineData("empty", new[] { "a", " " })]
    [InlineData("angle", new[] { "<a" })]
    public void A_tag_is_one_plain_word_or_more(string what, string[] tags) =>
        Assert.True(Only(Fine with { Tags = tags }) == ("Tags", "tag_characters"), what);

    [Fact]
    public void A_field_of_tags_is_split_at_commas_without_doubles() =>
        Assert.Equal(["rally", "dakar stage", "Car"], PublishRules.SplitTags(" rally, dakar stage ,, RALLY,Car,\n"));

    [Fact]
    public void A_scheduled_video_is_private_and_its_time_lies_ahead()
    {
        Assert.Empty(PublishRules.Check(Fine with { PublishAt = Now.AddMinutes(1) }, Now));
        Assert.Equal(("PublishAt", "publish_at_past"), Only(Fine with { PublishAt = Now }));
        Assert.Equal(("PublishAt", "publish_at_private"), Only(Fine with { PublishAt = Now.AddDays(1), Privacy = VideoPrivacy.Public }));
    }

    [Theory]
    [InlineData("22", true)]
    [InlineData("29", true)]
    [InlineData("30", false)]
    [InlineData("18", false)]
    [InlineData("", false)]
    public void Only_assignable_categories_are_taken(string category, bool isAllowed) =>
        Assert.Equal(isAllowed, PublishRules.Check(Fine with { CategoryId = category }, Now).Count == 0);

    [Fact]
    public void Privacy_has_to_be_chosen() =>
        Assert.Equal(("Privacy", "privacy_missing"), Only(Fine with { Privacy = null }));

    [Fact]
    public void Sound_alone_and_unfinished_downloads_are_no_video()
    {
        var file = File();
        Assert.Empty(PublishRules.CheckFile(file, Platform.YouTube));
        Assert.Equal("not_a_video", Assert.Single(PublishRules.CheckFile(file with { ContentType = "audio/mp4" }, Platform.YouTube)).Code);
        Assert.Equal("download_not_completed", Assert.Single(PublishRules.CheckFile(file with { Status = WorkStatus.Running }, Platform.YouTube)).Code);
        Assert.Equal("too_long", Assert.Single(PublishRules.CheckFile(file with { DurationSeconds = 43_201 }, Platform.YouTube)).Code);
    }

    [Fact]
    public void Tiktok_takes_files_of_its_formats_sizes_and_lengths_and_judges_no_unknown_fact()
    {
        var file = File();
        Assert.Empty(PublishRules.CheckFile(file, Platform.TikTok));
        Assert.Empty(PublishRules.CheckFile(
            file with { DurationSeconds = 600, FileSize = 4L << 30, Width = 360, Height = 4096, FrameRate = 23.976, VideoCodec = "hevc" }, Platform.TikTok));
        foreach (var (changed, code) in new (DownloadRow, string)[]
        {
            (file with { ContentType = "video/x-matroska" }, "tiktok_format"),
            (file with { FileSize = (4L << 30) + 1 }, "tiktok_too_large"),
            (file with { DurationSeconds = 660 }, "tiktok_too_long"),
            (file with { VideoCodec = "av1" }, "tiktok_codec"),
            (file with { Width = 640, Height = 359 }, "tiktok_picture_size"),
            (file with { Width = 4097, Height = 2160 }, "tiktok_picture_size"),
            (file with { FrameRate = 15 }, "tiktok_frame_rate"),
            (file with { FrameRate = 120 }, "tiktok_frame_rate"),
            (file with { ContentType = "audio/mp4" }, "not_a_video"),
        })
        {
            Assert.Equal(code, Assert.Single(PublishRules.CheckFile(changed, Platform.TikTok)).Code);
        }
    }

    [Fact]
    public void The_preflight_says_that_words_do_not_reach_tiktok_and_holds_a_file_against_every_platform()
    {
        var both = Preflight(Fine, File() with { DurationSeconds = 660 }, Platform.YouTube, Platform.TikTok);

        Assert.Contains(both, item => item.State == PreflightState.Warn && item.Text.Contains("draft in your inbox", StringComparison.Ordinal));
        Assert.Single(both, item => item.State == PreflightState.Bad);
    }

    [Fact]
    public void The_preflight_tells_what_is_fine_what_to_know_and_what_is_in_the_way()
    {
        var fine = Preflight(Fine, File(), Platform.YouTube);
        Assert.All(fine, item => Assert.Equal(PreflightState.Ok, item.State));

        var open = Preflight(Fine with { Privacy = VideoPrivacy.Public }, File() with { DurationSeconds = 1000 }, Platform.YouTube);
        Assert.Contains("15 minutes", Assert.Single(open, item => item.State == PreflightState.Warn).Text, StringComparison.Ordinal);

        var wrong = Preflight(Fine with { Title = "" }, File());
        Assert.Equal(["Enter a title.", "Choose at least one channel."], wrong.Where(item => item.State == PreflightState.Bad).Select(item => item.Text));
    }

    [Theory]
    [InlineData(VideoPrivacy.Public)]
    [InlineData(VideoPrivacy.Unlisted)]
    [InlineData(VideoPrivacy.Private)]
    public void Neither_a_privacy_nor_the_thumbnail_of_a_short_is_warned_of(VideoPrivacy privacy)
    {
        var upright = File() with { Width = 1080, Height = 1920, DurationSeconds = 180 };
        var request = Request(Fine with { Privacy = privacy }) with { ThumbnailKey = "pictures/x.jpg" };

        Assert.All(PublishRules.Preflight(request, upright, [Channel(Platform.YouTube)], Now), item => Assert.Equal(PreflightState.Ok, item.State));
    }

    [Fact]
    public void What_is_said_on_one_channel_is_held_against_the_rules_there()
    {
        var (one, other) = (Channel(Platform.YouTube), Channel(Platform.YouTube));
        var request = Request(Fine) with { Words = new Dictionary<Guid, ChannelWords> { [other.Id] = new("a < b", new string('é', 2501)) } };

        Assert.Empty(PublishRules.Check(request, [one], Now));
        Assert.Equal([$"Titles[{other.Id}]", $"Descriptions[{other.Id}]"], PublishRules.Check(request, [one, other], Now).Select(broken => broken.Field));
        Assert.All(PublishRules.Check(request, [one, other], Now), broken => Assert.StartsWith(other.ChannelName, broken.Message, StringComparison.Ordinal));
    }

    [Fact]
    public void What_is_wrong_everywhere_is_told_once()
    {
        var broken = Assert.Single(PublishRules.Check(Request(Fine with { Title = "" }), [Channel(Platform.YouTube), Channel(Platform.YouTube)], Now));
        Assert.Equal("Title", broken.Field);
    }

    [Fact]
    public void A_title_of_its_own_for_each_channel_makes_the_common_one_needless()
    {
        var channel = Channel(Platform.YouTube);
        var request = Request(Fine with { Title = "" }) with { Words = new Dictionary<Guid, ChannelWords> { [channel.Id] = new("Its own", null) } };

        Assert.Empty(PublishRules.Check(request, [channel], Now));
    }

    [Fact]
    public void A_licence_is_one_of_youtubes() =>
        Assert.Equal(("Licence", "licence_unknown"), Only(Fine with { Licence = null }));

    private static IReadOnlyList<PreflightItem> Preflight(PublishDraft draft, DownloadRow file, params Platform[] platforms) =>
        PublishRules.Preflight(Request(draft), file, [.. platforms.Select(Channel)], Now);

    private static UploadRequest Request(PublishDraft draft) => new()
    {
        DownloadId = Guid.CreateVersion7(),
        ChannelIds = [],
        Draft = draft,
        RightsStatement = UploadService.RightsStatement,
    };

    private static PublishingChannel Channel(Platform platform)
    {
        var id = Guid.CreateVersion7();
        return new() { Id = id, ConnectedAccountId = id, Platform = platform, PlatformChannelId = "UC", ChannelName = $"Channel {id:n}", UpdatedAt = Now };
    }

    private static (string Field, string Code) Only(PublishDraft draft)
    {
        var broken = Assert.Single(PublishRules.Check(draft, Now));
        return (broken.Field, broken.Code);
    }

    private static string RandomTag(Random random) =>
        string.Concat(Enumerable.Range(0, random.Next(1, 30)).Select(i => i > 0 && random.Next(8) == 0 ? ' ' : (char)random.Next('a', 'z' + 1))).TrimEnd() + "x";

    private static string RandomText(Random random, int most) =>
        string.Concat(Enumerable.Range(0, random.Next(1, most)).Select(_ => random.Next(400) == 0 ? '<' : (char)random.Next('a', 'é' + 1)).Where(letter => !char.IsControl(letter)));

    private static DownloadRow File() => new()
    {
        Id = Guid.CreateVersion7(),
        UserId = Guid.CreateVersion7(),
        SourceVideoUrl = "https://example.org/v",
        Title = "A video",
        FileName = "a-video.mp4",
        Format = "best",
        Quality = "720p",
        ContentType = "video/mp4",
        DurationSeconds = 42,
        FileSize = 1000,
        StorageKey = "a/b/1-c.mp4",
        Status = WorkStatus.Completed,
        Progress = 100,
        CreatedAt = Now,
        UpdatedAt = Now,
    };
}
