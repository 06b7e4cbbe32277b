using TrendVault.Core.Data;
using TrendVault.Core.Uploads;
using TrendVault.Core.Work;
using TrendVault.Tests.Accounts;
using TrendVault.Tests.App;
using TrendVault.Web.Sandbox.TikTok;

namespace TrendVault.Tests.Uploads;

/// <summary>What becomes of a draft in TikTok's inbox over the days: posted, ended or never heard of again.</summary>
public sealed class TikTokInboxTests : IClassFixture<TestDatabase>, IClassFixture<GoogleSandbox>, IAsyncLifetime
{
    private static int _tests;

    private readonly TestDatabase _database;
    private readonly GoogleSandbox _sandbox;

    // One creator has the posts of all tests: each test's are of a length of their own.
    private readonly double _filmSeconds = 100 + (10 * Interlocked.Increment(ref _tests));

    public TikTokInboxTests(TestDatabase database, GoogleSandbox sandbox)
    {
        (_database, _sandbox) = (database, sandbox);
        sandbox.Reset();
        // One creator for all tests; the limits have tests of their own.
        sandbox.Switch(switches => switches with { ProcessingPolls = 0, PendingShares = 1000, InitsPerMinute = 1000, StatusesPerMinute = 1000 });
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>What a test before has left waiting would run in this one.</summary>
    public async ValueTask InitializeAsync() => await _database.Db.ExecuteAsync("delete from jobs where kind in ('upload', 'upload_follow_up')", parameters: null, Token);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task A_draft_that_its_creator_posts_frees_its_place_and_leads_to_the_post()
    {
        await using var rig = await UploadRig.StartAsync(_database, _sandbox);
        var (given, row) = await ArrivedAsync(rig);
        Assert.Equal(1, (await rig.Get<TikTokShares>().CountAsync(given.UserId, Token))[given.Channel.ConnectedAccountId]);

        await _sandbox.PostAsync(row.PlatformVideoId!);
        var posted = await AfterALookAsync(rig, given, row, seen => seen.Inbox == InboxState.Posted);

        var draft = DraftOf(row);
        Assert.Equal((draft.PublishId, draft.PostId), (posted.PlatformVideoId, posted.PostId));
        Assert.EndsWith($"/@_/video/{draft.PostId}", posted.Url, StringComparison.Ordinal);
        Assert.Empty(await rig.Get<TikTokShares>().CountAsync(given.UserId, Token));
        var published = Assert.Single(await rig.Published.ListAsync(given.UserId, null, null, 10, Token));
        Assert.Equal((posted.Url, VideoPrivacy.Public, InboxState.Posted), (published.Url, published.Privacy, published.Inbox));
        await Eventually.TrueAsync(async () => await FollowUpStateAsync(row) == "completed", "nothing is left to ask");
        await Eventually.TrueAsync(() => rig.Told.Of(row.Id) is [.., { Name: "upload:followup", Row.Inbox: InboxState.Posted }], "the page is told");
    }

    [Fact]
    public async Task A_post_that_is_not_public_has_no_link_and_frees_its_place_all_the_same()
    {
        await using var rig = await UploadRig.StartAsync(_database, _sandbox);
        var (given, row) = await ArrivedAsync(rig);

        await _sandbox.PostAsync(row.PlatformVideoId!, isPublic: false);
        var posted = await AfterALookAsync(rig, given, row, seen => seen.Inbox == InboxState.Posted);

        Assert.Equal((null, row.Url), (posted.PostId, posted.Url));
        Assert.Empty(await rig.Get<TikTokShares>().CountAsync(given.UserId, Token));
        await Eventually.TrueAsync(async () => await FollowUpStateAsync(row) == "queued", "a link may come later");
    }

    [Theory]
    [InlineData("publish_cancelled", "cancelled at TikTok")]
    [InlineData("spam_risk", "for spam")]
    public async Task A_draft_that_tiktok_ends_later_says_why_and_frees_its_place(string reason, string words)
    {
        await using var rig = await UploadRig.StartAsync(_database, _sandbox);
        var (given, row) = await ArrivedAsync(rig);

        await _sandbox.EndAsync(row.PlatformVideoId!, reason);
        var ended = await AfterALookAsync(rig, given, row, seen => seen.Inbox == InboxState.Ended);

        Assert.Equal(WorkStatus.Completed, ended.Status);
        Assert.Contains(words, ended.InboxError, StringComparison.Ordinal);
        Assert.Empty(await rig.Get<TikTokShares>().CountAsync(given.UserId, Token));
    }

    [Theory]
    [InlineData("10 minutes", 1)]
    [InlineData("23 hours", 1)]
    [InlineData("25 hours", 24)]
    [InlineData("7 days 23 hours", 24)]
    public async Task It_is_asked_for_hourly_on_the_first_day_and_daily_for_seven_more(string age, int hours)
    {
        await using var rig = await UploadRig.StartAsync(_database, _sandbox);
        var (given, row) = await ArrivedAsync(rig);
        var looks = await LooksAsync(row);

        await AgeAsync(row, age);
        await Eventually.TrueAsync(async () => await LooksAsync(row) > looks && await FollowUpStateAsync(row) == "queued", "it is looked at");

        var wait = await _database.ScalarAsync<double>("select extract(epoch from run_after - now())::float8 from jobs where kind = 'upload_follow_up'");
        Assert.InRange(wait, (hours * 3600) - 60, (hours * 3600) + 60);
        Assert.Equal(InboxState.Waiting, (await rig.Store.FindAsync(given.UserId, row.Id, Token))!.Inbox);
    }

    [Fact]
    public async Task After_eight_days_nobody_asks_any_more_and_the_row_says_so()
    {
        await using var rig = await UploadRig.StartAsync(_database, _sandbox);
        var (given, row) = await ArrivedAsync(rig);

        await AgeAsync(row, "8 days 1 hour");

        await rig.BecomesAsync(given, row.Id, seen => seen.Inbox == InboxState.Unknown, "it is given up");
        await Eventually.TrueAsync(async () => await FollowUpStateAsync(row) == "completed", "nobody asks any more");
    }

    [Theory]
    [InlineData(-1, true)]
    [InlineData(1, true)]
    [InlineData(-2, false)]
    [InlineData(2, false)]
    public async Task The_post_that_fits_by_time_and_length_is_offered_and_confirmed_in_one_click(double longer, bool fits)
    {
        GivenNoNames();
        await using var rig = await UploadRig.StartAsync(_database, _sandbox);
        var (given, row) = await ArrivedAsync(rig);

        await _sandbox.PostAsync(row.PlatformVideoId!, _filmSeconds + longer);
        var posted = await AfterALookAsync(rig, given, row, seen => seen.Inbox == InboxState.Posted);
        var postId = DraftOf(row).PostId!;
        Assert.Equal((fits ? postId : null, null), (posted.LikelyPostId, posted.PostId));
        if (!fits)
            return;

        var posts = rig.Get<InboxPosts>();
        Assert.Equal(OrderOutcome.NotNow, await posts.ConfirmAsync(given.UserId, row.Id, "7000000000000000000", Token));
        Assert.Equal(OrderOutcome.NotFound, await posts.ConfirmAsync(await _database.GivenUserAsync(), row.Id, postId, Token));
        Assert.Equal(OrderOutcome.Done, await posts.ConfirmAsync(given.UserId, row.Id, postId, Token));

        var confirmed = (await rig.Store.FindAsync(given.UserId, row.Id, Token))!;
        Assert.Equal((postId, null, row.PlatformVideoId), (confirmed.PostId, confirmed.LikelyPostId, confirmed.PlatformVideoId));
        Assert.EndsWith($"/@_/video/{postId}", confirmed.Url, StringComparison.Ordinal);
        Assert.Equal(confirmed.Url, Assert.Single(await rig.Published.ListAsync(given.UserId, null, null, 10, Token)).Url);
    }

    [Fact]
    public async Task Of_two_posts_that_fit_none_is_offered_until_one_of_them_is_known_to_be_anothers()
    {
        GivenNoNames();
        await using var rig = await UploadRig.StartAsync(_database, _sandbox);
        var (given, first) = await ArrivedAsync(rig);
        var second = await rig.BecomesAsync(given, await rig.UploadAsync(given), WorkStatus.Completed);
        await _sandbox.PostAsync(first.PlatformVideoId!, _filmSeconds);
        await _sandbox.PostAsync(second.PlatformVideoId!, _filmSeconds);

        Assert.Null((await AfterALookAsync(rig, given, first, seen => seen.Inbox == InboxState.Posted)).LikelyPostId);

        await _database.Db.ExecuteAsync("update upload_jobs set post_id = @PostId where id = @Id", new { DraftOf(second).PostId, second.Id }, Token);
        var offered = await AfterALookAsync(rig, given, first, seen => seen.LikelyPostId is not null);
        Assert.Equal(DraftOf(first).PostId, offered.LikelyPostId);
    }

    [Fact]
    public async Task A_post_of_before_the_draft_is_not_it()
    {
        GivenNoNames();
        await using var rig = await UploadRig.StartAsync(_database, _sandbox);
        var (given, row) = await ArrivedAsync(rig);
        await _sandbox.PostAsync(row.PlatformVideoId!, _filmSeconds);
        await _database.Db.ExecuteAsync("update upload_jobs set last_byte_at = now() + interval '1 minute' where id = @Id", new { row.Id }, Token);

        Assert.Null((await AfterALookAsync(rig, given, row, seen => seen.Inbox == InboxState.Posted)).LikelyPostId);
    }

    [Fact]
    public async Task A_creator_who_does_not_show_posts_is_not_asked_for_them()
    {
        GivenNoNames();
        _sandbox.Switch(switches => switches with { OnlyScopes = ["user.info.basic", "video.upload"] });
        await using var rig = await UploadRig.StartAsync(_database, _sandbox);
        var (given, row) = await ArrivedAsync(rig);

        await _sandbox.PostAsync(row.PlatformVideoId!, _filmSeconds);

        Assert.Null((await AfterALookAsync(rig, given, row, seen => seen.Inbox == InboxState.Posted)).LikelyPostId);
    }

    [Fact]
    public async Task The_post_is_found_after_its_file_was_deleted()
    {
        GivenNoNames();
        await using var rig = await UploadRig.StartAsync(_database, _sandbox);
        var (given, row) = await ArrivedAsync(rig);
        await _database.Db.ExecuteAsync("delete from downloads where id = @DownloadId", new { given.DownloadId }, Token);

        await _sandbox.PostAsync(row.PlatformVideoId!, _filmSeconds);

        Assert.NotNull((await AfterALookAsync(rig, given, row, seen => seen.Inbox == InboxState.Posted)).LikelyPostId);
    }

    [Fact]
    public async Task An_account_that_is_disconnected_leaves_nobody_to_ask()
    {
        await using var rig = await UploadRig.StartAsync(_database, _sandbox);
        var (given, row) = await ArrivedAsync(rig);
        await _database.Db.ExecuteAsync("delete from channels where id = @Id", new { given.Channel.Id }, Token);

        await AfterALookAsync(rig, given, row, seen => seen.Inbox == InboxState.Unknown);

        await Eventually.TrueAsync(async () => await FollowUpStateAsync(row) == "completed", "nobody asks any more");
    }

    /// <summary>TikTok's status does not name the post, as it often does not.</summary>
    private void GivenNoNames() => _sandbox.Switch(switches => switches with { ModerationSeconds = int.MaxValue });

    private async Task<(UploadRig.Given Given, UploadRow Row)> ArrivedAsync(UploadRig rig)
    {
        var given = await rig.GivenAsync(1000, "tiktok");
        await _database.Db.ExecuteAsync("update downloads set duration_seconds = @seconds where id = @DownloadId", new { seconds = _filmSeconds, given.DownloadId }, Token);
        var id = await rig.UploadAsync(given);
        return (given, await rig.BecomesAsync(given, id, row => row.Inbox == InboxState.Waiting, "the draft is in the inbox and followed"));
    }

    private async Task<UploadRow> AfterALookAsync(UploadRig rig, UploadRig.Given given, UploadRow row, Func<UploadRow, bool> condition)
    {
        await AgeAsync(row, "0 seconds");
        return await rig.BecomesAsync(given, row.Id, condition, "a look finds it");
    }

    /// <summary>The job that follows it is so old, and due.</summary>
    private async Task AgeAsync(UploadRow row, string age) => await Eventually.TrueAsync(
        async () => await _database.Db.ExecuteAsync(
            """
            update jobs
            set created_at = now() - @age::interval, run_after = now()
            where subject_id = (select id from published_videos where upload_job_id = @Id)
              and state = 'queued'
            """,
            new { age, row.Id },
            Token) == 1,
        "its job waits");

    private Task<int> LooksAsync(UploadRow row) =>
        _database.ScalarAsync<int>("select attempt from jobs where subject_id = (select id from published_videos where upload_job_id = @Id)", new { row.Id });

    private Task<string?> FollowUpStateAsync(UploadRow row) =>
        _database.ScalarAsync<string>("select state from jobs where subject_id = (select id from published_videos where upload_job_id = @Id)", new { row.Id });

    private LedgerDraft DraftOf(UploadRow row) => _sandbox.Server.Drafts.Single(draft => draft.PublishId == row.PlatformVideoId);
}
