using TrendVault.Core.Downloads;
using TrendVault.Core.Work;
using TrendVault.Tests.App;

namespace TrendVault.Tests.Downloads;

public sealed class DownloadQueueTests(TestDatabase database, MediaSite site) : IClassFixture<TestDatabase>, IClassFixture<MediaSite>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Waiting_rows_tell_their_places_and_move_up_on_the_page_too()
    {
        await using var rig = await Rig.StartAsync(database, site, options => options.Workers = 1);
        var userId = await database.GivenUserAsync();
        var (first, second, third) = await GivenThreeAsync(rig, userId);
        await SaysAsync(rig, userId, second, "Next in your queue.");
        await SaysAsync(rig, userId, third, "2nd in your queue.");

        await rig.Downloads.CancelAsync(userId, first, Token);

        await SaysAsync(rig, userId, third, "Next in your queue.");
        await Eventually.TrueAsync(() => rig.Events.Of(third)[^1].Row.WaitsFor == "Next in your queue.", "the page was told");
        await rig.Downloads.CancelAsync(userId, second, Token);
        await rig.Downloads.CancelAsync(userId, third, Token);
    }

    [Fact]
    public async Task No_more_run_from_one_host_than_the_setting_allows_and_the_row_says_so()
    {
        await using var rig = await Rig.StartAsync(database, site, options => (options.Workers, options.PerHost) = (4, 2));
        var userId = await database.GivenUserAsync();
        var (first, second, third) = await GivenThreeAsync(rig, userId);
        await rig.BecomesAsync(userId, second, WorkStatus.Running);

        await SaysAsync(rig, userId, third, "Two downloads from this site run already.");

        await rig.Downloads.CancelAsync(userId, first, Token);
        await rig.BecomesAsync(userId, third, WorkStatus.Running);
        await rig.Downloads.CancelAsync(userId, second, Token);
        await rig.Downloads.CancelAsync(userId, third, Token);
    }

    [Fact]
    public async Task A_paused_queue_lets_what_runs_go_on_and_starts_nothing()
    {
        await using var rig = await Rig.StartAsync(database, site, options => options.Workers = 1);
        var userId = await database.GivenUserAsync();
        var running = await rig.StartDownloadAsync(userId, site.SlowUrl(out var name));
        await rig.BecomesAsync(userId, running, WorkStatus.Running);
        var waiting = await rig.StartDownloadAsync(userId, site.Url("clip.mp4"));

        await rig.Downloads.PauseAsync(userId, Token);
        await SaysAsync(rig, userId, waiting, "Your queue is paused.");
        Assert.Equal("Your queue is paused.", rig.Events.Of(waiting)[^1].Row.WaitsFor);
        site.OpenGate(name);
        await rig.BecomesAsync(userId, running, WorkStatus.Completed);
        Assert.Equal(WorkStatus.Pending, (await rig.Store.FindAsync(userId, waiting, Token))!.Status);

        await rig.Downloads.ResumeAsync(userId, Token);
        await rig.BecomesAsync(userId, waiting, WorkStatus.Completed);
    }

    [Theory]
    [InlineData(1, "Next in your queue.")]
    [InlineData(2, "2nd in your queue.")]
    [InlineData(3, "3rd in your queue.")]
    [InlineData(11, "11th in your queue.")]
    [InlineData(20, "20th in your queue.")]
    [InlineData(null, "Further down your queue.")]
    public void A_place_is_told_as_people_say_it(int? place, string sentence) => Assert.Equal(sentence, Waiting(place).WaitsFor);

    private static DownloadRow Waiting(int? place) => new()
    {
        Id = Guid.Empty,
        UserId = Guid.Empty,
        SourceVideoUrl = "https://example.org/v",
        Title = "Video",
        FileName = "",
        Format = "best",
        Quality = "",
        Status = WorkStatus.Pending,
        Progress = 0,
        CreatedAt = default,
        UpdatedAt = default,
        QueuePlace = place,
    };

    /// <summary>The first runs, and goes on until it is cancelled.</summary>
    private async Task<(Guid First, Guid Second, Guid Third)> GivenThreeAsync(Rig rig, Guid userId)
    {
        var first = await rig.StartDownloadAsync(userId, site.SlowUrl(out _));
        await rig.BecomesAsync(userId, first, WorkStatus.Running);
        return (first, await rig.StartDownloadAsync(userId, site.SlowUrl(out _)), await rig.StartDownloadAsync(userId, site.SlowUrl(out _)));
    }

    private static Task<DownloadRow> SaysAsync(Rig rig, Guid userId, Guid id, string sentence) =>
        rig.BecomesAsync(userId, id, row => row.WaitsFor == sentence, $"the row says: {sentence}");
}
