using System.Net;
using System.Text.Json;
using Google;

namespace TrendVault.Core.YouTube;

/// <summary>
/// What an answer tells of why it refuses, as far as it tells it. Newer errors have <c>details</c>, in which a key's fault is named,
/// older ones a list of <c>errors</c>, some have both, and what a proxy on the way answers has neither.
/// </summary>
/// <param name="Status">0 where there was no answer.</param>
/// <param name="Reason">By which to branch: of the details where it is known, else of the first error; empty when the answer names none.</param>
/// <param name="Limit">What was said of a spent limit, for <see cref="SpentBucket"/>; it may hold HTML.</param>
internal sealed record YouTubeRefusal(HttpStatusCode Status, string Reason, string Limit)
{
    private const string PerDay = "per day";

    /// <summary>Reads the answer behind an exception of the library, which keeps its body whatever it could make of it.</summary>
    /// <remarks><see href="https://github.com/googleapis/googleapis/blob/master/google/api/error_reason.proto"/></remarks>
    public static YouTubeRefusal Of(GoogleApiException e)
    {
        var error = ErrorIn(e.Error?.ErrorResponseContent);
        var details = error.Objects("details").ToList();
        var named = details.Select(detail => KnownReason(detail.Text("reason"))).FirstOrDefault(reason => reason is not null);
        var reason = named ?? error.Objects("errors").Select(item => item.Text("reason")).FirstOrDefault(IsWord) ?? "";
        return new YouTubeRefusal(e.HttpStatusCode, reason, string.Join('\n', LimitsOf(error, details)));
    }

    /// <summary>The bucket that is empty until the day ends; null when nothing is, such as for too many calls at once.</summary>
    /// <param name="asked">Which one the call is paid from.</param>
    public YouTubeBucket? SpentBucket(YouTubeBucket asked) => Reason switch
    {
        _ when !IsAboutAmount => null,
        // The same reason and status are those of too many at once: only the limit's name tells the two apart.
        _ when IsOfDay => NamedBucket ?? asked,
        "quotaExceeded" or "dailyLimitExceeded" => YouTubeBucket.General,
        _ => null,
    };

    private bool IsAboutAmount => Status is HttpStatusCode.TooManyRequests or HttpStatusCode.Forbidden
        && Reason is "rateLimitExceeded" or "quotaExceeded" or "dailyLimitExceeded" or "";

    private bool IsOfDay => Has(PerDay) || Has("PerDay") || Has("1/d/");

    private YouTubeBucket? NamedBucket =>
        Has("Search Queries") || Has("SearchList") ? YouTubeBucket.Search
        : Has("Video Uploads") || Has("VideosInsert") || Has("VideoUpload") ? YouTubeBucket.Upload
        : Has("'Queries per day'") ? YouTubeBucket.General
        : null;

    private bool Has(string words) => Limit.Contains(words, StringComparison.OrdinalIgnoreCase);

    private static string? KnownReason(string? reason) => reason switch
    {
        "RATE_LIMIT_EXCEEDED" => "rateLimitExceeded",
        "ACCESS_TOKEN_SCOPE_INSUFFICIENT" => "insufficientPermissions",
        "SERVICE_DISABLED" => "accessNotConfigured",
        "API_KEY_INVALID" => "keyInvalid",
        "API_KEY_HTTP_REFERRER_BLOCKED" or "API_KEY_IP_ADDRESS_BLOCKED" or "API_KEY_SERVICE_BLOCKED"
            or "API_KEY_ANDROID_APP_BLOCKED" or "API_KEY_IOS_APP_BLOCKED" or "CONSUMER_SUSPENDED" or "CONSUMER_INVALID" => reason,
        _ => null,
    };

    // It becomes a code for scripts.
    private static bool IsWord(string? reason) => reason is not null && reason.All(char.IsAsciiLetterOrDigit);

    private static IEnumerable<string> LimitsOf(JsonElement error, IEnumerable<JsonElement> details) =>
        new[] { error.Text("message") }
            .Concat(details.SelectMany(detail => new[] { detail.Find("metadata").Text("quota_limit"), detail.Find("metadata").Text("quota_unit") }))
            .OfType<string>();

    /// <summary>The error of a body; nothing for a body without one, or that is no JSON.</summary>
    private static JsonElement ErrorIn(string? body)
    {
        try
        {
            using var json = OutsideJson.Parse(body ?? "");
            return json.RootElement.Find("error") is { ValueKind: JsonValueKind.Object } error ? error.Clone() : default;
        }
        catch (JsonException)
        {
            return default;
        }
    }
}
