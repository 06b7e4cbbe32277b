using System.Globalization;
using System.Text.Json;

namespace TrendVault.Core.Trending;

/// <summary>Reads JSON that may lack anything or hold another type than it should: such a value is null, never an error.</summary>
internal static class JsonReading
{
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

    /// <summary>True only for true.</summary>
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
}
