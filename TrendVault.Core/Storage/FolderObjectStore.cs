using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using TrendVault.Core.Settings;

namespace TrendVault.Core.Storage;

/// <summary>
/// Objects as files: the key is the path. A file is written under another name beside the bucket and renamed when it is whole, so
/// that a key never names half an object. Symbolic links are no objects and lead nowhere: what is reached through one is not there.
/// </summary>
internal sealed class FolderObjectStore : IObjectStore
{
    private const int BufferSize = 1024 * 1024;
    private const int LongestPath = 4096;

    private readonly string _bucket;
    private readonly string _realBucket;
    private readonly string _unfinished;

    /// <summary>Opens the store under <paramref name="folder"/>, made when missing.</summary>
    public FolderObjectStore(string folder, string bucket)
    {
        _bucket = Path.GetFullPath(Path.Combine(folder, bucket));
        // No bucket's name begins with a dot.
        _unfinished = Path.GetFullPath(Path.Combine(folder, ".unfinished"));
        DataFolder.Make(_bucket);
        DataFolder.Make(_unfinished);
        // The data folder itself may be a link, to another disk.
        _realBucket = RealPath(_bucket);
        RemoveUnfinished();
    }

    public async Task<StoredObject> PutAsync(string key, Stream content, string contentType, CancellationToken cancellationToken)
    {
        var target = PathOf(key);
        var unfinished = NewUnfinished();
        await using var hashing = new HashingStream(content, cancellationToken);
        try
        {
            await using (var file = new FileStream(unfinished, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0, useAsync: true))
                await hashing.CopyToAsync(file, BufferSize, cancellationToken);
            MoveIntoPlace(unfinished, target);
            return hashing.Finish();
        }
        catch (Exception e)
        {
            TryDelete(unfinished);
            if (IsTheFolders(e) && !hashing.HasFailed)
                throw Down(e);
            throw;
        }
    }

    public async Task<StoredObject> PutFileAsync(string key, string path, string contentType, CancellationToken cancellationToken)
    {
        var target = PathOf(key);
        var stored = await HashAsync(path, cancellationToken);
        var unfinished = NewUnfinished();
        try
        {
            // From another device this copies, which must not happen under the key's name.
            File.Move(path, unfinished);
            MoveIntoPlace(unfinished, target);
            return stored;
        }
        catch (Exception e) when (IsTheFolders(e))
        {
            if (File.Exists(path))
                TryDelete(unfinished);
            else
                File.Move(unfinished, path);
            throw Down(e);
        }
    }

    public Task<long?> SizeAsync(string key, CancellationToken cancellationToken)
    {
        var file = new FileInfo(PathOf(key));
        var isThere = file.Exists && !LeadsThroughLink(file.FullName);
        if (!isThere)
            RequireBucket();
        return Task.FromResult<long?>(isThere ? file.Length : null);
    }

    public Task<Stream> OpenAsync(string key, long offset, long? length, CancellationToken cancellationToken)
    {
        var path = PathOf(key);
        try
        {
            var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 0, FileOptions.Asynchronous | FileOptions.SequentialScan);
            // Asked of the open file: whoever puts a link there between a look and the opening gains nothing.
            if (RealPath(file) != Path.Combine(_realBucket, key))
            {
                file.Dispose();
                throw new FileNotFoundException("The key leads through a link.");
            }

            file.Position = offset;
            return Task.FromResult<Stream>(new BoundedStream(file, length ?? long.MaxValue));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            RequireBucket();
            throw new StorageException($"There is no object {key}.", missing: true, e);
        }
        catch (Exception e) when (IsTheFolders(e))
        {
            throw Down(e);
        }
    }

    public Task DeleteAsync(string key, CancellationToken cancellationToken)
    {
        var path = PathOf(key);
        RequireBucket();
        try
        {
            if (LeadsThroughLink(Path.GetDirectoryName(path)!))
                return Task.CompletedTask;
            File.Delete(path);
            DeleteEmptyFolders(Path.GetDirectoryName(path)!);
        }
        catch (DirectoryNotFoundException)
        {
        }
        catch (Exception e) when (IsTheFolders(e))
        {
            throw Down(e);
        }

        return Task.CompletedTask;
    }

    public async IAsyncEnumerable<string> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        RequireBucket();
        var folder = Path.Combine(_bucket, prefix.Length == 0 ? "" : ObjectKey.Check(prefix.TrimEnd('/')), prefix.EndsWith('/') ? "" : "..");
        var everything = new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint };
        if (!Directory.Exists(folder) || LeadsThroughLink(Path.GetFullPath(folder)))
            yield break;

        foreach (var path in Directory.EnumerateFiles(folder, "*", everything))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var key = Path.GetRelativePath(_bucket, path);
            if (key.StartsWith(prefix, StringComparison.Ordinal))
                yield return key;
        }

        await Task.CompletedTask;
    }

    public async Task CheckAsync(CancellationToken cancellationToken)
    {
        RequireBucket();
        var probe = NewUnfinished();
        try
        {
            await File.WriteAllBytesAsync(probe, [], cancellationToken);
            File.Delete(probe);
        }
        catch (Exception e) when (IsTheFolders(e))
        {
            throw Down(e);
        }
    }

    private string PathOf(string key) => Path.Combine(_bucket, ObjectKey.Check(key));

    private bool LeadsThroughLink(string path)
    {
        for (; path.Length > _bucket.Length; path = Path.GetDirectoryName(path)!)
        {
            if (new FileInfo(path).LinkTarget is not null)
                return true;
        }

        return false;
    }

    private static string RealPath(string path)
    {
        var resolved = new byte[LongestPath + 1];
        return ResolvePath(Encoding.UTF8.GetBytes(path + '\0'), resolved) == 0
            ? throw Down(new IOException(Marshal.GetLastPInvokeErrorMessage()))
            : Encoding.UTF8.GetString(resolved, 0, Array.IndexOf(resolved, (byte)0));
    }

    private static string? RealPath(FileStream file) =>
        new FileInfo(string.Create(CultureInfo.InvariantCulture, $"/proc/self/fd/{file.SafeFileHandle.DangerousGetHandle()}")).LinkTarget;

    private string NewUnfinished() => Path.Combine(_unfinished, Guid.CreateVersion7().ToString());

    private static async Task<StoredObject> HashAsync(string path, CancellationToken cancellationToken)
    {
        await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, FileOptions.Asynchronous | FileOptions.SequentialScan);
        await using var hashing = new HashingStream(file, cancellationToken);
        await hashing.CopyToAsync(Stream.Null, BufferSize, cancellationToken);
        return hashing.Finish();
    }

    private void MoveIntoPlace(string unfinished, string target)
    {
        if (LeadsThroughLink(Path.GetDirectoryName(target)!))
            throw new IOException("A folder of the objects is a symbolic link.");
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                DataFolder.Make(Path.GetDirectoryName(target)!);
                File.Move(unfinished, target, overwrite: true);
                return;
            }
            catch (IOException e) when (e is DirectoryNotFoundException or FileNotFoundException && attempt < 100)
            {
                // A delete beside us has just tidied the empty folder away.
            }
        }
    }

    /// <summary>What a killed process left. Whatever is still written is locked by its writer, in this process or another.</summary>
    private void RemoveUnfinished()
    {
        foreach (var path in Directory.EnumerateFiles(_unfinished))
        {
            try
            {
                using (new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None))
                    File.Delete(path);
            }
            catch (IOException)
            {
            }
        }
    }

    private static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (IOException)
        {
        }
    }

    private void DeleteEmptyFolders(string folder)
    {
        try
        {
            for (; folder.Length > _bucket.Length; folder = Path.GetDirectoryName(folder)!)
                Directory.Delete(folder);
        }
        catch (IOException)
        {
            // Not empty, or gone already.
        }
    }

    // A folder that is not mounted must not look like one whose objects are gone.
    private void RequireBucket()
    {
        if (!Directory.Exists(_bucket))
            throw new StorageException($"The folder of the objects, {_bucket}, is not there.", missing: false);
    }

    [DllImport("libc", EntryPoint = "realpath", SetLastError = true)]
    private static extern nint ResolvePath(byte[] path, byte[] resolved);

    private static bool IsTheFolders(Exception e) => e is IOException or UnauthorizedAccessException;

    private static StorageException Down(Exception e) => new($"The folder of the objects cannot be used: {e.Message}", missing: false, e);
}
