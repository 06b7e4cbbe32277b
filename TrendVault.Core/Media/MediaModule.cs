using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using TrendVault.Core.Settings;

namespace TrendVault.Core.Media;

internal static class MediaModule
{
    /// <summary>Adds the tools and their settings; every feature that runs programs may add them.</summary>
    public static IServiceCollection AddMedia(this IServiceCollection services, IConfiguration configuration)
    {
        if (services.Any(service => service.ServiceType == typeof(Toolbox)))
            return services;

        services.AddSettings<MediaOptions>(configuration);
        services.AddSettings<FolderOptions>(configuration);
        services.AddSingleton<Toolbox>();
        services.AddSingleton<PlainFfmpeg>();
        services.AddSingleton<Confiner>();
        services.AddSingleton<ToolReport>();
        services.AddHostedService<ToolCheck>();
        services.AddHostedService<YtDlpRefresh>();
        return services;
    }
}
