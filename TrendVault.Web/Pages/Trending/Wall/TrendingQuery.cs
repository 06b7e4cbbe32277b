using System.Globalization;
using System.Text;
using TrendVault.Core;
using TrendVault.Core.Data;
using TrendVault.Core.Trending;

namespace TrendVault.Web.Pages.Trending;

/// <summary>What a URL asks of the charts. The page and the API read it by the same rules.</summary>
internal sealed record TrendingQuery
{
    private const int MaxSearchLength = 100;

    public Platform? Platform { get; init; }

    public string Region { get; init; } = Regions.Default;

    public string Category { get; init; } = Categories.General;

    public string? Search { get; init; }

    public bool CreativeCommons { get; init; }

    public ChartOrder Order { get; init; }

    /// <summary>From 1.</summary>
    public int Page { get; init; } = 1;

    /// <summary>How many pages of the wall are shown at once: those that a reader has scrolled through.</summary>
    public int Pages { get; init; } = 1;

    /// <summary>For the API; pages have a size of their own.</summary>
    public int Limit { get; init; } = 10;

    /// <summary>The versions that a reader scrolls through, by platform.</summary>
    public IReadOnlyDictionary<Platform, long> Versions { get; init; } = new Dictionary<Platform, long>();

    public ChartSelection Selection => new(Platform, Region, Category);

    public ChartFilter Filter => new(Search, CreativeCommons, Order);

    public bool IsFiltered => Search is not null || CreativeCommons;

    /// <summary>Null with the wrong parameter and what is wrong with it.</summary>
    public static TrendingQuery? TryParse(IQueryCollection query, out string field, out string problem)
    {
        var parsed = new TrendingQuery();
        foreach (var (name, values) in query)
        {
            (field, problem) = (name, "");
            if (values.Count > 1)
                problem = $"Give the parameter {name} once.";
            else if (parsed.With(name, values.ToString().Trim(), ref problem) is { } next)
                parsed = next;

            if (problem.Length > 0)
                return null;
        }

        (field, problem) = ("", "");
        return parsed;
    }

    /// <summary>As the page's URL, on its first page unless one is given.</summary>
    /// <param name="page">From 1.</param>
    /// <param name="pages">How many at once.</param>
    /// <param name="charts">The versions to stay in; null for the present ones.</param>
    public string ToUrl(int page = 1, int pages = 1, IReadOnlyList<Chart>? charts = null)
    {
        var query = new StringBuilder();
        Append(query, "platform", Platform is { } platform ? PlatformWord(platform) : "");
        Append(query, "region", Region == Regions.Default ? "" : Region);
        Append(query, "category", Category);
        Append(query, "sort", Order == ChartOrder.Rank ? "" : EnumText<ChartOrder>.Of(Order));
        Append(query, "cc", CreativeCommons ? "true" : "");
        Append(query, "q", Search ?? "");
        Append(query, "page", page == 1 ? "" : page.ToString(CultureInfo.InvariantCulture));
        Append(query, "pages", pages == 1 ? "" : pages.ToString(CultureInfo.InvariantCulture));
        Append(query, "v", charts is null ? "" : VersionsOf(charts));
        return "/trending" + query;
    }

    /// <summary>The versions that are shown, as <see cref="Versions"/> reads them.</summary>
    public static string VersionsOf(IEnumerable<Chart> charts) =>
        string.Join('.', charts.Select(chart => string.Create(CultureInfo.InvariantCulture, $"{PlatformWord(chart.Platform)}-{chart.Version}")));

    public static string PlatformWord(Platform platform) => EnumText<Platform>.Of(platform).ToLowerInvariant();

    // What the endpoint does not name has no effect.
    private TrendingQuery? With(string name, string value, ref string problem) => name.ToLowerInvariant() switch
    {
        "platform" => WithPlatform(value, ref problem),
        "region" => WithRegion(value, ref problem),
        "category" => WithCategory(value, ref problem),
        "page" => WithNumber(value, 1, int.MaxValue, "page must be a whole number from 1.", number => this with { Page = number }, ref problem),
        "pages" => WithNumber(value, 1, int.MaxValue, "pages must be a whole number from 1.", number => this with { Pages = number }, ref problem),
        "limit" => WithNumber(value, 1, 50, "limit must be a whole number from 1 to 50.", number => this with { Limit = number }, ref problem),
        "sort" => WithOrder(value, ref problem),
        "cc" => this with { CreativeCommons = value.Equals("true", StringComparison.OrdinalIgnoreCase) },
        "q" => this with { Search = value.Length == 0 ? null : value[..Math.Min(value.Length, MaxSearchLength)] },
        "v" => this with { Versions = ReadVersions(value) },
        _ => this,
    };

    private TrendingQuery? WithPlatform(string value, ref string problem)
    {
        if (value.Length == 0 || value.Equals("all", StringComparison.OrdinalIgnoreCase))
            return this with { Platform = null };
        if (EnumText<Platform>.TryParse(value, out var platform))
            return this with { Platform = platform };
        problem = "platform must be youtube, tiktok or all.";
        return null;
    }

    private TrendingQuery? WithRegion(string value, ref string problem)
    {
        if (Regions.Find(value) is { } region)
            return this with { Region = region };
        problem = $"region must be one of {string.Join(", ", Regions.All)}.";
        return null;
    }

    private TrendingQuery? WithCategory(string value, ref string problem)
    {
        if (Categories.Find(value) is { } category)
            return this with { Category = category };
        problem = "category must be Music, Gaming, Movies or empty for all.";
        return null;
    }

    private TrendingQuery? WithOrder(string value, ref string problem)
    {
        if (value.Length == 0)
            return this;
        if (EnumText<ChartOrder>.TryParse(value, out var order))
            return this with { Order = order };
        problem = "sort must be rank, views or newest.";
        return null;
    }

    private static TrendingQuery? WithNumber(string value, int least, int most, string complaint, Func<int, TrendingQuery> with, ref string problem)
    {
        if (int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most)
            return with(number);
        problem = complaint;
        return null;
    }

    // Made by our own links: what cannot be read counts as not given.
    private static Dictionary<Platform, long> ReadVersions(string value)
    {
        var versions = new Dictionary<Platform, long>();
        foreach (var part in value.Split('.'))
        {
            if (part.Split('-') is [var word, var number]
                && EnumText<Platform>.TryParse(word, out var platform)
                && long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var version))
            {
                versions[platform] = version;
            }
        }

        return versions;
    }

    private static void Append(StringBuilder query, string name, string value)
    {
        if (value.Length > 0)
            query.Append(query.Length == 0 ? '?' : '&').Append(name).Append('=').Append(Uri.EscapeDataString(value));
    }
}
