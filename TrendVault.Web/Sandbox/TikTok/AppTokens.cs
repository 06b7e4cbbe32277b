using System.Collections.Concurrent;
using System.Security.Cryptography;
using TrendVault.Web.Sandbox.Faults;

namespace TrendVault.Web.Sandbox.TikTok;

/// <summary>Tokens of the app itself, for the Research API. They end with their time or with the process.</summary>
internal sealed class AppTokens(SandboxFaults faults, TimeProvider time)
{
    private readonly ConcurrentDictionary<string, DateTimeOffset> _ends = new();

    public (string Token, int Seconds) Issue()
    {
        var token = "clt." + RandomNumberGenerator.GetHexString(40, lowercase: true);
        var seconds = faults.Switches.AppTokenSeconds;
        _ends[token] = time.GetUtcNow().AddSeconds(seconds);
        return (token, seconds);
    }

    public bool IsAlive(string token) => _ends.TryGetValue(token, out var end) && end > time.GetUtcNow();
}
