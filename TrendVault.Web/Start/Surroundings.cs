namespace TrendVault.Web;

/// <summary>What is not the real thing here, for the banner, the status page and the headers.</summary>
/// <param name="EmbeddedServers">Servers that run as TrendVault's children.</param>
/// <param name="SandboxPlatforms">Platforms that the sandbox serves; empty outside Development.</param>
/// <param name="SandboxOrigin">Where the sandbox listens, for images and the consent page; null without one.</param>
public sealed record Surroundings(IReadOnlyList<string> EmbeddedServers, IReadOnlyList<string> SandboxPlatforms, string? SandboxOrigin);
