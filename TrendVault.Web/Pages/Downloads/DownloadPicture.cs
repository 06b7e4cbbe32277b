using TrendVault.Core.Downloads;

namespace TrendVault.Web.Pages.Downloads;

/// <summary>The picture that stands for a download.</summary>
internal static class DownloadPicture
{
    /// <summary>A frame of its file; else the platform's, where that may be shown; else null.</summary>
    public static string? PictureOf(this ImageOrigins images, DownloadRow row) =>
        row.PosterKey is not null ? $"/downloads/{row.Id}/poster" : images.Allows(row.ThumbnailUrl) ? row.ThumbnailUrl : null;
}
