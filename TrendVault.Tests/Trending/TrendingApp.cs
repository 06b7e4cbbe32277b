using TrendVault.Tests.App;

namespace TrendVault.Tests.Trending;

/// <summary>The app without its workers: the half-hourly refresh would take the bad days that a test orders for its own request.</summary>
public sealed class TrendingApp(TestServers servers) : SandboxApp(servers)
{
    protected override void Configure()
    {
        base.Configure();
        Set("TRENDVAULT_ROLE", "web");
    }
}
