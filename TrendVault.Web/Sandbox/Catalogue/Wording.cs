using System.Globalization;
using System.Text;

namespace TrendVault.Web.Sandbox.Catalogue;

/// <summary>Makes titles and texts out of a <see cref="Tongue"/>'s words, and now and then a nasty one.</summary>
internal static class Wording
{
    // What real charts hold too, and what breaks pages that do not escape, cut or order text rightly.
    private static readonly string[] Odd =
    [
        "<b>Bold?</b> \"Quotes\" & 'apostrophes' <script>alert(\"{n}\")</script> | {s}",
        "Tom & Jerry's \"best of\" {n} > {s} < everything else &amp; more",
        "{s} — A Very Long Title That Goes On, And On, And Then Some More, Until One Hundred Characters Are Full",
        "🔥🔥🔥 {s} 💀👨‍👩‍👧‍👦🏳️‍🌈 (#{n}) 🔥🔥🔥",
        "مرحبا بالعالم {s} – العدد {n} 🎧",
        "שלום עולם: {s} ({n})",
        "Z̷a̸l̵g̶o̷ {s} ﷽ {n}",
        "𝕗𝕒𝕟𝕔𝕪 𝕝𝕖𝕥𝕥𝕖𝕣𝕤 {s}",
    ];

    public static string Title(Tongue tongue, int category, Dice dice)
    {
        var patterns = dice.OneIn(25, "odd") ? Odd : tongue.PatternsFor(category);
        return Shorten(Fill(dice.Pick(patterns, "pattern"), tongue, dice), 100);
    }

    public static string Description(Tongue tongue, int category, string title, Dice dice) => string.Join('\n',
        title,
        "",
        Fill(dice.Pick(tongue.General, "about"), tongue, dice),
        Fill(dice.Pick(tongue.PatternsFor(category), "more"), tongue, dice),
        "",
        "#" + string.Join(" #", TagsOf(tongue, dice)));

    public static IReadOnlyList<string> TagsOf(Tongue tongue, Dice dice) =>
        [.. tongue.Tags.OrderBy(tag => dice.Roll(tag)).Take(dice.Between(0, 6, "how many tags"))];

    /// <summary>The text of a TikTok post, its hashtags inline; sometimes nothing at all, sometimes a lot.</summary>
    public static string Post(Tongue tongue, IEnumerable<string> hashtags, Dice dice)
    {
        if (dice.OneIn(40, "silent"))
            return "";

        var text = new StringBuilder(Fill(dice.Pick(dice.OneIn(30, "odd") ? Odd : tongue.Posts, "pattern"), tongue, dice));
        for (var more = dice.OneIn(25, "long") ? 12 : 0; more > 0; more--)
            text.Append(' ').Append(Fill(dice.Pick(tongue.General, $"more {more}"), tongue, dice)).Append('.');
        foreach (var hashtag in hashtags)
            text.Append(" #").Append(hashtag);
        return text.ToString();
    }

    private static string Fill(string pattern, Tongue tongue, Dice dice) => new StringBuilder(pattern)
        .Replace("{a}", dice.Pick(tongue.Creators, "creator"))
        .Replace("{b}", dice.Pick(tongue.Creators, "guest"))
        .Replace("{s}", dice.Pick(tongue.Songs, "song"))
        .Replace("{g}", dice.Pick(tongue.Games, "game"))
        .Replace("{f}", dice.Pick(tongue.Films, "film"))
        .Replace("{t}", dice.Pick(tongue.Subjects, "subject"))
        .Replace("{n}", dice.Between(2, 120, "number").ToString(CultureInfo.InvariantCulture))
        .ToString();

    private static string Shorten(string text, int length)
    {
        if (text.Length <= length)
            return text;
        var end = char.IsHighSurrogate(text[length - 1]) ? length - 1 : length;
        return text[..end];
    }
}
