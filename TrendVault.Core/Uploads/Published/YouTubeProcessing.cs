using TrendVault.Core.Trending;
using TrendVault.Core.YouTube.Data;

namespace TrendVault.Core.Uploads;

/// <summary>What YouTube says of an uploaded video, in TrendVault's words.</summary>
/// <remarks><see href="https://developers.google.com/youtube/v3/docs/videos#status.uploadStatus"/></remarks>
internal static class YouTubeProcessing
{
    /// <summary>What has become of it so far.</summary>
    public static VideoState StateOf(Video video)
    {
        var (processing, problem) = ProcessingOf(video);
        return new VideoState(PrivacyOf(video), processing, problem) { PublishAt = PublishAtOf(video) };
    }

    /// <summary>Null when YouTube does not say.</summary>
    public static DateTimeOffset? PublishAtOf(Video video) => YouTubeMapping.DateOf(video.Status?.PublishAtRaw);

    // A video that can be watched may still be worked on, and loses what is set meanwhile. Without details the status decides.
    private static (VideoProcessing, string?) ProcessingOf(Video video) => (video.Status?.WorkStatus, video.ProcessingDetails?.ProcessingStatus) switch
    {
        ("failed", _) => (VideoProcessing.Failed, FailureSentence(video.Status?.FailureReason)),
        ("rejected", _) => (VideoProcessing.Rejected, RejectionSentence(video.Status?.RejectionReason)),
        ("deleted", _) => (VideoProcessing.Rejected, "The video has been deleted on YouTube."),
        ("processed", "processing") => (VideoProcessing.Running, null),
        (_, "failed") => (VideoProcessing.Failed, FailureSentence(null)),
        ("processed", _) or (_, "succeeded") => (VideoProcessing.Done, null),
        (_, "terminated") => (VideoProcessing.Failed, FailureSentence(null)),
        _ => (VideoProcessing.Running, null),
    };

    /// <summary>Null when YouTube does not say.</summary>
    public static VideoPrivacy? PrivacyOf(Video video) =>
        EnumText<VideoPrivacy>.TryParse(video.Status?.PrivacyStatus, out var privacy) ? privacy : null;

    private static string FailureSentence(string? reason) => reason switch
    {
        "codec" => "YouTube cannot read the file's codec: download it in another format and publish that.",
        "conversion" => "YouTube could not convert the file: download it in another format and publish that.",
        "emptyFile" => "YouTube found the file empty: download it again and publish that.",
        "invalidFile" => "YouTube found no video in the file: download it in another format and publish that.",
        "tooSmall" => "YouTube finds the file too small.",
        "uploadAborted" => "YouTube broke the upload off: publish it again.",
        _ => "YouTube could not process the video, and does not say why.",
    };

    private static string RejectionSentence(string? reason) => reason switch
    {
        "claim" => "YouTube has rejected the video: somebody claims rights in it.",
        "copyright" => "YouTube has rejected the video for an infringement of copyright.",
        "duplicate" => "YouTube has rejected the video: it is there already.",
        "inappropriate" => "YouTube has rejected the video as inappropriate.",
        "legal" => "YouTube has rejected the video for legal reasons.",
        "length" => "YouTube has rejected the video as too long: verify the channel at youtube.com/verify, then publish it again.",
        "termsOfUse" => "YouTube has rejected the video: it breaks the terms of use.",
        "trademark" => "YouTube has rejected the video for an infringement of a trademark.",
        "uploaderAccountClosed" or "uploaderAccountSuspended" => "YouTube has rejected the video: the account is closed or suspended.",
        _ => "YouTube has rejected the video, and does not say why.",
    };
}
