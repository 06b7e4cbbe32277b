using System.Text.Json.Nodes;

namespace TrendVault.Web.Sandbox.YouTube;

/// <summary>
/// What of an answer is asked for with Google's parameter <c>fields</c>, such as <c>nextPageToken,items(id,snippet/title)</c>.
/// Without any field of its own it asks for all.
/// </summary>
internal sealed class FieldMask
{
    private const string All = "*";

    private readonly Dictionary<string, FieldMask> _fields = new(StringComparer.Ordinal);

    public IEnumerable<string> Names => _fields.Keys.Where(name => name != All);

    public static FieldMask Parse(string text)
    {
        var mask = new FieldMask();
        var at = 0;
        mask.ReadList(text, ref at);
        return at == text.Length ? mask : throw Wrong(text);
    }

    /// <summary>The part of <paramref name="node"/> that is asked for; null when nothing of it is.</summary>
    public JsonNode? Of(JsonNode? node) => node switch
    {
        _ when _fields.Count == 0 => node?.DeepClone(),
        JsonArray array => new JsonArray([.. array.Select(Of)]),
        JsonObject all => new JsonObject(all.Select(Chosen).Where(property => property.Value is not null)),
        _ => null,
    };

    public static YouTubeError Wrong(string field) => YouTubeError.Invalid("fields", $"Invalid field selection {field}");

    private KeyValuePair<string, JsonNode?> Chosen(KeyValuePair<string, JsonNode?> property) =>
        new(property.Key, (_fields.GetValueOrDefault(property.Key) ?? _fields.GetValueOrDefault(All))?.Of(property.Value));

    // list = path { "," path };  path = name { "/" name } [ "(" list ")" ]
    private void ReadList(string text, ref int at)
    {
        ReadPath(text, ref at);
        while (at < text.Length && text[at] == ',')
        {
            at++;
            ReadPath(text, ref at);
        }
    }

    private void ReadPath(string text, ref int at)
    {
        var begin = at;
        while (at < text.Length && (char.IsAsciiLetterOrDigit(text[at]) || text[at] is '*' or '_'))
            at++;
        if (at == begin)
            throw Wrong(text);
        var name = text[begin..at];
        if (!_fields.TryGetValue(name, out var field))
            _fields[name] = field = new FieldMask();

        if (at < text.Length && text[at] == '/')
        {
            at++;
            field.ReadPath(text, ref at);
        }
        else if (at < text.Length && text[at] == '(')
        {
            at++;
            field.ReadList(text, ref at);
            if (at == text.Length || text[at] != ')')
                throw Wrong(text);
            at++;
        }
    }
}
