using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace TrendVault.Core.Channels;

/// <summary>Registers what Channels is made of.</summary>
public static class ChannelsModule
{
    /// <summary>Adds the feature and its settings.</summary>
    public static IServiceCollection AddChannels(this IServiceCollection services, IConfiguration configuration)
    {
        _ = configuration;
        return services;
    }
}
