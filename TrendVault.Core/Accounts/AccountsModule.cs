using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace TrendVault.Core.Accounts;

/// <summary>Registers what Accounts is made of.</summary>
public static class AccountsModule
{
    /// <summary>Adds the feature and its settings.</summary>
    public static IServiceCollection AddAccounts(this IServiceCollection services, IConfiguration configuration)
    {
        _ = configuration;
        return services;
    }
}
