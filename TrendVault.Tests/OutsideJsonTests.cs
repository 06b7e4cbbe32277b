using System.Globalization;
using System.Text;
using System.Text.Json;
using TrendVault.Core;
using TrendVault.Tests.App;

namespace TrendVault.Tests;

public sealed class OutsideJsonTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(@"""half \ud83d""", "half \ufffd")]
    [InlineData(@"""\udfac half""", "\ufffd half")]
    [InlineData(@"""\ud83c\ud83c\udfac""", "\ufffd🎬")]
    [InlineData(@"""\uD83C\uDFAC""", "🎬")]
    [InlineData(@"""\ud83dx\udfac""", "\ufffdx\ufffd")]
    [InlineData(@"""\\ud83d""", @"\ud83d")]
    [InlineData(@"""\\\ud83d""", "\\\ufffd")]
    [InlineData(@"""\ud83d\n""", "\ufffd\n")]
    public void Half_a_character_costs_itself(string json, string text)
    {
        using var document = OutsideJson.Parse($"{{\"title\":{json},{json}:1}}");

        Assert.Equal(text, document.RootElement.Text("title"));
        Assert.Equal(1, document.RootElement.Number(text));
        Assert.Equal(["title", text], document.RootElement.EnumerateObject().Select(member => member.Name));
    }

    [Fact]
    public void Every_text_is_read_as_it_was_written_but_for_halves()
    {
        var random = Seeded.Random();
        for (var i = 0; i < 2000; i++)
        {
            var text = random.Text(60);

            using var document = OutsideJson.Parse($"[\"{Written(text, random)}\"]");

            Assert.Equal(Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)), document.RootElement[0].GetString());
        }
    }

    [Fact]
    public async Task A_body_is_read_whatever_bytes_it_has()
    {
        byte[] body = [.. Encoding.UTF8.Preamble, .. "{\"name\":\"caf"u8, 0xE9, .. " \\ud83d\"}"u8];

        using var document = await OutsideJson.ReadAsync(new ByteArrayContent(body), Token);
        var name = await OutsideJson.ReadAsync<Named>(new ByteArrayContent(body), options: null, Token);

        Assert.Equal("caf\ufffd \ufffd", document.RootElement.Text("name"));
        Assert.Equal("caf\ufffd \ufffd", name!.Name);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null x")]
    [InlineData("<html>")]
    [InlineData("{\"a\":\"\\u12\"}")]
    [InlineData("{\"a\":\"\\ud83\"}")]
    [InlineData("{\"a\":\"\\")]
    [InlineData("\\ud83d")]
    public async Task What_is_no_json_is_the_one_error(string text)
    {
        Assert.ThrowsAny<JsonException>(() => OutsideJson.Parse(text));
        await Assert.ThrowsAnyAsync<JsonException>(() => OutsideJson.ReadAsync<Named>(new StringContent(text), options: null, Token));
    }

    // Some characters as they are and some by their number, both halves of one in the same way.
    private static string Written(string text, Random random)
    {
        var json = new StringBuilder();
        var isNumber = false;
        foreach (var unit in text)
        {
            isNumber = char.IsLowSurrogate(unit) ? isNumber : random.Next(2) == 0 || char.IsControl(unit) || unit is '"' or '\\';
            json.Append(isNumber ? string.Create(CultureInfo.InvariantCulture, $"\\u{(int)unit:x4}") : unit.ToString());
        }

        return json.ToString();
    }

    private sealed record Named(string Name);
}
