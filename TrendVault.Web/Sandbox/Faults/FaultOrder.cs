namespace TrendVault.Web.Sandbox.Faults;

/// <summary>
/// A bad day: what happens to the next requests whose path begins with <see cref="Path"/>. With a <see cref="Status"/> the request is
/// answered at once, in the error shape of the platform that the path belongs to; without one it goes its way, delayed or cut.
/// </summary>
public sealed record FaultOrder
{
    /// <summary>The beginning of the path, such as <c>/youtube/v3/videos</c>; <c>/</c> is every request.</summary>
    public required string Path { get; init; }

    /// <summary>The HTTP method it holds for; any when null.</summary>
    public string? Method { get; init; }

    /// <summary>How many requests go unharmed first.</summary>
    public int Skip { get; init; }

    /// <summary>How many requests it hits.</summary>
    public int Times { get; init; } = 1;

    /// <summary>The status to answer with.</summary>
    public int? Status { get; init; }

    /// <summary>YouTube's <c>reason</c> (also one of its details, or a limit such as <c>Search Queries per day</c>), OAuth's <c>error</c>, Apify's <c>type</c> or TikTok's <c>code</c>, where the answer has one.</summary>
    public string? Reason { get; init; }

    /// <summary>The body as it is, instead of the platform's shape.</summary>
    public string? Body { get; init; }

    public string ContentType { get; init; } = "text/html; charset=utf-8";

    /// <summary>Seconds, for the header <c>Retry-After</c>.</summary>
    public int? RetryAfter { get; init; }

    /// <summary>Milliseconds to wait first.</summary>
    public int DelayMs { get; init; }

    /// <summary>The connection is reset once this many bytes of the request's body have been read; of an upload they are kept.</summary>
    public long? CutRequestAfter { get; init; }

    /// <summary>The connection is reset once this many bytes of the answer's body have been sent.</summary>
    public long? CutResponseAfter { get; init; }

    /// <summary>Of the chunk of an upload only this many bytes are kept (whole 256 KiB of them), and the 308 says so.</summary>
    public long? KeepOfChunk { get; init; }

    /// <summary>The request is carried out, and then the connection is reset instead of an answer: the outcome stays unknown.</summary>
    public bool LoseAnswer { get; init; }

    internal bool Hits(string method, string path) =>
        path.StartsWith(Path, StringComparison.Ordinal) && (Method is null || Method.Equals(method, StringComparison.OrdinalIgnoreCase));
}
