namespace TrendVault.Core.Trending;

/// <summary>Which list: a platform's, in a region, of a category; <c>""</c> is the General chart.</summary>
internal sealed record ChartKey(Platform Platform, string Region, string Category);

/// <summary>The regions that have charts.</summary>
internal static class Regions
{
    /// <summary>Where a reader starts.</summary>
    public const string Default = "US";

    private static readonly (string Code, string Name)[] Known =
    [
        ("US", "United States"), ("GB", "United Kingdom"), ("JP", "Japan"), ("KR", "South Korea"), ("BR", "Brazil"), ("IN", "India"),
        ("DE", "Germany"), ("FR", "France"), ("AU", "Australia"), ("CA", "Canada"), ("MX", "Mexico"), ("VN", "Vietnam"),
    ];

    /// <summary>ISO 3166-1 alpha-2, in the order in which they are offered.</summary>
    public static IReadOnlyList<string> All { get; } = [.. Known.Select(region => region.Code)];

    /// <summary>The region of that code, in any case; null when there is none.</summary>
    public static string? Find(string code) => All.FirstOrDefault(known => known.Equals(code, StringComparison.OrdinalIgnoreCase));

    /// <summary>Its English name.</summary>
    public static string NameOf(string code) => Known.First(region => region.Code == code).Name;
}

/// <summary>The categories that have charts of their own on YouTube; TikTok has the General one only.</summary>
internal static class Categories
{
    /// <summary>The chart without a category.</summary>
    public const string General = "";

    /// <summary>In the order in which they are offered.</summary>
    public static IReadOnlyList<string> All { get; } = ["Music", "Gaming", "Movies", General];

    /// <summary>The category of that name, in any case; null when there is none.</summary>
    public static string? Find(string name) => All.FirstOrDefault(known => known.Equals(name, StringComparison.OrdinalIgnoreCase));

    /// <summary>What it is called where "" would say nothing.</summary>
    public static string NameOf(string category) => category.Length == 0 ? "General" : category;
}
