using TrendVault.Core;
using TrendVault.Core.Uploads;

namespace TrendVault.Web.Pages.Uploads;

/// <summary>An upload as scripts get it, from the API and in events alike.</summary>
internal sealed record UploadJson(
    Guid UploadId,
    Guid? DownloadedVideoId,
    Guid? ChannelId,
    Platform Platform,
    string ChannelName,
    string Title,
    string Description,
    string[] Tags,
    VideoPrivacy Privacy,
    VideoPrivacy? PublishedPrivacy,
    string CategoryId,
    bool MadeForKids,
    VideoLicence Licence,
    DateTimeOffset? PublishAt,
    UploadStatus Status,
    string? Phase,
    int Progress,
    long? SentBytes,
    long? TotalBytes,
    long? SpeedBytes,
    int? EtaSeconds,
    string? WaitReason,
    DateTimeOffset? WaitUntil,
    string? ErrorCode,
    string? Error,
    string? PlatformVideoId,
    string? Url,
    VideoProcessing? Processing,
    string? ProcessingError,
    string? ThumbnailError,
    string? WatermarkError,
    DateTimeOffset CreatedAt)
{
    public static UploadJson Of(UploadRow row) => new(
        row.Id,
        row.DownloadId,
        row.ChannelId,
        row.Platform,
        row.ChannelName,
        row.Title,
        row.Description,
        row.Tags,
        row.Privacy,
        row.PublishedPrivacy,
        row.CategoryId,
        row.MadeForKids,
        row.VideoLicence,
        row.PublishAt,
        row.Status,
        row.Phase,
        row.Progress,
        row.SentBytes,
        row.TotalBytes,
        row.SpeedBytes,
        row.EtaSeconds,
        row.WaitReason,
        row.WaitUntil,
        row.ErrorCode,
        row.Error,
        row.PlatformVideoId,
        row.Url,
        row.Processing,
        row.ProcessingError,
        row.ThumbnailError,
        row.WatermarkError,
        row.CreatedAt);
}

/// <summary>A published video as scripts get it.</summary>
internal sealed record PublishedJson(
    Guid Id,
    Guid UploadId,
    Guid? ChannelId,
    string ChannelName,
    Platform Platform,
    string PlatformVideoId,
    string Title,
    string Url,
    VideoPrivacy Privacy,
    DateTimeOffset? PublishAt,
    DateTimeOffset PublishedAt)
{
    public static PublishedJson Of(PublishedVideo video) => new(
        video.Id,
        video.UploadJobId,
        video.ChannelId,
        video.ChannelName,
        video.Platform,
        video.PlatformVideoId,
        video.Title,
        video.Url,
        video.Privacy,
        video.PublishAt,
        video.PublishedAt);
}
