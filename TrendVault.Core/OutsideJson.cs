using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace TrendVault.Core;

/// <summary>
/// Reads JSON that others wrote. It may lack anything or hold another type than it should: such a value is null, never an error. It may
/// hold half of a surrogate pair, in names too, which System.Text.Json takes for a fault of its reader wherever it meets it: each
/// becomes U+FFFD before anything is read. So what is no JSON is the one error that there is.
/// </summary>
internal static class OutsideJson
{
    private const int UnitLength = 6; // \ud83d

    /// <exception cref="JsonException">It is no JSON.</exception>
    public static JsonDocument Parse(string json, int maxDepth = 64) => Parse(Encoding.UTF8.GetBytes(json), maxDepth);

    /// <summary>Takes the bytes over.</summary>
    /// <exception cref="JsonException">It is no JSON.</exception>
    public static JsonDocument Parse(byte[] json, int maxDepth = 64) => JsonDocument.Parse(Sound(json), new JsonDocumentOptions { MaxDepth = maxDepth });

    /// <exception cref="JsonException">It is no JSON.</exception>
    public static async Task<JsonDocument> ReadAsync(HttpContent content, CancellationToken cancellationToken) =>
        Parse(await content.ReadAsByteArrayAsync(cancellationToken));

    /// <exception cref="JsonException">It is no JSON, or not of this shape.</exception>
    public static async Task<T?> ReadAsync<T>(HttpContent content, JsonSerializerOptions? options, CancellationToken cancellationToken) =>
        JsonSerializer.Deserialize<T>(Sound(await content.ReadAsByteArrayAsync(cancellationToken)).Span, options ?? JsonSerializerOptions.Web);

    /// <summary>A member of an object; undefined when there is none.</summary>
    public static JsonElement Find(this JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) ? value : default;

    /// <summary>A string, or a number as its digits: ids come as either.</summary>
    public static string? Text(this JsonElement element, string name)
    {
        var value = element.Find(name);
        return value.ValueKind switch
        {
            JsonValueKind.String => value.GetString(),
            JsonValueKind.Number => value.GetRawText(),
            _ => null,
        };
    }

    /// <summary>A number that is no less than zero, be it written as a string or with a fraction.</summary>
    public static double? Number(this JsonElement element, string name) =>
        double.TryParse(element.Text(name), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && number is >= 0 and < 9e18
            ? number
            : null;

    /// <summary>A whole number that is no less than zero, exact to its last digit.</summary>
    public static long? Count(this JsonElement element, string name) =>
        long.TryParse(element.Text(name), NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? count : (long?)element.Number(name);

    public static bool IsTrue(this JsonElement element, string name) => element.Find(name).ValueKind == JsonValueKind.True;

    /// <summary>Whole seconds; null for less than half of one, which is what has no length.</summary>
    public static int? Seconds(this JsonElement element, string name) =>
        element.Number(name) is { } seconds and >= 0.5 and < int.MaxValue ? (int)Math.Round(seconds) : null;

    /// <summary>A moment in Unix seconds; null past the year 9999, beyond which .NET has no dates.</summary>
    public static DateTimeOffset? UnixSeconds(this JsonElement element, string name) =>
        element.Count(name) is { } seconds and > 0 and < 253_402_300_800 ? DateTimeOffset.FromUnixTimeSeconds(seconds) : null;

    /// <summary>The elements of an array; none for anything else.</summary>
    public static IEnumerable<JsonElement> List(this JsonElement element, string name) =>
        element.Find(name) is { ValueKind: JsonValueKind.Array } array ? array.EnumerateArray() : [];

    /// <summary>The same without what is no object.</summary>
    public static IEnumerable<JsonElement> Objects(this JsonElement element, string name) =>
        element.List(name).Where(item => item.ValueKind == JsonValueKind.Object);

    private static ReadOnlyMemory<byte> Sound(byte[] json)
    {
        if (!Utf8.IsValid(json))
            json = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(json));
        MendHalves(json);
        return json.AsMemory(json.AsSpan().StartsWith(Encoding.UTF8.Preamble) ? Encoding.UTF8.Preamble.Length : 0);
    }

    // In place: U+FFFD takes as many letters as what it stands for.
    private static void MendHalves(Span<byte> json)
    {
        for (var next = json.IndexOf((byte)'\\'); next >= 0; next = json.IndexOf((byte)'\\'))
        {
            json = json[next..];
            if (UnitAt(json) is not { } unit || !char.IsSurrogate(unit))
            {
                json = json[Math.Min(2, json.Length)..]; // a backslash that is escaped escapes nothing
            }
            else if (char.IsHighSurrogate(unit) && UnitAt(json[UnitLength..]) is { } second && char.IsLowSurrogate(second))
            {
                json = json[(2 * UnitLength)..];
            }
            else
            {
                "fffd"u8.CopyTo(json[2..]);
                json = json[UnitLength..];
            }
        }
    }

    private static char? UnitAt(ReadOnlySpan<byte> json) =>
        json.Length >= UnitLength && json[0] == '\\' && json[1] == 'u' && Utf8Parser.TryParse(json[2..UnitLength], out ushort unit, out var read, 'x') && read == UnitLength - 2
            ? (char)unit
            : null;
}
