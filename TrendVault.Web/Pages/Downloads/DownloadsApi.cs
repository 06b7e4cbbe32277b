namespace TrendVault.Web.Pages.Downloads;

/// <summary>The JSON API of Downloads.</summary>
internal static class DownloadsApi
{
    public static void MapDownloadsApi(this WebApplication app)
    {
        _ = app;
    }
}
