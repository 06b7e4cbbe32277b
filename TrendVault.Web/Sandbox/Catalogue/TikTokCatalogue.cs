using System.Globalization;

namespace TrendVault.Web.Sandbox.Catalogue;

/// <summary>A TikTok post of the catalogue.</summary>
internal sealed record Post(long Id, Region Region, int Number, string Author, string Nickname, string Text, IReadOnlyList<string> Hashtags, TimeSpan Duration, DateTimeOffset CreatedAt)
{
    public Dice Dice => Dice.Of(100 + Region.Index, Number);

    // By number, as no chart of some sixty posts shall be without.
    public bool IsSlideshow => Number % 17 == 11;

    public string Path => string.Create(CultureInfo.InvariantCulture, $"/@{Author}/video/{Id}");
}

/// <summary>The posts that the stand-ins for Apify and for TikTok's Research API find, region by region.</summary>
internal static class TikTokCatalogue
{
    private const int StreamOffset = 63;

    private static readonly TimeSpan LongestBefore = TimeSpan.FromDays(2);

    private static readonly string[] Handles = ["daily", "studio", "ok", "real", "its", "hq", "lab", "xo", "vlogs", "tv"];

    /// <summary>The region's posts that trend at <paramref name="now"/>, the hottest first.</summary>
    public static IReadOnlyList<Post> Trending(Region region, DateTimeOffset now) =>
    [
        .. StreamOf(region).NumbersWithin(StreamKey.Life, now)
            .OrderByDescending(number => StreamOf(region).DiceOf(number).Unit("heat"))
            .Select(number => Make(region, number)),
    ];

    /// <summary>The region's posts of a span of time, newest first.</summary>
    public static IEnumerable<Post> Posted(Region region, DateTimeOffset from, DateTimeOffset to) =>
        // A post is older than its entry into the charts, by two days at most.
        StreamOf(region).NumbersWithin(to - from + LongestBefore, to + LongestBefore)
            .Select(number => Make(region, number))
            .Where(post => post.CreatedAt >= from && post.CreatedAt < to);

    public static Post? Find(string? author, string id)
    {
        if (!long.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var value))
            return null;
        var (region, number, _) = Ids.FromTikTok(value);
        if (region >= Region.All.Count)
            return null;
        var post = Make(Region.All[region], number);
        return post.Id == value && (author is null || post.Author == author) ? post : null;
    }

    public static Counts CountsOf(Post post, DateTimeOffset now)
    {
        var days = Math.Max(0, (now - post.CreatedAt).TotalDays);
        var size = post.Dice.OneIn(60, "giant") ? 9.4 : 4 + (3.4 * post.Dice.Unit("size"));
        var views = (long)(Math.Pow(10, size) * (1 - Math.Exp(-days) + (days / 40)));
        return new Counts(views, (long)(views * (0.03 + (0.12 * post.Dice.Unit("likes")))), (long)(views * (0.0005 + (0.003 * post.Dice.Unit("comments")))));
    }

    private static StreamKey StreamOf(Region region) => new(region.Index, StreamOffset);

    private static Post Make(Region region, int number)
    {
        var dice = Dice.Of(100 + region.Index, number);
        var tongue = dice.Pick(region.Tongues, "tongue");
        var createdAt = StreamOf(region).EntryOf(number) - TimeSpan.FromHours(1 + (40 * dice.Unit("before")));
        IReadOnlyList<string> hashtags = [.. tongue.Tags.OrderBy(tag => dice.Roll(tag)).Take(dice.Between(1, 5, "hashtags"))];
        var nickname = dice.Pick(tongue.Creators, "creator");
        var author = string.Create(CultureInfo.InvariantCulture, $"{tongue.Code}.{dice.Pick(Handles, "handle")}{dice.Between(1, 40, "handle number")}");
        var id = Ids.ForTikTok(region.Index, number, createdAt);
        var duration = TimeSpan.FromMilliseconds(dice.Between(6_000, 90_000, "duration"));
        return new Post(id, region, number, author, nickname, Wording.Post(tongue, hashtags, dice), hashtags, duration, DateTimeOffset.FromUnixTimeSeconds(createdAt.ToUnixTimeSeconds()));
    }
}
