using System.Net;
using Google;

namespace TrendVault.Core.YouTube;

/// <summary>YouTube's refusals in TrendVault's words.</summary>
internal static class YouTubeErrors
{
    /// <summary>Whose Google project is asked in a user's name: the setting's name.</summary>
    private const string ClientSetting = "GOOGLE_CLIENT_ID";

    private const string Console = "In the Google Cloud console";

    // A refused key stays refused until someone changes it or what it may do.
    private static readonly TimeSpan RefusedKeyKept = TimeSpan.FromHours(1);

    /// <summary>
    /// Turns an exception of a call into a <see cref="PlatformException"/>; null for one that is not about the call, such as a
    /// cancellation of <paramref name="cancellationToken"/>.
    /// </summary>
    /// <param name="e">What the call ended with.</param>
    /// <param name="now">The present.</param>
    /// <param name="setting">Whose Google project was asked: the name of the setting that says it.</param>
    public static PlatformException? ToPlatformException(
        Exception e, DateTimeOffset now, CancellationToken cancellationToken, string setting = ClientSetting) => e switch
        {
            PlatformException platform => platform,
            GoogleApiException refusal => FromRefusal(refusal, YouTubeRefusal.Of(refusal), now, setting),
            OperationCanceledException when !cancellationToken.IsCancellationRequested =>
                new(Remedy.Retry, "youtube_timeout", "YouTube did not answer in time.", inner: e),
            HttpRequestException or IOException =>
                new(Remedy.Retry, "youtube_unreachable", "YouTube cannot be reached.", inner: e),
            Newtonsoft.Json.JsonException => Unreadable(e),
            _ => null,
        };

    private static PlatformException FromRefusal(GoogleApiException e, YouTubeRefusal refusal, DateTimeOffset now, string setting) => refusal.Reason switch
    {
        _ when refusal.SpentBucket(YouTubeBucket.General) is not null =>
            new(Remedy.Wait, "quota_exceeded", "Today's quota of YouTube's API is used up; it renews at midnight in California.", PacificDay.UntilNext(now), e),
        "uploadLimitExceeded" =>
            new(Remedy.Wait, "upload_limit_exceeded", "YouTube takes no more uploads on this channel today.", TimeSpan.FromHours(24), e),
        "rateLimitExceeded" or "userRateLimitExceeded" or "servingLimitExceeded" =>
            new(Remedy.Retry, "rate_limited", "YouTube asks to slow down.", inner: e),
        "uploadRateLimitExceeded" =>
            new(Remedy.Retry, "rate_limited", "YouTube asks to upload more slowly.", TimeSpan.FromHours(2), e),
        "youtubeSignupRequired" =>
            new(Remedy.GiveUp, "no_channel", "This Google account has no YouTube channel. Make one on YouTube, then try again.", inner: e),
        var reason => FromSettings(e, reason, setting) ?? FromStatus(e, reason),
    };

    /// <summary>What only the operator can mend, and where; null for anything else.</summary>
    private static PlatformException? FromSettings(GoogleApiException e, string reason, string setting)
    {
        (string Code, string Message)? fault = reason switch
        {
            "keyInvalid" => ("api_key_refused", "YouTube refuses the API key. Check YOUTUBE_API_KEY."),
            "keyExpired" => ("api_key_expired", $"The API key has expired. {Console} make a new one, then set YOUTUBE_API_KEY to it."),
            "API_KEY_HTTP_REFERRER_BLOCKED" => (
                "api_key_referrer_blocked",
                $"The key in YOUTUBE_API_KEY works from web pages only, and TrendVault is a server. {Console} set its application restriction to None or IP addresses."),
            "API_KEY_IP_ADDRESS_BLOCKED" or "ipRefererBlocked" => (
                "api_key_address_blocked",
                $"The key in YOUTUBE_API_KEY does not work from this server's address. {Console} add the address by which it reaches the internet to the key's IP addresses."),
            "API_KEY_ANDROID_APP_BLOCKED" or "API_KEY_IOS_APP_BLOCKED" => (
                "api_key_app_blocked",
                $"The key in YOUTUBE_API_KEY works in apps on phones only, and TrendVault is a server. {Console} set its application restriction to None or IP addresses."),
            "API_KEY_SERVICE_BLOCKED" => (
                "api_key_service_blocked",
                $"The key in YOUTUBE_API_KEY may not be used for YouTube. {Console} add YouTube Data API v3 to its API restrictions."),
            "accessNotConfigured" => (
                "api_not_enabled",
                $"YouTube Data API v3 is not enabled in the Google project of {setting}. {Console} enable it; that takes a few minutes."),
            "CONSUMER_SUSPENDED" or "CONSUMER_INVALID" => (
                "project_refused",
                $"Google has suspended or deleted the project of {setting}. {Console} see why, or take another project's."),
            _ => null,
        };
        return fault is var (code, message) ? new(Remedy.Configure, code, message, RefusedKeyKept, e) : null;
    }

    private static PlatformException FromStatus(GoogleApiException e, string reason) => e.HttpStatusCode switch
    {
        HttpStatusCode.Unauthorized =>
            new(Remedy.Reauthorize, "reconnect_needed", "YouTube no longer accepts this connection. Connect the account again.", inner: e),
        HttpStatusCode.TooManyRequests =>
            new(Remedy.Retry, "rate_limited", "YouTube asks to slow down.", inner: e),
        >= HttpStatusCode.InternalServerError =>
            new(Remedy.Retry, "youtube_unavailable", "YouTube has a fault of its own right now.", inner: e),
        // The library reports an answer that it cannot read, and one that never came, without a status.
        0 or HttpStatusCode.OK => Unreadable(e),
        _ => new(Remedy.GiveUp, reason.Length > 0 ? reason : "youtube_refused", "YouTube refuses this request.", inner: e),
    };

    private static PlatformException Unreadable(Exception e) =>
        new(Remedy.Retry, "youtube_unreadable", "YouTube answered something that cannot be read.", inner: e);
}
