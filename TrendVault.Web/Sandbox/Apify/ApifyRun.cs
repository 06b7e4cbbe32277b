namespace TrendVault.Web.Sandbox.Apify;

/// <summary>A run of an actor. Where it stands is a matter of the clock alone, so that it goes on while nobody looks, and after a restart.</summary>
internal sealed record ApifyRun
{
    private static readonly TimeSpan Queued = TimeSpan.FromMilliseconds(300);

    public required string Id { get; init; }

    public required string Actor { get; init; }

    public required ApifyInput Input { get; init; }

    /// <summary>What it was told, word for word: the record INPUT of its store.</summary>
    public string Told { get; init; } = "{}";

    public required DateTimeOffset StartedAt { get; init; }

    public required TimeSpan Takes { get; init; }

    /// <summary>SUCCEEDED, FAILED, TIMED-OUT or ABORTED.</summary>
    public required string EndsAs { get; init; }

    public required int TimeoutSeconds { get; init; }

    public int? MaxItems { get; init; }

    public DateTimeOffset? AbortedAt { get; set; }

    public string DatasetId => Id[..^2] + "ds";

    public string StoreId => Id[..^2] + "kv";

    public DateTimeOffset EndsAt => AbortedAt ?? (StartedAt + Takes);

    public string StatusAt(DateTimeOffset now) => now switch
    {
        _ when AbortedAt is not null => "ABORTED",
        _ when now < StartedAt + (Takes < Queued ? Takes / 4 : Queued) => "READY",
        _ when now < EndsAt => "RUNNING",
        _ => EndsAs,
    };

    public bool IsOverAt(DateTimeOffset now) => StatusAt(now) is not ("READY" or "RUNNING");
}

/// <summary>What an actor is told, as far as the sandbox reads it.</summary>
internal sealed record ApifyInput
{
    public IReadOnlyList<string> Hashtags { get; init; } = [];

    public IReadOnlyList<string> SearchQueries { get; init; } = [];

    public IReadOnlyList<string> Profiles { get; init; } = [];

    public IReadOnlyList<string> ExploreCategoryTypes { get; init; } = [];

    public IReadOnlyList<string> PostURLs { get; init; } = [];

    public bool AdsScrapeVideos { get; init; }

    public string? AdsVideosCountryCode { get; init; }

    public int? ResultsPerPage { get; init; }

    public string? ProxyCountryCode { get; init; }
}
