using TrendVault.Core;
using TrendVault.Core.Downloads;
using TrendVault.Core.Work;

namespace TrendVault.Web.Pages.Downloads;

/// <summary>A download as scripts get it, from the API and in events alike.</summary>
internal sealed record DownloadJson(
    Guid Id,
    string SourceVideoUrl,
    Platform? Platform,
    string? PlatformVideoId,
    string Title,
    string? CreatorName,
    string? ThumbnailUrl,
    string? FileName,
    long? FileSize,
    string? Sha256,
    string? ContentType,
    double? DurationSeconds,
    string Format,
    string Quality,
    string? Subtitles,
    string Status,
    WorkPhase? Phase,
    int Progress,
    long? DownloadedBytes,
    long? TotalBytes,
    long? SpeedBytes,
    int? EtaSeconds,
    string? WaitReason,
    int? QueuePlace,
    DateTimeOffset? WaitUntil,
    string? ErrorCode,
    string? Error,
    DateTimeOffset? DownloadedAt,
    DateTimeOffset CreatedAt)
{
    public static DownloadJson Of(DownloadRow row) => new(
        row.Id,
        row.SourceVideoUrl,
        row.Platform,
        row.PlatformVideoId,
        row.Title,
        row.CreatorName,
        row.ThumbnailUrl,
        row.FileName.Length > 0 ? row.FileName : null,
        row.FileSize,
        row.Sha256,
        row.ContentType,
        row.DurationSeconds,
        row.Format,
        row.Quality,
        row.Subtitles,
        WorkWords.Downloads.Of(row.Status),
        row.Phase,
        row.Progress,
        row.DoneBytes,
        row.TotalBytes,
        row.SpeedBytes,
        row.EtaSeconds,
        row.WaitsFor,
        row.QueuePlace,
        row.WaitUntil,
        row.ErrorCode,
        row.Error,
        row.DownloadedAt,
        row.CreatedAt);
}
