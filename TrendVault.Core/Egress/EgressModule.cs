using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace TrendVault.Core.Egress;

/// <summary>Registers what Egress is made of.</summary>
public static class EgressModule
{
    /// <summary>Adds the feature and its settings.</summary>
    public static IServiceCollection AddEgress(this IServiceCollection services, IConfiguration configuration)
    {
        _ = configuration;
        return services;
    }
}
