using System.Net;
using Google;
using Newtonsoft.Json.Linq;

namespace TrendVault.Core.YouTube;

/// <summary>YouTube's refusals in TrendVault's words.</summary>
public static class YouTubeErrors
{
    // A refused key stays refused until someone changes it or what it may do.
    private static readonly TimeSpan RefusedKeyKept = TimeSpan.FromHours(1);

    /// <summary>The reason by which to branch, such as <c>quotaExceeded</c>; empty when the answer names none.</summary>
    public static string ReasonOf(GoogleApiException e) =>
        e.Error?.Errors?.FirstOrDefault()?.Reason ?? DetailReasonOf(e.Error?.ErrorResponseContent) ?? "";

    /// <summary>
    /// Turns an exception of a call into a <see cref="PlatformException"/>; null for one that is not about the call, such as a
    /// cancellation of <paramref name="cancellationToken"/>.
    /// </summary>
    public static PlatformException? ToPlatformException(Exception e, DateTimeOffset now, CancellationToken cancellationToken) => e switch
    {
        PlatformException platform => platform,
        GoogleApiException refusal => FromRefusal(refusal, now),
        OperationCanceledException when !cancellationToken.IsCancellationRequested =>
            new(PlatformRemedy.Retry, "youtube_timeout", "YouTube did not answer in time.", inner: e),
        HttpRequestException or IOException =>
            new(PlatformRemedy.Retry, "youtube_unreachable", "YouTube cannot be reached.", inner: e),
        Newtonsoft.Json.JsonException => Unreadable(e),
        _ => null,
    };

    private static PlatformException FromRefusal(GoogleApiException e, DateTimeOffset now) => ReasonOf(e) switch
    {
        "quotaExceeded" or "dailyLimitExceeded" =>
            new(PlatformRemedy.Park, "quota_exceeded", "Today's quota of YouTube's API is used up; it renews at midnight in California.", PacificDay.UntilNext(now), e),
        "uploadLimitExceeded" =>
            new(PlatformRemedy.Park, "upload_limit_exceeded", "YouTube takes no more uploads on this channel today.", TimeSpan.FromHours(24), e),
        "rateLimitExceeded" or "userRateLimitExceeded" or "servingLimitExceeded" =>
            new(PlatformRemedy.Retry, "rate_limited", "YouTube asks to slow down.", inner: e),
        "uploadRateLimitExceeded" =>
            new(PlatformRemedy.Retry, "rate_limited", "YouTube asks to upload more slowly.", TimeSpan.FromHours(2), e),
        "youtubeSignupRequired" =>
            new(PlatformRemedy.GiveUp, "no_channel", "This Google account has no YouTube channel. Make one on YouTube, then try again.", inner: e),
        "keyInvalid" or "keyExpired" or "accessNotConfigured" =>
            new(PlatformRemedy.GiveUp, "api_key_refused", "YouTube refuses the API key. Check YOUTUBE_API_KEY.", RefusedKeyKept, e),
        var reason => FromStatus(e, reason),
    };

    /// <summary>Newer errors may have <c>details</c> only, with words of their own.</summary>
    private static string? DetailReasonOf(string? body)
    {
        try
        {
            var details = body is null ? null : (JToken.Parse(body) as JObject)?["error"]?["details"] as JArray;
            return details?.OfType<JObject>().Select(detail => (string?)detail["reason"]).FirstOrDefault(reason => reason is not null) switch
            {
                "API_KEY_INVALID" => "keyInvalid",
                "ACCESS_TOKEN_SCOPE_INSUFFICIENT" => "insufficientPermissions",
                _ => null,
            };
        }
        catch (Exception e) when (e is Newtonsoft.Json.JsonException or ArgumentException or InvalidOperationException)
        {
            return null;
        }
    }

    private static PlatformException FromStatus(GoogleApiException e, string reason) => e.HttpStatusCode switch
    {
        HttpStatusCode.Unauthorized =>
            new(PlatformRemedy.Reauthorize, "reconnect_needed", "YouTube no longer accepts this connection. Connect the account again.", inner: e),
        HttpStatusCode.TooManyRequests =>
            new(PlatformRemedy.Retry, "rate_limited", "YouTube asks to slow down.", inner: e),
        >= HttpStatusCode.InternalServerError =>
            new(PlatformRemedy.Retry, "youtube_unavailable", "YouTube has a fault of its own right now.", inner: e),
        // The library reports a body that is not JSON, and an answer that never came, without a status.
        0 or HttpStatusCode.OK => Unreadable(e),
        _ => new(PlatformRemedy.GiveUp, reason.Length > 0 ? reason : "youtube_refused", "YouTube refuses this request.", inner: e),
    };

    private static PlatformException Unreadable(Exception e) =>
        new(PlatformRemedy.Retry, "youtube_unreadable", "YouTube answered something that cannot be read.", inner: e);
}
