using System.Text;
using System.Text.RegularExpressions;
using TrendVault.Core;

namespace TrendVault.Tests;

public sealed partial class CleanTextTests
{
    [Theory]
    [InlineData("Café in Köln – 100 %", "cafe-in-koln-100")]
    [InlineData("../../etc/passwd", "etc-passwd")]
    [InlineData("日本語", "video")]
    [InlineData("", "video")]
    public void A_slug_is_plain(string title, string slug) => Assert.Equal(slug, CleanText.Slug(title));

    [Theory]
    [InlineData("../a/b\\c:d", "_a_b_c_d.mp4")]
    [InlineData("日本語 🎬", "日本語 🎬.mp4")]
    [InlineData("invoice\u202Egpj.exe", "invoicegpj.exe.mp4")]
    [InlineData(" . ", "video.mp4")]
    public void A_file_name_is_safe_everywhere(string title, string name) => Assert.Equal(name, CleanText.FileName(title, "mp4"));

    [Theory]
    [InlineData("\u3164\u3164\u3164")]
    [InlineData("\u200b\u200c\u200d\u2060\ufeff")]
    [InlineData("\u2800 \u2800")]
    [InlineData("\u00ad\u034f\u115f\u1160\uffa0\u180e")]
    [InlineData("\U000E0000\U000E0041\U000E0042\U000E007F")]
    [InlineData("\ufe0f\ufe0f\U000E0100")]
    [InlineData("\u2066\u202e\u061c\ufffc\ufffd\ud83d")]
    [InlineData(" \u00a0\u3000\t\0\n")]
    public void What_nobody_can_see_is_no_text(string unseen)
    {
        Assert.Equal("", CleanText.OneLine(unseen));
        Assert.Null(CleanText.Line(unseen, 100));
        Assert.Null(CleanText.Lines(unseen, 100));
        Assert.Equal("video.mp4", CleanText.FileName(unseen, "mp4"));
        Assert.Equal("A", CleanText.OneLine(unseen + "A"));
    }

    [Theory]
    [InlineData("👨‍👩‍👧 family")]
    [InlineData("❤️ heart")]
    [InlineData("🏴󠁧󠁢󠁥󠁮󠁧󠁿 England")]
    [InlineData("می‌خواهم")]
    [InlineData("葛󠄀城")]
    [InlineData("नमस्ते")]
    public void What_joins_and_shapes_characters_stays(string text) => Assert.Equal(text, CleanText.OneLine(text));

    [Fact]
    public void A_title_that_ends_in_half_an_emoji_ends_before_it() => Assert.Equal("A film", CleanText.OneLine("A film \ud83d"));

    [Fact]
    public void Whatever_the_title_the_names_stay_within_their_bounds()
    {
        var random = new Random(7);
        for (var i = 0; i < 500; i++)
        {
            var title = new string([.. Enumerable.Range(0, random.Next(300)).Select(_ => (char)random.Next(char.MaxValue))]);

            Assert.Matches(Slug(), CleanText.Slug(CleanText.OneLine(title)));
            var name = CleanText.FileName(title, "mp4");
            Assert.True(Encoding.UTF8.GetByteCount(name) <= 200);
            Assert.DoesNotContain(name, c => char.IsControl(c) || c == '/');
        }
    }

    [GeneratedRegex("^[a-z0-9-]{1,60}$")]
    private static partial Regex Slug();
}
