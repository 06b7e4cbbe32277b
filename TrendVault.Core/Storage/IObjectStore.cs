namespace TrendVault.Core.Storage;

/// <summary>
/// Where the bytes are: a folder, or an S3 server. Keys are <c>/</c>-separated and made by TrendVault alone; they never hold a
/// user's text. Everything is streamed; nothing is held in memory whole.
/// </summary>
internal interface IObjectStore
{
    /// <summary>Stores what <paramref name="content"/> gives, of unknown length, and answers its size and digest.</summary>
    /// <exception cref="StorageException">The store is down or full. Nothing is left behind.</exception>
    Task<StoredObject> PutAsync(string key, Stream content, string contentType, CancellationToken cancellationToken);

    /// <summary>Stores a finished file. A folder store renames it where it can, so the file may be gone afterwards.</summary>
    /// <exception cref="StorageException">The store is down or full. The file is still there.</exception>
    Task<StoredObject> PutFileAsync(string key, string path, string contentType, CancellationToken cancellationToken);

    /// <summary>Size of the object, or null when there is none.</summary>
    /// <exception cref="StorageException">The store is down.</exception>
    Task<long?> SizeAsync(string key, CancellationToken cancellationToken);

    /// <summary>
    /// The bytes from <paramref name="offset"/>, <paramref name="length"/> of them or to the end. The stream cannot seek; whoever
    /// takes it disposes it.
    /// </summary>
    /// <exception cref="StorageException">The store is down, or has no such object (<see cref="StorageException.Missing"/>).</exception>
    Task<Stream> OpenAsync(string key, long offset, long? length, CancellationToken cancellationToken);

    /// <summary>Removes the object; nothing happens when there is none.</summary>
    /// <exception cref="StorageException">The store is down.</exception>
    Task DeleteAsync(string key, CancellationToken cancellationToken);

    /// <summary>Keys under a prefix, in any order.</summary>
    /// <exception cref="StorageException">The store is down.</exception>
    IAsyncEnumerable<string> ListAsync(string prefix, CancellationToken cancellationToken);

    /// <summary>Answers when the store can be used; for <c>/health/ready</c> and the status page.</summary>
    /// <exception cref="StorageException">It cannot; the message says why.</exception>
    Task CheckAsync(CancellationToken cancellationToken);
}

/// <summary>What was stored: the size in bytes and the SHA-256 as lower-case hex.</summary>
internal sealed record StoredObject(long Size, string Sha256);

/// <summary>The store did not do it; the message is for the log.</summary>
internal sealed class StorageException(string message, bool missing, Exception? inner = null) : Exception(message, inner), IMayBeOutage
{
    /// <summary>True when the object is not there; false when the store cannot be used, which may pass.</summary>
    public bool Missing { get; } = missing;

    bool IMayBeOutage.IsOutage => !Missing;
}
