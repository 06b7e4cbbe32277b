using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using TrendVault.Core.Data;
using TrendVault.Core.Downloads;
using TrendVault.Core.Jobs;
using TrendVault.Core.Media;
using TrendVault.Core.Storage;
using TrendVault.Core.Work;
using TrendVault.Tests.App;

namespace TrendVault.Tests.Downloads;

public sealed class DownloadStoreTests(TestDatabase database, MediaSite site) : IClassFixture<TestDatabase>, IClassFixture<MediaSite>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private DownloadQueue Queue => new(database.Db, Options.Create(new DownloadOptions()));

    private DownloadStore Store => new(database.Db, Queue);

    private DownloadRows Rows => new(database.Db, Queue);

    [Fact]
    public async Task The_list_is_newest_first_and_goes_on_where_it_stopped()
    {
        var userId = await database.GivenUserAsync();
        var ids = new List<Guid>();
        for (var i = 0; i < 7; i++)
            ids.Add(await GivenRowAsync(userId, $"Video {i}"));
        await GivenRowAsync(await database.GivenUserAsync(), "Another's");

        var seen = new List<Guid>();
        WorkCursor? after = null;
        while (await Store.ListAsync(userId, WorkFilter.None, after, 3, Token) is [.., var last] rows)
        {
            seen.AddRange(rows.Select(row => row.Id));
            after = new WorkCursor(last.CreatedAt, last.Id);
        }

        ids.Reverse();
        Assert.Equal(ids, seen);
    }

    [Fact]
    public async Task It_is_filtered_by_state_and_by_text_taken_literally()
    {
        var userId = await database.GivenUserAsync();
        var percent = await GivenRowAsync(userId, "100 % cats");
        await GivenRowAsync(userId, "100 dogs");
        var failed = await GivenRowAsync(userId, "Broken", "failed");

        Assert.Equal([percent], await IdsAsync(userId, new WorkFilter(null, "0 % CATS")));
        Assert.Empty(await IdsAsync(userId, new WorkFilter(null, "%x%")));
        Assert.Equal([failed], await IdsAsync(userId, new WorkFilter(WorkStatus.Failed, null)));
        var counts = await Store.CountAsync(userId, Token);
        Assert.Equal((3, 2, 1), (counts.Total, counts.Pending, counts.Failed));
        var (page, total) = await Store.PageAsync(userId, WorkFilter.None, 2, 2, Token);
        Assert.Equal((1, 3), (page.Count, total));
    }

    [Fact]
    public async Task The_counts_follow_every_step_and_stay_when_they_are_folded()
    {
        var userId = await database.GivenUserAsync();
        var id = await GivenRowAsync(userId, "Comes and goes");
        await GivenRowAsync(userId, "Stays");
        for (var i = 0; i < 60; i++)
        {
            await database.Db.ExecuteAsync("update downloads set status = 'downloading', progress = 1 where id = @id", new { id }, Token);
            await database.Db.ExecuteAsync("update downloads set status = 'failed' where id = @id", new { id }, Token);
        }

        var before = await Store.CountAsync(userId, Token);
        await Rows.FoldCountsAsync(Token);

        Assert.Equal((2, 1, 1), (before.Total, before.Pending, before.Failed));
        Assert.Equal(before, await Store.CountAsync(userId, Token));
        Assert.InRange(await database.ScalarAsync<int>("select count(*) from download_counts where user_id = @userId", new { userId }), 1, 5);

        await database.Db.ExecuteAsync("update downloads set deleted_at = now() where id = @id", new { id }, Token);
        await database.Db.ExecuteAsync("delete from downloads where id = @id", new { id }, Token);
        Assert.Equal(1, (await Store.CountAsync(userId, Token)).Total);
    }

    [Fact]
    public async Task Old_text_is_found_behind_a_long_history_that_does_not_have_it()
    {
        var userId = await database.GivenUserAsync();
        List<Guid> old = [await GivenRowAsync(userId, "Needle one"), await GivenRowAsync(userId, "Needle two")];
        await database.Db.ExecuteAsync(
            """
            insert into downloads (id, user_id, source_video_url, title, format, created_at)
            select gen_random_uuid(), @userId, 'https://example.org/v', 'Hay ' || i, 'best', now() + make_interval(secs => i)
            from generate_series(1, 2000) as i
            """,
            new { userId },
            Token);

        Assert.Equal([old[1], old[0]], await IdsAsync(userId, new WorkFilter(null, "needle")));
        var last = await Store.FindAsync(userId, old[1], Token);
        var next = await Store.ListAsync(userId, new WorkFilter(null, "needle"), new WorkCursor(last!.CreatedAt, last.Id), 50, Token);
        Assert.Equal([old[0]], next.Select(row => row.Id));
    }

    [Fact]
    public async Task Leftover_folders_go_and_wanted_ones_stay()
    {
        await using var rig = await Rig.StartAsync(database, site);
        var userId = await database.GivenUserAsync();
        var wanted = await GivenRowAsync(userId, "Waits");
        var ended = await GivenRowAsync(userId, "Ended", "failed");
        var unheardOf = Guid.CreateVersion7();
        foreach (var name in (string[])[$"{wanted}", $"{ended}", $"{unheardOf}", "not-a-download"])
            Directory.CreateDirectory(Path.Combine(rig.WorkFolder, name, "media"));

        await rig.Get<IEnumerable<Microsoft.Extensions.Hosting.IHostedService>>().OfType<DownloadSweep>().Single().SweepAsync(Token);

        Assert.Equal([$"{wanted}", "not-a-download"], Directory.GetDirectories(rig.WorkFolder).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task What_a_killed_look_left_goes_and_one_that_runs_stays()
    {
        await using var rig = await Rig.StartAsync(database, site);
        var (left, running) = (new DirectoryInfo(EmptyHome.In(rig.DataFolder).Path), new DirectoryInfo(EmptyHome.In(rig.DataFolder).Path));
        left.LastWriteTimeUtc = DateTime.UtcNow.AddMinutes(-16);

        await rig.Get<IEnumerable<Microsoft.Extensions.Hosting.IHostedService>>().OfType<DownloadSweep>().Single().SweepAsync(Token);

        Assert.False(Directory.Exists(left.FullName));
        Assert.True(Directory.Exists(running.FullName));
    }

    [Fact]
    public async Task An_orphan_object_goes_and_others_stay()
    {
        await using var rig = await Rig.StartAsync(database, site);
        var userId = await database.GivenUserAsync();
        var running = await GivenRowAsync(userId, "Runs", "downloading");
        string[] keep = [$"{userId}/{running}/1-video.mp4", $"{userId}/thumbnails/1.jpg"];
        var orphan = $"{userId}/{Guid.CreateVersion7()}/1-video.mp4";
        foreach (var key in (string[])[.. keep, orphan])
            await PutAsync(rig, key);

        await SweepObjectsAsync(rig);

        Assert.Equal(keep.Order(), (await rig.Objects.ListAsync("", Token).ToListAsync(Token)).Order());
    }

    [Fact]
    public async Task A_sweep_that_would_take_too_much_takes_nothing()
    {
        await using var rig = await Rig.StartAsync(database, site);
        var userId = await database.GivenUserAsync();
        for (var i = 0; i < 5; i++)
            await PutAsync(rig, $"{userId}/{Guid.CreateVersion7()}/1-video.mp4");

        await SweepObjectsAsync(rig);

        Assert.Equal(5, await rig.Objects.ListAsync("", Token).CountAsync(Token));
    }

    [Fact]
    public async Task A_deletion_cut_short_is_ended()
    {
        await using var rig = await Rig.StartAsync(database, site);
        var userId = await database.GivenUserAsync();
        var id = await GivenRowAsync(userId, "Half gone");
        var key = $"{userId}/{id}/1-video.mp4";
        await PutAsync(rig, key);
        await database.Db.ExecuteAsync("update downloads set deleted_at = now() - interval '1 minute', storage_key = @key where id = @id", new { id, key }, Token);

        await SweepObjectsAsync(rig);

        Assert.Null(await rig.Objects.SizeAsync(key, Token));
        Assert.Equal(0, await database.ScalarAsync<int>("select count(*) from downloads where id = @id", new { id }));
    }

    private static Task<StoredObject> PutAsync(Rig rig, string key) => rig.Objects.PutAsync(key, new MemoryStream([1]), "video/mp4", Token);

    private static Task<JobOutcome> SweepObjectsAsync(Rig rig) =>
        new ObjectSweep(rig.Get<DownloadRows>(), rig.Bin, rig.Objects, NullLogger<ObjectSweep>.Instance)
            .RunAsync(new Job { Id = Guid.CreateVersion7(), Kind = ObjectSweep.JobKind, Attempt = 1 }, Token);

    private async Task<IEnumerable<Guid>> IdsAsync(Guid userId, WorkFilter filter) =>
        (await Store.ListAsync(userId, filter, null, 50, Token)).Select(row => row.Id);

    private async Task<Guid> GivenRowAsync(Guid userId, string title, string status = "pending")
    {
        var id = Guid.CreateVersion7();
        await database.Db.ExecuteAsync(
            """
            insert into downloads (id, user_id, source_video_url, title, format, status)
            values (@id, @userId, 'https://example.org/v', @title, 'best', @status)
            """,
            new { id, userId, title, status },
            Token);
        return id;
    }
}
