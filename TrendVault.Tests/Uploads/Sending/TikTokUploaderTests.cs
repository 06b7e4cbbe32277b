using TrendVault.Core;
using TrendVault.Core.Accounts;
using TrendVault.Core.Data;
using TrendVault.Core.Uploads;
using TrendVault.Core.Work;
using TrendVault.Tests.Accounts;
using TrendVault.Tests.App;
using TrendVault.Web.Sandbox.Faults;
using TrendVault.Web.Sandbox.TikTok;

namespace TrendVault.Tests.Uploads;

/// <summary>TikTok keeps the contract, and its own bad days end as they should.</summary>
public sealed partial class TikTokUploaderTests : UploaderContract
{
    private const string Init = "/v2/post/publish/inbox/video/init/";
    private const string Status = "/v2/post/publish/status/fetch/";

    private readonly int _drafts;

    public TikTokUploaderTests(TestDatabase database, GoogleSandbox sandbox)
        : base(database, sandbox)
    {
        _drafts = sandbox.Server.Drafts.Count;
        // One creator for all tests; the limits have tests of their own.
        sandbox.Switch(switches => switches with { PendingShares = 1000, InitsPerMinute = 1000, StatusesPerMinute = 1000 });
    }

    private protected override string Provider => "tiktok";

    private protected override int Chunk => UploadRig.TikTokChunk;

    private protected override string ChunkPath => "/upload";

    private protected override FaultOrder Refusal => new() { Path = Status, Status = 401, Reason = "access_token_invalid" };

    private protected override IReadOnlyList<string?> Videos => [.. Drafts.Where(draft => draft.Sha256 is not null).Select(draft => draft.Sha256)];

    private protected override long Received => Drafts.Sum(draft => draft.Received);

    private protected override long Stored => Drafts.Sum(draft => draft.Stored);

    private IReadOnlyList<LedgerDraft> Drafts => [.. Sandbox.Server.Drafts.Skip(_drafts)];

    [Fact]
    public async Task A_draft_in_the_inbox_is_the_success_and_only_its_creator_sees_it()
    {
        await using var rig = await UploadRig.StartAsync(Database, Sandbox);
        var given = await rig.GivenAsync(1000, Provider);

        var row = await rig.BecomesAsync(given, await rig.UploadAsync(given, VideoPrivacy.Public), WorkStatus.Completed);

        var draft = Assert.Single(Drafts);
        Assert.Equal((draft.PublishId, "SEND_TO_USER_INBOX", "video/mp4"), (row.PlatformVideoId, draft.Status, draft.ContentType));
        Assert.Equal((VideoPrivacy.Private, null), (row.PublishedPrivacy, row.Visibility));
    }

    [Theory]
    [InlineData(403)]
    [InlineData(404)]
    public async Task An_address_that_has_ended_stops_and_a_retry_begins_a_new_draft(int status)
    {
        Sandbox.Order(new FaultOrder { Path = ChunkPath, Method = "PUT", Skip = 1, Status = status });
        await using var rig = await UploadRig.StartAsync(Database, Sandbox);
        var given = await rig.GivenAsync(Chunks * Chunk, Provider);
        var id = await rig.UploadAsync(given);

        var row = await rig.BecomesAsync(given, id, WorkStatus.Failed);
        Assert.Equal("upload_expired", row.ErrorCode);
        Assert.Empty(Videos);

        await rig.Uploads.RetryAsync(given.UserId, id, Token);
        await rig.BecomesAsync(given, id, WorkStatus.Completed);
        Assert.Equal([given.Sha256], Videos);
        Assert.Equal(2, Drafts.Count);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_draft_whose_beginning_was_not_answered_takes_a_place_and_another_is_begun_by_itself(bool hasBegun)
    {
        Sandbox.Order(hasBegun ? new FaultOrder { Path = Init, LoseAnswer = true } : new FaultOrder { Path = Init, Status = 503 });
        await using var rig = await UploadRig.StartAsync(Database, Sandbox);
        var given = await rig.GivenAsync(1000, Provider);
        var id = await rig.UploadAsync(given);

        var row = await rig.BecomesAsync(given, id, row => row.WaitUntil is not null, "the upload waits");
        Assert.Equal((WorkStatus.Pending, "draft_unanswered"), (row.Status, row.ErrorCode));
        Assert.Contains("another draft is begun by itself", row.WaitReason, StringComparison.Ordinal);
        Assert.True(row.WaitUntil > DateTimeOffset.UtcNow.AddMinutes(4), "TikTok is given time");

        await DueAsync(id);
        await rig.BecomesAsync(given, id, WorkStatus.Completed);
        Assert.Equal([given.Sha256], Videos);
        Assert.Equal((hasBegun ? 2 : 1, 2), (Drafts.Count, await CountedAsync(given)));
    }

    [Fact]
    public async Task Drafts_whose_beginning_was_not_answered_keep_within_the_limit_and_are_told()
    {
        await using var rig = await UploadRig.StartAsync(Database, Sandbox);
        var given = await rig.GivenAsync(1000, Provider);
        await GivenDraftsAsync(given, "2 hours", 5);

        var row = await rig.BecomesAsync(given, await rig.UploadAsync(given), row => row.WaitUntil is not null, "the upload waits");

        Assert.Contains("did not answer when 5 of them began", row.WaitReason, StringComparison.Ordinal);
        Assert.Empty(Drafts);
    }

    [Fact]
    public async Task A_draft_that_was_refused_takes_no_place_and_says_why()
    {
        Sandbox.Order(new FaultOrder { Path = Init, Status = 403, Reason = "spam_risk_user_banned_from_posting" });
        await using var rig = await UploadRig.StartAsync(Database, Sandbox);
        var given = await rig.GivenAsync(1000, Provider);
        var id = await rig.UploadAsync(given);

        var row = await rig.BecomesAsync(given, id, WorkStatus.Failed);
        Assert.Equal("spam_risk_user_banned_from_posting", row.ErrorCode);
        Assert.Equal(0, await CountedAsync(given));

        await rig.Uploads.RetryAsync(given.UserId, id, Token);
        await rig.BecomesAsync(given, id, WorkStatus.Completed);
        Assert.Equal([given.Sha256], Videos);
    }

    [Fact]
    public async Task A_worker_that_died_while_a_draft_began_has_sent_nothing_and_another_is_begun()
    {
        await using var rig = await UploadRig.StartAsync(Database, Sandbox);
        var given = await rig.GivenAsync(1000, Provider);
        await GivenDraftsAsync(given, "23 hours 59 minutes 57 seconds", 5);
        var id = await rig.UploadAsync(given);
        await rig.BecomesAsync(given, id, row => row.WaitUntil is not null, "the upload waits");

        // What is saved before a draft is begun, and no answer after it.
        var handle = await rig.Get<TokenVault>().SealAsync(SecretOwner.Upload(id, given.UserId, Platform.TikTok), "asked", Token);
        await Database.Db.ExecuteAsync(
            "update upload_jobs set handle_blob = @Blob, handle_iv = @Iv, handle_tag = @Tag, handle_key_id = @KeyId where id = @id",
            new { id, handle.Blob, handle.Iv, handle.Tag, handle.KeyId },
            Token);

        await rig.BecomesAsync(given, id, WorkStatus.Completed);
        Assert.Equal([given.Sha256], Videos);
        Assert.Single(Drafts);
    }

    [Fact]
    public async Task Drafts_that_were_posted_meanwhile_give_their_places_to_the_one_that_waits()
    {
        await using var rig = await UploadRig.StartAsync(Database, Sandbox);
        var given = await rig.GivenAsync(1000, Provider);
        for (var i = 0; i < 5; i++)
            await rig.BecomesAsync(given, await rig.UploadAsync(given), WorkStatus.Completed);
        var id = await rig.UploadAsync(given);
        var row = await rig.BecomesAsync(given, id, row => row.WaitUntil is not null, "the sixth waits");
        Assert.InRange(row.WaitUntil!.Value, DateTimeOffset.UtcNow.AddMinutes(59), DateTimeOffset.UtcNow.AddMinutes(61));

        await Sandbox.PostAsync(Drafts[2].PublishId);
        Assert.Equal(OrderOutcome.Done, await rig.Uploads.RetryAsync(given.UserId, id, Token));

        await rig.BecomesAsync(given, id, WorkStatus.Completed);
        Assert.Equal(6, Drafts.Count);
    }

    [Fact]
    public async Task A_draft_that_fails_gives_its_place_back()
    {
        Sandbox.Switch(switches => switches with { FailReason = "duration_check_failed" });
        await using var rig = await UploadRig.StartAsync(Database, Sandbox);
        var given = await rig.GivenAsync(1000, Provider);

        await rig.BecomesAsync(given, await rig.UploadAsync(given), WorkStatus.Failed);

        Assert.Empty(await rig.Get<TikTokShares>().CountAsync(given.UserId, Token));
    }

    [Fact]
    public async Task A_shutdown_while_a_draft_begins_keeps_the_draft()
    {
        Sandbox.Order(new FaultOrder { Path = Init, DelayMs = 1000 });
        await using var first = await UploadRig.StartAsync(Database, Sandbox);
        var given = await first.GivenAsync(1000, Provider);
        var id = await first.UploadAsync(given);
        await Eventually.TrueAsync(() => Sandbox.Server.Faults.Orders.Count == 0, "the draft is asked for");

        await first.StopAsync();
        await using var second = await UploadRig.StartAsync(Database, Sandbox);
        await second.BecomesAsync(given, id, WorkStatus.Completed);

        Assert.Equal([given.Sha256], Videos);
        Assert.Single(Drafts);
    }

    [Theory]
    [InlineData("file_format_check_failed", "H.264")]
    [InlineData("duration_check_failed", "10 minutes")]
    [InlineData("frame_rate_check_failed", "frames a second")]
    [InlineData("picture_size_check_failed", "pixels")]
    [InlineData("spam_risk_user_banned_from_posting", "TikTok app")]
    [InlineData("publish_cancelled", "cancelled at TikTok")]
    public async Task What_tiktok_finds_wrong_is_told_with_the_next_step(string reason, string words)
    {
        Sandbox.Switch(switches => switches with { FailReason = reason });
        await using var rig = await UploadRig.StartAsync(Database, Sandbox);
        var given = await rig.GivenAsync(1000, Provider);

        var row = await rig.BecomesAsync(given, await rig.UploadAsync(given), WorkStatus.Failed);

        Assert.Equal(reason, row.ErrorCode);
        Assert.Contains(words, row.Error, StringComparison.Ordinal);
        Assert.Single(Drafts);
    }

    [Fact]
    public async Task A_fault_of_tiktoks_own_is_tried_again_with_a_new_draft()
    {
        Sandbox.Switch(switches => switches with { FailReason = "internal" });
        await using var rig = await UploadRig.StartAsync(Database, Sandbox);
        var given = await rig.GivenAsync(1000, Provider);
        var id = await rig.UploadAsync(given);
        await Eventually.TrueAsync(() => Drafts.Any(draft => draft.Status == "FAILED"), "the first draft fails");
        Sandbox.Switch(switches => switches with { FailReason = null });

        await rig.BecomesAsync(given, id, WorkStatus.Completed);

        Assert.Contains(Drafts, draft => draft.Status == "FAILED");
        Assert.Single(Drafts, draft => draft.Status == "SEND_TO_USER_INBOX");
    }

    [Fact]
    public async Task An_account_that_was_withdrawn_meanwhile_makes_its_uploads_wait_for_it()
    {
        Sandbox.Switch(switches => switches with { FailReason = "auth_removed" });
        await using var rig = await UploadRig.StartAsync(Database, Sandbox);
        var given = await rig.GivenAsync(1000, Provider);
        var id = await rig.UploadAsync(given);

        var row = await rig.BecomesAsync(given, id, row => row.WaitUntil is not null, "the upload waits");

        Assert.Contains("Connect the account again", row.WaitReason, StringComparison.Ordinal);
        Assert.Equal(AccountStatus.ReconnectNeeded, Assert.Single(await rig.Get<AccountStore>().ListAsync(given.UserId, Token)).Status);
    }

    [Fact]
    public async Task A_grant_that_is_revoked_in_the_middle_waits_and_goes_on_once_connected_again()
    {
        Sandbox.Order(new FaultOrder { Path = ChunkPath, Method = "PUT", Skip = 1, DelayMs = 500 });
        await using var rig = await UploadRig.StartAsync(Database, Sandbox);
        var given = await rig.GivenAsync(Chunks * Chunk, Provider);
        var id = await rig.UploadAsync(given);
        await Eventually.TrueAsync(() => Sandbox.Server.Faults.Orders.Count == 0, "the second chunk is on its way");
        using var http = new HttpClient();
        using var revoked = await http.PostAsync(new Uri(Sandbox.Server.Address, "_sandbox/revoke"), null, Token);
        await rig.BecomesAsync(given, id, row => row.WaitUntil is not null, "the upload waits");

        await Sandbox.ConnectAsync(rig.Get<IServiceProvider>(), given.UserId, Provider);
        await Database.Db.ExecuteAsync("update jobs set run_after = now() where subject_id = @id", new { id }, Token);
        await rig.BecomesAsync(given, id, WorkStatus.Completed);

        Assert.Equal([given.Sha256], Videos);
        Assert.Single(Drafts);
    }

    [Fact]
    public async Task More_drafts_than_tiktok_takes_a_day_wait_and_go_on_by_themselves()
    {
        await using var rig = await UploadRig.StartAsync(Database, Sandbox);
        var given = await rig.GivenAsync(1000, Provider);
        await GivenDraftsAsync(given, "23 hours 59 minutes 57 seconds", 5);

        var id = await rig.UploadAsync(given);
        var row = await rig.BecomesAsync(given, id, row => row.WaitUntil is not null, "the upload waits");
        Assert.Equal(WorkStatus.Pending, row.Status);
        Assert.Contains("unfinished drafts", row.WaitReason, StringComparison.Ordinal);
        Assert.Empty(Drafts);

        await rig.BecomesAsync(given, id, WorkStatus.Completed);
        Assert.Equal(0, await Database.ScalarAsync<int>("select failures from jobs where subject_id = @id", new { id }));
        Assert.Equal([given.Sha256], Videos);
    }

    [Fact]
    public async Task TikToks_own_word_of_too_many_drafts_parks_too_and_counts_nothing()
    {
        Sandbox.Switch(switches => switches with { PendingShares = 0 });
        await using var rig = await UploadRig.StartAsync(Database, Sandbox);
        var given = await rig.GivenAsync(1000, Provider);

        var id = await rig.UploadAsync(given);
        var row = await rig.BecomesAsync(given, id, row => row.WaitUntil is not null, "the upload waits");

        Assert.Equal(WorkStatus.Pending, row.Status);
        Assert.InRange(row.WaitUntil!.Value, DateTimeOffset.UtcNow.AddMinutes(59), DateTimeOffset.UtcNow.AddMinutes(61));
        Assert.Equal(0, await CountedAsync(given));
    }

    [Fact]
    public async Task Uploads_of_one_account_at_once_do_not_pass_the_limit_together()
    {
        await using var first = await UploadRig.StartAsync(Database, Sandbox);
        await using var second = await UploadRig.StartAsync(Database, Sandbox);
        var given = await first.GivenAsync(1000, Provider);

        var ids = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => (i % 2 == 0 ? first : second).UploadAsync(given)));
        await Eventually.TrueAsync(
            async () => (await first.Store.CountAsync(given.UserId, Token)) is { Completed: 5 }
                && await Database.ScalarAsync<int>("select count(*)::int from upload_jobs where wait_until is not null and id = any(@ids)", new { ids }) == 3,
            "five arrive and three wait",
            TimeSpan.FromSeconds(60));

        Assert.Equal(5, Drafts.Count);
    }

    [Theory]
    [InlineData("http://example.org/video/?upload_id=1")]
    [InlineData("https://open-upload.tiktokapis.com.example.org/video/")]
    public async Task Nothing_is_sent_to_an_address_that_is_not_tiktoks(string address)
    {
        Sandbox.Switch(switches => switches with { UploadUrl = address });
        await using var rig = await UploadRig.StartAsync(Database, Sandbox);
        var given = await rig.GivenAsync(1000, Provider);

        var row = await rig.BecomesAsync(given, await rig.UploadAsync(given), WorkStatus.Failed);

        Assert.Equal("upload_address_refused", row.ErrorCode);
        Assert.Equal(1, await CountedAsync(given));
    }

    [Fact]
    public async Task The_address_of_an_upload_lies_sealed_in_the_database()
    {
        Sandbox.Order(new FaultOrder { Path = ChunkPath, Method = "PUT", DelayMs = 30_000 });
        await using var rig = await UploadRig.StartAsync(Database, Sandbox);
        var given = await rig.GivenAsync(1000, Provider);
        await rig.UploadAsync(given);
        await Eventually.TrueAsync(() => Sandbox.Server.Faults.Orders.Count == 0, "the bytes are on their way");

        var dump = await Database.ScalarAsync<string>("select database_to_xml(true, false, '')::text");

        Assert.Contains(given.Sha256, dump, StringComparison.Ordinal);
        Assert.DoesNotContain("upload_token", dump, StringComparison.Ordinal);
    }

    private Task<int> DueAsync(Guid id) => Database.Db.ExecuteAsync("update jobs set run_after = now() where subject_id = @id", new { id }, Token);

    private async Task GivenDraftsAsync(UploadRig.Given given, string age, int count)
    {
        for (var i = 0; i < count; i++)
        {
            await Database.Db.ExecuteAsync(
                "insert into tiktok_drafts (id, connected_account_id, begun_at) values (@id, @ConnectedAccountId, now() - @age::interval)",
                new { id = Guid.CreateVersion7(), given.Channel.ConnectedAccountId, age },
                Token);
        }
    }

    private Task<int> CountedAsync(UploadRig.Given given) => Database.ScalarAsync<int>(
        "select count(*)::int from tiktok_drafts where connected_account_id = @ConnectedAccountId", new { given.Channel.ConnectedAccountId });
}
