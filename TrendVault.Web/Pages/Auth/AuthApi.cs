namespace TrendVault.Web.Pages.Auth;

/// <summary>The JSON API of Auth.</summary>
internal static class AuthApi
{
    public static void MapAuthApi(this WebApplication app)
    {
        _ = app;
    }
}
