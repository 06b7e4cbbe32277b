using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace TrendVault.Core.Downloads;

/// <summary>Registers what Downloads is made of.</summary>
public static class DownloadsModule
{
    /// <summary>Adds the feature and its settings.</summary>
    public static IServiceCollection AddDownloads(this IServiceCollection services, IConfiguration configuration)
    {
        _ = configuration;
        return services;
    }
}
