using System.Text;
using System.Text.RegularExpressions;
using TrendVault.Core.Downloads;

namespace TrendVault.Tests.Downloads;

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
