using System.Globalization;

namespace TrendVault.Web.Sandbox.Catalogue;

/// <summary>A YouTube category.</summary>
/// <param name="Assignable">Whether an upload may name it.</param>
internal sealed record Category(int Id, string Title, bool Assignable)
{
    public const int Music = 10;
    public const int Gaming = 20;
    public const int Movies = 30;

    public static IReadOnlyList<Category> All { get; } =
    [
        new(1, "Film & Animation", true), new(2, "Autos & Vehicles", true), new(Music, "Music", true),
        new(15, "Pets & Animals", true), new(17, "Sports", true), new(18, "Short Movies", false),
        new(19, "Travel & Events", true), new(Gaming, "Gaming", true), new(21, "Videoblogging", false),
        new(22, "People & Blogs", true), new(23, "Comedy", true), new(24, "Entertainment", true),
        new(25, "News & Politics", true), new(26, "Howto & Style", true), new(27, "Education", true),
        new(28, "Science & Technology", true), new(29, "Nonprofits & Activism", true), new(Movies, "Movies", false),
        new(31, "Anime/Animation", false), new(32, "Action/Adventure", false), new(33, "Classics", false),
        new(34, "Comedy", false), new(35, "Documentary", false), new(36, "Drama", false), new(37, "Family", false),
        new(38, "Foreign", false), new(39, "Horror", false), new(40, "Sci-Fi/Fantasy", false), new(41, "Thriller", false),
        new(42, "Shorts", false), new(43, "Shows", false), new(44, "Trailers", false),
    ];

    public static Category? Find(string id) => All.FirstOrDefault(category => category.Id.ToString(CultureInfo.InvariantCulture) == id);

    /// <summary>
    /// Music, Gaming and Movies have a chart in every region. Which of the others has one is a fact of the region, as on the real
    /// platform: Travel and Education never, the rest here and there.
    /// </summary>
    public bool HasChartIn(Region region) => Id switch
    {
        Music or Gaming or Movies => true,
        19 or 27 => false,
        _ => Assignable && Dice.Of(region.Index, Id).OneIn(2, "chart"),
    };

    /// <summary>The nonprofits are a category only in some regions.</summary>
    public bool ExistsIn(Region region) => Id != 29 || region.Code is "US" or "GB" or "CA" or "AU";
}
