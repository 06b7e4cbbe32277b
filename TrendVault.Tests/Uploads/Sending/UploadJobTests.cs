using TrendVault.Core.Accounts;
using TrendVault.Core.Data;
using TrendVault.Core.Jobs;
using TrendVault.Core.Uploads;
using TrendVault.Core.Work;
using TrendVault.Core.YouTube;
using TrendVault.Tests.Accounts;
using TrendVault.Tests.App;
using TrendVault.Web.Pages.Shared;
using TrendVault.Web.Sandbox.Faults;
using TrendVault.Web.Sandbox.YouTube;

namespace TrendVault.Tests.Uploads;

/// <summary>From the wish to the video, over the real engine, against a YouTube with bad days.</summary>
public sealed class UploadJobTests : IClassFixture<TestDatabase>, IClassFixture<GoogleSandbox>, IAsyncLifetime
{
    private const string Sessions = "/upload/youtube/v3/videos";
    private const int Chunks = 12;
    private const int Size = Chunks * UploadRig.Chunk;

    // The first PUT of a session asks how far it is; the chunks follow.
    private const int Asking = 1;

    private readonly TestDatabase _database;
    private readonly GoogleSandbox _google;

    public UploadJobTests(TestDatabase database, GoogleSandbox google)
    {
        (_database, _google) = (database, google);
        google.Reset();
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>What a test before has left waiting would run in this one.</summary>
    public async ValueTask InitializeAsync() => await _database.Db.ExecuteAsync("delete from jobs where kind in ('upload', 'upload_follow_up')", parameters: null, Token);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Theory]
    [InlineData(1)]
    [InlineData(UploadRig.Chunk - 1)]
    [InlineData(UploadRig.Chunk)]
    [InlineData(UploadRig.Chunk + 1)]
    [InlineData(Size)]
    [InlineData(Size + 12_345)]
    public async Task Every_byte_arrives_once_and_makes_one_video(int size)
    {
        await using var rig = await UploadRig.StartAsync(_database, _google);
        var given = await rig.GivenAsync(size);

        var id = await rig.UploadAsync(given);
        var row = await rig.BecomesAsync(given, id, WorkStatus.Completed);

        var video = OnlyVideo(given);
        Assert.Equal((video.Id, 100), (row.PlatformVideoId, row.Progress));
        Assert.EndsWith("watch?v=" + video.Id, row.Url, StringComparison.Ordinal);
        Assert.Equal(("Zeile 1\nZeile 2", "unlisted", (bool?)false), (video.Description, video.PrivacyStatus, video.SelfDeclaredMadeForKids));
        Assert.Equal(["rally", "two words"], video.Tags);
        Assert.Equal(size, OnlySession(given).Received);
        var published = Assert.Single(await rig.Published.ListAsync(given.UserId, channelId: null, null, 10, Token));
        Assert.Equal((id, video.Id, row.Url, VideoPrivacy.Unlisted), (published.UploadJobId, published.PlatformVideoId, published.Url, published.Privacy));
        Assert.Equal(0, await _database.ScalarAsync<int>("select count(handle_blob)::int from upload_jobs where id = @id", new { id }));
    }

    [Fact]
    public async Task Progress_never_falls_and_nothing_follows_the_end()
    {
        _google.Order(new FaultOrder { Path = Sessions, Method = "PUT", Skip = Asking, Times = Chunks, DelayMs = 100 });
        await using var rig = await UploadRig.StartAsync(_database, _google);
        var given = await rig.GivenAsync(Size);

        var id = await rig.UploadAsync(given);
        await rig.BecomesAsync(given, id, WorkStatus.Completed);
        IReadOnlyList<(string Name, UploadRow Row)> told = [];
        await Eventually.TrueAsync(
            () => (told = [.. rig.Told.Of(id).Where(item => item.Name != "upload:followup")]).Any(item => item.Name == "upload:complete"), "the end is announced");

        Assert.Equal(("upload:start", "upload:complete"), (told[0].Name, told[^1].Name));
        var percents = told.Select(item => item.Row.Progress).ToList();
        Assert.Equal(percents.Order(), percents);
        Assert.Contains(percents, percent => percent is > 0 and < 100);
        Assert.Contains(told, item => item.Row.SpeedBytes > 0);
    }

    [Fact]
    public async Task Another_instance_goes_on_in_the_session_of_one_that_stopped()
    {
        _google.Order(new FaultOrder { Path = Sessions, Method = "PUT", Skip = Asking + 5, DelayMs = 30_000 });
        await using var first = await UploadRig.StartAsync(_database, _google);
        var given = await first.GivenAsync(Size);
        var id = await first.UploadAsync(given);
        await Eventually.TrueAsync(
            () => _google.Server.Faults.Orders.Count == 0 && Ledger(given).Any(session => session.Stored == 5 * UploadRig.Chunk), "five chunks are there, and the next hangs");

        await first.StopAsync();
        await using var second = await UploadRig.StartAsync(_database, _google);
        await second.BecomesAsync(given, id, WorkStatus.Completed);

        Assert.Equal(given.Sha256, OnlyVideo(given).Sha256);
        Assert.True(OnlySession(given).Received <= Size + UploadRig.Chunk, "no more than one chunk was sent twice");
        Assert.Equal(0, await _database.ScalarAsync<int>("select failures from jobs where subject_id = @id", new { id }));
    }

    [Theory]
    [InlineData(503, 1)]
    [InlineData(500, 4)]
    [InlineData(502, 8)]
    public async Task A_fault_of_youtubes_in_the_middle_is_waited_out(int status, int times)
    {
        _google.Order(new FaultOrder { Path = Sessions, Method = "PUT", Skip = Asking + 4, Times = times, Status = status });
        await ArrivesOnceAsync();
    }

    [Fact]
    public async Task A_connection_that_breaks_within_a_chunk_goes_on_where_it_broke()
    {
        _google.Order(new FaultOrder { Path = Sessions, Method = "PUT", Skip = Asking + 4, Times = 2, CutRequestAfter = 100_000 });
        await ArrivesOnceAsync();
    }

    [Fact]
    public async Task A_token_that_ends_in_the_middle_is_renewed_in_the_same_session()
    {
        _google.Order(new FaultOrder { Path = Sessions, Method = "PUT", Skip = Asking + 4, Status = 401, Reason = "authError" });
        await ArrivesOnceAsync();
    }

    [Fact]
    public async Task An_answer_lost_at_the_last_byte_is_asked_for_and_makes_no_second_video()
    {
        _google.Order(new FaultOrder { Path = Sessions, Method = "PUT", Skip = Asking + Chunks - 1, LoseAnswer = true });
        await ArrivesOnceAsync();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(Asking + 4)]
    public async Task A_session_that_expires_before_its_last_byte_begins_again(int putsBefore)
    {
        _google.Order(new FaultOrder { Path = Sessions, Method = "PUT", Skip = putsBefore, Status = 404 });
        await using var rig = await UploadRig.StartAsync(_database, _google);
        var given = await rig.GivenAsync(Size);

        var id = await rig.UploadAsync(given);
        await rig.BecomesAsync(given, id, WorkStatus.Completed);

        Assert.Equal(given.Sha256, OnlyVideo(given).Sha256);
        Assert.Equal(2, Ledger(given).Count);
    }

    [Fact]
    public async Task A_session_that_expires_after_its_last_byte_is_looked_for_on_the_channel()
    {
        _google.Order(new FaultOrder { Path = Sessions, Method = "PUT", Skip = Asking + Chunks - 1, LoseAnswer = true });
        _google.Order(new FaultOrder { Path = Sessions, Method = "PUT", Status = 404 });
        await using var rig = await UploadRig.StartAsync(_database, _google);
        var given = await rig.GivenAsync(Size);

        var id = await rig.UploadAsync(given);
        var row = await rig.BecomesAsync(given, id, WorkStatus.Completed);

        Assert.Equal(OnlyVideo(given).Id, row.PlatformVideoId);
        Assert.Single(Ledger(given));
    }

    [Fact]
    public async Task A_video_that_another_users_upload_has_made_is_not_taken_for_ones_own()
    {
        await using var rig = await UploadRig.StartAsync(_database, _google);
        var (other, given) = (await rig.GivenAsync(1000), await rig.GivenAsync(1000));
        given = given with { Title = other.Title };
        await rig.BecomesAsync(other, await rig.UploadAsync(other), WorkStatus.Completed);

        _google.Order(new FaultOrder { Path = Sessions, Method = "PUT", Skip = Asking, Status = 404 });
        var row = await rig.BecomesAsync(given, await rig.UploadAsync(given), WorkStatus.Failed);

        Assert.Equal(("outcome_unknown", null), (row.ErrorCode, row.PlatformVideoId));
    }

    [Fact]
    public async Task A_video_that_may_as_well_be_another_uploads_is_nobodys()
    {
        await using var rig = await UploadRig.StartAsync(_database, _google);
        var (other, given) = (await rig.GivenAsync(1000), await rig.GivenAsync(1000));
        given = given with { Title = other.Title };
        _google.Order(new FaultOrder { Path = Sessions, Method = "PUT", Skip = Asking, Status = 404 });
        await rig.BecomesAsync(other, await rig.UploadAsync(other), WorkStatus.Failed);

        _google.Order(new FaultOrder { Path = Sessions, Method = "PUT", Skip = Asking, LoseAnswer = true });
        _google.Order(new FaultOrder { Path = Sessions, Method = "PUT", Status = 404 });
        var row = await rig.BecomesAsync(given, await rig.UploadAsync(given), WorkStatus.Failed);

        Assert.Equal(("outcome_unknown", null), (row.ErrorCode, row.PlatformVideoId));
        Assert.Equal(given.Sha256, Assert.Single(Videos(given)).Sha256);
    }

    [Fact]
    public async Task A_video_of_another_length_that_nobody_here_has_made_is_not_taken_for_ones_own()
    {
        await using var rig = await UploadRig.StartAsync(_database, _google);
        var (other, given) = (await rig.GivenAsync(await MadePicture.OfRedAndBlueAsync()), await rig.GivenAsync(1000));
        given = given with { Title = other.Title };
        var made = await rig.UploadAsync(other);
        await rig.BecomesAsync(other, made, row => row.Processing == VideoProcessing.Done, "YouTube knows its length");
        await _database.Db.ExecuteAsync("delete from published_videos where upload_job_id = @made", new { made }, Token);
        await _database.Db.ExecuteAsync("delete from upload_jobs where id = @made", new { made }, Token);

        _google.Order(new FaultOrder { Path = Sessions, Method = "PUT", Skip = Asking, Status = 404 });
        var row = await rig.BecomesAsync(given, await rig.UploadAsync(given), WorkStatus.Failed);

        Assert.Equal(("outcome_unknown", null), (row.ErrorCode, row.PlatformVideoId));
    }

    [Fact]
    public async Task What_nobody_can_tell_stops_and_only_the_user_begins_again()
    {
        _google.Order(new FaultOrder { Path = Sessions, Method = "PUT", Skip = Asking, Status = 404 });
        await using var rig = await UploadRig.StartAsync(_database, _google);
        var given = await rig.GivenAsync(1000);

        var id = await rig.UploadAsync(given);
        var row = await rig.BecomesAsync(given, id, WorkStatus.Failed);
        Assert.Equal("outcome_unknown", row.ErrorCode);
        Assert.Contains("YouTube Studio", row.Error, StringComparison.Ordinal);
        Assert.Empty(Videos(given));

        Assert.Equal(OrderOutcome.Done, await rig.Uploads.RetryAsync(given.UserId, id, Token));
        await rig.BecomesAsync(given, id, WorkStatus.Completed);
        Assert.Equal(given.Sha256, OnlyVideo(given).Sha256);
    }

    [Fact]
    public async Task An_empty_quota_parks_the_upload_until_midnight_in_california()
    {
        _google.Order(new FaultOrder { Path = Sessions, Method = "POST", Status = 403, Reason = "quotaExceeded" });
        await using var rig = await UploadRig.StartAsync(_database, _google);
        var given = await rig.GivenAsync(1000);
        var midnight = PacificDay.EndOf(DateTimeOffset.UtcNow);

        var id = await rig.UploadAsync(given);
        var row = await rig.BecomesAsync(given, id, row => row.WaitUntil is not null, "the upload waits");

        Assert.Equal(WorkStatus.Pending, row.Status);
        Assert.Contains("quota", row.WaitReason, StringComparison.Ordinal);
        // Should the day have ended meanwhile, it is the next one's midnight.
        if (row.WaitUntil > midnight + TimeSpan.FromHours(1))
            midnight = PacificDay.EndOf(midnight);
        Assert.InRange(row.WaitUntil!.Value, midnight, midnight + TimeSpan.FromSeconds(65)); // a minute later, should the clocks differ
        Assert.Equal(0, await _database.ScalarAsync<int>("select failures from jobs where subject_id = @id", new { id }));
    }

    [Fact]
    public async Task An_account_to_reconnect_makes_its_uploads_wait()
    {
        _google.Switch(switches => switches with { AccessTokenSeconds = 60, RefuseRefresh = true });
        await using var rig = await UploadRig.StartAsync(_database, _google);
        var given = await rig.GivenAsync(1000);

        var id = await rig.UploadAsync(given);
        var row = await rig.BecomesAsync(given, id, row => row.WaitUntil is not null, "the upload waits");

        Assert.Contains("Connect the account again", row.WaitReason, StringComparison.Ordinal);
        Assert.Equal(AccountStatus.ReconnectNeeded, Assert.Single(await rig.Get<AccountStore>().ListAsync(given.UserId, Token)).Status);
    }

    [Theory]
    [InlineData("invalidTitle", "YouTube does not accept the title.")]
    [InlineData("invalidTags", "YouTube does not accept the tags.")]
    public async Task What_youtube_refuses_names_its_field(string reason, string sentence)
    {
        _google.Order(new FaultOrder { Path = Sessions, Method = "POST", Status = 400, Reason = reason });
        await using var rig = await UploadRig.StartAsync(_database, _google);
        var given = await rig.GivenAsync(1000);

        var id = await rig.UploadAsync(given);
        var row = await rig.BecomesAsync(given, id, WorkStatus.Failed);

        Assert.Equal((reason, sentence), (row.ErrorCode, row.Error));
        Assert.Empty(Ledger(given));
    }

    [Theory]
    [InlineData(VideoPrivacy.Public, "private", "You asked for public, and YouTube says private")]
    [InlineData(VideoPrivacy.Unlisted, "private", "You asked for unlisted, and YouTube says private")]
    [InlineData(VideoPrivacy.Private, "public", "You asked for private, and YouTube says public")]
    public async Task A_privacy_that_is_not_the_one_asked_for_is_told(VideoPrivacy asked, string got, string words)
    {
        _google.Switch(switches => switches with { UploadPrivacy = got });
        await using var rig = await UploadRig.StartAsync(_database, _google);
        var given = await rig.GivenAsync(1000);

        var id = await rig.UploadAsync(given, asked);
        var row = await rig.BecomesAsync(given, id, WorkStatus.Completed);

        var published = Assert.Single(await rig.Published.ListAsync(given.UserId, channelId: null, null, 10, Token));
        Assert.All([row.Visibility, published.Visibility], visibility => Assert.Contains(words, visibility!.SentenceAt(DateTimeOffset.UtcNow), StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(VideoPrivacy.Public, "public")]
    [InlineData(VideoPrivacy.Unlisted, "unlisted")]
    [InlineData(VideoPrivacy.Private, "private")]
    public async Task A_video_has_the_privacy_that_was_asked_for(VideoPrivacy asked, string got)
    {
        await using var rig = await UploadRig.StartAsync(_database, _google);
        var given = await rig.GivenAsync(1000);

        var row = await rig.BecomesAsync(given, await rig.UploadAsync(given, asked), WorkStatus.Completed);

        Assert.Equal((got, asked), (OnlyVideo(given).PrivacyStatus, row.PublishedPrivacy));
        Assert.Null(row.Visibility!.SentenceAt(DateTimeOffset.UtcNow));
    }

    [Fact]
    public async Task Reading_the_privacy_back_cannot_fail_an_accepted_video()
    {
        _google.Order(new FaultOrder { Path = "/youtube/v3/videos", Status = 500, Times = 3 });
        await using var rig = await UploadRig.StartAsync(_database, _google);
        var given = await rig.GivenAsync(1000);

        var id = await rig.UploadAsync(given);
        var row = await rig.BecomesAsync(given, id, WorkStatus.Completed);

        Assert.Equal(VideoPrivacy.Unlisted, row.PublishedPrivacy);
    }

    [Fact]
    public async Task A_cancel_in_the_middle_makes_no_video_and_a_retry_goes_on_in_the_session()
    {
        _google.Order(new FaultOrder { Path = Sessions, Method = "PUT", Skip = Asking + 5, DelayMs = 30_000 });
        await using var rig = await UploadRig.StartAsync(_database, _google);
        var given = await rig.GivenAsync(Size);
        var id = await rig.UploadAsync(given);
        await Eventually.TrueAsync(
            () => _google.Server.Faults.Orders.Count == 0 && Ledger(given).Any(session => session.Stored == 5 * UploadRig.Chunk), "five chunks are there, and the next hangs");

        Assert.Equal(OrderOutcome.Done, await rig.Uploads.CancelAsync(given.UserId, id, Token));
        await rig.BecomesAsync(given, id, WorkStatus.Cancelled);
        await Eventually.TrueAsync(() => rig.Told.Of(id) is [.., { Name: "upload:cancelled" }], "the end is announced");
        Assert.Empty(Videos(given));

        Assert.Equal(OrderOutcome.Done, await rig.Uploads.RetryAsync(given.UserId, id, Token));
        await rig.BecomesAsync(given, id, WorkStatus.Completed);
        Assert.Equal(given.Sha256, OnlyVideo(given).Sha256);
        Assert.True(OnlySession(given).Received <= Size + UploadRig.Chunk, "what had arrived was not sent again");
    }

    [Fact]
    public async Task A_cancel_after_the_last_byte_is_not_told_as_one()
    {
        _google.Order(new FaultOrder { Path = Sessions, Method = "PUT", Skip = Asking, LoseAnswer = true });
        _google.Order(new FaultOrder { Path = Sessions, Method = "PUT", DelayMs = 30_000 });
        await using var rig = await UploadRig.StartAsync(_database, _google);
        var given = await rig.GivenAsync(1000);
        var id = await rig.UploadAsync(given);
        await Eventually.TrueAsync(() => _google.Server.Faults.Orders.Count == 0, "the answer is lost, and the worker waits for the next");

        await rig.Uploads.CancelAsync(given.UserId, id, Token);
        var row = await rig.BecomesAsync(given, id, row => !row.IsLive, "the upload has ended");

        Assert.Equal((WorkStatus.Completed, OnlyVideo(given).Id), (row.Status, row.PlatformVideoId));
    }

    [Fact]
    public async Task A_cancel_after_the_last_byte_is_told_as_too_late_while_the_upload_waits_too()
    {
        _google.Order(new FaultOrder { Path = Sessions, Method = "POST", Status = 403, Reason = "quotaExceeded" });
        await using var rig = await UploadRig.StartAsync(_database, _google);
        var given = await rig.GivenAsync(1000);
        var id = await rig.UploadAsync(given);
        await rig.BecomesAsync(given, id, row => row.WaitUntil is not null, "the upload waits");
        // As an attempt leaves it whose platform was away when its last byte had gone.
        await _database.Db.ExecuteAsync("update upload_jobs set last_byte_at = now() where id = @id", new { id }, Token);

        Assert.Equal(OrderOutcome.TooLate, await rig.Uploads.CancelAsync(given.UserId, id, Token));

        var row = (await rig.Store.FindAsync(given.UserId, id, Token))!;
        Assert.Equal((WorkStatus.Failed, "cancelled_too_late"), (row.Status, row.ErrorCode));
        Assert.Equal("upload:error", rig.Told.Of(id)[^1].Name);
    }

    [Fact]
    public async Task An_order_to_cancel_many_does_not_count_those_for_which_it_is_too_late()
    {
        foreach (var _ in (int[])[1, 2])
            _google.Order(new FaultOrder { Path = Sessions, Method = "POST", Status = 403, Reason = "quotaExceeded" });
        await using var rig = await UploadRig.StartAsync(_database, _google);
        var given = await rig.GivenAsync(1000);
        var (late, inTime) = (await rig.UploadAsync(given), await rig.UploadAsync(given));
        foreach (var id in (Guid[])[late, inTime])
            await rig.BecomesAsync(given, id, row => row.WaitUntil is not null, "the upload waits");
        await _database.Db.ExecuteAsync("update upload_jobs set last_byte_at = now() where id = @late", new { late }, Token);

        Assert.Equal(1, await rig.Uploads.CancelAsync(given.UserId, [late, inTime], Token));

        var statuses = (await rig.Store.FindAsync(given.UserId, [late, inTime], Token)).ToDictionary(row => row.Id, row => row.Status);
        Assert.Equal((WorkStatus.Failed, WorkStatus.Cancelled), (statuses[late], statuses[inTime]));
    }

    [Fact]
    public async Task Retrying_all_that_failed_leaves_what_may_be_published_already_and_what_is_anothers()
    {
        _google.Order(new FaultOrder { Path = Sessions, Method = "POST", Status = 403, Reason = "quotaExceeded" });
        await using var rig = await UploadRig.StartAsync(_database, _google);
        var given = await rig.GivenAsync(1000);
        var id = await rig.UploadAsync(given);
        await rig.BecomesAsync(given, id, row => row.WaitUntil is not null, "the upload waits");
        await Eventually.TrueAsync(() => rig.Told.Of(id) is [.., { Name: "upload:waiting" }], "the page is told that it waits");
        await rig.Uploads.CancelAsync(given.UserId, id, Token);
        await _database.Db.ExecuteAsync("update upload_jobs set status = 'failed', error_code = 'outcome_unknown' where id = @id", new { id }, Token);

        Assert.Equal(0, await rig.Uploads.RetryFailedAsync(given.UserId, Token));
        await _database.Db.ExecuteAsync("update upload_jobs set error_code = 'file_gone' where id = @id", new { id }, Token);
        Assert.Equal(0, await rig.Uploads.RetryFailedAsync(await _database.GivenUserAsync(), Token));
        Assert.Equal(1, await rig.Uploads.RetryFailedAsync(given.UserId, Token));
        Assert.Equal(given.UserId, rig.Told.Lists.Last());
    }

    [Fact]
    public async Task A_cancel_that_youtube_does_not_answer_after_the_last_byte_is_told_as_unknown()
    {
        _google.Order(new FaultOrder { Path = Sessions, Method = "PUT", Skip = Asking, LoseAnswer = true });
        _google.Order(new FaultOrder { Path = Sessions, Method = "PUT", DelayMs = 30_000 });
        _google.Order(new FaultOrder { Path = Sessions, Method = "PUT", DelayMs = 30_000 });
        await using var rig = await UploadRig.StartAsync(_database, _google);
        var given = await rig.GivenAsync(1000);
        var id = await rig.UploadAsync(given);
        await Eventually.TrueAsync(() => _google.Server.Faults.Orders.Count == 1, "the answer is lost, and the worker waits for the next");

        await rig.Uploads.CancelAsync(given.UserId, id, Token);
        var row = await rig.BecomesAsync(given, id, row => !row.IsLive, "the upload has ended");
        Assert.Equal((WorkStatus.Failed, "cancelled_too_late"), (row.Status, row.ErrorCode));

        await rig.Uploads.RetryAsync(given.UserId, id, Token);
        await rig.BecomesAsync(given, id, WorkStatus.Completed);
        OnlyVideo(given);
    }

    [Fact]
    public async Task A_cancel_that_comes_before_the_session_is_asked_again_is_not_told_as_one()
    {
        _google.Order(new FaultOrder { Path = Sessions, Method = "PUT", Skip = Asking, LoseAnswer = true });
        _google.Order(new FaultOrder { Path = Sessions, Method = "PUT", DelayMs = 30_000 });
        _google.Order(new FaultOrder { Path = Sessions, Method = "PUT", DelayMs = 30_000 });
        await using var rig = await UploadRig.StartAsync(_database, _google);
        var given = await rig.GivenAsync(1000);
        var id = await rig.UploadAsync(given);
        await Eventually.TrueAsync(() => _google.Server.Faults.Orders.Count == 1, "the answer is lost, and the worker waits for the next");
        await rig.Uploads.CancelAsync(given.UserId, id, Token);
        await rig.BecomesAsync(given, id, row => !row.IsLive, "the upload has ended");

        // The next attempt, which is cancelled before it has begun.
        var handler = rig.Get<IEnumerable<IJobHandler>>().Single(handler => handler.Kind == UploadJobHandler.JobKind);
        var job = new Job { Id = Guid.CreateVersion7(), Kind = handler.Kind, UserId = given.UserId, SubjectId = id, Attempt = 1 };
        var outcome = await handler.RunAsync(job, new CancellationToken(canceled: true));

        Assert.IsType<JobOutcome.Completed>(outcome);
        Assert.Equal(OnlyVideo(given).Id, (await rig.Store.FindAsync(given.UserId, id, Token))!.PlatformVideoId);
    }

    [Fact]
    public async Task A_form_sent_twice_makes_one_upload()
    {
        await using var rig = await UploadRig.StartAsync(_database, _google);
        var given = await rig.GivenAsync(1000);
        var request = given.Request() with { IdempotencyKey = "form-1" };

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => rig.Uploads.StartAsync(given.UserId, request, Token)));

        var ids = outcomes.Select(outcome => Assert.Single(Assert.IsType<StartUploadOutcome.Started>(outcome).UploadIds)).Distinct();
        await rig.BecomesAsync(given, Assert.Single(ids), WorkStatus.Completed);
        Assert.Equal(1, await _database.ScalarAsync<int>("select count(*)::int from jobs where user_id = @UserId and kind = 'upload'", new { given.UserId }));
        OnlyVideo(given);
    }

    [Fact]
    public async Task Another_users_download_and_channel_do_not_exist()
    {
        await using var rig = await UploadRig.StartAsync(_database, _google);
        var given = await rig.GivenAsync(1000);
        var other = await rig.GivenAsync(1000);

        var theirFile = await rig.Uploads.StartAsync(given.UserId, given.Request() with { DownloadId = other.DownloadId }, Token);
        var theirChannel = await rig.Uploads.StartAsync(given.UserId, given.Request() with { ChannelIds = [other.Channel.Id] }, Token);

        Assert.Equal(new StartUploadOutcome.NotFound("download"), theirFile);
        Assert.Equal(new StartUploadOutcome.NotFound("channel"), theirChannel);
        Assert.Equal(0, await _database.ScalarAsync<int>("select count(*)::int from upload_jobs where user_id = @UserId", new { given.UserId }));
    }

    [Fact]
    public async Task A_file_that_is_gone_fails_with_a_sentence()
    {
        _google.Order(new FaultOrder { Path = Sessions, Method = "POST", Status = 403, Reason = "quotaExceeded" });
        await using var rig = await UploadRig.StartAsync(_database, _google);
        var given = await rig.GivenAsync(1000);
        var id = await rig.UploadAsync(given);
        await rig.BecomesAsync(given, id, row => row.WaitUntil is not null, "the upload waits");

        await _database.Db.ExecuteAsync("delete from downloads where id = @DownloadId", new { given.DownloadId }, Token);
        await _database.Db.ExecuteAsync("update jobs set run_after = now() where subject_id = @id", new { id }, Token);

        Assert.Equal("file_gone", (await rig.BecomesAsync(given, id, WorkStatus.Failed)).ErrorCode);
    }

    private async Task ArrivesOnceAsync()
    {
        await using var rig = await UploadRig.StartAsync(_database, _google);
        var given = await rig.GivenAsync(Size);

        var id = await rig.UploadAsync(given);
        await rig.BecomesAsync(given, id, WorkStatus.Completed);

        Assert.Equal(given.Sha256, OnlyVideo(given).Sha256);
        Assert.True(OnlySession(given).Received <= Size + UploadRig.Chunk, "no more than one chunk was sent twice");
        Assert.Equal(1, await _database.ScalarAsync<int>("select attempt from jobs where subject_id = @id", new { id }));
    }

    private IReadOnlyList<LedgerSession> Ledger(UploadRig.Given given) =>
        [.. _google.Server.Ledger.Sessions.Where(session => session.Title == given.Title)];

    private IReadOnlyList<LedgerVideo> Videos(UploadRig.Given given) =>
        [.. _google.Server.Ledger.Videos.Where(video => video.Title == given.Title)];

    private LedgerSession OnlySession(UploadRig.Given given) => Assert.Single(Ledger(given));

    private LedgerVideo OnlyVideo(UploadRig.Given given)
    {
        var video = Assert.Single(Videos(given));
        Assert.Equal((given.Sha256, (long)given.Bytes), (video.Sha256, video.Bytes));
        return video;
    }
}
