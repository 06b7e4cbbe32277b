using System.Security.Cryptography;
using TrendVault.Core.Storage;

namespace TrendVault.Tests.Storage;

/// <summary>What every object store promises. Each test has keys of its own; the bucket is the class's.</summary>
public abstract class ObjectStoreContract : IAsyncLifetime
{
    protected const int Megabyte = 1024 * 1024;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tv-store-");
    private readonly string _own = Guid.CreateVersion7().ToString();

    protected static CancellationToken Token => TestContext.Current.CancellationToken;

    protected DirectoryInfo Folder => _folder;

    internal IObjectStore Store { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Store = await CreateStoreAsync();

    public virtual ValueTask DisposeAsync()
    {
        (Store as IDisposable)?.Dispose();
        _folder.Delete(recursive: true);
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(1000)]
    [InlineData((5 * Megabyte) + 1)]
    [InlineData(16 * Megabyte)]
    [InlineData((16 * Megabyte) + 1)]
    public async Task What_is_put_comes_back_with_its_size_and_digest(int size)
    {
        var bytes = RandomNumberGenerator.GetBytes(size);
        var fromStream = await Store.PutAsync(Key("stream.mp4"), new Drip(bytes), "video/mp4", Token);
        var fromFile = await Store.PutFileAsync(Key("file.mp4"), GivenFile(bytes), "video/mp4", Token);

        var expected = new StoredObject(size, Convert.ToHexStringLower(SHA256.HashData(bytes)));
        Assert.Equal(expected, fromStream);
        Assert.Equal(expected, fromFile);
        foreach (var key in new[] { Key("stream.mp4"), Key("file.mp4") })
        {
            Assert.Equal(size, await Store.SizeAsync(key, Token));
            Assert.Equal(bytes, await ReadAsync(key));
        }
    }

    [Fact]
    public async Task The_last_put_wins_whole()
    {
        await Store.PutAsync(Key("a.mp4"), new Drip([1, 2, 3]), "video/mp4", Token);
        await Store.PutAsync(Key("a.mp4"), new Drip([4, 5]), "video/mp4", Token);

        Assert.Equal([4, 5], await ReadAsync(Key("a.mp4")));
    }

    [Theory]
    [InlineData(0, null, 0, 1000)]
    [InlineData(0, 1L, 0, 1)]
    [InlineData(0, 1000L, 0, 1000)]
    [InlineData(10, 20L, 10, 20)]
    [InlineData(999, 1L, 999, 1)]
    [InlineData(999, null, 999, 1)]
    [InlineData(990, 5000L, 990, 10)]
    [InlineData(500, 0L, 0, 0)]
    [InlineData(1000, null, 0, 0)]
    [InlineData(4000, 10L, 0, 0)]
    public async Task A_part_can_be_read(long offset, long? length, int from, int count)
    {
        var bytes = RandomNumberGenerator.GetBytes(1000);
        await Store.PutAsync(Key("a.mp4"), new Drip(bytes), "video/mp4", Token);

        Assert.Equal(bytes[from..(from + count)], await ReadAsync(Key("a.mp4"), offset, length));
    }

    [Fact]
    public async Task A_missing_object_is_told_from_a_store_that_is_down()
    {
        Assert.Null(await Store.SizeAsync(Key("none.mp4"), Token));
        Assert.True((await Assert.ThrowsAsync<StorageException>(() => Store.OpenAsync(Key("none.mp4"), 0, null, Token))).Missing);
        Assert.True((await Assert.ThrowsAsync<StorageException>(() => Store.OpenAsync(Key("none.mp4"), 5, 0, Token))).Missing);

        await BreakAsync();

        foreach (var use in Uses())
            Assert.False((await Assert.ThrowsAsync<StorageException>(use)).Missing);
    }

    [Fact]
    public async Task What_is_deleted_is_gone_and_deleting_it_again_is_nothing()
    {
        await Store.PutAsync(Key("a.mp4"), new Drip(RandomNumberGenerator.GetBytes(17 * Megabyte)), "video/mp4", Token);
        await Store.DeleteAsync(Key("a.mp4"), Token);
        await Store.DeleteAsync(Key("a.mp4"), Token);

        Assert.Null(await Store.SizeAsync(Key("a.mp4"), Token));
        Assert.Empty(await ListAsync(Key("")));
    }

    [Fact]
    public async Task Keys_are_listed_under_any_prefix()
    {
        string[] keys = ["u1/d1/1-a.mp4", "u1/d1/2-a.mp4", "u1/d2/1-b c+d.mp4", "u1/d2/1-é&%41.mp4", "u10/d3/1-c.mp4"];
        foreach (var key in keys)
            await Store.PutAsync(Key(key), new Drip([1]), "video/mp4", Token);

        Assert.Equal(keys.Select(Key).Order(StringComparer.Ordinal), await ListAsync(Key("")));
        Assert.Equal(keys[..4].Select(Key).Order(StringComparer.Ordinal), await ListAsync(Key("u1/")));
        Assert.Equal(keys.Select(Key).Order(StringComparer.Ordinal), await ListAsync(Key("u1")));
        Assert.Equal(keys[..2].Select(Key), await ListAsync(Key("u1/d1/")));
        Assert.Equal([Key(keys[1])], await ListAsync(Key("u1/d1/2")));
        Assert.Empty(await ListAsync(Key("u2/")));
        foreach (var key in keys)
            Assert.Equal([1], await ReadAsync(Key(key)));
    }

    [Fact]
    public async Task A_source_that_fails_leaves_nothing_and_its_own_error_comes_through()
    {
        var source = new Drip(RandomNumberGenerator.GetBytes(20 * Megabyte)) { BreaksAt = 18 * Megabyte };

        var error = await Assert.ThrowsAsync<IOException>(() => Store.PutAsync(Key("a.mp4"), source, "video/mp4", Token));

        Assert.Equal(Drip.Message, error.Message);
        await NothingIsLeftAsync();
    }

    [Fact]
    public async Task A_cancelled_put_leaves_nothing()
    {
        using var cancel = new CancellationTokenSource();
        var source = new Drip(RandomNumberGenerator.GetBytes(20 * Megabyte)) { At = (18 * Megabyte, cancel.Cancel) };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Store.PutAsync(Key("a.mp4"), source, "video/mp4", cancel.Token));

        await NothingIsLeftAsync();
    }

    [Fact]
    public async Task A_failed_put_leaves_the_object_that_was_there()
    {
        await Store.PutAsync(Key("a.mp4"), new Drip([1, 2, 3]), "video/mp4", Token);

        await Assert.ThrowsAsync<IOException>(() => Store.PutAsync(Key("a.mp4"), new Drip(new byte[100]) { BreaksAt = 50 }, "video/mp4", Token));

        Assert.Equal([1, 2, 3], await ReadAsync(Key("a.mp4")));
    }

    [Fact]
    public async Task A_file_that_cannot_be_stored_stays()
    {
        var path = GivenFile([1, 2, 3]);
        await BreakAsync();

        await Assert.ThrowsAsync<StorageException>(() => Store.PutFileAsync(Key("a.mp4"), path, "video/mp4", Token));

        Assert.Equal([1, 2, 3], await File.ReadAllBytesAsync(path, Token));
    }

    [Theory]
    [InlineData("")]
    [InlineData("/a")]
    [InlineData("a/")]
    [InlineData("a//b")]
    [InlineData("../a")]
    [InlineData("a/../../b")]
    [InlineData("a/./b")]
    [InlineData("a\\..\\b")]
    [InlineData("a\nb")]
    [InlineData("a\0b")]
    public async Task What_is_no_key_reaches_no_object(string key)
    {
        await Assert.ThrowsAsync<ArgumentException>(() => Store.PutAsync(key, new Drip([1]), "video/mp4", Token));
        await Assert.ThrowsAsync<ArgumentException>(() => Store.PutFileAsync(key, GivenFile([1]), "video/mp4", Token));
        await Assert.ThrowsAsync<ArgumentException>(() => Store.SizeAsync(key, Token));
        await Assert.ThrowsAsync<ArgumentException>(() => Store.OpenAsync(key, 0, null, Token));
        await Assert.ThrowsAsync<ArgumentException>(() => Store.DeleteAsync(key, Token));
    }

    [Fact]
    public async Task A_store_that_works_says_so() => await Store.CheckAsync(Token);

    internal abstract Task<IObjectStore> CreateStoreAsync();

    /// <summary>Takes away what the store stands on.</summary>
    protected abstract Task BreakAsync();

    /// <summary>How much of puts that failed is still there, where nobody sees it.</summary>
    protected abstract Task<int> CountLeftoversAsync();

    protected string Key(string name) => $"{_own}/{name}";

    protected string GivenFile(byte[] content)
    {
        var path = Path.Combine(_folder.FullName, Path.GetRandomFileName());
        File.WriteAllBytes(path, content);
        return path;
    }

    private IEnumerable<Func<Task>> Uses() =>
    [
        () => Store.CheckAsync(Token),
        () => Store.SizeAsync(Key("none.mp4"), Token),
        () => Store.OpenAsync(Key("none.mp4"), 0, null, Token),
        () => Store.PutAsync(Key("none.mp4"), new Drip([1]), "video/mp4", Token),
        () => Store.DeleteAsync(Key("none.mp4"), Token),
        () => ListAsync(Key("")),
    ];

    private async Task NothingIsLeftAsync()
    {
        Assert.Null(await Store.SizeAsync(Key("a.mp4"), Token));
        Assert.Empty(await ListAsync(Key("")));
        Assert.Equal(0, await CountLeftoversAsync());
    }

    private async Task<byte[]> ReadAsync(string key, long offset = 0, long? length = null)
    {
        await using var content = await Store.OpenAsync(key, offset, length, Token);
        using var bytes = new MemoryStream();
        await content.CopyToAsync(bytes, Token);
        return bytes.ToArray();
    }

    private async Task<List<string>> ListAsync(string prefix)
    {
        var keys = await Store.ListAsync(prefix, Token).ToListAsync(Token);
        keys.Sort(StringComparer.Ordinal);
        return keys;
    }

    /// <summary>A stream as a network gives it: it cannot seek, gives as much as it likes, and may break.</summary>
    private sealed class Drip(byte[] content) : ForwardStream
    {
        public const string Message = "The source broke.";

        private int _position;

        public int BreaksAt { get; init; } = int.MaxValue;

        public (int Position, Action Happens) At { get; init; } = (int.MaxValue, () => { });

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await Task.Yield();
            cancellationToken.ThrowIfCancellationRequested();
            if (_position >= BreaksAt)
                throw new IOException(Message);
            if (_position >= At.Position)
                At.Happens();

            var count = Math.Min(Math.Min(buffer.Length, 60_001), content.Length - _position);
            content.AsSpan(_position, count).CopyTo(buffer.Span);
            _position += count;
            return count;
        }
    }
}
