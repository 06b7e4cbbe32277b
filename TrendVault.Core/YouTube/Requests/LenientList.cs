using Google.Apis.Json;
using Newtonsoft.Json;

namespace TrendVault.Core.YouTube;

/// <summary>
/// Reads a list item by item: one that is not what the documentation says becomes null and does not cost the others. A body that is
/// no JSON is still an error.
/// </summary>
internal sealed class LenientList<T> : JsonConverter<IList<T>>
{
    private static readonly JsonSerializer Items = JsonSerializer.Create(NewtonsoftJsonSerializer.CreateDefaultSettings());

    public override bool CanWrite => false;

    public override IList<T> ReadJson(JsonReader reader, Type objectType, IList<T>? existingValue, bool hasExistingValue, JsonSerializer serializer)
    {
        reader.DateParseHandling = DateParseHandling.None; // dates are strings here, and must stay what they are
        var items = new List<T>();
        while (reader.Read() && reader.TokenType != JsonToken.EndArray)
            items.Add(ReadItem(reader));
        return items;
    }

    public override void WriteJson(JsonWriter writer, IList<T>? value, JsonSerializer serializer) => throw new NotSupportedException();

    private static T ReadItem(JsonReader reader)
    {
        var depth = reader.Depth;
        try
        {
            return Items.Deserialize<T>(reader)!;
        }
        catch (Exception e) when (e is JsonException or FormatException or OverflowException)
        {
            SkipTo(depth, reader);
            return default!;
        }
    }

    /// <summary>To the end of the item at <paramref name="depth"/>.</summary>
    /// <exception cref="JsonReaderException">The body is no JSON.</exception>
    private static void SkipTo(int depth, JsonReader reader)
    {
        while (reader.Depth > depth && reader.Read())
        {
        }

        reader.Skip(); // an item that failed before its first property
    }
}
