using Microsoft.Net.Http.Headers;
using TrendVault.Core;
using TrendVault.Core.Downloads;
using TrendVault.Core.Storage;
using TrendVault.Core.Work;

namespace TrendVault.Web.Pages.Downloads;

/// <summary>Sends a download's file straight from the store: whole, in ranges, or not at all when the browser has it.</summary>
internal static class DownloadFile
{
    /// <summary>Null when the row has no file.</summary>
    public static IResult? Send(DownloadRow row, bool save, IObjectStore objects, HttpContext context)
    {
        if (row is not { Status: WorkStatus.Completed, StorageKey: { } key, FileSize: { } size, Sha256: { } sha256 })
            return null;

        Name(row.FileName, save, context);
        context.Response.Headers.CacheControl = CacheRules.OneReader;
        // ASP.NET takes a range in any unit for one in bytes; an unknown unit is to be ignored (RFC 9110, 14.2).
        var takesRanges = context.Request.GetTypedHeaders().Range is null or { Unit.Value: "bytes" };
        var stream = new StoredStream(objects, key, size, context.RequestAborted);
        return Results.Stream(stream, row.ContentType, entityTag: new EntityTagHeaderValue($"\"{sha256}\""), enableRangeProcessing: takesRanges);
    }

    /// <summary>The picture from the file; null when there is none.</summary>
    public static async Task<IResult?> SendPosterAsync(DownloadRow row, IObjectStore objects, HttpContext context)
    {
        if (row.PosterKey is not { } key || await objects.SizeAsync(key, context.RequestAborted) is not { } size)
            return null;

        context.Response.Headers.CacheControl = CacheRules.OneReader;
        return Results.Stream(new StoredStream(objects, key, size, context.RequestAborted), "image/jpeg", entityTag: new EntityTagHeaderValue($"\"poster-{row.Sha256}\""));
    }

    /// <summary>The subtitles, for the player or to keep; null when there are none.</summary>
    public static async Task<IResult?> SendSubtitlesAsync(DownloadRow row, bool save, IObjectStore objects, HttpContext context)
    {
        if (row.SubtitlesKey is not { } key || await objects.SizeAsync(key, context.RequestAborted) is not { } size)
            return null;

        Name(CleanText.FileName(row.Title, $"{row.Subtitles}.vtt"), save, context);
        context.Response.Headers.CacheControl = CacheRules.OneReader;
        return Results.Stream(new StoredStream(objects, key, size, context.RequestAborted), "text/vtt", entityTag: new EntityTagHeaderValue($"\"subtitles-{row.Sha256}\""));
    }

    // Both name forms; the plain one has no character that a header cannot hold.
    private static void Name(string fileName, bool save, HttpContext context)
    {
        var disposition = new ContentDispositionHeaderValue(save ? "attachment" : "inline");
        disposition.SetHttpFileName(fileName);
        context.Response.Headers.ContentDisposition = disposition.ToString();
    }

    /// <summary>An object that can be read from any place: it is opened at the first read, where the reader then stands.</summary>
    private sealed class StoredStream(IObjectStore objects, string key, long length, CancellationToken aborted) : Stream
    {
        private Stream? _open;

        public override bool CanRead => true;

        public override bool CanSeek => true;

        public override bool CanWrite => false;

        public override long Length => length;

        public override long Position { get; set; }

        public override long Seek(long offset, SeekOrigin origin) => Position = origin switch
        {
            SeekOrigin.Begin => offset,
            SeekOrigin.Current => Position + offset,
            _ => length + offset,
        };

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            _open ??= await objects.OpenAsync(key, Position, length: null, aborted);
            var read = await _open.ReadAsync(buffer, cancellationToken);
            Position += read;
            return read;
        }

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override async ValueTask DisposeAsync()
        {
            if (_open is not null)
                await _open.DisposeAsync();
            await base.DisposeAsync();
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Flush()
        {
        }

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            _open?.Dispose();
            base.Dispose(disposing);
        }
    }
}
