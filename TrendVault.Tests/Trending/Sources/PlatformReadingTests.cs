using System.Globalization;
using System.Text;
using System.Text.Json;
using TrendVault.Core;
using TrendVault.Core.Trending;
using TrendVault.Tests.App;

namespace TrendVault.Tests.Trending;

/// <summary>What holds for whatever a platform writes.</summary>
public sealed class PlatformReadingTests
{
    private const int Rounds = 2000;

    private readonly Random _random = Seeded.Random();

    [Fact]
    public void Every_duration_that_can_be_written_is_read_back()
    {
        for (var i = 0; i < Rounds; i++)
        {
            var length = TimeSpan.FromSeconds(_random.Next(1, int.MaxValue >> _random.Next(30)));

            Assert.Equal((int)length.TotalSeconds, YouTubeMapping.DurationOf(Iso(length)));
        }
    }

    [Fact]
    public void Every_count_is_read_to_its_last_digit_whether_a_number_or_a_string()
    {
        for (var i = 0; i < Rounds; i++)
        {
            var count = _random.NextInt64(long.MaxValue >> _random.Next(62));
            var text = count.ToString(CultureInfo.InvariantCulture);

            Assert.Equal(count, Read($"{{\"n\": {text}}}").Count("n"));
            Assert.Equal(count, Read($"{{\"n\": \"{text}\"}}").Count("n"));
            Assert.Null(Read($"{{\"n\": -{count + 1}}}").Count("n"));
        }
    }

    [Fact]
    public void Every_moment_is_read_with_and_without_a_fraction_in_any_zone_and_as_Unix_seconds()
    {
        for (var i = 0; i < Rounds; i++)
        {
            var moment = DateTimeOffset.FromUnixTimeMilliseconds(_random.NextInt64(1, 253_402_300_799_000));
            var second = DateTimeOffset.FromUnixTimeSeconds(moment.ToUnixTimeSeconds());
            var zone = TimeSpan.FromMinutes(_random.Next(-12 * 4, 14 * 4) * 15);

            Assert.Equal(moment, YouTubeMapping.DateOf(Text(moment, "yyyy-MM-dd'T'HH:mm:ss.fff'Z'")));
            Assert.Equal(second, YouTubeMapping.DateOf(Text(second, "yyyy-MM-dd'T'HH:mm:ss'Z'")));
            if (moment.Year is > 1970 and < 9999)
                Assert.Equal(moment, YouTubeMapping.DateOf(Text(moment.ToOffset(zone), "yyyy-MM-dd'T'HH:mm:ss.fffzzz")));
            Assert.Equal(TimeSpan.Zero, YouTubeMapping.DateOf(Text(second, "yyyy-MM-dd'T'HH:mm:ss'Z'"))!.Value.Offset);
            if (second.ToUnixTimeSeconds() > 0)
                Assert.Equal(second, Read($"{{\"t\": {second.ToUnixTimeSeconds()}}}").UnixSeconds("t"));
        }
    }

    [Fact]
    public void Every_text_that_is_no_date_and_no_duration_is_unknown_and_never_an_error()
    {
        for (var i = 0; i < Rounds; i++)
        {
            var text = _random.Text(30) + "x";

            Assert.Null(YouTubeMapping.DateOf(text));
            Assert.Null(YouTubeMapping.DurationOf(text));
        }
    }

    [Fact]
    public void Every_text_can_be_stored_and_keeps_its_markup_and_entities()
    {
        for (var i = 0; i < Rounds; i++)
        {
            var (text, longest) = (_random.Text(60), _random.Next(1, 70));
            var clean = CleanText.Lines(text, longest) ?? "";

            Assert.True(clean.Length <= longest);
            Assert.DoesNotContain(clean.EnumerateRunes(), rune => Rune.IsControl(rune) && rune.Value is not ('\n' or '\t'));
            Assert.Equal(clean, Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(clean)));
            Assert.Equal(clean, CleanText.Lines(clean, longest) ?? "");
            if (longest >= text.Length)
                Assert.Equal(Letters(text), Letters(clean));
        }
    }

    private static string Letters(string text) => string.Concat(text.Where(letter => letter is > ' ' and < '\x7f'));

    /// <summary>In one of the ways in which it can be written: parts that are zero may be left out.</summary>
    private string Iso(TimeSpan length)
    {
        var days = Part(length.Days, "D");
        var rest = Part(length.Hours, "H") + Part(length.Minutes, "M") + Part(length.Seconds, "S");
        return $"P{days}{(rest.Length > 0 ? "T" + rest : "")}";
    }

    private string Part(int number, string unit) => number > 0 || _random.Next(4) == 0 ? number.ToString(CultureInfo.InvariantCulture) + unit : "";

    private static string Text(DateTimeOffset moment, string format) => moment.ToString(format, CultureInfo.InvariantCulture);

    private static JsonElement Read(string json)
    {
        using var document = JsonDocument.Parse(json);
        return document.RootElement.Clone();
    }
}
