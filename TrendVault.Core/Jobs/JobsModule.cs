using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace TrendVault.Core.Jobs;

/// <summary>Registers what Jobs is made of.</summary>
public static class JobsModule
{
    /// <summary>Adds the feature and its settings.</summary>
    public static IServiceCollection AddJobs(this IServiceCollection services, IConfiguration configuration)
    {
        _ = configuration;
        return services;
    }
}
