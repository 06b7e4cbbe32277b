namespace TrendVault.Web.Pages.Uploads;

/// <summary>The JSON API of Uploads.</summary>
internal static class UploadsApi
{
    public static void MapUploadsApi(this WebApplication app)
    {
        _ = app;
    }
}
