using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using TrendVault.Web.Sandbox.Faults;

namespace TrendVault.Web.Sandbox.TikTok;

/// <summary>What one creator allowed the app. One refresh token is alive at a time: each refresh ends the one before.</summary>
internal sealed class CreatorGrant
{
    public required string OpenId { get; init; }

    public List<string> Scopes { get; set; } = [];

    public string RefreshToken { get; set; } = "";

    public DateTimeOffset RefreshEndsAt { get; set; }

    public List<CreatorToken> AccessTokens { get; set; } = [];
}

internal sealed record CreatorToken(string Token, DateTimeOffset EndsAt);

/// <summary>Who calls the API, and what they may.</summary>
internal sealed record CreatorCaller(Creator Creator, IReadOnlyList<string> Scopes);

/// <summary>The tokens of one exchange or refresh.</summary>
internal sealed record CreatorTokens(string OpenId, string Access, int Seconds, string Refresh, int RefreshSeconds, IReadOnlyList<string> Scopes);

/// <summary>What the app asked of the consent page.</summary>
/// <param name="Challenge">Of PKCE, in lower-case hex; null for a flow without it.</param>
public sealed record CreatorRequest(string RedirectUri, IReadOnlyList<string> Scopes, string State, string? Challenge);

/// <summary>Codes and tokens of creators.</summary>
internal sealed class CreatorGrants(SandboxState state, SandboxFaults faults, TimeProvider time)
{
    private const int RefreshSeconds = 180 * 24 * 3600;

    private static readonly TimeSpan CodeLife = TimeSpan.FromMinutes(10);

    private readonly ConcurrentDictionary<string, Pending> _codes = new();

    /// <summary>A code, and the scopes that it stands for.</summary>
    public (string Code, IReadOnlyList<string> Scopes) IssueCode(Creator creator, IEnumerable<string> ticked, CreatorRequest request)
    {
        IReadOnlyList<string> granted = [.. request.Scopes.Where(scope => !CreatorScopes.IsOptional(scope) || ticked.Contains(scope))
            .Where(scope => faults.Switches.OnlyScopes is not { } only || only.Contains(scope))];
        // Codes hold characters that an address escapes.
        var code = Random(30) + "*0!" + RandomNumberGenerator.GetInt32(10_000);
        _codes[code] = new Pending(creator.OpenId, granted, request.RedirectUri, request.Challenge, time.GetUtcNow() + CodeLife);
        return (code, granted);
    }

    /// <summary>Null when the code was used, is too old, or does not fit; whatever the outcome, it is gone.</summary>
    public CreatorTokens? Redeem(string code, string redirectUri, string verifier)
    {
        if (!_codes.TryRemove(code, out var pending) || pending.EndsAt < time.GetUtcNow() || pending.RedirectUri != redirectUri)
            return null;
        if (pending.Challenge is { } challenge && challenge != Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(verifier))))
            return null;

        return state.Change(saved =>
        {
            var grant = saved.CreatorGrants.Find(known => known.OpenId == pending.OpenId);
            if (grant is null)
                saved.CreatorGrants.Add(grant = new CreatorGrant { OpenId = pending.OpenId });
            grant.Scopes = [.. pending.Scopes];
            return Issue(grant);
        });
    }

    /// <summary>Null when the refresh token is dead: revoked, too old, or used before.</summary>
    public CreatorTokens? Refresh(string refreshToken)
    {
        if (faults.Switches.RefuseRefresh)
            return null;
        return state.Change(saved =>
            saved.CreatorGrants.Find(grant => grant.RefreshToken == refreshToken && grant.RefreshEndsAt > time.GetUtcNow()) is { } grant ? Issue(grant) : null);
    }

    public CreatorCaller? FindByAccessToken(string token) => state.Read(saved => saved.CreatorGrants
        .Where(grant => grant.AccessTokens.Any(known => known.Token == token && known.EndsAt > time.GetUtcNow()))
        .Select(grant => new CreatorCaller(Creator.ById(grant.OpenId)!, [.. grant.Scopes]))
        .FirstOrDefault());

    /// <summary>Takes back all that the creator of this access token allowed; false when there is no such token.</summary>
    public bool Revoke(string accessToken) => state.Change(saved =>
        saved.CreatorGrants.RemoveAll(grant => grant.AccessTokens.Any(known => known.Token == accessToken)) > 0);

    /// <summary>As if the creator had removed the app in TikTok's own settings; everybody without an address. Answers how many were removed.</summary>
    public int RevokeOf(string? email) => state.Change(saved =>
        saved.CreatorGrants.RemoveAll(grant => email is null || Creator.ByEmail(email)?.OpenId == grant.OpenId));

    private CreatorTokens Issue(CreatorGrant grant)
    {
        var now = time.GetUtcNow();
        var seconds = faults.Switches.CreatorTokenSeconds;
        var access = new CreatorToken("act." + Random(40), now.AddSeconds(seconds));
        grant.AccessTokens = [.. grant.AccessTokens.Where(known => known.EndsAt > now), access];
        grant.RefreshToken = "rft." + Random(40);
        grant.RefreshEndsAt = now.AddSeconds(RefreshSeconds);
        return new CreatorTokens(grant.OpenId, access.Token, seconds, grant.RefreshToken, RefreshSeconds, [.. grant.Scopes]);
    }

    private static string Random(int bytes) => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(bytes));

    private sealed record Pending(string OpenId, IReadOnlyList<string> Scopes, string RedirectUri, string? Challenge, DateTimeOffset EndsAt);
}
