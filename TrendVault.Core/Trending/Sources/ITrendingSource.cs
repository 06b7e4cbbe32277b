namespace TrendVault.Core.Trending;

/// <summary>Where the charts of a platform come from.</summary>
internal interface ITrendingSource
{
    /// <summary>Whose charts they are.</summary>
    Platform Platform { get; }

    /// <summary>The categories it has charts for.</summary>
    IReadOnlyList<string> Categories { get; }

    /// <summary>Null when it can be asked; else a sentence with the setting that turns it on.</summary>
    string? WhyOff { get; }

    /// <summary>The same, with what other instances have found out.</summary>
    Task<string?> ReadWhyOffAsync();

    /// <summary>The categories whose charts a chart is made from; empty when the platform has it of its own.</summary>
    IReadOnlyList<string> PartsOf(string category);

    /// <summary>What it costs to fetch a chart whose parts are there.</summary>
    ChartCost CostOf(string category);

    /// <summary>Fetches a whole chart. Malformed items are skipped and counted.</summary>
    /// <param name="region">One of <see cref="Regions.All"/>.</param>
    /// <param name="category">One of <see cref="Categories"/>.</param>
    /// <param name="parts">The charts of <see cref="PartsOf"/>, as far as they could be had.</param>
    /// <exception cref="PlatformException">The platform did not answer, or the day's budget is used up.</exception>
    Task<FetchedChart> FetchAsync(
        string region, string category, IReadOnlyList<IReadOnlyList<TrendingVideo>> parts, CancellationToken cancellationToken);
}

/// <summary>What a chart costs.</summary>
/// <param name="Bucket">The <see cref="QuotaBucket.Bucket"/> of its platform that pays.</param>
/// <param name="Units">How much of it, at most but for what fails.</param>
internal sealed record ChartCost(string Bucket, int Units);
