namespace TrendVault.Core.Trending;

/// <summary>A video as a platform tells of it. What the platform leaves out is null; texts are the platform's and may be hostile.</summary>
internal sealed record TrendingVideo
{
    /// <summary>Where it is.</summary>
    public required Platform Platform { get; init; }

    /// <summary>The platform's own id.</summary>
    public required string PlatformVideoId { get; init; }

    /// <summary>May be empty on TikTok.</summary>
    public required string Title { get; init; }

    /// <summary>Up to a few thousand characters.</summary>
    public string? Description { get; init; }

    /// <summary>An address on one of the platforms' own hosts; TikTok's expire within hours.</summary>
    public string? ThumbnailUrl { get; init; }

    /// <summary>The channel or account.</summary>
    public required string CreatorName { get; init; }

    /// <summary>The platform's own id of it.</summary>
    public string? CreatorId { get; init; }

    public string? CreatorUrl { get; init; }

    /// <summary>The video's page; what a download is given.</summary>
    public required string VideoUrl { get; init; }

    /// <summary>Whole seconds; null for what is live.</summary>
    public int? DurationSeconds { get; init; }

    public DateTimeOffset? PublishedAt { get; init; }

    /// <summary>The platform's word: <c>youtube</c> or <c>creativeCommon</c>.</summary>
    public string? Licence { get; init; }

    /// <summary>What it is about, in English; TikTok does not say.</summary>
    public string? Category { get; init; }

    /// <summary>Other sites may show it.</summary>
    public bool? Embeddable { get; init; }

    /// <summary>Higher than wide.</summary>
    public bool? IsVertical { get; init; }

    /// <summary>Without #.</summary>
    public string[] Tags { get; init; } = [];

    /// <summary>Views; passes 2^31.</summary>
    public long? ViewCount { get; init; }

    /// <summary>Likes; null when hidden.</summary>
    public long? LikeCount { get; init; }

    /// <summary>Comments; null when they are off.</summary>
    public long? CommentCount { get; init; }
}

/// <summary>What a source answers.</summary>
/// <param name="Videos">By rank, each once.</param>
/// <param name="Source">Where it came from, as the reader is told.</param>
/// <param name="Skipped">Items left out: malformed, or nothing that can be downloaded.</param>
internal sealed record FetchedChart(IReadOnlyList<TrendingVideo> Videos, string Source, int Skipped);
