using System.Globalization;
using System.Text.Json;
using TrendVault.Web.Sandbox.Catalogue;

namespace TrendVault.Web.Sandbox.TikTok;

/// <summary>What a query asks for. Whatever is not as the documentation says is refused: a typing error in a client is seen here.</summary>
internal sealed record ResearchQuery
{
    private const int LongestSpan = 30;

    private static readonly string[] Members = ["query", "start_date", "end_date", "max_count", "cursor", "search_id", "is_random"];

    public required IReadOnlyList<Condition> And { get; init; }

    public required IReadOnlyList<Condition> Or { get; init; }

    public required IReadOnlyList<Condition> Not { get; init; }

    public required DateOnly Start { get; init; }

    public required DateOnly End { get; init; }

    public required int MaxCount { get; init; }

    public required int Cursor { get; init; }

    public required string? SearchId { get; init; }

    /// <summary>What must stay the same from page to page.</summary>
    public required string Subject { get; init; }

    public static ResearchQuery Read(JsonElement body)
    {
        if (body.ValueKind != JsonValueKind.Object)
            throw TikTokRefusal.Params("The request body must be a JSON object.");
        if (body.EnumerateObject().FirstOrDefault(member => !Members.Contains(member.Name)) is { Value.ValueKind: not JsonValueKind.Undefined } unknown)
            throw TikTokRefusal.Params($"{unknown.Name} is not a parameter.");
        var query = Object(body, "query");
        var (and, or, not) = (ConditionsOf(query, "and"), ConditionsOf(query, "or"), ConditionsOf(query, "not"));
        if (and.Count + or.Count + not.Count == 0)
            throw TikTokRefusal.Params("Query conditions are missing.");

        var (start, end) = (Date(body, "start_date"), Date(body, "end_date"));
        if (end < start || end.DayNumber - start.DayNumber > LongestSpan)
            throw TikTokRefusal.Params("The end_date must be no more than 30 days after the start_date.");
        var (cursor, searchId) = (Number(body, "cursor", 0, 0, int.MaxValue), Text(body, "search_id"));
        if (cursor > 0 && searchId is null)
            throw TikTokRefusal.Params("The search_id is missing.");
        return new ResearchQuery
        {
            And = and,
            Or = or,
            Not = not,
            Start = start,
            End = end,
            MaxCount = Number(body, "max_count", 20, 1, 100),
            Cursor = cursor,
            SearchId = searchId,
            Subject = $"{query.GetRawText()} {start:O} {end:O}",
        };
    }

    public bool Wants(Post post) =>
        And.All(condition => condition.Holds(post)) && (Or.Count == 0 || Or.Any(condition => condition.Holds(post))) && !Not.Any(condition => condition.Holds(post));

    /// <summary>The regions that it can find anything in.</summary>
    public IEnumerable<Region> Regions() =>
        Region.All.Where(region => And.Where(condition => condition is { Field: "region_code", Operation: "EQ" or "IN" }).All(condition => condition.Values.Contains(region.Code)));

    private static List<Condition> ConditionsOf(JsonElement query, string name)
    {
        if (!query.TryGetProperty(name, out var list))
            return [];
        if (list.ValueKind != JsonValueKind.Array)
            throw TikTokRefusal.Params($"{name} must be a list of conditions.");
        return [.. list.EnumerateArray().Select(Condition.Read)];
    }

    private static JsonElement Object(JsonElement body, string name) =>
        body.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Object ? value : throw TikTokRefusal.Params($"{name} must be an object.");

    private static string? Text(JsonElement body, string name) =>
        !body.TryGetProperty(name, out var value) ? null
            : value.ValueKind == JsonValueKind.String ? value.GetString() : throw TikTokRefusal.Params($"{name} must be a string.");

    private static int Number(JsonElement body, string name, int otherwise, int least, int most) =>
        !body.TryGetProperty(name, out var value) ? otherwise
            : value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) && number >= least && number <= most ? number
            : throw TikTokRefusal.Params($"{name} must be a number from {least} to {most}.");

    private static DateOnly Date(JsonElement body, string name) =>
        DateOnly.TryParseExact(Text(body, name), "yyyyMMdd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date)
            ? date
            : throw TikTokRefusal.Params($"{name} must be a date such as 20261120.");
}

/// <summary>One condition: a field, how it is compared, and a list of strings to compare it with.</summary>
internal sealed record Condition(string Field, string Operation, IReadOnlyList<string> Values)
{
    private static readonly string[] Operations = ["EQ", "IN", "GT", "GTE", "LT", "LTE"];

    private static readonly string[] Fields =
        ["create_date", "username", "region_code", "video_id", "hashtag_name", "keyword", "music_id", "effect_id", "video_length"];

    public static Condition Read(JsonElement condition)
    {
        if (condition.ValueKind != JsonValueKind.Object)
            throw TikTokRefusal.Params("A condition must be an object.");
        var (operation, field) = (Word(condition, "operation", Operations), Word(condition, "field_name", Fields));
        if (!condition.TryGetProperty("field_values", out var values)
            || values.ValueKind != JsonValueKind.Array
            || values.GetArrayLength() == 0
            || values.EnumerateArray().Any(value => value.ValueKind != JsonValueKind.String))
        {
            throw TikTokRefusal.Params("field_values must be a list of strings.");
        }

        return new Condition(field, operation, [.. values.EnumerateArray().Select(value => value.GetString()!)]);
    }

    public bool Holds(Post post) => Operation switch
    {
        "EQ" or "IN" => Values.Any(value => Matches(post, value)),
        _ when Field != "create_date" => false,
        "GT" => string.CompareOrdinal(Day(post), Values[0]) > 0,
        "GTE" => string.CompareOrdinal(Day(post), Values[0]) >= 0,
        "LT" => string.CompareOrdinal(Day(post), Values[0]) < 0,
        _ => string.CompareOrdinal(Day(post), Values[0]) <= 0,
    };

    private bool Matches(Post post, string value) => Field switch
    {
        "create_date" => Day(post) == value,
        "username" => post.Author == value,
        "region_code" => post.Region.Code == value,
        "video_id" => post.Id.ToString(CultureInfo.InvariantCulture) == value,
        "hashtag_name" => post.Hashtags.Contains(value, StringComparer.OrdinalIgnoreCase),
        "keyword" => post.Text.Contains(value, StringComparison.OrdinalIgnoreCase),
        "music_id" => ResearchVideos.MusicOf(post) == value,
        "video_length" => ResearchVideos.LengthOf(post) == value,
        _ => false,
    };

    private static string Day(Post post) => post.CreatedAt.UtcDateTime.ToString("yyyyMMdd", CultureInfo.InvariantCulture);

    private static string Word(JsonElement condition, string name, string[] known) =>
        condition.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String && known.Contains(value.GetString())
            ? value.GetString()!
            : throw TikTokRefusal.Params($"{name} must be one of {string.Join(", ", known)}.");
}
