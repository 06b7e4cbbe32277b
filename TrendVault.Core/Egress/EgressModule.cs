using System.Net;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using TrendVault.Core.Settings;

namespace TrendVault.Core.Egress;

internal static class EgressModule
{
    /// <summary>
    /// Adds the feature and its settings. The guard starts with the host, before whatever is registered after it, and stops after it.
    /// </summary>
    public static IServiceCollection AddEgress(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSettings<EgressOptions>(configuration);
        services.TryAddSingleton<HostResolver>((host, cancellationToken) => Dns.GetHostAddressesAsync(host, cancellationToken));
        services.AddSingleton<EgressDialer>();
        services.AddSingleton<UrlPolicy>();
        services.AddSingleton<GuardedHttp>();
        services.AddSingleton<EgressGuard>();
        services.AddHostedService(provider => provider.GetRequiredService<EgressGuard>());
        return services;
    }
}
