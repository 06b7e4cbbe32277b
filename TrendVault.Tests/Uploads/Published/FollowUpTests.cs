using System.Security.Cryptography;
using Microsoft.Extensions.Options;
using TrendVault.Core.Data;
using TrendVault.Core.Uploads;
using TrendVault.Core.Work;
using TrendVault.Tests.Accounts;
using TrendVault.Tests.App;
using TrendVault.Web.Sandbox.Faults;
using TrendVault.Web.Sandbox.YouTube;

namespace TrendVault.Tests.Uploads;

/// <summary>What follows once YouTube has accepted a video: its picture, its processing, and errors that leave it published.</summary>
public sealed class FollowUpTests : IClassFixture<TestDatabase>, IClassFixture<GoogleSandbox>, IAsyncLifetime
{
    private const string Thumbnails = "/upload/youtube/v3/thumbnails/set";

    private readonly TestDatabase _database;
    private readonly GoogleSandbox _google;

    public FollowUpTests(TestDatabase database, GoogleSandbox google)
    {
        (_database, _google) = (database, google);
        google.Reset();
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>What a test before has left waiting would run in this one, and into its faults.</summary>
    public async ValueTask InitializeAsync() => await _database.Db.ExecuteAsync("delete from jobs where kind in ('upload', 'upload_follow_up')", parameters: null, Token);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task A_video_gets_its_picture_and_is_followed_until_it_is_processed()
    {
        await using var rig = await UploadRig.StartAsync(_database, _google);
        var given = await rig.GivenAsync(1000);
        var picture = await GivenPictureAsync(rig, given);

        var id = await UploadAsync(rig, given, picture);
        var row = await rig.BecomesAsync(given, id, followed => followed.Processing == VideoProcessing.Done, "the video is processed");

        var stored = await rig.Get<PublishPictures>().OpenAsync(picture, Token);
        await using (stored)
            Assert.Equal(Convert.ToHexStringLower(await SHA256.HashDataAsync(stored, Token)), VideoOf(given).ThumbnailSha256);
        Assert.Equal((WorkStatus.Completed, null, null), (row.Status, row.ThumbnailError, row.ThumbnailKey));
        await Eventually.TrueAsync(() => rig.Told.Of(id) is [.., { Name: "upload:followup", Row.Processing: VideoProcessing.Done }], "the page is told");
    }

    [Fact]
    public async Task A_refused_picture_has_an_error_of_its_own_and_the_video_stays_published()
    {
        _google.Order(new FaultOrder { Path = Thumbnails, Status = 403, Reason = "forbidden" });
        await using var rig = await UploadRig.StartAsync(_database, _google);
        var given = await rig.GivenAsync(1000);

        var id = await UploadAsync(rig, given, await GivenPictureAsync(rig, given));
        var row = await rig.BecomesAsync(given, id, followed => followed.Processing == VideoProcessing.Done, "the video is processed");

        Assert.Equal((WorkStatus.Completed, null), (row.Status, row.Error));
        Assert.Contains("verified with a telephone number", row.ThumbnailError, StringComparison.Ordinal);
        Assert.Null(VideoOf(given).ThumbnailSha256);
        Assert.Single(await rig.Published.ListAsync(given.UserId, null, null, 10, Token));
    }

    [Theory]
    [InlineData(503, null)]
    [InlineData(429, "uploadRateLimitExceeded")]
    [InlineData(401, "authError")]
    public async Task A_picture_that_does_not_get_through_is_sent_again(int status, string? reason)
    {
        _google.Order(new FaultOrder { Path = Thumbnails, Times = status == 503 ? 2 : 1, Status = status, Reason = reason });
        await using var rig = await UploadRig.StartAsync(_database, _google);
        var given = await rig.GivenAsync(1000);

        var id = await UploadAsync(rig, given, await GivenPictureAsync(rig, given));
        if (reason == "uploadRateLimitExceeded")
        {
            // YouTube's wish is hours; the row says so meanwhile, and the time comes sooner here.
            await rig.BecomesAsync(given, id, waiting => waiting.ThumbnailError is not null, "the row says what it waits for");
            await Eventually.TrueAsync(async () => await _database.Db.ExecuteAsync("update jobs set run_after = now() where kind = 'upload_follow_up' and state = 'queued'", parameters: null, Token) > 0, "it is parked");
        }

        await rig.BecomesAsync(given, id, followed => followed is { Processing: not null, ThumbnailKey: null, ThumbnailError: null }, "nothing is left to say");
        Assert.NotNull(VideoOf(given).ThumbnailSha256);
    }

    [Fact]
    public async Task A_channel_gets_its_watermark()
    {
        await using var rig = await UploadRig.StartAsync(_database, _google);
        var given = await rig.GivenAsync(1000);
        var mark = await GivenWatermarkAsync(rig, given);

        await rig.Uploads.StartAsync(given.UserId, given.Request() with { WatermarkKey = mark }, Token);

        var sent = Convert.ToHexStringLower(SHA256.HashData(await rig.Get<PublishPictures>().ReadAsync(mark, Token)));
        await Eventually.TrueAsync(() => _google.Server.Ledger.Watermarks.GetValueOrDefault(given.Channel.PlatformChannelId) == sent, "the channel has its watermark", TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task A_refused_watermark_keeps_neither_the_video_nor_its_picture_back()
    {
        _google.Order(new FaultOrder { Path = "/upload/youtube/v3/watermarks/set", Status = 400, Reason = "imageFormatUnsupported" });
        await using var rig = await UploadRig.StartAsync(_database, _google);
        var given = await rig.GivenAsync(1000);
        var request = given.Request() with { ThumbnailKey = await GivenPictureAsync(rig, given), WatermarkKey = await GivenWatermarkAsync(rig, given) };

        var id = Assert.Single(Assert.IsType<StartUploadOutcome.Started>(await rig.Uploads.StartAsync(given.UserId, request, Token)).UploadIds);
        var row = await rig.BecomesAsync(given, id, followed => followed.Processing == VideoProcessing.Done, "the video is processed");

        Assert.Equal((WorkStatus.Completed, null, null), (row.Status, row.ThumbnailError, row.WatermarkKey));
        Assert.Equal("YouTube cannot read the picture.", row.WatermarkError);
        Assert.NotNull(VideoOf(given).ThumbnailSha256);
    }

    [Theory]
    [InlineData("rejected", "duplicate", VideoProcessing.Rejected, "it is there already")]
    [InlineData("rejected", "copyright", VideoProcessing.Rejected, "infringement of copyright")]
    [InlineData("failed", "codec", VideoProcessing.Failed, "in another format")]
    [InlineData("failed", "somethingNew", VideoProcessing.Failed, "does not say why")]
    public async Task A_video_that_youtube_does_not_process_says_why(string end, string reason, VideoProcessing processing, string words)
    {
        _google.Switch(switches => switches with { ProcessingEnds = end, ProcessingReason = reason });
        await using var rig = await UploadRig.StartAsync(_database, _google);
        var given = await rig.GivenAsync(1000);

        var id = await rig.UploadAsync(given);
        await rig.BecomesAsync(given, id, row => row.Processing == VideoProcessing.Running, "it is being processed");
        var ended = await rig.BecomesAsync(given, id, row => row.Processing == processing, "processing has ended");

        Assert.Equal((WorkStatus.Completed, null), (ended.Status, ended.Error));
        Assert.Contains(words, ended.ProcessingError, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("rejected", "duplicate")]
    [InlineData("failed", "codec")]
    public async Task The_picture_of_a_video_that_youtube_does_not_process_has_an_error_of_its_own(string end, string reason)
    {
        _google.Switch(switches => switches with { ProcessingEnds = end, ProcessingReason = reason });
        await using var rig = await UploadRig.StartAsync(_database, _google);
        var given = await rig.GivenAsync(1000);

        var id = await UploadAsync(rig, given, await GivenPictureAsync(rig, given));
        var row = await rig.BecomesAsync(given, id, ended => ended.ProcessingError is not null, "processing has ended");

        Assert.Equal((null, "YouTube did not process the video."), (row.ThumbnailKey, row.ThumbnailError));
    }

    [Fact]
    public async Task A_picture_that_waits_too_long_for_its_video_has_an_error_of_its_own()
    {
        await using var rig = await UploadRig.StartAsync(_database, _google);
        rig.Get<IOptions<UploadOptions>>().Value.FollowUpPatience = TimeSpan.Zero;
        var given = await rig.GivenAsync(1000);

        var id = await UploadAsync(rig, given, await GivenPictureAsync(rig, given));
        var row = await rig.BecomesAsync(given, id, ended => ended is { Status: WorkStatus.Completed, ThumbnailKey: null }, "it is given up");

        Assert.Equal("YouTube is still processing the video. TrendVault has stopped trying. Set it in YouTube Studio.", row.ThumbnailError);
        Assert.Null(row.Processing);
    }

    [Fact]
    public async Task The_picture_is_kept_while_youtube_cannot_be_asked_about_its_video()
    {
        _google.Order(new FaultOrder { Path = "/youtube/v3/videos", Status = 503, Times = 4 });
        await using var rig = await UploadRig.StartAsync(_database, _google);
        var given = await rig.GivenAsync(1000);

        var id = await UploadAsync(rig, given, await GivenPictureAsync(rig, given));
        await rig.BecomesAsync(given, id, followed => followed is { Processing: VideoProcessing.Done, ThumbnailKey: null }, "the video has its picture");

        Assert.NotNull(VideoOf(given).ThumbnailSha256);
    }

    [Fact]
    public async Task A_video_that_is_deleted_on_youtube_is_told_once_it_cannot_be_just_late()
    {
        _google.Order(new FaultOrder { Path = "/youtube/v3/videos", Times = int.MaxValue, Status = 200, Body = """{"items":[]}""", ContentType = "application/json" });
        await using var rig = await UploadRig.StartAsync(_database, _google);
        var given = await rig.GivenAsync(1000);

        var id = await UploadAsync(rig, given, await GivenPictureAsync(rig, given));
        await rig.BecomesAsync(given, id, row => row is { Processing: VideoProcessing.Running, ThumbnailKey: not null }, "it may just be late");
        await _database.Db.ExecuteAsync("update jobs set created_at = now() - interval '2 hours' where kind = 'upload_follow_up'", parameters: null, Token);

        var row = await rig.BecomesAsync(given, id, row => row.ProcessingError is not null, "it is told");
        Assert.Contains("does not find the video any more", row.ProcessingError, StringComparison.Ordinal);
        Assert.NotNull(row.ThumbnailError);
    }

    [Fact]
    public async Task A_scheduled_video_is_looked_at_after_its_time_and_told_as_public()
    {
        await using var rig = await UploadRig.StartAsync(_database, _google);
        var given = await rig.GivenAsync(1000);
        var publishAt = DateTimeOffset.UtcNow.AddSeconds(3);

        var id = await ScheduleAsync(rig, given, publishAt);
        var row = await rig.BecomesAsync(given, id, read => read.VisibilityReadAt >= publishAt && read.PublishedPrivacy == VideoPrivacy.Public, "it is read after its time");

        Assert.Equal(VisibilityStanding.AsAsked, row.Visibility!.StandingAt(DateTimeOffset.UtcNow));
        Assert.Equal(VideoPrivacy.Public, Assert.Single(await rig.Published.ListAsync(given.UserId, null, null, 10, Token)).Privacy);
        await Eventually.TrueAsync(() => rig.Told.Of(id) is [.., { Name: "upload:followup", Row.PublishedPrivacy: VideoPrivacy.Public }], "the page is told");
        await Eventually.TrueAsync(async () => await FollowUpAsync(id) == "completed", "it is followed no more");
    }

    [Fact]
    public async Task A_scheduled_video_that_is_late_is_told_as_private_and_looked_at_again()
    {
        _google.Switch(switches => switches with { HoldScheduled = true });
        await using var rig = await UploadRig.StartAsync(_database, _google);
        var given = await rig.GivenAsync(1000);
        var publishAt = DateTimeOffset.UtcNow.AddSeconds(2);

        var id = await ScheduleAsync(rig, given, publishAt);
        var late = await rig.BecomesAsync(given, id, read => read.VisibilityReadAt >= publishAt && read.Processing == VideoProcessing.Done, "it is read after its time");
        Assert.Equal(
            "Its time has come, and it is still private: YouTube has not made it public yet; TrendVault looks again.", late.Visibility!.SentenceAt(DateTimeOffset.UtcNow));

        _google.Switch(switches => switches with { HoldScheduled = false });
        await rig.BecomesAsync(given, id, read => read.Visibility!.StandingAt(DateTimeOffset.UtcNow) == VisibilityStanding.AsAsked, "it is public");
    }

    [Fact]
    public async Task A_scheduled_video_that_youtube_rejects_says_why_it_is_still_private_and_is_left()
    {
        _google.Switch(switches => switches with { ProcessingEnds = "rejected", ProcessingReason = "copyright" });
        await using var rig = await UploadRig.StartAsync(_database, _google);
        var given = await rig.GivenAsync(1000);
        var publishAt = DateTimeOffset.UtcNow.AddSeconds(2);

        var id = await ScheduleAsync(rig, given, publishAt);
        var row = await rig.BecomesAsync(
            given, id, read => read.VisibilityReadAt >= publishAt && read.Processing == VideoProcessing.Rejected, "it is read after its time");

        Assert.Equal(VisibilityStanding.StillPrivate, row.Visibility!.StandingAt(DateTimeOffset.UtcNow));
        Assert.Contains("infringement of copyright", row.ProcessingError, StringComparison.Ordinal);
        await Eventually.TrueAsync(async () => await FollowUpAsync(id) == "completed", "it is followed no more");
    }

    [Fact]
    public async Task The_look_at_a_scheduled_video_waits_for_its_time_however_far_away()
    {
        await using var rig = await UploadRig.StartAsync(_database, _google);
        rig.Get<IOptions<UploadOptions>>().Value.FollowUpPatience = TimeSpan.Zero;
        var given = await rig.GivenAsync(1000);
        var publishAt = DateTimeOffset.UtcNow.AddDays(120);

        var id = await ScheduleAsync(rig, given, publishAt);
        await Eventually.TrueAsync(
            () => _database.ScalarAsync<bool>(
                """
                select count(*) = 1
                from jobs
                join published_videos on published_videos.id = jobs.subject_id
                where published_videos.upload_job_id = @id
                  and jobs.state = 'queued'
                  and jobs.run_after between @publishAt and @publishAt + interval '1 minute'
                """,
                new { id, publishAt }),
            "the look waits for the time",
            TimeSpan.FromSeconds(30));

        var row = (await rig.Store.FindAsync(given.UserId, id, Token))!;
        Assert.Equal(VisibilityStanding.Scheduled, row.Visibility!.StandingAt(DateTimeOffset.UtcNow));
        Assert.InRange(publishAt - row.PlatformPublishAt!.Value, TimeSpan.Zero, TimeSpan.FromSeconds(1));
    }

    [Theory]
    [InlineData("private", "YouTube has no time at which it becomes public")]
    [InlineData("public", "It was to be private until its time, and YouTube says public")]
    [InlineData("unlisted", "It was to be private until its time, and YouTube says unlisted")]
    public async Task A_scheduled_video_that_comes_back_otherwise_is_told(string got, string words)
    {
        _google.Switch(switches => switches with { UploadPrivacy = got });
        await using var rig = await UploadRig.StartAsync(_database, _google);
        var given = await rig.GivenAsync(1000);

        var id = await ScheduleAsync(rig, given, DateTimeOffset.UtcNow.AddDays(3));
        var row = await rig.BecomesAsync(given, id, followed => followed.Processing == VideoProcessing.Done, "the video is processed");

        Assert.Contains(words, row.Visibility!.SentenceAt(DateTimeOffset.UtcNow), StringComparison.Ordinal);
        Assert.Contains(
            words,
            Assert.Single(await rig.Published.ListAsync(given.UserId, null, null, 10, Token)).Visibility!.SentenceAt(DateTimeOffset.UtcNow),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_privacy_that_youtube_tightens_later_is_told()
    {
        await using var rig = await UploadRig.StartAsync(_database, _google);
        _google.Switch(switches => switches with { UploadPrivacy = "private" });
        var given = await rig.GivenAsync(1000);

        var id = await rig.UploadAsync(given, VideoPrivacy.Public);
        var row = await rig.BecomesAsync(given, id, followed => followed.Processing == VideoProcessing.Done, "the video is processed");

        Assert.Equal((VideoPrivacy.Public, VideoPrivacy.Private), (row.Privacy, row.PublishedPrivacy));
        Assert.Equal(VisibilityStanding.Different, row.Visibility!.StandingAt(DateTimeOffset.UtcNow));
    }

    [Fact]
    public async Task A_licence_of_ones_own_goes_with_the_video()
    {
        await using var rig = await UploadRig.StartAsync(_database, _google);
        var given = await rig.GivenAsync(1000);
        var request = given.Request();

        await rig.Uploads.StartAsync(given.UserId, request with { Draft = request.Draft with { Licence = VideoLicence.CreativeCommon } }, Token);

        await Eventually.TrueAsync(() => _google.Server.Ledger.Videos.Any(video => video.Title == given.Title), "it is published");
        Assert.Equal("creativeCommon", VideoOf(given).License);
    }

    [Fact]
    public async Task A_channel_that_is_disconnected_meanwhile_leaves_nothing_to_follow()
    {
        await using var rig = await UploadRig.StartAsync(_database, _google);
        var given = await rig.GivenAsync(1000);
        var id = await UploadAsync(rig, given, await GivenPictureAsync(rig, given));
        await rig.BecomesAsync(given, id, row => row.Processing == VideoProcessing.Running, "it is being processed");

        await _database.Db.ExecuteAsync("delete from channels where id = @Id", new { given.Channel.Id }, Token);

        var row = await rig.BecomesAsync(given, id, row => row is { ChannelId: null, Processing: null }, "it is followed no more");
        Assert.Equal((WorkStatus.Completed, null), (row.Status, row.ThumbnailKey));
        Assert.Equal("The channel was disconnected before it was set. Set it in YouTube Studio.", row.ThumbnailError);
    }

    /// <summary>How the job stands that follows what an upload became.</summary>
    private Task<string?> FollowUpAsync(Guid id) => _database.ScalarAsync<string>(
        """
        select jobs.state
        from jobs
        join published_videos on published_videos.id = jobs.subject_id
        where published_videos.upload_job_id = @id
        """,
        new { id });

    private static async Task<Guid> ScheduleAsync(UploadRig rig, UploadRig.Given given, DateTimeOffset publishAt)
    {
        var request = given.Request(VideoPrivacy.Private);
        var outcome = await rig.Uploads.StartAsync(given.UserId, request with { Draft = request.Draft with { PublishAt = publishAt } }, Token);
        return Assert.Single(Assert.IsType<StartUploadOutcome.Started>(outcome).UploadIds);
    }

    private LedgerVideo VideoOf(UploadRig.Given given) => _google.Server.Ledger.Videos.Single(video => video.Title == given.Title);

    private static async Task<string> GivenPictureAsync(UploadRig rig, UploadRig.Given given)
    {
        using var picture = new MemoryStream(await MadePicture.OfAsync("1280x720", "png"));
        return Assert.IsType<PictureOutcome.Kept>(await rig.Get<PublishPictures>().TakeAsync(given.UserId, PictureKind.Thumbnail, picture, Token)).Key;
    }

    private static async Task<string> GivenWatermarkAsync(UploadRig rig, UploadRig.Given given)
    {
        using var picture = new MemoryStream(await MadePicture.OfAsync("200x200", "png"));
        return Assert.IsType<PictureOutcome.Kept>(await rig.Get<PublishPictures>().TakeAsync(given.UserId, PictureKind.Watermark, picture, Token)).Key;
    }

    private static async Task<Guid> UploadAsync(UploadRig rig, UploadRig.Given given, string picture)
    {
        var outcome = await rig.Uploads.StartAsync(given.UserId, given.Request() with { ThumbnailKey = picture }, Token);
        return Assert.Single(Assert.IsType<StartUploadOutcome.Started>(outcome).UploadIds);
    }
}
