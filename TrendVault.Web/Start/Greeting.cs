using Microsoft.Extensions.Options;
using TrendVault.Core.Auth;

namespace TrendVault.Web;

/// <summary>What the terminal says once TrendVault answers: where it is, how to sign in, and what is not the real thing.</summary>
internal sealed class Greeting(
    IOptions<AppOptions> options, Surroundings surroundings, IHostEnvironment environment, IHostApplicationLifetime lifetime) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        lifetime.ApplicationStarted.Register(() => Console.WriteLine(string.Join(Environment.NewLine, Lines())));
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private IEnumerable<string> Lines()
    {
        yield return "";
        yield return $"  TrendVault    {options.Value.Origin}";
        if (environment.IsDevelopment())
            yield return $"  Demo user     {DemoUser.Email}   {DemoUser.Password}";
        if (surroundings.EmbeddedServers.Count > 0)
            yield return $"  Embedded      {string.Join(", ", surroundings.EmbeddedServers)}";
        if (surroundings.SandboxPlatforms.Count > 0)
            yield return $"  Sandbox       {string.Join(", ", surroundings.SandboxPlatforms)} at {surroundings.SandboxOrigin}";
        yield return "";
    }
}
