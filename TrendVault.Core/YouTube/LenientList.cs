using Google.Apis.Json;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

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
        return [.. JArray.Load(reader).Select(Read)];
    }

    public override void WriteJson(JsonWriter writer, IList<T>? value, JsonSerializer serializer) => throw new NotSupportedException();

    private static T Read(JToken item)
    {
        try
        {
            return item.ToObject<T>(Items)!;
        }
        catch (Exception e) when (e is JsonException or FormatException or OverflowException)
        {
            return default!;
        }
    }
}
