using System.Globalization;
using TrendVault.Core.Data;
using TrendVault.Core.Downloads;
using TrendVault.Core.Work;
using TrendVault.Tests.App;

namespace TrendVault.Tests.Downloads;

/// <summary>What is announced is waited for. In yt-dlp's place is a program that tells of the video as yt-dlp does, and is the real one once it is out.</summary>
public sealed class PremiereTests(TestDatabase database, MediaSite site) : IClassFixture<TestDatabase>, IClassFixture<MediaSite>, IDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 11, 29, 12, 0, 0, TimeSpan.Zero);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tv-premiere-");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("Premieres in 3 hours", 180)]
    [InlineData("Premieres in 24 minutes", 24)]
    [InlineData("This live event will begin in 2 days.", 2880)]
    [InlineData("This live event will begin in an hour.", 60)]
    [InlineData("This live event will begin in a few moments.", 1)]
    [InlineData("Premiere will begin shortly", 1)]
    [InlineData("This livestream has not yet started", null)]
    public void A_site_tells_the_time_in_words(string sentence, int? minutes) =>
        Assert.Equal(minutes, (Premiere.BeginIn(sentence, Now) - Now)?.TotalMinutes);

    [Theory]
    [InlineData(180, "03:00:30")]
    [InlineData(0, "00:01:00")]
    [InlineData(-600, "00:01:00")]
    [InlineData(60 * 24 * 30, "1.00:00:00")]
    [InlineData(null, "00:15:00")]
    public void It_is_asked_for_at_its_time_and_once_a_day_before(int? minutes, string wait) =>
        Assert.Equal(TimeSpan.Parse(wait, CultureInfo.InvariantCulture), Premiere.NextLook(minutes is { } count ? Now.AddMinutes(count) : null, Now) - Now);

    [Fact]
    public async Task It_waits_for_its_time_asks_again_when_it_is_moved_and_comes_when_it_is_out()
    {
        using var ytDlp = GivenYtDlp();
        await using var rig = await Rig.StartAsync(database, site, tools: tools => tools.YtDlpPath = ytDlp.Path);
        var userId = await database.GivenUserAsync();
        var begins = InHours(3);
        Announce("is_upcoming", begins);

        var id = await rig.StartDownloadAsync(userId, site.Url("clip.mp4"));
        var row = await WaitsUntilAsync(begins.AddSeconds(30));
        Assert.Contains(begins.ToString("d MMM yyyy HH:mm 'UTC'", CultureInfo.InvariantCulture), row.WaitReason, StringComparison.Ordinal);

        begins = InHours(5);
        Announce("is_upcoming", begins);
        await LetItsTimeComeAsync();
        await WaitsUntilAsync(begins.AddSeconds(30));

        // A premiere runs like a live stream first.
        Announce("is_live", InHours(1));
        await LetItsTimeComeAsync();
        await rig.BecomesAsync(userId, id, row => row.WaitReason?.Contains("still runs", StringComparison.Ordinal) == true, "it waits for the end");

        File.Delete(FileOf("announced"));
        await LetItsTimeComeAsync();
        await rig.BecomesAsync(userId, id, WorkStatus.Completed);
        Assert.Equal(0, await database.ScalarAsync<int>("select failures from jobs where subject_id = @id", new { id }));

        Task<DownloadRow> WaitsUntilAsync(DateTimeOffset until) => rig.BecomesAsync(
            userId, id, row => row is { Status: WorkStatus.Pending, WaitReason: not null } && row.WaitUntil == until, $"it waits until {until}");

        Task LetItsTimeComeAsync() => Eventually.TrueAsync(
            async () => await database.Db.ExecuteAsync("update jobs set run_after = now() where subject_id = @id and state = 'queued'", new { id }, Token) > 0, "it is parked");
    }

    [Fact]
    public async Task A_live_stream_that_ran_already_when_it_was_asked_for_is_refused()
    {
        using var ytDlp = GivenYtDlp();
        await using var rig = await Rig.StartAsync(database, site, tools: tools => tools.YtDlpPath = ytDlp.Path);
        var userId = await database.GivenUserAsync();
        Announce("is_live", InHours(-1));

        var id = await rig.StartDownloadAsync(userId, site.Url("clip.mp4"));

        Assert.Equal("live", (await rig.BecomesAsync(userId, id, WorkStatus.Failed)).ErrorCode);
    }

    [Theory]
    [InlineData("Premieres in 3 hours", 180)]
    [InlineData("This livestream has not yet started", null)]
    public async Task Where_only_the_error_tells_it_its_words_are_taken(string words, int? minutes)
    {
        using var ytDlp = new StandIn($"echo 'ERROR: [site] abc: {words}' >&2; echo null; exit 1");
        await using var bench = await Bench.StartAsync([], tools: tools => tools.YtDlpPath = ytDlp.Path);
        var before = DateTimeOffset.UtcNow;

        var failure = await Bench.FailsAsync(() => bench.YtDlp.ProbeAsync("https://example.org/video", Token));

        Assert.True(failure.IsNotYet);
        if (minutes is { } count)
            Assert.InRange(failure.Begins!.Value, before.AddMinutes(count), DateTimeOffset.UtcNow.AddMinutes(count));
        else
            Assert.Null(failure.Begins);
    }

    private static DateTimeOffset InHours(int hours) => DateTimeOffset.FromUnixTimeSeconds(DateTimeOffset.UtcNow.AddHours(hours).ToUnixTimeSeconds());

    private string FileOf(string name) => Path.Combine(_folder.FullName, name);

    private void Announce(string status, DateTimeOffset begins)
    {
        File.WriteAllText(FileOf("next"), $$"""{"title":"A premiere","live_status":"{{status}}","release_timestamp":{{begins.ToUnixTimeSeconds()}},"formats":[]}""");
        File.Move(FileOf("next"), FileOf("announced"), overwrite: true);
    }

    // An announced video is an error; its JSON comes to those who do not mind that it has no formats. One that runs has some.
    private StandIn GivenYtDlp() => new(
        $$"""
        if [ ! -e '{{FileOf("announced")}}' ]; then
          exec '{{YtDlpPrograms.Current}}' "$@"
        elif [[ " $* " == *" --ignore-no-formats-error "* ]] || grep -q is_live '{{FileOf("announced")}}'; then
          cat '{{FileOf("announced")}}'; echo
        else
          echo 'ERROR: [youtube] abc: Premieres in 3 hours' >&2; echo null; exit 1
        fi
        """,
        // Every current one understands what an old one is given.
        version: "2023.11.16");
}
