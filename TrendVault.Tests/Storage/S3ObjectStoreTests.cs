using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Minio;
using Minio.DataModel.Args;
using TrendVault.Core.Storage;
using TrendVault.Tests.App;

namespace TrendVault.Tests.Storage;

public sealed class S3ObjectStoreTests(SwiftServer swift) : ObjectStoreContract
{
    private const string Bucket = "videos";

    private CutLine? _line;

    private string SpoolFolder => Path.Combine(Folder.FullName, "spool");

    [Fact]
    public async Task Two_instances_may_make_the_bucket_at_once()
    {
        var options = await swift.OptionsAsync($"race-{Guid.CreateVersion7():n}");

        await Task.WhenAll(Enumerable.Range(0, 4).Select(async _ =>
        {
            using var store = new S3ObjectStore(options, SpoolFolder);
            await store.PutAsync(Key($"{Guid.CreateVersion7()}"), Stream.Null, "video/mp4", Token);
        }));
    }

    [Fact]
    public async Task A_wrong_secret_is_a_store_that_cannot_be_used()
    {
        var options = await swift.OptionsAsync(Bucket);
        options.SecretKey = "another";
        using var store = new S3ObjectStore(options, SpoolFolder);

        var error = await Assert.ThrowsAsync<StorageException>(() => store.CheckAsync(Token));

        Assert.False(error.Missing);
        Assert.DoesNotContain("another", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_does_not_answer_is_given_up_after_five_seconds()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        using var store = new S3ObjectStore(new StorageOptions { Endpoint = silent.LocalEndpoint.ToString()!, AccessKey = "a", SecretKey = "b" }, SpoolFolder);
        var waited = Stopwatch.StartNew();

        await Assert.ThrowsAsync<StorageException>(() => store.SizeAsync("a", Token));

        Assert.InRange(waited.Elapsed, TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(9));
    }

    [Fact]
    public async Task The_bucket_going_away_is_no_missing_object()
    {
        var options = await swift.OptionsAsync("short-lived");
        using var store = new S3ObjectStore(options, SpoolFolder);
        await store.CheckAsync(Token);
        using var client = new MinioClient().WithEndpoint(options.Endpoint).WithCredentials(options.AccessKey, options.SecretKey).WithRegion(options.Region).Build();
        await client.RemoveBucketAsync(new RemoveBucketArgs().WithBucket(options.Bucket), Token);

        Assert.False((await Assert.ThrowsAsync<StorageException>(() => store.SizeAsync("a.mp4", Token))).Missing);
        Assert.False((await Assert.ThrowsAsync<StorageException>(() => store.OpenAsync("a.mp4", 0, null, Token))).Missing);
        Assert.False((await Assert.ThrowsAsync<StorageException>(() => store.PutAsync("a.mp4", Stream.Null, "video/mp4", Token))).Missing);

        await store.CheckAsync(Token);
        Assert.Null(await store.SizeAsync("a.mp4", Token));
    }

    [Fact]
    public async Task An_upload_that_is_cut_leaves_nothing_and_works_again_once_the_line_is_mended()
    {
        var path = GivenFile(new byte[20 * Megabyte]);
        _line!.CutAfter(5 * Megabyte);

        Assert.False((await Assert.ThrowsAsync<StorageException>(() => Store.PutFileAsync(Key("a.mp4"), path, "video/mp4", Token))).Missing);
        _line.Mend();

        Assert.Null(await Store.SizeAsync(Key("a.mp4"), Token));
        Assert.Equal(20 * Megabyte, (await Store.PutFileAsync(Key("a.mp4"), path, "video/mp4", Token)).Size);
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _line?.Dispose();
    }

    internal override async Task<IObjectStore> CreateStoreAsync()
    {
        var options = await swift.OptionsAsync(Bucket);
        _line = new CutLine(options.Endpoint);
        options.Endpoint = _line.Endpoint;
        return new S3ObjectStore(options, SpoolFolder);
    }

    protected override Task BreakAsync()
    {
        _line!.Cut();
        return Task.CompletedTask;
    }

    // One PUT leaves nothing at the server; the spool's files have no name.
    protected override Task<int> CountLeftoversAsync() =>
        Task.FromResult(Directory.Exists(SpoolFolder) ? Directory.GetFiles(SpoolFolder).Length : 0);
}
