using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using TrendVault.Core.Settings;

namespace TrendVault.Core.Storage;

internal static class StorageModule
{
    /// <summary>Adds the feature and its settings: an <see cref="IObjectStore"/> on the S3 server that they name, or else in the data folder.</summary>
    public static IServiceCollection AddStorage(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSettings<StorageOptions>(configuration);
        services.AddSingleton<IObjectStore>(provider =>
        {
            var options = provider.GetRequiredService<IOptions<StorageOptions>>().Value;
            var dataFolder = configuration.ReadSettings<FolderOptions>().DataFolder;
            return options.IsFolder
                ? new FolderObjectStore(Path.Combine(dataFolder, "objects"), options.Bucket)
                : new S3ObjectStore(options, spoolFolder: Path.Combine(dataFolder, "spool"));
        });
        return services;
    }
}
