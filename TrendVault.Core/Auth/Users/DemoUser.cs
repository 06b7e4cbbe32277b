using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace TrendVault.Core.Auth;

/// <summary>In Development an empty database gets one user, so that the demo can be tried at once. It is the first user: the admin.</summary>
internal sealed class DemoUser(AuthService auth, UserStore users, IOptions<AuthOptions> options, IHostEnvironment environment) : IHostedService
{
    /// <summary>Signs in with <see cref="Password"/>; .example can receive no mail.</summary>
    public const string Email = "demo@trendvault.example";

    /// <summary>Known to everybody who reads this; the demo listens on this machine alone.</summary>
    public const string Password = "sandbox-stroll-42";

    private const string Name = "Demo";

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (!environment.IsDevelopment() && options.Value.BcryptCost < 12)
            throw new StartupException("BCRYPT_COST must be at least 12 outside Development.");
        if (environment.IsDevelopment() && !await users.AnyAsync(cancellationToken))
            await auth.RegisterAsync(Email, Password, Name, new ClientInfo("localhost", UserAgent: null), cancellationToken);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
