namespace TrendVault.Core.Trending;

/// <summary>One version of a chart.</summary>
internal sealed record Chart
{
    /// <summary>Its id in the database.</summary>
    public required Guid Id { get; init; }

    public required Platform Platform { get; init; }

    public required string Region { get; init; }

    /// <summary>Of what; "" is General.</summary>
    public required string Category { get; init; }

    /// <summary>Rises with each refresh.</summary>
    public required long Version { get; init; }

    /// <summary>How many videos it has.</summary>
    public required int Total { get; init; }

    /// <summary>Where it came from, as the reader is told.</summary>
    public required string Source { get; init; }

    public required DateTimeOffset FetchedAt { get; init; }

    /// <summary>When it is due again, UTC; the past is at any moment. Null where nobody asked.</summary>
    public DateTimeOffset? NextAt { get; init; }

    /// <summary>Why it is older than it should be, in one sentence; null while it is fresh.</summary>
    public string? StaleReason { get; init; }
}

/// <summary>A video as it stands in a chart. Cards do not need the description and the tags and leave them out.</summary>
internal sealed record ChartVideo
{
    /// <summary>TrendVault's own id.</summary>
    public required Guid Id { get; init; }

    /// <summary>Where it is.</summary>
    public required Platform Platform { get; init; }

    /// <summary>The platform's own id.</summary>
    public required string PlatformVideoId { get; init; }

    public required string Title { get; init; }

    public string? Description { get; init; }

    /// <summary>An address that a page must judge before it shows it.</summary>
    public string? ThumbnailUrl { get; init; }

    public required string CreatorName { get; init; }

    /// <summary>The platform's own id of the creator; null when it does not say.</summary>
    public string? CreatorId { get; init; }

    /// <summary>The creator's page.</summary>
    public string? CreatorUrl { get; init; }

    /// <summary>The video's page.</summary>
    public required string VideoUrl { get; init; }

    /// <summary>Null for what is live.</summary>
    public int? DurationSeconds { get; init; }

    public DateTimeOffset? PublishedAt { get; init; }

    /// <summary>The platform's word.</summary>
    public string? Licence { get; init; }

    /// <summary>What it is about, in English; null when the platform does not say.</summary>
    public string? Category { get; init; }

    /// <summary>Other sites may show it; null when the platform does not say.</summary>
    public bool? Embeddable { get; init; }

    /// <summary>Higher than wide; null when the platform does not say.</summary>
    public bool? IsVertical { get; init; }

    /// <summary>Without #. Cards leave them out.</summary>
    public string[] Tags { get; init; } = [];

    /// <summary>Null when unknown.</summary>
    public long? ViewCount { get; init; }

    /// <summary>Null when hidden.</summary>
    public long? LikeCount { get; init; }

    /// <summary>Null when they are off.</summary>
    public long? CommentCount { get; init; }

    /// <summary>From 1; 0 outside a chart.</summary>
    public int Rank { get; init; }

    /// <summary>Its rank in the version before; null when it was not there.</summary>
    public int? PreviousRank { get; init; }

    /// <summary>True when the version before does not have it.</summary>
    public bool IsNew { get; init; }

    /// <summary>The reader has a finished download of it.</summary>
    public bool InLibrary { get; init; }

    /// <summary>The reader has published a download of it.</summary>
    public bool IsPublished { get; init; }

    /// <summary>Places won (above zero) or lost since the version before; null for a new one.</summary>
    public int? RankChange => PreviousRank - Rank;

    /// <summary>Views per hour since it was published, over its whole life; null when either is unknown.</summary>
    public long? ViewsPerHour(DateTimeOffset now) =>
        this is { ViewCount: { } views, PublishedAt: { } published } ? (long)(views / Math.Max(1, (now - published).TotalHours)) : null;

    /// <summary>May be published again under its terms.</summary>
    public bool IsCreativeCommons => Licence == "creativeCommon";
}

/// <summary>Fifty videos of a chart, the unit in which charts are cached.</summary>
internal sealed record ChartPage
{
    /// <summary>How many videos a page has, but for the last.</summary>
    public const int Size = 50;

    /// <summary>Which version of which chart.</summary>
    public required Chart Chart { get; init; }

    /// <summary>By rank.</summary>
    public required IReadOnlyList<ChartVideo> Videos { get; init; }

    /// <summary>Until when this is served as it is, UTC.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }
}

/// <summary>How a list of videos is ordered.</summary>
internal enum ChartOrder
{
    /// <summary>As it stands in the chart.</summary>
    Rank,

    /// <summary>Most viewed first.</summary>
    Views,

    /// <summary>Newest first.</summary>
    Newest,

    /// <summary>Most places won since the version before first; what is new came from below the end.</summary>
    Rising,
}

/// <summary>Which videos of a chart a reader wants.</summary>
/// <param name="Search">Part of the title or the creator's name; null for all.</param>
/// <param name="CreativeCommonsOnly">Only what may be published again.</param>
/// <param name="Order">The order.</param>
internal sealed record ChartFilter(string? Search, bool CreativeCommonsOnly, ChartOrder Order);

/// <summary>Where a video stands now.</summary>
internal sealed record Standing
{
    public required string Region { get; init; }

    /// <summary>Of what; "" is General.</summary>
    public required string Category { get; init; }

    /// <summary>From 1.</summary>
    public required int Rank { get; init; }
}
