using System.Security.Cryptography;
using TrendVault.Core.Storage;
using TrendVault.Tests.App;

namespace TrendVault.Tests.Storage;

[Collection(Alone.Name)]
public sealed class LargeObjectTests(SwiftServer swift) : IDisposable
{
    private const long Megabyte = 1024 * 1024;
    private const long Size = 200 * Megabyte;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tv-large-");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_folder_passes_a_large_object_in_little_memory() =>
        await PassAsync(new FolderObjectStore(Path.Combine(_folder.FullName, "objects"), "videos"));

    [Fact]
    public async Task S3_passes_a_large_object_in_little_memory()
    {
        using var store = new S3ObjectStore(await swift.OptionsAsync("large"), Path.Combine(_folder.FullName, "spool"));
        await PassAsync(store);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private async Task PassAsync(IObjectStore store)
    {
        var path = Path.Combine(_folder.FullName, "large.mp4");
        await using (var file = File.Create(path))
            file.SetLength(Size);

        await using var source = new WatchedStream(File.OpenRead(path));
        var fromStream = await store.PutAsync("stream.mp4", source, "video/mp4", Token);
        var fromFile = await store.PutFileAsync("file.mp4", path, "video/mp4", Token);
        await using var content = new WatchedStream(await store.OpenAsync("file.mp4", 0, null, Token));
        var digest = await SHA256.HashDataAsync(content, Token);
        await store.DeleteAsync("stream.mp4", Token);
        await store.DeleteAsync("file.mp4", Token);

        Assert.Equal(new StoredObject(Size, Convert.ToHexStringLower(digest)), fromFile);
        Assert.Equal(fromFile, fromStream);
        Assert.InRange(Math.Max(source.Growth, content.Growth), 0, 40 * Megabyte);
    }
}
