using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace TrendVault.Core.Auth;

/// <summary>Registers what Auth is made of.</summary>
public static class AuthModule
{
    /// <summary>Adds the feature and its settings.</summary>
    public static IServiceCollection AddAuth(this IServiceCollection services, IConfiguration configuration)
    {
        _ = configuration;
        return services;
    }
}
