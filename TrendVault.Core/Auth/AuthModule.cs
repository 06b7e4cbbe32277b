using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using TrendVault.Core.Settings;

namespace TrendVault.Core.Auth;

internal static class AuthModule
{
    public static IServiceCollection AddAuth(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSettings<AuthOptions>(configuration);

        services.AddSingleton<UserStore>();
        services.AddSingleton<SessionStore>();
        services.AddSingleton<RefreshTokenStore>();
        services.AddSingleton<SettingStore>();
        services.AddSingleton<IdempotencyStore>();
        services.AddSingleton<KeyRingStore>();
        services.AddSingleton<ApiKeys>();

        services.AddSingleton<PasswordHasher>();
        services.AddSingleton<PasswordRules>();
        services.AddSingleton<AccessTokens>();
        services.AddSingleton<SharedCounters>();
        services.AddSingleton<SignInThrottle>();
        services.AddSingleton<SecurityLog>();
        services.AddSingleton<Sessions>();
        services.AddSingleton<ApiSessions>();
        services.AddSingleton<AuthService>();

        services.AddHostedService<DemoUser>();
        services.AddHostedService<AuthSweeper>();
        return services;
    }
}
