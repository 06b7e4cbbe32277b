using TrendVault.Core.Data;
using TrendVault.Core.Work;
using TrendVault.Tests.Accounts;
using TrendVault.Tests.App;
using TrendVault.Web.Sandbox.Faults;

namespace TrendVault.Tests.Uploads;

/// <summary>What every platform's uploader promises, whatever its protocol: every byte, once, whatever happens on the way.</summary>
public abstract class UploaderContract : IClassFixture<TestDatabase>, IClassFixture<GoogleSandbox>, IAsyncLifetime
{
    /// <summary>Chunks of a file.</summary>
    private protected const int Chunks = 3;

    private protected UploaderContract(TestDatabase database, GoogleSandbox sandbox)
    {
        (Database, Sandbox) = (database, sandbox);
        sandbox.Reset();
    }

    private protected TestDatabase Database { get; }

    /// <summary>What a test before has left waiting would run in this one.</summary>
    public async ValueTask InitializeAsync() => await Database.Db.ExecuteAsync("delete from jobs where kind in ('upload', 'upload_follow_up')", parameters: null, Token);

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    private protected GoogleSandbox Sandbox { get; }

    private protected static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>As the flow names it.</summary>
    private protected abstract string Provider { get; }

    /// <summary>Bytes of a chunk.</summary>
    private protected abstract int Chunk { get; }

    /// <summary>Where chunks are put.</summary>
    private protected abstract string ChunkPath { get; }

    /// <summary>PUTs before the first chunk.</summary>
    private protected virtual int Asking => 0;

    /// <summary>The calls that carry a token while an upload is under way.</summary>
    private protected abstract FaultOrder Refusal { get; }

    /// <summary>SHA-256 of the videos that this test has made.</summary>
    private protected abstract IReadOnlyList<string?> Videos { get; }

    /// <summary>Bytes that the platform took in this test, with those that came twice.</summary>
    private protected abstract long Received { get; }

    private protected abstract long Stored { get; }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, -1)]
    [InlineData(1, 0)]
    [InlineData(1, 1)]
    [InlineData(Chunks, 12_345)]
    public async Task Every_byte_arrives_once_and_makes_one_video(int chunks, int more)
    {
        await using var rig = await UploadRig.StartAsync(Database, Sandbox);
        var given = await rig.GivenAsync((chunks * Chunk) + more, Provider);

        var row = await rig.BecomesAsync(given, await rig.UploadAsync(given), WorkStatus.Completed);

        Assert.Equal([given.Sha256], Videos);
        Assert.Equal((given.Bytes, 100), (Received, row.Progress));
        Assert.Equal(row.PlatformVideoId, Assert.Single(await rig.Published.ListAsync(given.UserId, channelId: null, null, 10, Token)).PlatformVideoId);
        Assert.Equal(0, await Database.ScalarAsync<int>("select count(handle_blob)::int from upload_jobs where id = @Id", new { row.Id }));
    }

    [Theory]
    [InlineData(503, 1)]
    [InlineData(500, 3)]
    public async Task A_fault_in_the_middle_is_waited_out(int status, int times)
    {
        Sandbox.Order(new FaultOrder { Path = ChunkPath, Method = "PUT", Skip = Asking + 1, Times = times, Status = status });
        await ArrivesOnceAsync();
    }

    [Fact]
    public async Task A_connection_that_breaks_within_a_chunk_goes_on()
    {
        Sandbox.Order(new FaultOrder { Path = ChunkPath, Method = "PUT", Skip = Asking + 1, Times = 2, CutRequestAfter = 100_000 });
        await ArrivesOnceAsync();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(Chunks - 1)]
    public async Task An_answer_that_is_lost_makes_no_second_video(int chunksBefore)
    {
        Sandbox.Order(new FaultOrder { Path = ChunkPath, Method = "PUT", Skip = Asking + chunksBefore, LoseAnswer = true });
        await ArrivesOnceAsync();
    }

    [Fact]
    public async Task A_token_that_ends_in_the_middle_is_renewed()
    {
        Sandbox.Order(Refusal);
        await ArrivesOnceAsync();
    }

    [Fact]
    public async Task Another_instance_goes_on_where_one_stopped()
    {
        Sandbox.Order(new FaultOrder { Path = ChunkPath, Method = "PUT", Skip = Asking + 2, DelayMs = 30_000 });
        await using var first = await UploadRig.StartAsync(Database, Sandbox);
        var given = await first.GivenAsync(Chunks * Chunk, Provider);
        var id = await first.UploadAsync(given);
        await Eventually.TrueAsync(() => Sandbox.Server.Faults.Orders.Count == 0 && Stored == 2 * Chunk, "two chunks are there, and the next hangs");

        await first.StopAsync();
        await using var second = await UploadRig.StartAsync(Database, Sandbox);
        await second.BecomesAsync(given, id, WorkStatus.Completed);

        Assert.Equal([given.Sha256], Videos);
        Assert.True(Received <= given.Bytes + Chunk, "no more than one chunk was sent twice");
    }

    [Fact]
    public async Task A_cancel_in_the_middle_makes_no_video_and_a_retry_goes_on()
    {
        Sandbox.Order(new FaultOrder { Path = ChunkPath, Method = "PUT", Skip = Asking + 2, DelayMs = 30_000 });
        await using var rig = await UploadRig.StartAsync(Database, Sandbox);
        var given = await rig.GivenAsync((Chunks + 1) * Chunk, Provider);
        var id = await rig.UploadAsync(given);
        await Eventually.TrueAsync(() => Sandbox.Server.Faults.Orders.Count == 0 && Stored == 2 * Chunk, "two chunks are there, and the next hangs");

        Assert.Equal(OrderOutcome.Done, await rig.Uploads.CancelAsync(given.UserId, id, Token));
        await rig.BecomesAsync(given, id, WorkStatus.Cancelled);
        await Eventually.TrueAsync(() => rig.Told.Of(id) is [.., { Name: "upload:cancelled" }], "the end is announced");
        Assert.DoesNotContain(given.Sha256, Videos);

        Assert.Equal(OrderOutcome.Done, await rig.Uploads.RetryAsync(given.UserId, id, Token));
        await rig.BecomesAsync(given, id, WorkStatus.Completed);
        Assert.Equal([given.Sha256], Videos);
    }

    private async Task ArrivesOnceAsync()
    {
        await using var rig = await UploadRig.StartAsync(Database, Sandbox);
        var given = await rig.GivenAsync(Chunks * Chunk, Provider);

        var id = await rig.UploadAsync(given);
        await rig.BecomesAsync(given, id, WorkStatus.Completed);

        Assert.Equal([given.Sha256], Videos);
        Assert.True(Received <= given.Bytes + Chunk, "no more than one chunk was sent twice");
        Assert.Equal(1, await Database.ScalarAsync<int>("select attempt from jobs where subject_id = @id", new { id }));
    }
}
