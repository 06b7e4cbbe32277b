using System.Net;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using TrendVault.Core.Auth;
using TrendVault.Core.Jobs;
using TrendVault.Core.Settings;

namespace TrendVault.Core.Accounts;

internal static class AccountsModule
{
    /// <summary>Adds the feature and its settings. It needs Channels and Jobs.</summary>
    public static IServiceCollection AddAccounts(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSettings<VaultOptions>(configuration);
        services.AddSettings<GoogleOptions>(configuration);

        services.TryAddSingleton<SecurityLog>();
        services.AddSingleton<TokenVault>();
        services.AddSingleton<AccountLocks>();
        services.AddSingleton<AccountSecrets>();
        services.AddSingleton<KeyRotation>();
        services.AddSingleton<AccountStore>();
        services.AddSingleton<AccountPlatforms>();
        services.AddSingleton<AccountTokens>();
        services.AddSingleton<AccountService>();
        services.AddSingleton<OAuthFlow>();
        services.AddJobHandler<MissingChannels>();
        services.AddRecurringJob(MissingChannels.JobKind, MissingChannels.Every);

        services.AddSingleton<GoogleOAuth>();
        services.AddSingleton<TikTokOAuth>();
        services.AddSingleton<IAccountPlatform, GoogleAccounts>();
        services.AddSingleton<IAccountPlatform, TikTokAccounts>();
        services.AddHttpClient(GoogleOAuth.ClientName, client =>
            {
                client.Timeout = TimeSpan.FromSeconds(30);
                client.MaxResponseContentBufferSize = GoogleOAuth.LongestAnswer;
            })
            .RemoveAllLoggers() // bodies hold tokens, and no address of these calls is worth a line
            .ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler
            {
                AllowAutoRedirect = false,
                UseCookies = false,
                AutomaticDecompression = DecompressionMethods.All,
                ConnectTimeout = TimeSpan.FromSeconds(5),
                PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            });
        return services;
    }
}
