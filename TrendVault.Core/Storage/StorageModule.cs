using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace TrendVault.Core.Storage;

/// <summary>Registers what Storage is made of.</summary>
public static class StorageModule
{
    /// <summary>Adds the feature and its settings.</summary>
    public static IServiceCollection AddStorage(this IServiceCollection services, IConfiguration configuration)
    {
        _ = configuration;
        return services;
    }
}
