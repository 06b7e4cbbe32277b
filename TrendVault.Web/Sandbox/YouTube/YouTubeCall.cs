using System.Globalization;
using TrendVault.Web.Pages.Shared;
using TrendVault.Web.Sandbox.Google;

namespace TrendVault.Web.Sandbox.YouTube;

/// <summary>A request that came past the front door, with its parameters as YouTube reads them.</summary>
internal sealed class YouTubeCall(HttpContext context, GoogleGrant? caller)
{
    // Those that every method of the API knows.
    private static readonly string[] Common =
        ["$.xgafv", "access_token", "alt", "callback", "fields", "key", "oauth_token", "prettyPrint", "quotaUser", "uploadType", "upload_protocol", "upload_id", "userIp"];

    public HttpContext Context => context;

    public GoogleGrant? Caller => caller;

    public IReadOnlyList<string> Parts { get; private set; } = [];

    public bool Has(string name) => context.Request.Query.ContainsKey(name);

    public string? Text(string name) => context.Request.Query[name] is [{ } text, ..] ? text : null;

    /// <summary>A list in either spelling: <c>a,b</c>, or the parameter repeated.</summary>
    public IReadOnlyList<string> List(string name) =>
        [.. context.Request.Query[name].SelectMany(value => (value ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))];

    public bool? Flag(string name) => Text(name) switch
    {
        null => null,
        "true" => true,
        "false" => false,
        var other => throw YouTubeError.Invalid(name, $"Invalid boolean value: '{other}'."),
    };

    public int MaxResults() => Number("maxResults", 1, 50) ?? 5;

    public int? Number(string name, int low, int high)
    {
        if (Text(name) is not { } text)
            return null;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= low && number <= high
            ? number
            : throw YouTubeError.Invalid(name, $"Invalid value '{text}'. Values must be within the range: [{low}, {high}]");
    }

    /// <summary>Checks the names of all parameters and the parts that are asked for.</summary>
    public YouTubeCall Expecting(string[] parts, params string[] parameters)
    {
        var unknown = context.Request.Query.Keys.FirstOrDefault(name => name != "part" && !parameters.Contains(name) && !Common.Contains(name));
        if (unknown is not null)
            throw YouTubeError.Invalid(unknown, $"Unknown parameter: '{unknown}'.");

        Parts = List("part");
        if (Parts.Count == 0)
            throw YouTubeError.Missing("part");
        if (Parts.FirstOrDefault(part => !parts.Contains(part)) is { } wrong)
            throw YouTubeError.Invalid("part", $"'{wrong}' is not a part of this resource.");
        return this;
    }

    /// <summary>Exactly one of the filters must be there.</summary>
    public string OneOf(params string[] filters)
    {
        var given = filters.Where(Has).ToList();
        return given switch
        {
            [] => throw YouTubeError.Missing(string.Join(", ", filters)),
            [var one] => one,
            _ => throw YouTubeError.Invalid(given[1], $"Incompatible parameters specified in the request: {string.Join(", ", given)}", "invalidCriteria"),
        };
    }

    public void OnlyWith(string filter, string chosen, params string[] parameters)
    {
        if (chosen != filter && parameters.FirstOrDefault(Has) is { } stray)
            throw YouTubeError.Invalid(stray, $"The parameter '{stray}' can only be used with '{filter}'.");
    }

    /// <summary>The caller's grant, when it holds one of the scopes.</summary>
    public GoogleGrant Require(params string[] scopes)
    {
        if (caller is null)
            throw YouTubeError.NoToken();
        return caller.Scopes.Any(scopes.Contains) ? caller : throw YouTubeError.NoScope();
    }

    public T? Part<T>(string name, Func<T> make) where T : class => Parts.Contains(name) ? make() : null;
}
