using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Hosting.Internal;
using TrendVault.Core.Auth;
using TrendVault.Tests.App;

namespace TrendVault.Tests.Auth;

/// <summary>The feature over a test's database, without a web in front of it.</summary>
internal static class AuthServices
{
    public const string GoodPassword = "correct-horse-9-battery";

    public static readonly ClientInfo Client = new("192.0.2.1", "tests");

    public static ServiceProvider BuildAuth(this TestDatabase database, params (string Name, string Value)[] settings) =>
        database.BuildAuth("Development", settings);

    public static ServiceProvider BuildAuth(this TestDatabase database, string environment, params (string Name, string Value)[] settings) =>
        database.BuildServices(
            (services, configuration) => services
                .AddSingleton<IHostEnvironment>(new HostingEnvironment { EnvironmentName = environment })
                .AddAuth(configuration),
            [.. settings.Concat([("JWT_SECRET", "a secret for tests that is 32 bytes long"), ("BCRYPT_COST", "4")]).DistinctBy(setting => setting.Item1)]);

    public static async Task<User> GivenAccountAsync(this IServiceProvider services, string? email = null)
    {
        var outcome = await services.GetRequiredService<AuthService>().RegisterAsync(
            email ?? $"{Guid.CreateVersion7():n}@example.org", GoodPassword, "Somebody", Client, TestContext.Current.CancellationToken);
        return Assert.IsType<RegisterOutcome.Registered>(outcome).User;
    }
}
