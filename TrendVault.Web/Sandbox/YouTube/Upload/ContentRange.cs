using System.Net.Http.Headers;

namespace TrendVault.Web.Sandbox.YouTube;

/// <summary>What the header of a PUT says it carries: bytes from one to another, or nothing but a question.</summary>
internal readonly record struct ContentRange(long? From, long? To, long? Total)
{
    public bool IsQuery => From is null;

    public long? Length => To - From + 1;

    /// <summary>Without a header the body is the whole file.</summary>
    public static ContentRange Read(HttpRequest request)
    {
        var header = request.Headers.ContentRange.ToString();
        if (header.Length == 0)
            return new ContentRange(0, request.ContentLength - 1, request.ContentLength);
        if (header == "bytes */*")
            return default;
        if (!ContentRangeHeaderValue.TryParse(header, out var range) || range.Unit != "bytes")
            throw Broken($"Failed to parse Content-Range header: {header}.");
        return new ContentRange(range.From, range.To, range.Length);
    }

    /// <summary>Holds the chunk against what is stored and what was announced.</summary>
    public void Check(long stored, long? announced, long? contentLength)
    {
        if (From != stored)
            throw Broken($"The chunk begins at {From}, but {stored} bytes are stored.");
        if (announced is { } total && Total is { } said && said != total)
            throw Broken($"The upload was announced with {total} bytes, not {said}.");
        if (Length is { } length && contentLength is { } body && length != body)
            throw Broken("Content-Length does not fit Content-Range.");
        var isLast = To + 1 == Total;
        if (!isLast && Length % UploadDesk.Granule != 0)
            throw Broken("Every chunk but the last must be a multiple of 256 KiB.");
    }

    private static YouTubeError Broken(string message) => new(400, "badRequest", message, "global", "Content-Range", "header");
}
