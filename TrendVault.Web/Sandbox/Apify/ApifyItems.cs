using System.Globalization;
using TrendVault.Web.Pages.Shared;
using TrendVault.Web.Sandbox.Catalogue;

namespace TrendVault.Web.Sandbox.Apify;

/// <summary>
/// What the TikTok actors put into their dataset, with all that makes real datasets hard to read: error rows, missing counts, whole
/// and broken seconds, slideshows, and the same post found twice.
/// </summary>
internal static class ApifyItems
{
    private const int ErrorRowAfter = 5;

    public static IReadOnlyList<object> For(ApifyRun run, DateTimeOffset now, SandboxAddress address)
    {
        var region = ApifyRuns.RegionOf(run.Input) ?? Region.All[0];
        var posts = TikTokCatalogue.Trending(region, now);
        var perQuery = run.Input.ResultsPerPage ?? 1;
        if (run.Input.AdsScrapeVideos)
            return [.. posts.Take(perQuery).Select((post, rank) => TrendRow(post, rank, address))];

        var items = new List<object>();
        var queries = QueriesOf(run.Input).ToList();
        foreach (var (query, kind) in queries)
        {
            // Every query has an order of its own over the same posts, so that queries overlap as hashtags do.
            List<object> found = [.. posts
                .OrderByDescending(post => Heat(post) + (1.5 * post.Dice.Unit(query)))
                .Take(perQuery)
                .Select(post => Item(post, query, kind, now, address))];
            if (query == queries[0].Query && found.Count > ErrorRowAfter)
                found.Insert(ErrorRowAfter, ErrorRow(query));
            items.AddRange(found);
        }

        return items;
    }

    private static IEnumerable<(string Query, string Kind)> QueriesOf(ApifyInput input) =>
        input.Hashtags.Select(tag => (tag.TrimStart('#'), "hashtag"))
            .Concat(input.SearchQueries.Select(query => (query, "search")))
            .Concat(input.ExploreCategoryTypes.Select(type => (type, "explore")))
            .Concat(input.Profiles.Select(profile => (profile, "profile")))
            .Concat(input.PostURLs.Select(url => (url, "post")));

    private static double Heat(Post post) => post.Dice.Unit("heat");

    private static Dictionary<string, object?> Item(Post post, string query, string kind, DateTimeOffset now, SandboxAddress address)
    {
        var dice = post.Dice;
        var counts = TikTokCatalogue.CountsOf(post, now);
        var id = post.Id.ToString(CultureInfo.InvariantCulture);
        var item = new Dictionary<string, object?>
        {
            ["id"] = id,
            ["text"] = post.Text,
            ["textLanguage"] = post.Author.Split('.')[0],
            ["createTime"] = post.CreatedAt.ToUnixTimeSeconds(),
            ["createTimeISO"] = post.CreatedAt.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture),
            ["locationCreated"] = post.Region.Code,
            ["isAd"] = dice.OneIn(47, "ad"),
            ["isMuted"] = false,
            ["authorMeta"] = AuthorOf(post, address),
            ["musicMeta"] = new
            {
                musicName = "original sound",
                musicAuthor = post.Nickname,
                musicOriginal = true,
                playUrl = address.Of("media/tower.m4a"),
                coverMediumUrl = address.Of($"tt/{id}.jpg"),
                originalCoverMediumUrl = address.Of($"tt/{id}.jpg"),
                musicId = (post.Id + 7).ToString(CultureInfo.InvariantCulture),
            },
            ["webVideoUrl"] = address.Of(post.Path[1..]),
            ["mediaUrls"] = Array.Empty<string>(),
            ["videoMeta"] = VideoMetaOf(post, address),
            ["diggCount"] = counts.Likes,
            ["shareCount"] = counts.Likes / 9,
            ["playCount"] = counts.Views,
            ["collectCount"] = counts.Likes / 5,
            ["commentCount"] = counts.Comments,
            ["mentions"] = Array.Empty<string>(),
            ["detailedMentions"] = Array.Empty<object>(),
            ["hashtags"] = post.Hashtags.Select(tag => dice.OneIn(3, tag)
                ? (object)new { name = tag }
                : new { id = Dice.Named(tag).Roll("id").ToString(CultureInfo.InvariantCulture), name = tag, title = "", cover = "" }).ToList(),
            ["effectStickers"] = Array.Empty<object>(),
            ["isSlideshow"] = post.IsSlideshow,
            ["isPinned"] = false,
            ["isSponsored"] = false,
            ["input"] = query,
        };
        if (post.Number % 19 == 5) // in every run
            item.Remove("playCount");
        if (kind == "hashtag")
            item["searchHashtag"] = new { views = Dice.Named(query).Between(1_000_000, 900_000_000, "views"), name = query };
        if (kind == "search")
            item["searchQuery"] = query;
        return item;
    }

    private static Dictionary<string, object?> AuthorOf(Post post, SandboxAddress address)
    {
        var dice = Dice.Named(post.Author);
        var author = new Dictionary<string, object?>
        {
            ["id"] = (6_800_000_000_000_000_000 + (long)(dice.Roll("id") >> 8)).ToString(CultureInfo.InvariantCulture),
            ["name"] = post.Author,
            ["profileUrl"] = address.Of("@" + post.Author),
            ["nickName"] = post.Nickname,
            ["verified"] = dice.OneIn(6, "verified"),
            ["signature"] = "",
            ["bioLink"] = null,
            ["originalAvatarUrl"] = address.Of($"faces/{post.Author}=s240"),
            ["avatar"] = address.Of($"faces/{post.Author}=s240"),
            ["privateAccount"] = dice.OneIn(60, "private"),
            ["region"] = post.Region.Code,
            ["roomId"] = "",
            ["ttSeller"] = false,
            ["following"] = dice.Between(3, 900, "following"),
            ["friends"] = dice.Between(0, 90, "friends"),
            ["fans"] = dice.Between(400, 4_000_000, "fans"),
            ["heart"] = dice.Between(1_000, 90_000_000, "heart"),
            ["video"] = dice.Between(4, 1200, "video"),
            ["digg"] = 0,
        };
        // Older items do not have it.
        if (post.Dice.OneIn(11, "old"))
            author.Remove("profileUrl");
        return author;
    }

    private static object VideoMetaOf(Post post, SandboxAddress address)
    {
        var cover = address.Of(string.Create(CultureInfo.InvariantCulture, $"tt/{post.Id}.jpg"));
        object duration = post switch
        {
            { IsSlideshow: true } => 0,
            _ when post.Dice.OneIn(3, "whole seconds") => (int)post.Duration.TotalSeconds,
            _ => Math.Round(post.Duration.TotalSeconds, 3),
        };
        return new
        {
            height = 1024,
            width = 576,
            duration,
            coverUrl = cover,
            originalCoverUrl = cover,
            definition = "540p",
            format = "mp4",
            subtitleLinks = Array.Empty<object>(),
            originalDownloadAddr = address.Of("media/tower-1280p.mp4"),
        };
    }

    private static object TrendRow(Post post, int rank, SandboxAddress address) => new
    {
        id = post.Id.ToString(CultureInfo.InvariantCulture),
        name = post.Text,
        url = address.Of(post.Path[1..]),
        countryCode = post.Region.Code,
        rank = rank + 1,
    };

    private static object ErrorRow(string query) => new
    {
        url = "https://www.tiktok.com/tag/" + query,
        input = query,
        error = "Post not found or private.",
        errorCode = "POST_NOT_FOUND_OR_PRIVATE",
    };
}
