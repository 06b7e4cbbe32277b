using System.Net;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Minio;
using Minio.DataModel.Args;
using Minio.Exceptions;
using TrendVault.Core.Settings;

namespace TrendVault.Core.Storage;

/// <summary>
/// Objects on an S3 server, such as MinIO, through the Minio SDK. The bucket is made when it is missing. An object may be as large
/// as one PUT: 5 GiB at Amazon, 5 TiB at MinIO.
/// </summary>
internal sealed partial class S3ObjectStore : IObjectStore, IDisposable
{
    // Longer than two clocks may differ. No address leaves this class.
    private const int SignedSeconds = 15 * 60;
    private static readonly TimeSpan FirstByte = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Stall = TimeSpan.FromSeconds(30);

    private readonly HttpClient _http;
    private readonly IMinioClient _client;
    private readonly string _bucket;
    private readonly string _spoolFolder;
    private volatile bool _bucketIsKnown;

    public S3ObjectStore(StorageOptions options, string spoolFolder)
    {
        var endpoint = options.EndpointAddress ?? throw new ArgumentException("MINIO_ENDPOINT is not set.", nameof(options));
        _bucket = options.Bucket;
        _spoolFolder = spoolFolder;
        var sockets = new SocketsHttpHandler { ConnectTimeout = FirstByte, PooledConnectionLifetime = TimeSpan.FromMinutes(5), AllowAutoRedirect = false };
        _http = new HttpClient(new FirstByteLimit(FirstByte, sockets)) { Timeout = Timeout.InfiniteTimeSpan };
        _client = new MinioClient()
            .WithEndpoint(endpoint.Host, endpoint.Port)
            .WithSSL(endpoint.Scheme == Uri.UriSchemeHttps)
            .WithCredentials(options.AccessKey, options.SecretKey)
            .WithRegion(options.Region)
            .WithHttpClient(_http)
            .Build();
    }

    public async Task<StoredObject> PutAsync(string key, Stream content, string contentType, CancellationToken cancellationToken)
    {
        ObjectKey.Check(key);
        await using var spool = await SpoolAsync(content, cancellationToken);
        return await AskAsync(() => SendAsync(key, spool, contentType, cancellationToken), cancellationToken);
    }

    public async Task<StoredObject> PutFileAsync(string key, string path, string contentType, CancellationToken cancellationToken)
    {
        ObjectKey.Check(key);
        await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, FileOptions.Asynchronous | FileOptions.SequentialScan);
        return await AskAsync(() => SendAsync(key, file, contentType, cancellationToken), cancellationToken);
    }

    public Task<long?> SizeAsync(string key, CancellationToken cancellationToken)
    {
        ObjectKey.Check(key);
        return AskAsync(() => StatAsync(key, cancellationToken), cancellationToken);
    }

    public Task<Stream> OpenAsync(string key, long offset, long? length, CancellationToken cancellationToken)
    {
        ObjectKey.Check(key);
        return AskAsync(() => GetAsync(key, offset, length, cancellationToken), cancellationToken);
    }

    public Task DeleteAsync(string key, CancellationToken cancellationToken)
    {
        ObjectKey.Check(key);
        return AskAsync(() => _client.RemoveObjectAsync(new RemoveObjectArgs().WithBucket(_bucket).WithObject(key), cancellationToken), cancellationToken);
    }

    public async IAsyncEnumerable<string> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await AskAsync(() => Task.CompletedTask, cancellationToken);
        var arguments = new ListObjectsArgs().WithBucket(_bucket).WithPrefix(prefix).WithRecursive(true);
        await using var items = _client.ListObjectsEnumAsync(arguments, cancellationToken).GetAsyncEnumerator(cancellationToken);
        while (await AskAsync(() => items.MoveNextAsync().AsTask(), cancellationToken))
            yield return items.Current.Key;
    }

    public Task CheckAsync(CancellationToken cancellationToken)
    {
        _bucketIsKnown = false;
        return AskAsync(() => Task.CompletedTask, cancellationToken);
    }

    public void Dispose()
    {
        _client.Dispose();
        _http.Dispose();
    }

    /// <summary>
    /// One PUT to a presigned address, streamed: the server has the object whole or not at all. The SDK's own put goes in parts of
    /// 16 MB, each held in memory, and leaves the parts of a failed upload at the server.
    /// </summary>
    private async Task<StoredObject> SendAsync(string key, FileStream file, string contentType, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await using var hashing = new HashingStream(file, patience.Token);
        hashing.OnRead = () => patience.CancelAfter(Stall);
        var address = await _client.PresignedPutObjectAsync(new PresignedPutObjectArgs().WithBucket(_bucket).WithObject(key).WithExpiry(SignedSeconds));
        using var request = new HttpRequestMessage(HttpMethod.Put, address) { Content = new StreamContent(hashing) };
        request.Content.Headers.ContentLength = file.Length;
        request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(contentType);

        using var response = await _http.SendAsync(request, patience.Token);
        return response.IsSuccessStatusCode ? hashing.Finish() : throw new MinioException(await ExplainAsync(response, cancellationToken));
    }

    /// <summary>The length must be known before the first byte leaves. The file has no name, so that not even a kill -9 leaves it.</summary>
    private async Task<FileStream> SpoolAsync(Stream content, CancellationToken cancellationToken)
    {
        await using var source = new HashingStream(content, cancellationToken);
        FileStream? spool = null;
        try
        {
            DataFolder.Make(_spoolFolder);
            var path = Path.Combine(_spoolFolder, Guid.CreateVersion7().ToString());
            spool = new FileStream(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Delete, bufferSize: 0, FileOptions.Asynchronous);
            File.Delete(path);
            await source.CopyToAsync(spool, cancellationToken);
            spool.Position = 0;
            return spool;
        }
        catch (Exception e)
        {
            if (spool is not null)
                await spool.DisposeAsync();
            if (e is IOException or UnauthorizedAccessException && !source.HasFailed)
                throw Down(e);
            throw;
        }
    }

    private static async Task<string> ExplainAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var body = await response.Content.ReadAsStringAsync(cancellationToken);
        return $"it answers {(int)response.StatusCode} {ErrorCode().Match(body).Groups[1].Value}".TrimEnd();
    }

    private async Task<long?> StatAsync(string key, CancellationToken cancellationToken)
    {
        try
        {
            return (await _client.StatObjectAsync(new StatObjectArgs().WithBucket(_bucket).WithObject(key), cancellationToken)).Size;
        }
        catch (ObjectNotFoundException)
        {
            // A HEAD has no body to say whether the object is missing or the whole bucket.
            return await BucketExistsAsync(cancellationToken) ? null : throw new MinioException($"the bucket {_bucket} is gone");
        }
    }

    /// <summary>
    /// By a presigned address, because ranges are broken in the SDK's own get (7.0.0 takes 206 for an error) and it copies to a
    /// stream of ours instead of giving one.
    /// </summary>
    private async Task<Stream> GetAsync(string key, long offset, long? length, CancellationToken cancellationToken)
    {
        if (length == 0)
            return await StatAsync(key, cancellationToken) is null ? throw Missing(key) : Stream.Null;

        var address = await _client.PresignedGetObjectAsync(new PresignedGetObjectArgs().WithBucket(_bucket).WithObject(key).WithExpiry(SignedSeconds));
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        var isWhole = offset == 0 && length is null;
        if (!isWhole)
            request.Headers.Range = new RangeHeaderValue(offset, offset + length - 1);

        var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        if (response.StatusCode == (isWhole ? HttpStatusCode.OK : HttpStatusCode.PartialContent))
            return await response.Content.ReadAsStreamAsync(cancellationToken);

        using (response)
        {
            if (response.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable)
                return Stream.Null;
            if (response.StatusCode == HttpStatusCode.NotFound && await BucketExistsAsync(cancellationToken))
                throw Missing(key);
            throw new MinioException(await ExplainAsync(response, cancellationToken));
        }
    }

    private async Task RequireBucketAsync(CancellationToken cancellationToken)
    {
        if (_bucketIsKnown)
            return;

        if (!await BucketExistsAsync(cancellationToken))
        {
            try
            {
                await _client.MakeBucketAsync(new MakeBucketArgs().WithBucket(_bucket), cancellationToken);
            }
            catch (Exception) when (!cancellationToken.IsCancellationRequested)
            {
                // Another instance may have made it a moment ago; the SDK has several exceptions for that.
                if (!await BucketExistsAsync(cancellationToken))
                    throw;
            }
        }

        _bucketIsKnown = true;
    }

    private Task<bool> BucketExistsAsync(CancellationToken cancellationToken) =>
        _client.BucketExistsAsync(new BucketExistsArgs().WithBucket(_bucket), cancellationToken);

    private Task<bool> AskAsync(Func<Task> ask, CancellationToken cancellationToken) =>
        AskAsync(
            async () =>
            {
                await ask();
                return true;
            },
            cancellationToken);

    /// <summary>Whatever the SDK throws means that the store cannot be used, but for what this class says itself.</summary>
    private async Task<T> AskAsync<T>(Func<Task<T>> ask, CancellationToken cancellationToken)
    {
        try
        {
            await RequireBucketAsync(cancellationToken);
            return await ask();
        }
        catch (Exception e) when (e is not StorageException && !cancellationToken.IsCancellationRequested)
        {
            throw Down(e);
        }
    }

    private static StorageException Missing(string key) => new($"There is no object {key}.", missing: true);

    private static StorageException Down(Exception e) => new($"The object store cannot be used: {e.Message}", missing: false, e);

    [GeneratedRegex("<Code>([A-Za-z]+)</Code>")]
    private static partial Regex ErrorCode();
}
