using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace TrendVault.Web.Sandbox.Apify;

/// <summary>What of a dataset is asked for: which items, and what of each.</summary>
internal sealed record DatasetView
{
    // What Apify answers as the limit of who has named none.
    private const long NoLimit = 999_999_999_999;

    private const StringSplitOptions TrimAndSkipEmpty = StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries;

    private static readonly string[] NotHere = ["flatten", "unwind", "view"];

    public long Offset { get; private init; }

    public long Limit { get; private init; } = NoLimit;

    public bool Descending { get; private init; }

    /// <summary>One item a line instead of an array.</summary>
    public bool AsLines { get; private init; }

    private IReadOnlyList<string> Fields { get; init; } = [];

    private IReadOnlyList<string> Omitted { get; init; } = [];

    private bool SkipsHidden { get; init; }

    private bool SkipsEmpty { get; init; }

    public static bool IsSet(IQueryCollection query, string name) => query[name] is ["1" or "true"];

    public static bool TryRead(IQueryCollection query, out DatasetView view, [NotNullWhen(false)] out IResult? refusal)
    {
        var clean = IsSet(query, "clean");
        view = new DatasetView
        {
            Offset = Number(query, "offset") ?? 0,
            // 0 is no limit, as if it were not there.
            Limit = Number(query, "limit") is > 0 and var limit ? limit : NoLimit,
            Descending = IsSet(query, "desc"),
            AsLines = query["format"] == "jsonl",
            Fields = List(query, "fields"),
            Omitted = List(query, "omit"),
            SkipsHidden = clean || IsSet(query, "skipHidden"),
            SkipsEmpty = clean || IsSet(query, "skipEmpty"),
        };
        refusal = NotHere.FirstOrDefault(name => query[name].Any(value => value?.Length > 0)) is { } name
            ? ApifyError.Of(400, "invalid-value", $"The sandbox does not know the parameter {name}.")
            : query["format"].FirstOrDefault() is not (null or "json" or "jsonl")
                ? ApifyError.Of(400, "invalid-value", "The sandbox writes the formats json and jsonl.")
                : null;
        return refusal is null;
    }

    /// <summary>Pages count the items as they are stored: those that are then left out as empty make a page shorter.</summary>
    public IReadOnlyList<JsonObject> Of(IReadOnlyList<object> items)
    {
        var ordered = Descending ? items.Reverse() : items;
        return
        [
            .. ordered.Skip(Clamp(Offset)).Take(Clamp(Limit))
                .Select(item => Shown((JsonObject)JsonSerializer.SerializeToNode(item, SandboxJson.Full)!))
                .Where(item => !SkipsEmpty || item.Count > 0),
        ];
    }

    // Picked fields come in the order in which they are named.
    private JsonObject Shown(JsonObject item)
    {
        var properties = Fields.Count == 0
            ? item.Select(property => property.Key)
            : Fields.Where(item.ContainsKey);
        var shown = properties.Where(name => !Omitted.Contains(name) && !(SkipsHidden && name.StartsWith('#')));
        return new JsonObject(shown.Select(name => new KeyValuePair<string, JsonNode?>(name, item[name]?.DeepClone())));
    }

    private static IReadOnlyList<string> List(IQueryCollection query, string name) =>
        [.. query[name].SelectMany(value => (value ?? "").Split(',', TrimAndSkipEmpty)).Distinct()];

    private static long? Number(IQueryCollection query, string name) =>
        long.TryParse(query[name], NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static int Clamp(long number) => (int)Math.Min(number, int.MaxValue);
}
