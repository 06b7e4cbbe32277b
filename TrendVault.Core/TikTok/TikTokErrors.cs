using System.Globalization;
using System.Net;

namespace TrendVault.Core.TikTok;

/// <summary>TikTok's refusals in TrendVault's words.</summary>
internal static class TikTokErrors
{
    private static readonly TimeSpan AfterTooMany = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan NextDay = TimeSpan.FromHours(24);

    // Long enough for the wait to be the queue's, so that no worker is held.
    private static readonly TimeSpan AfterSilence = TimeSpan.FromMinutes(5);

    // Whether a place is free again shows only when TikTok is asked.
    private static readonly TimeSpan UntilPlacesAreLookedAt = TimeSpan.FromHours(1);

    /// <summary>Of the API, by the code in its envelope.</summary>
    public static PlatformException OfApi(HttpStatusCode status, string code, TimeSpan? retryAfter) => code switch
    {
        "access_token_invalid" => Reconnect(),
        "scope_not_authorized" or "scope_permission_missed" =>
            new(Remedy.GiveUp, code, "The connection does not allow drafts: connect the account again and leave every switch on."),
        "spam_risk_too_many_pending_share" => TooManyDrafts(UntilPlacesAreLookedAt),
        "spam_risk_too_many_posts" or "reached_active_user_cap" =>
            new(Remedy.Wait, code, "TikTok takes no more from this account today.", NextDay),
        "spam_risk_user_banned_from_posting" => OfFailedDraft(code),
        "invalid_params" or "invalid_param" =>
            new(Remedy.GiveUp, "invalid_params", "TikTok does not take a file of this size as TrendVault announces it. Download another format and publish that."),
        "invalid_publish_id" or "token_not_authorized_for_specified_publish_id" =>
            new(Remedy.GiveUp, code, "TikTok does not know this upload any more. Retry begins a new draft."),
        _ when status == HttpStatusCode.TooManyRequests || code == "rate_limit_exceeded" =>
            new(Remedy.Retry, "rate_limited", "TikTok asks to slow down.", retryAfter ?? AfterTooMany),
        _ when status >= HttpStatusCode.InternalServerError || code == "internal_error" => Unavailable(retryAfter),
        "" or "ok" => Unreadable(),
        _ => new(Remedy.GiveUp, code, "TikTok refuses this request."),
    };

    /// <summary>Of a draft that ended as FAILED, by its <c>fail_reason</c>.</summary>
    public static PlatformException OfFailedDraft(string reason) => reason switch
    {
        "file_format_check_failed" => Media(reason, "TikTok cannot read this file. Download it as MP4 with H.264, then publish that."),
        "duration_check_failed" => Media(reason, "TikTok does not take a video of this length. Choose one of at most 10 minutes."),
        "frame_rate_check_failed" => Media(reason, "TikTok does not take this frame rate. Choose a format with 23 to 60 frames a second."),
        "picture_size_check_failed" => Media(reason, "TikTok does not take this picture size. Choose a format whose sides have 360 to 4096 pixels."),
        "internal" => new(Remedy.Retry, "tiktok_internal", "TikTok failed to process the video by a fault of its own."),
        "auth_removed" => Reconnect(),
        "publish_cancelled" => new(Remedy.GiveUp, reason, "The draft was cancelled at TikTok. Publish it again if it is still wanted."),
        "spam_risk_too_many_posts" => new(Remedy.GiveUp, reason, "TikTok finds that this account posts too much. Wait a day, then publish it again."),
        "spam_risk_user_banned_from_posting" => new(Remedy.GiveUp, reason, "TikTok does not let this account post. The TikTok app says why."),
        "spam_risk_text" or "spam_risk" => new(Remedy.GiveUp, reason, "TikTok takes this video for spam. Look into the TikTok app before you publish it again."),
        _ => new(Remedy.GiveUp, reason.Length > 0 ? reason : "tiktok_failed", "TikTok did not take the video and does not say why. Look into the TikTok app, then publish it again."),
    };

    /// <summary>Nobody's fault: the creator has drafts to finish first.</summary>
    /// <param name="wait">Until the oldest no longer counts; it is looked at hourly, for drafts that are finished give their places back.</param>
    /// <param name="unanswered">How many of them TikTok may not have begun at all.</param>
    public static PlatformException TooManyDrafts(TimeSpan wait, int unanswered = 0) => new(
        Remedy.Wait,
        "too_many_drafts",
        "TikTok holds as many unfinished drafts of this account as it takes in a day. Finish some in the TikTok app; this one goes on by itself."
            + (unanswered == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $" TikTok did not answer when {unanswered} of them began, and these count for a day.")),
        wait < UntilPlacesAreLookedAt ? wait : UntilPlacesAreLookedAt);

    /// <summary>A draft was asked for and TikTok did not say whether it began. Nothing was sent, so nothing can reach the inbox.</summary>
    public static PlatformException DraftUnanswered(TimeSpan wait) => new(
        Remedy.Retry,
        "draft_unanswered",
        "TikTok did not say whether it has begun a draft. Nothing was sent, and another draft is begun by itself; the first may take one of the account's places for a day.",
        wait);

    /// <summary>TikTok holds the connection and says nothing.</summary>
    public static PlatformException Silent(Exception inner) =>
        new(Remedy.Retry, "tiktok_silent", "TikTok has stopped answering.", AfterSilence, inner);

    public static PlatformException Unreadable() =>
        new(Remedy.Retry, "tiktok_unreadable", "TikTok answered something that cannot be read.");

    public static PlatformException Unavailable(TimeSpan? retryAfter = null) =>
        new(Remedy.Retry, "tiktok_unavailable", "TikTok has a fault of its own right now.", retryAfter);

    private static PlatformException Media(string reason, string message) => new(Remedy.GiveUp, reason, message);

    public static PlatformException Reconnect() => new(
        Remedy.Reauthorize, "reconnect_needed", "TikTok no longer accepts this connection. Connect the account again on the Accounts page.");
}
