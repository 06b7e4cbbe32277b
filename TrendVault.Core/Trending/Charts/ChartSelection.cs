using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace TrendVault.Core.Trending;

/// <summary>What a reader looks at: one platform or all of them, in a region, in a category.</summary>
/// <param name="Platform">Null for all.</param>
/// <param name="Region">One of <see cref="Regions.All"/>.</param>
/// <param name="Category">One of <see cref="Categories.All"/>. Among all platforms, those without the category are left out; a platform alone shows its General chart.</param>
internal sealed record ChartSelection(Platform? Platform, string Region, string Category);

/// <summary>A chart that cannot be shown, and why.</summary>
internal sealed record MissingChart(Platform Platform, PlatformException Reason);

/// <summary>The charts of a selection as they are now.</summary>
internal sealed class ChartsNow
{
    private string? _tag;

    /// <summary>At least one; equal ranks stand in this order.</summary>
    public required IReadOnlyList<Chart> Charts { get; init; }

    /// <summary>Those that were never seen and cannot be fetched.</summary>
    public required IReadOnlyList<MissingChart> Missing { get; init; }

    /// <summary>The earliest time at which one of them is looked at anew, UTC.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>No platform had to be asked.</summary>
    public required bool Cached { get; init; }

    /// <summary>Changes whenever what is shown of them does: with each refresh, with the time at which they end, and with what is missing and why.</summary>
    public string Tag => _tag ??= MakeTag();

    private string MakeTag()
    {
        var tag = string.Create(CultureInfo.InvariantCulture, $"{ExpiresAt.UtcTicks:x}");
        foreach (var chart in Charts)
            tag += string.Create(CultureInfo.InvariantCulture, $".{(int)chart.Platform}-{chart.Version}-{chart.FetchedAt.UtcTicks:x}");
        var reasons = string.Join('\n', [.. Charts.Select(chart => chart.StaleReason), .. Missing.Select(missing => missing.Reason.Message)]);
        return reasons.Trim('\n').Length == 0 ? tag : $"{tag}.{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(reasons)))[..16]}";
    }
}

/// <summary>Part of the charts of a selection, as one list by rank.</summary>
internal sealed record ChartSlice
{
    /// <summary>What it was cut from.</summary>
    public required ChartsNow From { get; init; }

    /// <summary>By rank; at equal rank by platform.</summary>
    public required IReadOnlyList<ChartVideo> Videos { get; init; }

    /// <summary>Videos in all.</summary>
    public required int Total { get; init; }
}
