namespace TrendVault.Core.Accounts;

/// <summary>The platforms whose accounts can be connected.</summary>
internal sealed class AccountPlatforms(IEnumerable<IAccountPlatform> platforms)
{
    /// <summary>In the order in which pages offer them.</summary>
    public IReadOnlyList<IAccountPlatform> All { get; } = [.. platforms.OrderBy(platform => platform.Platform)];

    /// <summary>By the word of URLs; null for one that is not there.</summary>
    public IAccountPlatform? Find(string? provider) => All.FirstOrDefault(platform => platform.Provider == provider);

    /// <summary>The one for a row's platform.</summary>
    public IAccountPlatform Of(Platform platform) => All.First(candidate => candidate.Platform == platform);
}
