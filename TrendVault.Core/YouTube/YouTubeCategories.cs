namespace TrendVault.Core.YouTube;

/// <summary>YouTube's categories by their numbers, which are the same in every region.</summary>
/// <remarks><see href="https://developers.google.com/youtube/v3/docs/videoCategories/list"/></remarks>
internal static class YouTubeCategories
{
    /// <summary>Those that an upload may have.</summary>
    public static IReadOnlyDictionary<string, string> Assignable { get; } = new Dictionary<string, string>
    {
        ["1"] = "Film & Animation",
        ["2"] = "Autos & Vehicles",
        ["10"] = "Music",
        ["15"] = "Pets & Animals",
        ["17"] = "Sports",
        ["19"] = "Travel & Events",
        ["20"] = "Gaming",
        ["22"] = "People & Blogs",
        ["23"] = "Comedy",
        ["24"] = "Entertainment",
        ["25"] = "News & Politics",
        ["26"] = "Howto & Style",
        ["27"] = "Education",
        ["28"] = "Science & Technology",
        ["29"] = "Nonprofits & Activism",
    };

    // Videos have them, uploads may not name them.
    private static readonly Dictionary<string, string> Others = new()
    {
        ["18"] = "Short Movies",
        ["21"] = "Videoblogging",
        ["30"] = "Movies",
        ["31"] = "Anime & Animation",
        ["32"] = "Action & Adventure",
        ["33"] = "Classics",
        ["34"] = "Comedy",
        ["35"] = "Documentary",
        ["36"] = "Drama",
        ["37"] = "Family",
        ["38"] = "Foreign",
        ["39"] = "Horror",
        ["40"] = "Sci-Fi & Fantasy",
        ["41"] = "Thriller",
        ["42"] = "Shorts",
        ["43"] = "Shows",
        ["44"] = "Trailers",
    };

    /// <summary>Its English name; null for a number that nobody knows.</summary>
    public static string? NameOf(string? id) =>
        id is null ? null : Assignable.GetValueOrDefault(id) ?? Others.GetValueOrDefault(id);
}
