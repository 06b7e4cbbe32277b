using System.Globalization;
using TrendVault.Web.Sandbox.Catalogue;

namespace TrendVault.Web.Sandbox.TikTok;

/// <summary>Posts as the Research API writes them: only the fields that are asked for, ids now as numbers and now as strings, what is unknown left out.</summary>
internal static class ResearchVideos
{
    private static readonly Dictionary<string, Func<Post, Counts, object?>> Fields = new()
    {
        // Beyond 2^53 either way.
        ["id"] = (post, _) => post.Dice.OneIn(3, "id as text") ? post.Id.ToString(CultureInfo.InvariantCulture) : post.Id,
        ["video_description"] = (post, _) => post.Text,
        ["create_time"] = (post, _) => post.CreatedAt.ToUnixTimeSeconds(),
        ["region_code"] = (post, _) => post.Region.Code,
        ["username"] = (post, _) => post.Author,
        ["view_count"] = (post, counts) => post.Dice.OneIn(29, "no plays") ? null : counts.Views,
        ["like_count"] = (_, counts) => counts.Likes,
        ["comment_count"] = (_, counts) => counts.Comments,
        ["share_count"] = (_, counts) => counts.Likes / 9,
        ["favorites_count"] = (_, counts) => counts.Likes / 5,
        ["favourites_count"] = (_, counts) => counts.Likes / 5,
        ["hashtag_names"] = (post, _) => post.Hashtags,
        ["hashtag_info_list"] = (post, _) => post.Hashtags.Select(tag => new { hashtag_id = (long)(Dice.Named(tag).Roll("id") >> 8), hashtag_name = tag, hashtag_description = "" }),
        ["video_duration"] = (post, _) => (int)post.Duration.TotalSeconds,
        ["music_id"] = (post, _) => post.Id + 7,
        ["effect_ids"] = (_, _) => Array.Empty<string>(),
        ["playlist_id"] = (_, _) => null,
        ["voice_to_text"] = (post, _) => post.Dice.OneIn(2, "voice") ? post.Text : null,
        ["is_stem_verified"] = (_, _) => false,
        ["video_mention_list"] = (_, _) => Array.Empty<string>(),
        ["video_label"] = (_, _) => null,
    };

    public static IReadOnlyList<string> FieldsOf(string? text)
    {
        var fields = (text ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (fields.Length == 0)
            throw TikTokRefusal.Params("The fields parameter is missing.");
        return fields.FirstOrDefault(field => !Fields.ContainsKey(field)) is { } unknown
            ? throw TikTokRefusal.Params($"Fields {unknown} is invalid.")
            : fields;
    }

    public static Dictionary<string, object> Describe(Post post, Counts counts, IReadOnlyList<string> fields) => fields
        .Select(field => (field, Value: Fields[field](post, counts)))
        .Where(pair => pair.Value is not null)
        .ToDictionary(pair => pair.field, pair => pair.Value!);

    public static string MusicOf(Post post) => (post.Id + 7).ToString(CultureInfo.InvariantCulture);

    public static string LengthOf(Post post) => post.Duration.TotalSeconds switch
    {
        < 15 => "SHORT",
        < 60 => "MID",
        < 300 => "LONG",
        _ => "EXTRA_LONG",
    };
}
