using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace TrendVault.Core.Auth;

/// <summary>What a valid access token says. Whether its session still lives is a question to <see cref="Sessions"/>.</summary>
internal sealed record AccessToken(Guid UserId, Guid SessionId, DateTimeOffset ExpiresAt);

/// <summary>Makes and reads access tokens: JWTs under HS256, of one hour.</summary>
internal sealed class AccessTokens
{
    /// <summary>How long one is valid.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(1);

    private const string Issuer = "trendvault";
    private const string Audience = "trendvault-api";
    private const string Type = "at+jwt";

    private static readonly TimeSpan Skew = TimeSpan.FromSeconds(30);

    private readonly JsonWebTokenHandler _handler = new() { SetDefaultTimesOnTokenCreation = false, MapInboundClaims = false };
    private readonly SigningCredentials _credentials;
    private readonly TokenValidationParameters _rules;
    private readonly TimeProvider _time;

    /// <summary>Signs with <see cref="AuthOptions.JwtSecret"/>.</summary>
    public AccessTokens(IOptions<AuthOptions> options, TimeProvider time)
    {
        var secret = Encoding.UTF8.GetBytes(options.Value.JwtSecret);
        var key = new SymmetricSecurityKey(secret) { KeyId = Convert.ToHexStringLower(SHA256.HashData(secret))[..16] };
        _time = time;
        _credentials = new SigningCredentials(key, SecurityAlgorithms.HmacSha256);
        _rules = new TokenValidationParameters
        {
            ValidAlgorithms = [SecurityAlgorithms.HmacSha256],
            ValidTypes = [Type],
            ValidIssuer = Issuer,
            ValidAudience = Audience,
            IssuerSigningKey = key,
            TryAllIssuerSigningKeys = false, // a token of another key id is refused, not tried
            RequireSignedTokens = true,
            LifetimeValidator = (_, expires, _, _) => IsCurrent(expires),
        };
    }

    /// <summary>A token for one session of the user.</summary>
    public string Issue(Guid userId, Guid sessionId)
    {
        var now = _time.GetUtcNow();
        return _handler.CreateToken(new SecurityTokenDescriptor
        {
            TokenType = Type,
            Issuer = Issuer,
            Audience = Audience,
            IssuedAt = now.UtcDateTime,
            Expires = (now + Lifetime).UtcDateTime,
            Subject = new ClaimsIdentity(
            [
                new Claim(JwtRegisteredClaimNames.Sub, userId.ToString()),
                new Claim(JwtRegisteredClaimNames.Sid, sessionId.ToString()),
            ]),
            SigningCredentials = _credentials,
        });
    }

    /// <summary>Null for anything but a token that this deployment signed and that has not ended.</summary>
    public async Task<AccessToken?> ReadAsync(string token)
    {
        var result = await _handler.ValidateTokenAsync(token, _rules);
        return result is { IsValid: true, SecurityToken: JsonWebToken jwt }
            && Guid.TryParse(jwt.Subject, out var userId)
            && jwt.TryGetPayloadValue<string>(JwtRegisteredClaimNames.Sid, out var sid)
            && Guid.TryParse(sid, out var sessionId)
                ? new AccessToken(userId, sessionId, jwt.ValidTo)
                : null;
    }

    private bool IsCurrent(DateTime? expires)
    {
        var now = _time.GetUtcNow().UtcDateTime;
        return expires > now - Skew && expires <= now + Lifetime + Skew;
    }
}
