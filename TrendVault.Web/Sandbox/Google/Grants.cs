using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using TrendVault.Web.Sandbox.Faults;

namespace TrendVault.Web.Sandbox.Google;

/// <summary>What one person allowed the client: kept until revoked.</summary>
internal sealed class Grant
{
    public required string Sub { get; init; }

    public List<string> Scopes { get; set; } = [];

    public List<string> RefreshTokens { get; set; } = [];

    public List<AccessToken> AccessTokens { get; set; } = [];
}

internal sealed record AccessToken(string Token, DateTimeOffset ExpiresAt);

/// <summary>Who calls the API, and what they may.</summary>
internal sealed record GoogleGrant(string Sub, IReadOnlyList<string> Scopes)
{
    public string? ChannelId => Identity.BySub(Sub)?.Channel?.Id;
}

/// <summary>A code on its way back to the app, with all that its exchange is checked against.</summary>
internal sealed record PendingCode(string Sub, IReadOnlyList<string> Scopes, AuthorizeRequest Request, DateTimeOffset ExpiresAt);

/// <summary>The tokens of one exchange or refresh.</summary>
internal sealed record IssuedTokens(string Sub, string AccessToken, int ExpiresIn, string? RefreshToken, IReadOnlyList<string> Scopes, string? Nonce);

/// <summary>An access token as <c>tokeninfo</c> describes it.</summary>
/// <param name="Offline">There is a refresh token beside it.</param>
internal sealed record TokenFacts(string Sub, IReadOnlyList<string> Scopes, DateTimeOffset ExpiresAt, bool Offline);

/// <summary>Codes, tokens and what they stand for.</summary>
internal sealed class Grants(SandboxState state, SandboxFaults faults, TimeProvider time)
{
    // Beyond it the oldest stops working without a word.
    private const int LiveRefreshTokens = 100;

    private static readonly TimeSpan CodeLife = TimeSpan.FromMinutes(10);

    private readonly ConcurrentDictionary<string, PendingCode> _codes = new();

    public string IssueCode(Identity identity, IEnumerable<string> ticked, AuthorizeRequest request)
    {
        var granted = request.Scopes.Where(scope => !Scopes.IsOptional(scope) || ticked.Contains(scope));
        if (faults.Switches.OnlyScopes is { } only)
            granted = granted.Where(only.Select(Scopes.Canonical).Contains);
        var code = "4/0A" + Random(32);
        _codes[code] = new PendingCode(identity.Sub, [.. granted], request, time.GetUtcNow() + CodeLife);
        return code;
    }

    /// <summary>Null when the code was used, is too old, or does not fit; whatever the outcome, it is gone.</summary>
    public IssuedTokens? Redeem(string code, string redirectUri, string? verifier)
    {
        if (!_codes.TryRemove(code, out var pending) || pending.ExpiresAt < time.GetUtcNow())
            return null;
        if (pending.Request.RedirectUri != redirectUri || !pending.Request.IsAnsweredBy(verifier))
            return null;

        return state.Change(saved =>
        {
            var grant = saved.Grants.Find(known => known.Sub == pending.Sub);
            var first = grant is null;
            if (grant is null)
                saved.Grants.Add(grant = new Grant { Sub = pending.Sub });
            grant.Scopes = pending.Request.IncludeGrantedScopes ? [.. pending.Scopes.Union(grant.Scopes)] : [.. pending.Scopes];

            var refresh = pending.Request.Offline && !faults.Switches.NoRefreshToken && (first || grant.RefreshTokens.Count == 0 || pending.Request.AsksConsent) ? "1//0g" + Random(40) : null;
            if (refresh is not null)
                grant.RefreshTokens = [.. grant.RefreshTokens.Append(refresh).TakeLast(LiveRefreshTokens)];
            return Issue(grant, refresh, pending.Request.Nonce);
        });
    }

    /// <summary>Null when the refresh token is dead.</summary>
    public IssuedTokens? Refresh(string refreshToken)
    {
        if (faults.Switches.RefuseRefresh)
            return null;
        return state.Change(saved => saved.Grants.Find(grant => grant.RefreshTokens.Contains(refreshToken)) is { } grant ? Issue(grant, null, null) : null);
    }

    public GoogleGrant? FindByAccessToken(string token) => state.Read(saved => saved.Grants
        .Where(grant => grant.AccessTokens.Any(known => known.Token == token && known.ExpiresAt > time.GetUtcNow()))
        .Select(grant => new GoogleGrant(grant.Sub, [.. grant.Scopes]))
        .FirstOrDefault());

    /// <summary>What a living access token is good for; null for any other.</summary>
    public TokenFacts? Inspect(string token) => state.Read(saved => saved.Grants
        .SelectMany(grant => grant.AccessTokens
            .Where(known => known.Token == token && known.ExpiresAt > time.GetUtcNow())
            .Select(known => new TokenFacts(grant.Sub, [.. grant.Scopes], known.ExpiresAt, grant.RefreshTokens.Count > 0)))
        .FirstOrDefault());

    /// <summary>Takes back all that the person of this token ever allowed; false when there is no such token.</summary>
    public bool Revoke(string token) => state.Change(saved =>
        saved.Grants.RemoveAll(grant => grant.RefreshTokens.Contains(token) || grant.AccessTokens.Any(known => known.Token == token)) > 0);

    /// <summary>As if the person had removed the app on Google's own pages; everybody without an address. Answers how many were removed.</summary>
    public int RevokeOf(string? email) => state.Change(saved =>
        saved.Grants.RemoveAll(grant => email is null || Identity.ByEmail(email)?.Sub == grant.Sub));

    private IssuedTokens Issue(Grant grant, string? refreshToken, string? nonce)
    {
        var now = time.GetUtcNow();
        var seconds = faults.Switches.AccessTokenSeconds;
        var access = new AccessToken("ya29.a0" + Random(60), now.AddSeconds(seconds));
        grant.AccessTokens = [.. grant.AccessTokens.Where(known => known.ExpiresAt > now), access];
        return new IssuedTokens(grant.Sub, access.Token, seconds, refreshToken, [.. grant.Scopes], nonce);
    }

    private static string Random(int bytes) => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(bytes));
}

/// <summary>What the app asked of the consent page.</summary>
public sealed record AuthorizeRequest
{
    public required string RedirectUri { get; init; }

    public required IReadOnlyList<string> Scopes { get; init; }

    public string? State { get; init; }

    public string? Challenge { get; init; }

    public string? ChallengeMethod { get; init; }

    public string? LoginHint { get; init; }

    public string? Nonce { get; init; }

    public bool Offline { get; init; }

    public bool AsksConsent { get; init; }

    public bool IncludeGrantedScopes { get; init; }

    public bool IsAnsweredBy(string? verifier) => Challenge switch
    {
        null => true,
        _ when verifier is null || verifier.Length is < 43 or > 128 => false,
        _ when ChallengeMethod == "S256" => Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(verifier))) == Challenge,
        _ => verifier == Challenge,
    };
}
