using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using TrendVault.Core;
using TrendVault.Core.Accounts;
using TrendVault.Core.Data;
using TrendVault.Core.Downloads;
using TrendVault.Core.Uploads;
using TrendVault.Core.Work;
using TrendVault.Core.YouTube;
using TrendVault.Tests.Accounts;
using TrendVault.Tests.App;
using TrendVault.Web.Sandbox.Faults;
using TrendVault.Web.Sandbox.TikTok;

namespace TrendVault.Tests.Uploads;

/// <summary>What the row says on days when nothing works, and how uploads go on by themselves afterwards.</summary>
public sealed class UploadBadDaysTests : IClassFixture<TestDatabase>, IClassFixture<GoogleSandbox>, IAsyncLifetime
{
    private const string Google = "google";
    private const string TikTok = "tiktok";
    private const string Sessions = "/upload/youtube/v3/videos";
    private const string Init = "/v2/post/publish/inbox/video/init/";
    private const string DraftBytes = "/upload";
    private const int Chunks = 3;
    private const int MostRefusals = 10;

    private readonly TestDatabase _database;
    private readonly GoogleSandbox _sandbox;
    private readonly int _sessions;
    private readonly int _drafts;

    public UploadBadDaysTests(TestDatabase database, GoogleSandbox sandbox)
    {
        (_database, _sandbox) = (database, sandbox);
        (_sessions, _drafts) = (sandbox.Server.Ledger.Sessions.Count, sandbox.Server.Drafts.Count);
        sandbox.Reset();
        // One creator for all tests; the limits have tests of their own.
        sandbox.Switch(switches => switches with { PendingShares = 1000, InitsPerMinute = 1000, StatusesPerMinute = 1000 });
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>What a test before has left waiting would run in this one.</summary>
    public async ValueTask InitializeAsync()
    {
        await _database.Db.ExecuteAsync("delete from jobs where kind in ('upload', 'upload_follow_up')", parameters: null, Token);
        await _database.Db.ExecuteAsync("delete from youtube_channel_limits", parameters: null, Token);
        await SpendAtYouTubeAsync("uploads", 0);
    }

    public ValueTask DisposeAsync()
    {
        _sandbox.Server.Faults.Release();
        return ValueTask.CompletedTask;
    }

    [Theory]
    [InlineData(Google, "YouTube has a fault of its own right now.")]
    [InlineData(TikTok, "TikTok has a fault of its own right now.")]
    public async Task A_platform_that_is_down_for_an_hour_is_waited_for_and_the_upload_goes_on_by_itself(string provider, string why)
    {
        await using var rig = await UploadRig.StartAsync(_database, _sandbox);
        var given = await GivenAsync(rig, provider);
        var id = await HeldAsync(rig, given, ChunkOf(provider));
        GoDown();
        _sandbox.Server.Faults.Release();

        await OutlastAsync(rig, given, id, why);

        Assert.Equal(1, MadeOf(given));
        Assert.True(Received <= given.Bytes + ChunkOf(provider), "no more than one chunk was sent twice");
    }

    [Theory]
    [InlineData(Google, "YouTube has a fault of its own right now.")]
    [InlineData(TikTok, "TikTok has a fault of its own right now.")]
    public async Task An_upload_that_a_platform_is_down_for_from_the_beginning_begins_when_it_is_back(string provider, string why)
    {
        await using var rig = await UploadRig.StartAsync(_database, _sandbox);
        var given = await GivenAsync(rig, provider);
        GoDown();
        var id = await rig.UploadAsync(given);

        await OutlastAsync(rig, given, id, why);

        Assert.Equal(1, MadeOf(given));
        Assert.Equal(provider == Google ? 1 : 0, (await rig.Get<YouTubeQuota>().ReadAsync(YouTubeBucket.Upload)).Used);
    }

    [Fact]
    public async Task A_draft_whose_address_ended_while_tiktok_was_down_is_begun_anew_by_itself()
    {
        await using var rig = await UploadRig.StartAsync(_database, _sandbox);
        var given = await GivenAsync(rig, TikTok);
        var id = await HeldAsync(rig, given, ChunkOf(TikTok));
        GoDown();
        _sandbox.Server.Faults.Release();
        await rig.BecomesAsync(given, id, IsParked, "the upload waits");

        ComeBack();
        _sandbox.Order(new FaultOrder { Path = DraftBytes, Method = "PUT", Status = 403 });
        await LookAgainAsync(id);
        await rig.BecomesAsync(given, id, WorkStatus.Completed);

        Assert.Equal((1, 2), (MadeOf(given), Drafts.Count));
    }

    [Fact]
    public async Task A_channel_that_youtube_takes_no_more_uploads_on_today_waits_a_day()
    {
        _sandbox.Order(new FaultOrder { Path = Sessions, Method = "POST", Status = 400, Reason = "uploadLimitExceeded" });
        await using var rig = await UploadRig.StartAsync(_database, _sandbox);
        var given = await GivenAsync(rig, Google);

        var id = await rig.UploadAsync(given);
        var row = await rig.BecomesAsync(given, id, IsParked, "the upload waits");

        Assert.Equal("YouTube takes no more uploads on this channel today.", row.WaitReason);
        Assert.InRange(row.WaitUntil!.Value, DateTimeOffset.UtcNow.AddHours(23), DateTimeOffset.UtcNow.AddHours(24));
        await GoesOnAsync(rig, given, id);
    }

    [Fact]
    public async Task One_refusal_of_a_channel_is_enough_for_all_its_uploads_whoever_asks()
    {
        await using var rig = await UploadRig.StartAsync(_database, _sandbox);
        UploadRig.Given[] all = [await GivenAsync(rig, Google), await GivenAsync(rig, Google), await GivenAsync(rig, Google)];
        RefuseUploads();
        var quota = rig.Get<YouTubeQuota>();
        var calls = (await quota.ReadAsync(YouTubeBucket.General)).Used;

        // At once, so that two workers take two of them in the same moment.
        var ids = await Task.WhenAll(all.Select(given => rig.UploadAsync(given)));
        foreach (var (given, id) in all.Zip(ids))
        {
            var row = await rig.BecomesAsync(given, id, IsParked, "the upload waits");
            Assert.Equal("YouTube takes no more uploads on this channel today.", row.WaitReason);
            Assert.InRange(row.WaitUntil!.Value, DateTimeOffset.UtcNow.AddHours(23), DateTimeOffset.UtcNow.AddHours(24));
        }

        Assert.Equal(1, Refusals);
        Assert.Equal((1, calls + 1), ((await quota.ReadAsync(YouTubeBucket.Upload)).Used, (await quota.ReadAsync(YouTubeBucket.General)).Used));
        Assert.Contains(
            await rig.Get<UploadAllowances>().CheckAsync(all[0].UserId, [all[0].Channel], Token),
            item => item.State == PreflightState.Warn && item.Text.Contains("takes no more uploads", StringComparison.Ordinal));
    }

    [Fact]
    public async Task After_a_channels_time_one_upload_asks_before_the_others()
    {
        await using var rig = await UploadRig.StartAsync(_database, _sandbox);
        UploadRig.Given[] all = [await GivenAsync(rig, Google), await GivenAsync(rig, Google), await GivenAsync(rig, Google)];
        RefuseUploads();
        var ids = await Task.WhenAll(all.Select(given => rig.UploadAsync(given)));
        foreach (var (given, id) in all.Zip(ids))
            await rig.BecomesAsync(given, id, IsParked, "the upload waits");

        await EndLimitsAsync();
        await Task.WhenAll(ids.Select(DueAsync));
        foreach (var (given, id) in all.Zip(ids))
            await WaitsAfterAsync(rig, given, id, attempts: 2);
        Assert.Equal(2, Refusals);

        ComeBack();
        await EndLimitsAsync();
        await Task.WhenAll(ids.Select(DueAsync));
        foreach (var (given, id) in all.Zip(ids))
            await rig.BecomesAsync(given, id, WorkStatus.Completed);
        Assert.All(all, given => Assert.Equal(1, MadeOf(given)));
    }

    [Fact]
    public async Task A_channel_that_waits_keeps_no_other_channel_waiting()
    {
        await using var rig = await UploadRig.StartAsync(_database, _sandbox);
        var ada = await GivenAsync(rig, Google);
        _sandbox.Switch(switches => switches with { ConsentAs = "ben@example.com" });
        var ben = await GivenAsync(rig, Google);
        _sandbox.Server.LimitUploads(ben.Channel.PlatformChannelId);

        await rig.BecomesAsync(ben, await rig.UploadAsync(ben), IsParked, "the upload waits");
        await rig.BecomesAsync(ada, await rig.UploadAsync(ada), WorkStatus.Completed);

        Assert.Equal((1, 0), (MadeOf(ada), MadeOf(ben)));
    }

    [Fact]
    public async Task An_upload_that_the_days_uploads_have_no_room_for_waits_until_midnight_in_california_and_all_else_goes_on()
    {
        await using var rig = await UploadRig.StartAsync(_database, _sandbox);
        var given = await GivenAsync(rig, Google);
        await SpendAtYouTubeAsync("uploads", 100);

        var id = await rig.UploadAsync(given);
        var row = await rig.BecomesAsync(given, id, IsParked, "the upload waits");

        Assert.Contains("midnight in California", row.WaitReason, StringComparison.Ordinal);
        var midnight = PacificDay.EndOf(DateTimeOffset.UtcNow);
        Assert.InRange(row.WaitUntil!.Value, midnight - TimeSpan.FromSeconds(5), midnight + TimeSpan.FromSeconds(65));
        var quota = rig.Get<YouTubeQuota>();
        var (uploads, general, searches) = (await quota.ReadAsync(YouTubeBucket.Upload), await quota.ReadAsync(YouTubeBucket.General), await quota.ReadAsync(YouTubeBucket.Search));
        Assert.Equal((uploads.Limit, 0), (uploads.Used, searches.Used));
        Assert.InRange(general.Used, 1, 10);
        Assert.Empty(await rig.Get<YouTubeChannelLimits>().FindAsync([given.Channel.PlatformChannelId], Token));
    }

    [Theory]
    [InlineData(Google, "rateLimitExceeded", "YouTube asks to slow down.")]
    [InlineData(Google, "uploadRateLimitExceeded", "YouTube asks to upload more slowly.")]
    [InlineData(TikTok, "rate_limit_exceeded", "TikTok asks to slow down.")]
    public async Task A_rate_limit_that_lasts_is_waited_out(string provider, string reason, string why)
    {
        var begin = provider == TikTok ? Init : Sessions;
        _sandbox.Order(new FaultOrder { Path = begin, Method = "POST", Status = 429, Reason = reason, Times = 6 });
        await using var rig = await UploadRig.StartAsync(_database, _sandbox);
        var given = await GivenAsync(rig, provider);
        var id = await rig.UploadAsync(given);

        UploadRow row = null!;
        await Eventually.TrueAsync(
            async () => await LookAgainAsync(id) == 1 && IsParked(row = (await rig.Store.FindAsync(given.UserId, id, Token))!), "the upload is parked");
        Assert.Equal(why, row.WaitReason);
        await Eventually.TrueAsync(
            async () => await LookAgainAsync(id) == 0 && (await rig.Store.FindAsync(given.UserId, id, Token))!.Status == WorkStatus.Completed,
            "the upload goes on",
            TimeSpan.FromSeconds(30));
        Assert.Equal(1, MadeOf(given));
    }

    [Fact]
    public async Task A_grant_that_is_revoked_in_mid_upload_waits_and_goes_on_in_its_session_once_connected_again()
    {
        await using var rig = await UploadRig.StartAsync(_database, _sandbox);
        var given = await GivenAsync(rig, Google);
        var id = await HeldAsync(rig, given, ChunkOf(Google));
        using var http = new HttpClient();
        using var revoked = await http.PostAsync(new Uri(_sandbox.Server.Address, "_sandbox/revoke"), null, Token);
        _sandbox.Server.Faults.Release();

        var row = await rig.BecomesAsync(given, id, IsParked, "the upload waits");
        Assert.Contains("Connect the account again", row.WaitReason, StringComparison.Ordinal);

        await _sandbox.ConnectAsync(rig.Get<IServiceProvider>(), given.UserId, Google);
        await GoesOnAsync(rig, given, id);
        Assert.True(Received <= given.Bytes + ChunkOf(Google), "no more than one chunk was sent twice");
    }

    [Theory]
    [InlineData(Google)]
    [InlineData(TikTok)]
    public async Task An_account_that_its_user_disconnects_in_mid_upload_ends_it_with_what_to_do(string provider)
    {
        await using var rig = await UploadRig.StartAsync(_database, _sandbox);
        var given = await GivenAsync(rig, provider);
        var id = await HeldAsync(rig, given, ChunkOf(provider));
        await rig.Get<AccountService>().DisconnectAsync(given.UserId, given.Channel.ConnectedAccountId, Token);
        _sandbox.Server.Faults.Release();

        var row = await rig.BecomesAsync(given, id, WorkStatus.Failed);

        Assert.Equal("channel_gone", row.ErrorCode);
        Assert.Contains("connect it again", row.Error, StringComparison.Ordinal);
        Assert.Equal(0, MadeOf(given));
    }

    [Theory]
    [InlineData(Google, "YouTube Studio")]
    [InlineData(TikTok, "the inbox of the TikTok app")]
    public async Task An_account_that_is_disconnected_after_the_last_byte_leaves_it_to_its_user_to_look(string provider, string where)
    {
        await using var rig = await UploadRig.StartAsync(_database, _sandbox);
        var given = await GivenAsync(rig, provider);
        var id = await HeldAsync(rig, given, given.Bytes);
        await rig.Get<AccountService>().DisconnectAsync(given.UserId, given.Channel.ConnectedAccountId, Token);
        _sandbox.Server.Faults.Release();

        var row = await rig.BecomesAsync(given, id, WorkStatus.Failed);

        Assert.Equal("outcome_unknown", row.ErrorCode);
        Assert.Contains(where, row.Error, StringComparison.Ordinal);
        Assert.Equal(1, MadeOf(given));
    }

    [Theory]
    [InlineData(Google)]
    [InlineData(TikTok)]
    public async Task A_download_that_is_deleted_in_mid_upload_ends_it_with_what_to_do(string provider)
    {
        await using var rig = await UploadRig.StartAsync(_database, _sandbox);
        var given = await GivenAsync(rig, provider);
        var id = await HeldAsync(rig, given, ChunkOf(provider));
        await DeleteDownloadAsync(rig, given);
        _sandbox.Server.Faults.Release();

        var row = await rig.BecomesAsync(given, id, WorkStatus.Failed);

        Assert.Equal("file_gone", row.ErrorCode);
        Assert.Contains("download it again", row.Error, StringComparison.Ordinal);
        Assert.Equal(0, MadeOf(given));
    }

    private static bool IsParked(UploadRow row) => row is { Status: WorkStatus.Pending, ErrorCode: null, WaitUntil: not null };

    private static int ChunkOf(string provider) => provider == TikTok ? UploadRig.TikTokChunk : UploadRig.Chunk;

    private static Task<UploadRig.Given> GivenAsync(UploadRig rig, string provider) => rig.GivenAsync(Chunks * ChunkOf(provider), provider);

    private void GoDown() => _sandbox.Order(new FaultOrder { Path = "/", Times = int.MaxValue, Status = 503 });

    private void ComeBack()
    {
        var switches = _sandbox.Server.Faults.Switches;
        _sandbox.Server.Faults.Clear();
        _sandbox.Server.Faults.Switches = switches;
    }

    /// <summary>An upload that gets no answer any more once it has brought so many bytes.</summary>
    private async Task<Guid> HeldAsync(UploadRig rig, UploadRig.Given given, long at)
    {
        var name = given.Channel.Platform == Platform.TikTok ? given.Bytes.ToString(CultureInfo.InvariantCulture) : given.Title;
        _sandbox.Server.Faults.Hold(new UploadHold(name, at));
        var id = await rig.UploadAsync(given);
        await Eventually.TrueAsync(() => _sandbox.Server.Faults.Held == 1, "the upload is held");
        return id;
    }

    /// <summary>As many looks as an hour has, each of them due at once; the last wait ends by itself.</summary>
    private async Task OutlastAsync(UploadRig rig, UploadRig.Given given, Guid id, string why)
    {
        var lookAgain = rig.Get<IOptions<UploadOptions>>().Value.LookAgain;
        var begun = DateTimeOffset.UtcNow;
        var row = await rig.BecomesAsync(given, id, IsParked, "the upload waits");
        Assert.Equal(why, row.WaitReason);
        Assert.InRange(row.WaitUntil!.Value, begun + lookAgain - TimeSpan.FromSeconds(1), DateTimeOffset.UtcNow + lookAgain);

        var attempt = await AttemptAsync(id);
        for (var look = attempt + 1; look < attempt + (TimeSpan.FromHours(1) / lookAgain); look++)
        {
            await LookAgainAsync(id);
            Assert.Equal(why, (await WaitsAfterAsync(rig, given, id, look)).WaitReason);
        }

        rig.Get<IOptions<UploadOptions>>().Value.LookAgain = TimeSpan.Zero;
        await LookAgainAsync(id);
        ComeBack();
        await rig.BecomesAsync(given, id, WorkStatus.Completed);
    }

    private async Task GoesOnAsync(UploadRig rig, UploadRig.Given given, Guid id)
    {
        await LookAgainAsync(id);
        await rig.BecomesAsync(given, id, WorkStatus.Completed);
        Assert.Equal(1, MadeOf(given));
        Assert.Equal(0, await _database.ScalarAsync<int>("select failures from jobs where subject_id = @id", new { id }));
    }

    /// <summary>The row as it waits after so many attempts.</summary>
    private async Task<UploadRow> WaitsAfterAsync(UploadRig rig, UploadRig.Given given, Guid id, int attempts)
    {
        await Eventually.TrueAsync(
            () => _database.ScalarAsync<bool>("select state = 'queued' and attempt = @attempts from jobs where subject_id = @id", new { id, attempts }),
            $"the upload waits after attempt {attempts}",
            TimeSpan.FromSeconds(30));
        return (await rig.Store.FindAsync(given.UserId, id, Token))!;
    }

    private Task<int> AttemptAsync(Guid id) => _database.ScalarAsync<int>("select attempt from jobs where subject_id = @id", new { id });

    /// <summary>The time that it waits for has come, and that of its channel.</summary>
    private async Task<int> LookAgainAsync(Guid id)
    {
        await EndLimitsAsync();
        return await DueAsync(id);
    }

    private Task<int> DueAsync(Guid id) =>
        _database.Db.ExecuteAsync("update jobs set run_after = now() where subject_id = @id and state = 'queued'", new { id }, Token);

    private Task<int> EndLimitsAsync() => _database.Db.ExecuteAsync("update youtube_channel_limits set until = now()", parameters: null, Token);

    /// <summary>As YouTube does once a channel has had its uploads of the day.</summary>
    private void RefuseUploads() =>
        _sandbox.Order(new FaultOrder { Path = Sessions, Method = "POST", Status = 400, Reason = "uploadLimitExceeded", Times = MostRefusals });

    private int Refusals => MostRefusals - Assert.Single(_sandbox.Server.Faults.Orders).Times;

    private async Task SpendAtYouTubeAsync(string bucket, int used)
    {
        using var http = new HttpClient();
        using var answer = await http.PostAsync(new Uri(_sandbox.Server.Address, $"_sandbox/quota/{bucket}?used={used}"), null, Token);
        answer.EnsureSuccessStatusCode();
    }

    /// <summary>And past the moment in which it could be taken back.</summary>
    private async Task DeleteDownloadAsync(UploadRig rig, UploadRig.Given given)
    {
        var options = Options.Create(new DownloadOptions { UndoFor = TimeSpan.Zero });
        var services = rig.Get<IServiceProvider>();
        var share = ActivatorUtilities.CreateInstance<StorageShare>(services, options);
        var bin = ActivatorUtilities.CreateInstance<DownloadBin>(services, options, share);
        await bin.DeleteAsync(given.UserId, [given.DownloadId], Token);
        await bin.FinishAsync(given.DownloadId, Token);
        Assert.Equal(0, await _database.ScalarAsync<int>("select count(*)::int from downloads where id = @DownloadId", new { given.DownloadId }));
    }

    /// <summary>Drafts and videos of the given file: it is there once, or not at all.</summary>
    private int MadeOf(UploadRig.Given given) =>
        _sandbox.Server.Ledger.Videos.Count(video => video.Sha256 == given.Sha256) + Drafts.Count(draft => draft.Sha256 == given.Sha256);

    /// <summary>With what came twice.</summary>
    private long Received => _sandbox.Server.Ledger.Sessions.Skip(_sessions).Sum(session => session.Received) + Drafts.Sum(draft => draft.Received);

    private IReadOnlyList<LedgerDraft> Drafts => [.. _sandbox.Server.Drafts.Skip(_drafts)];
}
