using TrendVault.Core.Storage;

namespace TrendVault.Tests.Storage;

public sealed class FolderObjectStoreTests : ObjectStoreContract
{
    private string Root => Path.Combine(Folder.FullName, "objects");

    private string Unfinished => Path.Combine(Root, ".unfinished");

    [Fact]
    public async Task A_file_of_the_same_device_is_not_copied_but_renamed()
    {
        var path = GivenFile([1, 2, 3]);

        await Store.PutFileAsync(Key("a.mp4"), path, "video/mp4", Token);

        Assert.False(File.Exists(path));
    }

    [Fact]
    public async Task A_file_of_another_device_is_stored_too()
    {
        var shared = new DirectoryInfo("/dev/shm");
        Assert.SkipUnless(shared.Exists, "This machine has no second file system to write to.");
        var path = Path.Combine(shared.FullName, $"tv-{Path.GetRandomFileName()}");
        await File.WriteAllBytesAsync(path, [1, 2, 3], Token);

        Assert.Equal(3, (await Store.PutFileAsync(Key("a.mp4"), path, "video/mp4", Token)).Size);

        File.Delete(path);
        Assert.Equal(3, await Store.SizeAsync(Key("a.mp4"), Token));
    }

    [Fact]
    public async Task Folders_go_with_their_last_object()
    {
        await Store.PutAsync(Key("d1/a.mp4"), Stream.Null, "video/mp4", Token);
        await Store.DeleteAsync(Key("d1/a.mp4"), Token);

        Assert.Empty(Directory.EnumerateDirectories(Path.Combine(Root, "videos")));
    }

    [Fact]
    public async Task Puts_and_deletes_side_by_side_do_not_take_each_others_folders_away()
    {
        await Parallel.ForAsync(0, 400, Token, async (i, token) =>
        {
            var key = Key($"d/{i % 4}/{i}.mp4");
            await Store.PutAsync(key, Stream.Null, "video/mp4", token);
            Assert.Equal(0, await Store.SizeAsync(key, token));
            await Store.DeleteAsync(key, token);
        });

        Assert.Equal(0, await CountLeftoversAsync());
    }

    [Fact]
    public async Task What_a_killed_process_left_goes_at_the_next_start_and_what_is_being_written_stays()
    {
        await File.WriteAllBytesAsync(Path.Combine(Unfinished, "left"), [1, 2], Token);
        await using var written = new FileStream(Path.Combine(Unfinished, "written"), FileMode.CreateNew, FileAccess.Write, FileShare.None);

        _ = new FolderObjectStore(Root, "videos");

        Assert.Equal(["written"], Directory.GetFiles(Unfinished).Select(Path.GetFileName));
    }

    [Fact]
    public async Task Objects_are_for_their_owner_alone()
    {
        await Store.PutAsync(Key("a.mp4"), Stream.Null, "video/mp4", Token);

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Path.Combine(Root, "videos")));
    }

    [Fact]
    public async Task A_link_in_the_place_of_an_object_is_no_object()
    {
        var secret = GivenFile([4, 2]);
        var folder = Directory.CreateDirectory(Path.Combine(Root, "videos", Key("d"))).FullName;
        File.CreateSymbolicLink(Path.Combine(folder, "a.mp4"), secret);

        Assert.Null(await Store.SizeAsync(Key("d/a.mp4"), Token));
        Assert.True((await Assert.ThrowsAsync<StorageException>(() => Store.OpenAsync(Key("d/a.mp4"), 0, null, Token))).Missing);
        Assert.Empty(await Store.ListAsync(Key(""), Token).ToListAsync(Token));

        await Store.PutAsync(Key("d/a.mp4"), new MemoryStream([1]), "video/mp4", Token);

        Assert.Equal([4, 2], await File.ReadAllBytesAsync(secret, Token));
        Assert.Equal(1, await Store.SizeAsync(Key("d/a.mp4"), Token));
    }

    [Fact]
    public async Task A_link_in_the_place_of_a_folder_leads_nowhere()
    {
        var outside = Directory.CreateDirectory(Path.Combine(Folder.FullName, "outside")).FullName;
        var secret = Path.Combine(outside, "a.mp4");
        await File.WriteAllBytesAsync(secret, [4, 2], Token);
        var link = Path.Combine(Root, "videos", Key("d"));
        Directory.CreateDirectory(Path.GetDirectoryName(link)!);
        Directory.CreateSymbolicLink(link, outside);

        Assert.Null(await Store.SizeAsync(Key("d/a.mp4"), Token));
        Assert.True((await Assert.ThrowsAsync<StorageException>(() => Store.OpenAsync(Key("d/a.mp4"), 0, null, Token))).Missing);
        Assert.Empty(await Store.ListAsync(Key("d/"), Token).ToListAsync(Token));
        await Assert.ThrowsAsync<StorageException>(() => Store.PutAsync(Key("d/b.mp4"), Stream.Null, "video/mp4", Token));
        await Store.DeleteAsync(Key("d/a.mp4"), Token);

        Assert.Equal([secret], Directory.GetFiles(outside));
        File.Delete(link);
    }

    [Fact]
    public async Task The_data_folder_itself_may_be_a_link_to_another_disk()
    {
        var link = Path.Combine(Folder.FullName, "linked");
        Directory.CreateSymbolicLink(link, Directory.CreateDirectory(Path.Combine(Folder.FullName, "disk")).FullName);
        var store = new FolderObjectStore(Path.Combine(link, "objects"), "videos");

        await store.PutAsync("u/d/a.mp4", new MemoryStream([1, 2]), "video/mp4", Token);

        await using var stored = await store.OpenAsync("u/d/a.mp4", 1, null, Token);
        var buffer = new byte[2];
        Assert.Equal((1, 2), (await stored.ReadAsync(buffer, Token), buffer[0]));
    }

    internal override Task<IObjectStore> CreateStoreAsync() => Task.FromResult<IObjectStore>(new FolderObjectStore(Root, "videos"));

    protected override Task BreakAsync()
    {
        Directory.Delete(Root, recursive: true);
        return Task.CompletedTask;
    }

    protected override Task<int> CountLeftoversAsync() => Task.FromResult(Directory.GetFiles(Unfinished).Length);
}
