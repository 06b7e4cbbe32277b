namespace TrendVault.Core.Trending;

/// <summary>A chart's row: its current version, and how the last refresh failed if that is newer.</summary>
internal sealed record ChartState
{
    // The pause doubles with each failure in a row.
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(30);

    public required Guid Id { get; init; }

    public required Platform Platform { get; init; }

    public required string Region { get; init; }

    public required string Category { get; init; }

    /// <summary>0 while it was never fetched.</summary>
    public required long Version { get; init; }

    public required int Total { get; init; }

    public required string Source { get; init; }

    public DateTimeOffset? FetchedAt { get; init; }

    public DateTimeOffset? FailedAt { get; init; }

    public string? Failure { get; init; }

    /// <summary>In a row.</summary>
    public int Failures { get; init; }

    public ChartKey Key => new(Platform, Region, Category);

    public ChartAge Age => new(FetchedAt, RetryAt);

    /// <summary>When a chart that failed may be tried again; null when it did not.</summary>
    public DateTimeOffset? RetryAt
    {
        get
        {
            var pause = FirstPause * Math.Pow(2, Math.Clamp(Failures, 1, 10) - 1);
            return FailedAt + (pause < LongestPause ? pause : LongestPause);
        }
    }

    /// <summary>The chart to show; null while there is none.</summary>
    public Chart? ToChart(string? staleReason = null) =>
        FetchedAt is { } fetchedAt && Version > 0
            ? new Chart
            {
                Id = Id,
                Platform = Platform,
                Region = Region,
                Category = Category,
                Version = Version,
                Total = Total,
                Source = Source,
                FetchedAt = fetchedAt,
                StaleReason = staleReason,
            }
            : null;
}
