using System.Diagnostics;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using TrendVault.Core.Data;
using TrendVault.Core.Downloads;
using TrendVault.Core.Media;
using TrendVault.Core.Work;
using TrendVault.Tests.App;
using TrendVault.Tests.Egress;
using TrendVault.Web.Pages.Shared;

namespace TrendVault.Tests.Downloads;

/// <summary>From the request to the stored file, over the real engine.</summary>
public sealed class DownloadJobTests(TestDatabase database, MediaSite site) : IClassFixture<TestDatabase>, IClassFixture<MediaSite>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("clip.mp4", "best", "clip.mp4", "360p", "video/mp4")]
    [InlineData("master.m3u8", "480p", "master.mp4", "360p", "video/mp4")]
    [InlineData("dash.mpd", "audio", "dash.m4a", "audio", "audio/mp4")]
    public async Task A_video_ends_in_the_store_with_its_digest(string path, string format, string fileName, string quality, string contentType)
    {
        await using var rig = await Rig.StartAsync(database, site);
        var userId = await database.GivenUserAsync();

        var id = await rig.StartDownloadAsync(userId, site.Url(path), format);
        var row = await rig.BecomesAsync(userId, id, WorkStatus.Completed);

        Assert.Equal((fileName, quality, contentType, 100), (row.FileName, row.Quality, row.ContentType, row.Progress));
        Assert.Matches($"^{userId}/{id}/1-[a-z0-9-]+\\.[a-z0-9]+$", row.StorageKey);
        await using var stored = await rig.Objects.OpenAsync(row.StorageKey!, 0, null, Token);
        Assert.Equal(row.Sha256, Convert.ToHexStringLower(await SHA256.HashDataAsync(stored, Token)));
        Assert.Equal(row.FileSize, await rig.Objects.SizeAsync(row.StorageKey!, Token));
        await Eventually.TrueAsync(() => rig.Events.Of(id) is [.., { Name: "download:complete" }], "the end is announced");
        Assert.False(Directory.Exists(rig.FolderOf(id)));
        Assert.Equal("download:start", rig.Events.Of(id)[0].Name);
        var percents = rig.Events.Of(id).Select(item => item.Row.Progress).ToList();
        Assert.Equal(percents.Order(), percents);
    }

    [Fact]
    public async Task Cancelling_ends_every_process_and_nothing_follows()
    {
        await using var rig = await Rig.StartAsync(database, site);
        var userId = await database.GivenUserAsync();
        var id = await rig.StartDownloadAsync(userId, site.SlowUrl(out _));
        await rig.HasPartialFileAsync(id);

        var clock = Stopwatch.StartNew();
        Assert.Equal(OrderOutcome.Done, await rig.Downloads.CancelAsync(userId, id, Token));
        await rig.BecomesAsync(userId, id, WorkStatus.Cancelled);
        await Eventually.TrueAsync(() => Processes.In(rig.FolderOf(id)).Count == 0, "every process is gone");
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(5), $"it took {clock.Elapsed}");

        await Eventually.TrueAsync(() => rig.Events.Of(id) is [.., { Name: "download:cancelled" }], "the end is announced");
        Assert.False(Directory.Exists(rig.FolderOf(id)));
        Assert.Equal(OrderOutcome.NotNow, await rig.Downloads.CancelAsync(userId, id, Token));
        Assert.Equal("download:cancelled", rig.Events.Of(id)[^1].Name);
    }

    [Fact]
    public async Task A_killed_program_is_started_again_and_goes_on_with_its_file()
    {
        await using var rig = await Rig.StartAsync(database, site);
        var userId = await database.GivenUserAsync();
        var id = await rig.StartDownloadAsync(userId, site.SlowUrl(out var name));
        await rig.HasPartialFileAsync(id);

        foreach (var process in Processes.In(rig.FolderOf(id)).Where(process => Processes.CommandLine(process).Contains("python", StringComparison.Ordinal)))
            Process.GetProcessById(process).Kill();
        site.OpenGate(name);

        var row = await rig.BecomesAsync(userId, id, WorkStatus.Completed);
        Assert.Contains("/2-", row.StorageKey, StringComparison.Ordinal);
        Assert.Contains(site.Requests, request => request.Path == name && request.Range is not ("" or "bytes=0-"));
        Assert.Equal(new FileInfo(site.FileOf("large.mp4")).Length, row.FileSize);
    }

    [Fact]
    public async Task What_no_retry_can_mend_fails_at_once_with_a_sentence()
    {
        await using var rig = await Rig.StartAsync(database, site);
        var userId = await database.GivenUserAsync();

        var id = await rig.StartDownloadAsync(userId, site.Url("feed.xml?items=2"));
        var row = await rig.BecomesAsync(userId, id, WorkStatus.Failed);

        Assert.Equal(("playlist", "This is a list of videos: open it under New download and choose from it."), (row.ErrorCode, row.Error));
        Assert.Equal(1, await database.ScalarAsync<int>("select attempt from jobs where subject_id = @id", new { id }));
        await Eventually.TrueAsync(() => rig.Events.Of(id) is [.., { Name: "download:error" }], "the end is announced");
    }

    [Fact]
    public async Task A_site_that_cannot_be_reached_is_tried_again_and_then_told()
    {
        var gone = new MediaSite();
        await gone.InitializeAsync();
        var url = gone.Url("clip.mp4");
        await using var rig = await Rig.StartAsync(database, gone);
        await gone.DisposeAsync();
        var userId = await database.GivenUserAsync();

        var id = await rig.StartDownloadAsync(userId, url);
        var row = await rig.BecomesAsync(userId, id, WorkStatus.Failed);

        Assert.Equal(("network", "The site could not be reached, or the connection broke. Try again later."), (row.ErrorCode, row.Error));
        Assert.True(await database.ScalarAsync<int>("select attempt from jobs where subject_id = @id", new { id }) > 1, "It was tried again.");
        Assert.False(Directory.Exists(rig.FolderOf(id)));
    }

    [Fact]
    public async Task A_failed_download_can_be_tried_again()
    {
        await using var rig = await Rig.StartAsync(database, site, options => options.MaxFileBytes = 1000);
        var userId = await database.GivenUserAsync();
        var id = await rig.StartDownloadAsync(userId, site.Url("clip.mp4"));
        Assert.Equal("too_large", (await rig.BecomesAsync(userId, id, WorkStatus.Failed)).ErrorCode);

        Assert.Equal(OrderOutcome.Done, await rig.Downloads.RetryAsync(userId, id, Token));
        await rig.BecomesAsync(userId, id, WorkStatus.Failed);

        Assert.Equal(2, await database.ScalarAsync<int>("select count(*) from jobs where subject_id = @id", new { id }));
    }

    [Fact]
    public async Task Without_yt_dlp_or_with_one_that_is_too_old_it_waits_and_goes_on_when_there_is_a_current_one()
    {
        var folder = Directory.CreateTempSubdirectory("tv-tools-");
        var program = Path.Combine(folder.FullName, "yt-dlp");
        await using var rig = await Rig.StartAsync(database, site, tools: tools => tools.YtDlpPath = program);
        var userId = await database.GivenUserAsync();
        var id = await rig.StartDownloadAsync(userId, site.Url("clip.mp4"));

        var row = await rig.BecomesAsync(userId, id, row => row is { Status: WorkStatus.Pending, WaitReason: not null }, "it waits");
        Assert.Contains("install", row.WaitReason, StringComparison.Ordinal);
        Assert.NotNull(row.WaitUntil);

        using var old = StandIn.TooOld();
        File.CreateSymbolicLink(program, old.Path);
        row = await rig.BecomesAsync(userId, id, row => row.WaitReason?.Contains("is of 2023", StringComparison.Ordinal) == true, "it waits for a newer one");
        Assert.Contains($"below {YtDlpVersion.Floor} nothing is downloaded", row.WaitReason, StringComparison.Ordinal);

        File.Delete(program);
        File.CreateSymbolicLink(program, YtDlpPrograms.Current);
        await rig.BecomesAsync(userId, id, WorkStatus.Completed);
        Assert.Equal(0, await database.ScalarAsync<int>("select failures from jobs where subject_id = @id", new { id }));
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Without_room_on_the_disk_it_waits()
    {
        await using var rig = await Rig.StartAsync(database, site, options => options.MinFreeBytes = long.MaxValue);
        var userId = await database.GivenUserAsync();

        var id = await rig.StartDownloadAsync(userId, site.Url("clip.mp4"));

        var row = await rig.BecomesAsync(userId, id, row => row is { Status: WorkStatus.Pending, WaitReason: not null }, "it waits");
        Assert.Contains("disk", row.WaitReason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_disk_that_fills_up_stops_a_download_until_there_is_room()
    {
        DownloadOptions settings = null!;
        await using var rig = await Rig.StartAsync(database, site, options => settings = options);
        var userId = await database.GivenUserAsync();
        var id = await rig.StartDownloadAsync(userId, site.SlowUrl(out var name));
        await rig.HasPartialFileAsync(id);

        settings.MinFreeBytes = long.MaxValue;
        var row = await rig.BecomesAsync(userId, id, row => row is { Status: WorkStatus.Pending, WaitReason: not null }, "it waits");
        Assert.Contains("disk", row.WaitReason, StringComparison.Ordinal);
        await Eventually.TrueAsync(() => !Directory.Exists(Path.Combine(rig.FolderOf(id), "media")), "what waits for room takes none");

        settings.MinFreeBytes = 0;
        site.OpenGate(name);
        row = await rig.BecomesAsync(userId, id, WorkStatus.Completed);
        Assert.Equal(new FileInfo(site.FileOf("large.mp4")).Length, row.FileSize);
        Assert.Equal(0, await database.ScalarAsync<int>("select failures from jobs where subject_id = @id", new { id }));
    }

    [Fact]
    public async Task Without_the_object_store_the_finished_file_waits_in_its_folder()
    {
        await using var rig = await Rig.StartAsync(database, site);
        var userId = await database.GivenUserAsync();
        var objects = Path.Combine(rig.DataFolder, "objects");
        await rig.Objects.CheckAsync(Token);
        Directory.Move(objects, objects + ".away");
        await File.WriteAllTextAsync(objects, "in the way", Token);
        var id = await rig.StartDownloadAsync(userId, site.Url("clip.mp4?kept"));

        var row = await rig.BecomesAsync(userId, id, row => row is { Status: WorkStatus.Pending, WaitReason: not null }, "it waits");
        Assert.Contains("storage", row.WaitReason, StringComparison.Ordinal);
        var asked = TimesAsked();
        Assert.InRange(asked, 1, int.MaxValue);

        File.Delete(objects);
        Directory.Move(objects + ".away", objects);
        await rig.BecomesAsync(userId, id, WorkStatus.Completed);
        Assert.Equal(asked, TimesAsked());

        int TimesAsked() => site.Requests.Count(request => request.Query == "?kept");
    }

    [Fact]
    public async Task A_finished_file_that_nobody_stores_for_a_day_is_given_up()
    {
        await using var rig = await Rig.StartAsync(database, site);
        var userId = await database.GivenUserAsync();
        await rig.Objects.CheckAsync(Token);
        Directory.Delete(Path.Combine(rig.DataFolder, "objects"), recursive: true);
        var id = await rig.StartDownloadAsync(userId, site.Url("clip.mp4"));
        await rig.BecomesAsync(userId, id, row => row is { Status: WorkStatus.Pending, WaitReason: not null }, "it waits");

        File.SetLastWriteTimeUtc(Path.Combine(rig.FolderOf(id), "finished"), DateTime.UtcNow.AddHours(-25));

        Assert.Equal("storage_unavailable", (await rig.BecomesAsync(userId, id, WorkStatus.Failed)).ErrorCode);
        await Eventually.TrueAsync(() => !Directory.Exists(rig.FolderOf(id)), "its folder is gone");
    }

    [Fact]
    public async Task A_store_that_answers_503_is_waited_for()
    {
        await using var broken = await LocalSite.StartAsync(context => Results.StatusCode(503).ExecuteAsync(context));
        await using var rig = await Rig.StartAsync(
            database, site, settings: [("MINIO_ENDPOINT", broken.Endpoint), ("MINIO_ACCESS_KEY", "a"), ("MINIO_SECRET_KEY", "b")]);
        var userId = await database.GivenUserAsync();

        var id = await rig.StartDownloadAsync(userId, site.Url("clip.mp4"));
        var row = await rig.BecomesAsync(userId, id, row => row is { Status: WorkStatus.Pending, WaitReason: not null }, "it waits", TimeSpan.FromSeconds(90));

        Assert.Contains("storage", row.WaitReason, StringComparison.Ordinal);
        Assert.Equal(0, await database.ScalarAsync<int>("select failures from jobs where subject_id = @id", new { id }));
    }

    [Fact]
    public async Task Killed_while_it_looks_it_looks_again()
    {
        using var ytDlp = new HaltingYtDlp("look");
        await using var rig = await Rig.StartAsync(database, site, tools: tools => tools.YtDlpPath = ytDlp.Path);
        var userId = await database.GivenUserAsync();
        // What another address offers is not known yet.
        var id = await rig.StartDownloadAsync(userId, site.Url($"dash.mpd?{Guid.NewGuid()}"));

        await ytDlp.KillAsync("yt-dlp", "look");

        Assert.Contains("/2-", (await rig.BecomesAsync(userId, id, WorkStatus.Completed, TimeSpan.FromMinutes(2))).StorageKey, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("yt-dlp")]
    [InlineData("ffmpeg")]
    public async Task Killed_while_it_merges_it_merges_again(string program)
    {
        using var ytDlp = new HaltingYtDlp("merge");
        await using var rig = await Rig.StartAsync(database, site, tools: tools => tools.YtDlpPath = ytDlp.Path);
        var userId = await database.GivenUserAsync();
        var id = await rig.StartDownloadAsync(userId, site.Url("dash.mpd"));
        await rig.BecomesAsync(userId, id, row => row.Phase == WorkPhase.Merge, "it merges", TimeSpan.FromMinutes(2));

        await ytDlp.KillAsync(program, "merge");

        var row = await rig.BecomesAsync(userId, id, WorkStatus.Completed, TimeSpan.FromMinutes(2));
        Assert.Contains("/2-", row.StorageKey, StringComparison.Ordinal);
        Assert.Equal("360p", row.Quality);
        Assert.Empty(Processes.In(rig.FolderOf(id)));
    }

    [Theory]
    [InlineData("http://127.0.0.1:1/v.mp4")]
    [InlineData("http://169.254.169.254/latest/meta-data")]
    [InlineData("file:///etc/passwd")]
    [InlineData("ytsearch:cats")]
    [InlineData("--exec")]
    public async Task A_url_that_may_not_be_fetched_starts_nothing(string url)
    {
        await using var rig = await Rig.StartAsync(database, site);
        var userId = await database.GivenUserAsync();

        var outcome = await rig.Downloads.StartAsync(userId, new DownloadRequest { Url = url, Format = "best" }, Token);

        Assert.Equal("url_not_allowed", Assert.IsType<StartOutcome.Refused>(outcome).Code);
        Assert.Equal(0, await database.ScalarAsync<int>("select count(*) from downloads where user_id = @userId", new { userId }));
    }

    [Fact]
    public async Task One_key_makes_one_download_however_often_it_comes()
    {
        await using var rig = await Rig.StartAsync(database, site);
        var userId = await database.GivenUserAsync();

        var ids = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => rig.StartDownloadAsync(userId, site.Url("text.html"), key: "form-1")));

        Assert.Single(ids.Distinct());
        Assert.Equal(1, await database.ScalarAsync<int>("select count(*) from jobs where user_id = @userId", new { userId }));
        Assert.NotEqual(ids[0], await rig.StartDownloadAsync(await database.GivenUserAsync(), site.Url("text.html"), key: "form-1"));
    }

    [Fact]
    public async Task A_worker_that_was_overtaken_changes_nothing_and_leaves_nothing()
    {
        await using var rig = await Rig.StartAsync(database, site);
        var userId = await database.GivenUserAsync();
        var id = await rig.StartDownloadAsync(userId, site.SlowUrl(out var name));
        await rig.HasPartialFileAsync(id);

        await database.Db.ExecuteAsync("update jobs set attempt = attempt + 1 where subject_id = @id", new { id }, Token);
        await Eventually.TrueAsync(() => Processes.In(rig.FolderOf(id)).Count == 0, "its processes are gone");
        site.OpenGate(name);

        var row = (await rig.Store.FindAsync(userId, id, Token))!;
        Assert.Equal(WorkStatus.Running, row.Status);
        Assert.DoesNotContain(rig.Events.Of(id), item => item.Name is "download:complete" or "download:error" or "download:cancelled");
        Assert.Empty(await rig.Objects.ListAsync($"{userId}/", Token).ToListAsync(Token));
    }
}
