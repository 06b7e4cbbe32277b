using Npgsql;
using TrendVault.Core.Data;
using TrendVault.Core.Downloads;
using TrendVault.Core.Media;
using TrendVault.Core.Work;
using TrendVault.Tests.App;

namespace TrendVault.Tests.Downloads;

/// <summary>What becomes of finished files: their facts and pictures, the room they take, their deletion and its undo.</summary>
public sealed class LibraryTests(TestDatabase database, MediaSite site) : IClassFixture<TestDatabase>, IClassFixture<MediaSite>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_video_has_its_facts_and_a_picture_from_itself()
    {
        await using var rig = await Rig.StartAsync(database, site);
        var row = await GivenFileAsync(rig, await database.GivenUserAsync());

        Assert.Equal((640, 360, 25, "h264", "aac"), (row.Width, row.Height, row.FrameRate, row.VideoCodec, row.AudioCodec));
        Assert.InRange(row.BitRate!.Value, 10_000, 10_000_000);
        Assert.Matches($"^{row.UserId}/{row.Id}/1-poster.jpg$", row.PosterKey);
        await using var picture = await rig.Objects.OpenAsync(row.PosterKey!, 0, null, Token);
        var head = new byte[3];
        await picture.ReadExactlyAsync(head, Token);
        Assert.Equal<byte>([0xFF, 0xD8, 0xFF], head);
    }

    [Fact]
    public async Task Sound_has_no_picture()
    {
        await using var rig = await Rig.StartAsync(database, site);
        var row = await GivenFileAsync(rig, await database.GivenUserAsync(), "dash.mpd", "audio");

        Assert.Equal((null, null, "aac", null), (row.Width, row.VideoCodec, row.AudioCodec, row.PosterKey));
    }

    [Fact]
    public async Task Subtitles_are_kept_beside_the_file_and_go_with_it()
    {
        await using var rig = await Rig.StartAsync(database, site);
        var userId = await database.GivenUserAsync();
        var row = await GivenSubtitledAsync(rig, userId, "en");

        Assert.Equal(("en", "video/mp4"), (row.Subtitles, row.ContentType));
        Assert.Matches($"^{row.UserId}/{row.Id}/1-subtitles.vtt$", row.SubtitlesKey);
        await using (var stored = await rig.Objects.OpenAsync(row.SubtitlesKey!, 0, null, Token))
        using (var reader = new StreamReader(stored))
            Assert.Contains("Second — one …", await reader.ReadToEndAsync(Token), StringComparison.Ordinal);

        await rig.Bin.DeleteAsync(userId, [row.Id], Token);
        await IsGoneAsync(row.Id);
        Assert.Null(await rig.Objects.SizeAsync(row.SubtitlesKey!, Token));
    }

    [Theory]
    [InlineData("de", "the site announces them, and has none")]
    [InlineData("fr", "the page does not offer them")]
    public async Task Subtitles_that_cannot_be_had_cost_no_video(string language, string _)
    {
        await using var rig = await Rig.StartAsync(database, site);
        var row = await GivenSubtitledAsync(rig, await database.GivenUserAsync(), language);

        Assert.Equal((language, null, 100), (row.Subtitles, row.SubtitlesKey, row.Progress));
    }

    [Fact]
    public async Task What_no_picture_can_be_made_of_is_no_error()
    {
        await using var rig = await Rig.StartAsync(database, site);
        var root = Directory.CreateTempSubdirectory("tv-poster-");
        var folder = new WorkFolder(Path.Combine(root.FullName, "work"));
        folder.Prepare("media");
        var path = Path.Combine(folder.Media, "media.mp4");
        await File.WriteAllBytesAsync(path, new byte[1000], Token);

        Assert.Null(await PosterFrame.MakeAsync(rig.Get<Confiner>(), new MediaFile(path, "mp4", "video/mp4", new MediaFacts { Height = 360, DurationSeconds = 3 }), folder, Token));

        root.Delete(recursive: true);
    }

    [Fact]
    public async Task Deleting_hides_at_once_and_takes_file_and_picture_along_when_nobody_can_undo_it()
    {
        await using var rig = await Rig.StartAsync(database, site);
        var userId = await database.GivenUserAsync();
        var row = await GivenFileAsync(rig, userId);

        Assert.Null(await rig.Bin.DeleteAsync(await database.GivenUserAsync(), [row.Id], Token));
        Assert.Equal(1, (await rig.Bin.DeleteAsync(userId, [row.Id], Token))!.Count);

        Assert.Null(await rig.Store.FindAsync(userId, row.Id, Token));
        await IsGoneAsync(row.Id);
        Assert.Empty(await rig.Objects.ListAsync($"{userId}/", Token).ToListAsync(Token));
        Assert.Null(await rig.Bin.DeleteAsync(userId, [row.Id], Token));
    }

    [Fact]
    public async Task A_deletion_is_undone_as_one_and_by_its_user_alone()
    {
        await using var rig = await Rig.StartAsync(database, site, options => options.UndoFor = TimeSpan.FromHours(1));
        var userId = await database.GivenUserAsync();
        var (first, second) = (await GivenFileAsync(rig, userId), await GivenFileAsync(rig, userId));
        var other = await GivenFileAsync(rig, userId);
        await rig.Bin.DeleteAsync(userId, [other.Id], Token);
        var deletion = (await rig.Bin.DeleteAsync(userId, [first.Id, second.Id], Token))!;
        Assert.Equal((0, 0), await CountedAsync(rig, userId));

        Assert.Equal(0, (await rig.Bin.UndoAsync(await database.GivenUserAsync(), deletion.At, Token)).Restored);
        Assert.Equal(2, (await rig.Bin.UndoAsync(userId, deletion.At, Token)).Restored);

        Assert.Equal((2, first.FileSize + second.FileSize), await CountedAsync(rig, userId));
        Assert.NotNull(await rig.Objects.SizeAsync((await rig.Store.FindAsync(userId, first.Id, Token))!.StorageKey!, Token));
        Assert.Null(await rig.Store.FindAsync(userId, other.Id, Token));
        Assert.Equal(0, (await rig.Bin.UndoAsync(userId, deletion.At, Token)).Restored);
    }

    [Fact]
    public async Task It_is_too_late_to_undo_what_is_gone()
    {
        await using var rig = await Rig.StartAsync(database, site);
        var userId = await database.GivenUserAsync();
        var row = await GivenFileAsync(rig, userId);
        var deletion = (await rig.Bin.DeleteAsync(userId, [row.Id], Token))!;
        await IsGoneAsync(row.Id);

        Assert.Equal(new UndoOutcome(0, LacksRoom: false), await rig.Bin.UndoAsync(userId, deletion.At, Token));
    }

    [Fact]
    public async Task A_deletion_outlives_the_process_that_began_it()
    {
        var userId = await database.GivenUserAsync();
        DownloadRow row;
        await using (var rig = await Rig.StartAsync(database, site, options => options.UndoFor = TimeSpan.FromSeconds(2)))
        {
            row = await GivenFileAsync(rig, userId);
            await rig.Bin.DeleteAsync(userId, [row.Id], Token);
        }

        Assert.Equal(1, await database.ScalarAsync<int>("select count(*) from downloads where id = @Id", new { row.Id }));
        await using var next = await Rig.StartAsync(database, site, options => options.UndoFor = TimeSpan.FromSeconds(2));
        await IsGoneAsync(row.Id);
    }

    [Fact]
    public async Task Deleting_a_running_download_ends_it_first()
    {
        await using var rig = await Rig.StartAsync(database, site);
        var userId = await database.GivenUserAsync();
        var id = await rig.StartDownloadAsync(userId, site.SlowUrl(out _));
        await rig.HasPartialFileAsync(id);

        await rig.Bin.DeleteAsync(userId, [id], Token);

        Assert.Null(await rig.Store.FindAsync(userId, id, Token));
        await IsGoneAsync(id);
        Assert.Empty(Processes.In(rig.FolderOf(id)));
        await Eventually.TrueAsync(() => !Directory.Exists(rig.FolderOf(id)), "its folder is gone");
    }

    [Fact]
    public async Task A_running_download_that_was_deleted_comes_back_as_cancelled()
    {
        await using var rig = await Rig.StartAsync(database, site, options => options.UndoFor = TimeSpan.FromHours(1));
        var userId = await database.GivenUserAsync();
        var id = await rig.StartDownloadAsync(userId, site.SlowUrl(out var name));
        await rig.HasPartialFileAsync(id);
        var deletion = (await rig.Bin.DeleteAsync(userId, [id], Token))!;

        await rig.Bin.UndoAsync(userId, deletion.At, Token);

        await rig.BecomesAsync(userId, id, WorkStatus.Cancelled);
        site.OpenGate(name);
        Assert.Equal(OrderOutcome.Done, await rig.Downloads.RetryAsync(userId, id, Token));
        await rig.BecomesAsync(userId, id, WorkStatus.Completed);
    }

    [Fact]
    public async Task A_full_storage_takes_no_more_and_what_is_deleted_makes_room()
    {
        var size = new FileInfo(site.FileOf("clip.mp4")).Length;
        await using var rig = await Rig.StartAsync(database, site, options => (options.UserStorageBytes, options.UndoFor) = (size, TimeSpan.FromHours(1)));
        var userId = await database.GivenUserAsync();
        var row = await GivenFileAsync(rig, userId);
        Assert.Equal((1, size), await CountedAsync(rig, userId));

        var refused = Assert.IsType<StartOutcome.Refused>(await rig.Downloads.StartAsync(userId, new DownloadRequest { Url = site.Url("clip.mp4"), Format = "best" }, Token));
        Assert.Equal(("storage_full", "Your storage is full: delete downloads that you no longer need."), (refused.Code, refused.Message));

        var deletion = (await rig.Bin.DeleteAsync(userId, [row.Id], Token))!;
        await GivenFileAsync(rig, userId);
        Assert.Equal(new UndoOutcome(0, LacksRoom: true), await rig.Bin.UndoAsync(userId, deletion.At, Token));
        Assert.Equal((1, size), await CountedAsync(rig, userId));
    }

    [Fact]
    public async Task What_finds_no_room_at_its_end_fails_and_leaves_nothing()
    {
        await using var rig = await Rig.StartAsync(database, site, options => options.UserStorageBytes = 1000);
        var userId = await database.GivenUserAsync();

        var id = await rig.StartDownloadAsync(userId, site.Url("clip.mp4"));

        Assert.Equal("storage_full", (await rig.BecomesAsync(userId, id, WorkStatus.Failed)).ErrorCode);
        Assert.Empty(await rig.Objects.ListAsync($"{userId}/", Token).ToListAsync(Token));
    }

    [Fact]
    public async Task Two_that_end_at_once_do_not_share_the_room_of_one()
    {
        var size = new FileInfo(site.FileOf("large.mp4")).Length;
        await using var rig = await Rig.StartAsync(database, site, options => options.UserStorageBytes = size * 3 / 2);
        var userId = await database.GivenUserAsync();
        string[] names = ["", ""];
        Guid[] ids = [await rig.StartDownloadAsync(userId, site.SlowUrl(out names[0])), await rig.StartDownloadAsync(userId, site.SlowUrl(out names[1]))];
        foreach (var id in ids)
            await rig.HasPartialFileAsync(id);

        foreach (var name in names)
            site.OpenGate(name);

        foreach (var id in ids)
            await rig.BecomesAsync(userId, id, row => !row.IsLive, "it has ended");
        var rows = await rig.Store.ListAsync(userId, WorkFilter.None, null, 10, Token);
        Assert.Equal([WorkStatus.Completed, WorkStatus.Failed], rows.Select(row => row.Status).Order());
        Assert.Equal("storage_full", rows.Single(row => row.Status == WorkStatus.Failed).ErrorCode);
        Assert.Equal((2, size), await CountedAsync(rig, userId));
        var done = rows.Single(row => row.Status == WorkStatus.Completed);
        await Eventually.TrueAsync(
            async () => (await rig.Objects.ListAsync($"{userId}/", Token).ToListAsync(Token)).Order().SequenceEqual(new[] { done.StorageKey!, done.PosterKey! }.Order()),
            "only the kept file's objects are there");
    }

    [Fact]
    public async Task Who_takes_room_keeps_the_others_waiting_until_that_is_counted()
    {
        await using var rig = await Rig.StartAsync(database, site, options => options.UserStorageBytes = 100);
        var share = rig.Get<StorageShare>();
        var userId = await database.GivenUserAsync();
        await using var first = await database.Db.OpenConnectionAsync(Token);
        await using var taking = await first.BeginTransactionAsync(Token);
        Assert.True(await share.TakeAsync(first, userId, 60, Token));

        var second = database.Db.InTransactionAsync(connection => share.TakeAsync(connection, userId, 60, Token), Token);
        Assert.True(await database.Db.InTransactionAsync(connection => share.TakeAsync(connection, Guid.CreateVersion7(), 60, Token), Token), "Another user waits for nobody.");
        await Eventually.TrueAsync(
            async () => await database.ScalarAsync<bool>("select exists (select from pg_locks where locktype = 'advisory' and not granted and database = (select oid from pg_database where datname = current_database()))"),
            "the second waits");
        await CountAsync(first, userId, 60);
        await taking.CommitAsync(Token);

        Assert.False(await second);
    }

    [Fact]
    public async Task All_that_failed_are_tried_again_by_one_order()
    {
        await using var rig = await Rig.StartAsync(database, site);
        var (userId, otherId) = (await database.GivenUserAsync(), await database.GivenUserAsync());
        foreach (var (owner, status, count) in ((Guid, string, int)[])[(userId, "failed", 30), (userId, "cancelled", 1), (otherId, "failed", 1)])
        {
            await database.Db.ExecuteAsync(
                """
                insert into downloads (id, user_id, source_video_url, title, format, status, error_code, error)
                select gen_random_uuid(), @owner, @url, 'Video ' || i, 'best', @status, 'network', 'It broke.'
                from generate_series(1, @count) as i
                """,
                new { owner, status, count, url = site.Url("clip.mp4") },
                Token);
        }

        await rig.Downloads.PauseAsync(userId, Token);
        Assert.Equal(30, await rig.Downloads.RetryFailedAsync(userId, Token));
        Assert.Equal(userId, Assert.Single(rig.Events.Lists));

        var counts = await rig.Store.CountAsync(userId, Token);
        Assert.Equal((30, 0, 1), (counts.Pending, counts.Failed, counts.Cancelled));
        Assert.Equal(1, (await rig.Store.CountAsync(otherId, Token)).Failed);
        Assert.Equal(30, await database.ScalarAsync<int>("select count(*) from jobs where user_id = @userId and state = 'queued' and lane = '127.0.0.1'", new { userId }));
        Assert.Equal(0, await rig.Downloads.RetryFailedAsync(userId, Token));
    }

    private async Task<DownloadRow> GivenFileAsync(Rig rig, Guid userId, string path = "clip.mp4", string format = "best") =>
        await rig.BecomesAsync(userId, await rig.StartDownloadAsync(userId, site.Url(path), format), WorkStatus.Completed);

    private async Task<DownloadRow> GivenSubtitledAsync(Rig rig, Guid userId, string language)
    {
        var request = new DownloadRequest { Url = site.Url("watch.html"), Format = "best", Subtitles = language };
        var started = Assert.IsType<StartOutcome.Started>(await rig.Downloads.StartAsync(userId, request, Token));
        return await rig.BecomesAsync(userId, started.DownloadId, WorkStatus.Completed);
    }

    private Task IsGoneAsync(Guid id) => Eventually.TrueAsync(
        async () => await database.ScalarAsync<int>("select count(*) from downloads where id = @id", new { id }) == 0, "the row is gone", TimeSpan.FromSeconds(60));

    private static async Task<(int Downloads, long? Bytes)> CountedAsync(Rig rig, Guid userId)
    {
        var counts = await rig.Store.CountAsync(userId, Token);
        Assert.Equal(counts.Bytes, await rig.Get<StorageShare>().UsedAsync(userId, Token));
        return (counts.Total, counts.Bytes);
    }

    private static Task<int> CountAsync(NpgsqlConnection connection, Guid userId, long bytes) => connection.ExecuteAsync(
        "insert into download_counts (user_id, status, downloads, bytes) values (@userId, 'completed', 1, @bytes)", new { userId, bytes }, Token);
}
