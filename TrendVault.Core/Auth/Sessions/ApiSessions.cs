namespace TrendVault.Core.Auth;

/// <summary>What a script signs in with.</summary>
/// <param name="AccessToken">A JWT, for the Authorization header.</param>
/// <param name="RefreshToken">Good for one use within 24 hours; a second use ends the session.</param>
/// <param name="ExpiresIn">Seconds until the access token ends.</param>
internal sealed record TokenPair(string AccessToken, string RefreshToken, int ExpiresIn);

/// <summary>Sessions of scripts: a short access token, and refresh tokens that replace each other.</summary>
internal sealed class ApiSessions(
    SessionStore sessions, RefreshTokenStore refreshTokens, AccessTokens accessTokens, Sessions living, SecurityLog security)
{
    /// <summary>Signs a script in.</summary>
    public async Task<TokenPair> StartAsync(Guid userId, ClientInfo client, CancellationToken cancellationToken)
    {
        var (sessionId, refreshToken) = (Guid.CreateVersion7(), OpaqueToken.Create());
        await sessions.AddAsync(sessionId, userId, SessionKind.Api, tokenHash: null, client, cancellationToken);
        await refreshTokens.AddAsync(OpaqueToken.Hash(refreshToken), userId, sessionId, cancellationToken);
        return Pair(userId, sessionId, refreshToken);
    }

    /// <summary>
    /// Exchanges a refresh token for the next pair; null when it is not good. One that was used before is in two hands, so its
    /// session ends, however close the two uses are.
    /// </summary>
    public async Task<(Guid UserId, TokenPair Tokens)?> RefreshAsync(string refreshToken, ClientInfo client, CancellationToken cancellationToken)
    {
        var (hash, next) = (OpaqueToken.Hash(refreshToken), OpaqueToken.Create());
        if (await refreshTokens.RotateAsync(hash, OpaqueToken.Hash(next), cancellationToken) is { } family)
        {
            await sessions.SeenAsync(family.SessionId, cancellationToken);
            return (family.UserId, Pair(family.UserId, family.SessionId, next));
        }

        if (await refreshTokens.EndReusedAsync(hash, cancellationToken) is { } reused)
        {
            living.Forget(reused.UserId);
            security.RefreshTokenReused(reused.UserId, reused.SessionId, client.Address);
        }

        return null;
    }

    private TokenPair Pair(Guid userId, Guid sessionId, string refreshToken) =>
        new(accessTokens.Issue(userId, sessionId), refreshToken, (int)AccessTokens.Lifetime.TotalSeconds);
}
