using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using TrendVault.Core.Data;
using TrendVault.Core.Storage;
using TrendVault.Core.TikTok;
using TrendVault.Core.Work;
using TrendVault.Tests.App;
using TrendVault.Web.Sandbox.Faults;

namespace TrendVault.Tests.Uploads;

/// <summary>What TikTok does not say, or not yet: nothing begins anew by itself once all was sent, and no worker is held.</summary>
public sealed partial class TikTokUploaderTests
{
    [Fact]
    public async Task Once_the_last_byte_is_sent_a_count_of_bytes_that_is_missing_means_nothing()
    {
        Sandbox.Switch(switches => switches with { HideUploadedBytes = true, ProcessingPolls = int.MaxValue });
        Sandbox.Server.Faults.Hold(new UploadHold("1000", 1000));
        await using var first = await UploadRig.StartAsync(Database, Sandbox);
        var given = await first.GivenAsync(1000, Provider);
        var id = await first.UploadAsync(given);
        await Eventually.TrueAsync(() => Sandbox.Server.Faults.Held == 1, "all bytes are there and the answer is not");
        await first.StopAsync();
        Sandbox.Server.Faults.Release();

        // Whatever is sent from now on would be refused, as by an address that has ended.
        Sandbox.Order(new FaultOrder { Path = ChunkPath, Method = "PUT", Status = 403, Times = int.MaxValue });
        await using var second = await UploadRig.StartAsync(Database, Sandbox, Impatient);
        var row = await second.BecomesAsync(given, id, row => row.WaitUntil is not null, "the upload waits");
        Assert.Contains("has not said yet", row.WaitReason, StringComparison.Ordinal);

        Sandbox.Switch(switches => switches with { ProcessingPolls = 0 });
        await DueAsync(id);
        await second.BecomesAsync(given, id, WorkStatus.Completed);
        Assert.Equal([given.Sha256], Videos);
        Assert.Equal((1, given.Bytes), (Drafts.Count, Received));
    }

    [Theory]
    [InlineData(400)]
    [InlineData(403)]
    [InlineData(404)]
    public async Task A_refusal_after_the_last_byte_begins_nothing_anew_and_ends_as_unknown_when_it_stays(int status)
    {
        Sandbox.Order(new FaultOrder { Path = ChunkPath, Method = "PUT", Status = status, Times = int.MaxValue });
        await using var rig = await UploadRig.StartAsync(Database, Sandbox);
        var given = await rig.GivenAsync(1000, Provider);
        var id = await rig.UploadAsync(given);
        await rig.BecomesAsync(given, id, row => row is { Status: WorkStatus.Pending, WaitUntil: not null, ErrorCode: null }, "the upload waits");

        await Database.Db.ExecuteAsync("update upload_jobs set last_byte_at = now() - interval '3 hours' where id = @id", new { id }, Token);
        await DueAsync(id);
        var row = await rig.BecomesAsync(given, id, WorkStatus.Failed);

        Assert.Equal("outcome_unknown", row.ErrorCode);
        Assert.Contains("the inbox of the TikTok app", row.Error, StringComparison.Ordinal);
        Assert.Single(Drafts);
    }

    [Fact]
    public async Task A_cancel_after_the_last_byte_is_not_told_as_one_where_tiktok_counts_no_bytes()
    {
        Sandbox.Switch(switches => switches with { HideUploadedBytes = true, ProcessingPolls = int.MaxValue });
        Sandbox.Server.Faults.Hold(new UploadHold("1000", 1000));
        await using var rig = await UploadRig.StartAsync(Database, Sandbox);
        var given = await rig.GivenAsync(1000, Provider);
        var id = await rig.UploadAsync(given);
        await Eventually.TrueAsync(() => Sandbox.Server.Faults.Held == 1, "all bytes are there and the answer is not");

        await rig.Uploads.CancelAsync(given.UserId, id, Token);
        var row = await rig.BecomesAsync(given, id, row => row.Status is WorkStatus.Failed or WorkStatus.Cancelled, "it ends");
        Assert.Equal((WorkStatus.Failed, "cancelled_too_late"), (row.Status, row.ErrorCode));

        Sandbox.Server.Faults.Release();
        Sandbox.Switch(switches => switches with { ProcessingPolls = 0 });
        await rig.Uploads.RetryAsync(given.UserId, id, Token);
        await rig.BecomesAsync(given, id, WorkStatus.Completed);
        Assert.Equal((1, given.Bytes), (Drafts.Count, Received));
    }

    [Fact]
    public async Task Before_the_last_byte_an_upload_goes_on_where_tiktok_says_also_without_a_count()
    {
        Sandbox.Switch(switches => switches with { HideUploadedBytes = true });
        Sandbox.Order(new FaultOrder { Path = ChunkPath, Method = "PUT", Skip = 1, DelayMs = 30_000 });
        await using var first = await UploadRig.StartAsync(Database, Sandbox);
        var given = await first.GivenAsync(Chunks * Chunk, Provider);
        var id = await first.UploadAsync(given);
        await Eventually.TrueAsync(() => Sandbox.Server.Faults.Orders.Count == 0 && Stored == Chunk, "a chunk is there, and the next hangs");

        await first.StopAsync();
        await using var second = await UploadRig.StartAsync(Database, Sandbox);
        await second.BecomesAsync(given, id, WorkStatus.Completed);

        Assert.Equal([given.Sha256], Videos);
        Assert.Single(Drafts);
    }

    [Fact]
    public async Task A_tiktok_that_falls_silent_in_mid_chunk_holds_no_worker()
    {
        await using var rig = await UploadRig.StartAsync(Database, Sandbox, Impatient);
        var given = await rig.GivenAsync(Chunks * Chunk, Provider);
        Sandbox.Server.Faults.Hold(new UploadHold(given.Bytes.ToString(CultureInfo.InvariantCulture), Chunk));
        var id = await rig.UploadAsync(given);

        var row = await rig.BecomesAsync(given, id, row => row.WaitUntil is not null, "the upload waits");
        Assert.Equal((WorkStatus.Pending, "tiktok_silent"), (row.Status, row.ErrorCode));

        Sandbox.Server.Faults.Release();
        await rig.Uploads.RetryAsync(given.UserId, id, Token);
        await rig.BecomesAsync(given, id, WorkStatus.Completed);
        Assert.Equal([given.Sha256], Videos);
        Assert.Single(Drafts);
    }

    [Fact]
    public async Task A_chunk_that_comes_slowly_and_steadily_takes_as_long_as_it_needs()
    {
        await using var rig = await UploadRig.StartAsync(Database, Sandbox, services =>
        {
            Slow(services);
            Shorten(services, TimeSpan.FromSeconds(3));
        });
        var given = await rig.GivenAsync(Chunk, Provider);
        var began = TimeProvider.System.GetTimestamp();

        await rig.BecomesAsync(given, await rig.UploadAsync(given), WorkStatus.Completed);

        Assert.True(TimeProvider.System.GetElapsedTime(began) > TimeSpan.FromSeconds(3), "it took longer than silence may");
        Assert.Equal((1, given.Bytes), (Drafts.Count, Received));
    }

    [Fact]
    public async Task A_draft_that_tiktok_processes_for_long_waits_in_the_queue_and_goes_on_at_once_when_its_user_asks()
    {
        Sandbox.Switch(switches => switches with { ProcessingPolls = int.MaxValue });
        await using var rig = await UploadRig.StartAsync(Database, Sandbox, Impatient);
        var given = await rig.GivenAsync(1000, Provider);
        var id = await rig.UploadAsync(given);
        await rig.BecomesAsync(given, id, row => row is { Status: WorkStatus.Pending, WaitUntil: not null }, "the upload waits");
        // As after many looks.
        await Database.Db.ExecuteAsync("update jobs set run_after = now() + interval '1 hour' where subject_id = @id", new { id }, Token);

        Sandbox.Switch(switches => switches with { ProcessingPolls = 0 });
        Assert.Equal(OrderOutcome.Done, await rig.Uploads.RetryAsync(given.UserId, id, Token));
        await rig.BecomesAsync(given, id, WorkStatus.Completed);

        Assert.Equal(OrderOutcome.NotNow, await rig.Uploads.RetryAsync(given.UserId, id, Token));
        Assert.Equal((1, given.Bytes), (Drafts.Count, Received));
    }

    [Fact]
    public void A_worker_waits_half_a_minute_for_tiktoks_processing_and_two_minutes_for_a_byte() =>
        Assert.Equal(
            (TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(120)),
            (new TikTokOptions().ProcessingPatience, new TikTokOptions().Silence));

    /// <summary>With times that a test can wait for.</summary>
    private static void Impatient(IServiceCollection services) => Shorten(services, TimeSpan.FromMilliseconds(500));

    private static void Shorten(IServiceCollection services, TimeSpan silence)
    {
        var options = ((IOptions<TikTokOptions>)services.Last(service => service.ServiceType == typeof(IOptions<TikTokOptions>)).ImplementationInstance!).Value;
        options.Silence = silence;
        options.ProcessingPatience = TimeSpan.FromMilliseconds(100);
    }

    /// <summary>The store as it is over a thin line: a quarter of a MB each quarter of a second.</summary>
    private static void Slow(IServiceCollection services)
    {
        var store = services.Last(service => service.ServiceType == typeof(IObjectStore)).ImplementationFactory!;
        services.AddSingleton<IObjectStore>(provider => new SlowStore((IObjectStore)store(provider)));
    }

    private sealed class SlowStore(IObjectStore inner) : IObjectStore
    {
        public Task<StoredObject> PutAsync(string key, Stream content, string contentType, CancellationToken cancellationToken) =>
            inner.PutAsync(key, content, contentType, cancellationToken);

        public Task<StoredObject> PutFileAsync(string key, string path, string contentType, CancellationToken cancellationToken) =>
            inner.PutFileAsync(key, path, contentType, cancellationToken);

        public Task<long?> SizeAsync(string key, CancellationToken cancellationToken) => inner.SizeAsync(key, cancellationToken);

        public async Task<Stream> OpenAsync(string key, long offset, long? length, CancellationToken cancellationToken) =>
            new SlowStream(await inner.OpenAsync(key, offset, length, cancellationToken));

        public Task DeleteAsync(string key, CancellationToken cancellationToken) => inner.DeleteAsync(key, cancellationToken);

        public IAsyncEnumerable<string> ListAsync(string prefix, CancellationToken cancellationToken) => inner.ListAsync(prefix, cancellationToken);

        public Task CheckAsync(CancellationToken cancellationToken) => inner.CheckAsync(cancellationToken);
    }

    private sealed class SlowStream(Stream inner) : ForwardStream
    {
        private const int Piece = 256 * 1024;

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(250), cancellationToken);
            return await inner.ReadAsync(buffer[..Math.Min(buffer.Length, Piece)], cancellationToken);
        }

        protected override void Dispose(bool disposing)
        {
            inner.Dispose();
            base.Dispose(disposing);
        }
    }
}
