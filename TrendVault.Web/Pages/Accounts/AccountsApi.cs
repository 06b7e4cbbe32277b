namespace TrendVault.Web.Pages.Accounts;

/// <summary>The JSON API of Accounts.</summary>
internal static class AccountsApi
{
    public static void MapAccountsApi(this WebApplication app)
    {
        _ = app;
    }
}
