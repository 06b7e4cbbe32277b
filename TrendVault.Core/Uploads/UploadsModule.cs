using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace TrendVault.Core.Uploads;

/// <summary>Registers what Uploads is made of.</summary>
public static class UploadsModule
{
    /// <summary>Adds the feature and its settings.</summary>
    public static IServiceCollection AddUploads(this IServiceCollection services, IConfiguration configuration)
    {
        _ = configuration;
        return services;
    }
}
