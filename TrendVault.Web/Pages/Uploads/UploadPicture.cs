using TrendVault.Core.Uploads;

namespace TrendVault.Web.Pages.Uploads;

/// <summary>The picture that stands for an upload, or for a form that waits: its download's.</summary>
internal static class UploadPicture
{
    public static string? PictureOf(this ImageOrigins images, UploadRow row) => Of(images, row.HasPoster, row.DownloadId, row.ThumbnailUrl);

    public static string? PictureOf(this ImageOrigins images, PublishedVideo video) => Of(images, video.HasPoster, video.DownloadId, video.ThumbnailUrl);

    public static string? PictureOf(this ImageOrigins images, SavedDraft draft) => Of(images, draft.HasPoster, draft.DownloadId, draft.ThumbnailUrl);

    private static string? Of(ImageOrigins images, bool hasPoster, Guid? downloadId, string? thumbnailUrl) =>
        hasPoster ? $"/downloads/{downloadId}/poster" : images.Allows(thumbnailUrl) ? thumbnailUrl : null;
}
