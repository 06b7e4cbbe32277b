namespace TrendVault.Web.Pages.Trending;

/// <summary>The JSON API of Trending.</summary>
internal static class TrendingApi
{
    public static void MapTrendingApi(this WebApplication app)
    {
        _ = app;
    }
}
