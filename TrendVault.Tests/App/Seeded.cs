using System.Globalization;

namespace TrendVault.Tests.App;

/// <summary>Chance for tests of properties. The seed is in the test's output; TEST_SEED brings it back.</summary>
internal static class Seeded
{
    public static Random Random()
    {
        var seed = int.TryParse(Environment.GetEnvironmentVariable("TEST_SEED"), NumberStyles.Integer, CultureInfo.InvariantCulture, out var given)
            ? given
            : System.Random.Shared.Next();
        TestContext.Current.TestOutputHelper?.WriteLine($"TEST_SEED={seed}");
        return new Random(seed);
    }

    public static T Pick<T>(this Random random, IReadOnlyList<T> choices) => choices[random.Next(choices.Count)];

    /// <summary>A text of any length up to <paramref name="longest"/>: plain words, markup, entities, other scripts, control characters, halves of surrogates.</summary>
    public static string Text(this Random random, int longest)
    {
        string[] pieces =
            ["a", "Rally ", "<b>", "</script>", "&amp;", "&#39;", "&", "'", "\"", "\0", "\a", "\n", "\r\n", "\t", "\u202e", "\ud83c\udfac", "\ud800", "\udc00", "é", "日本", "مرحبا", " ", "\u00a0", "{0}", "%s", "';--", "\u001f"];
        var text = "";
        for (var length = random.Next(longest + 1); text.Length < length;)
            text += random.Pick(pieces);
        return text;
    }
}
