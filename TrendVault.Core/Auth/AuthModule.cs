using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using TrendVault.Core.Settings;

namespace TrendVault.Core.Auth;

/// <summary>Registers what Auth is made of.</summary>
public static class AuthModule
{
    /// <summary>Adds the feature and its settings.</summary>
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
        services.AddSingleton(provider => new Sessions(provider.GetRequiredService<SessionStore>(), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(CreateApiSessions);
        services.AddSingleton(CreateAuthService);

        services.AddHostedService<DemoUser>();
        services.AddHostedService<AuthSweeper>();
        return services;
    }

    // Their constructors take internal parts, which the container's own construction does not see.
    private static ApiSessions CreateApiSessions(IServiceProvider provider) => new(
        provider.GetRequiredService<SessionStore>(),
        provider.GetRequiredService<RefreshTokenStore>(),
        provider.GetRequiredService<AccessTokens>(),
        provider.GetRequiredService<Sessions>(),
        provider.GetRequiredService<SecurityLog>());

    private static AuthService CreateAuthService(IServiceProvider provider) => new(
        provider.GetRequiredService<UserStore>(),
        provider.GetRequiredService<Sessions>(),
        provider.GetRequiredService<SettingStore>(),
        provider.GetRequiredService<PasswordHasher>(),
        provider.GetRequiredService<PasswordRules>(),
        provider.GetRequiredService<SignInThrottle>(),
        provider.GetRequiredService<SecurityLog>(),
        provider.GetRequiredService<IOptions<AuthOptions>>(),
        provider.GetRequiredService<IHostEnvironment>());
}
