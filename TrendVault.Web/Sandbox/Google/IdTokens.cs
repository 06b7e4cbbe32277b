using System.Buffers.Text;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace TrendVault.Web.Sandbox.Google;

/// <summary>Signs id_tokens with a key that is made anew in each process, and publishes its public half.</summary>
internal sealed class IdTokens(TimeProvider time)
{
    private const string KeyId = "sandbox";

    private static readonly RSA Key = RSA.Create(2048);

    private readonly Lazy<string> _pem = new(() => PemOf(Key, time.GetUtcNow()));

    /// <summary>Null without the scope <c>openid</c>.</summary>
    public string? For(IssuedTokens tokens)
    {
        if (!tokens.Scopes.Contains(Scopes.OpenId) || Identity.BySub(tokens.Sub) is not { } identity)
            return null;

        var now = time.GetUtcNow();
        var claims = new Dictionary<string, object>
        {
            ["azp"] = SandboxSettings.ClientId,
            ["sub"] = identity.Sub,
            ["at_hash"] = Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(tokens.AccessToken)).AsSpan(0, 16)),
        };
        if (tokens.Scopes.Contains(Scopes.Email))
            (claims["email"], claims["email_verified"]) = (identity.Email, true);
        if (tokens.Scopes.Contains(Scopes.Profile))
            claims["name"] = identity.Name;
        if (tokens.Nonce is { } nonce)
            claims["nonce"] = nonce;
        return new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(new SecurityTokenDescriptor
        {
            Issuer = "https://accounts.google.com",
            Audience = SandboxSettings.ClientId,
            IssuedAt = now.UtcDateTime,
            Expires = now.UtcDateTime.AddHours(1),
            Claims = claims,
            SigningCredentials = new SigningCredentials(new RsaSecurityKey(Key) { KeyId = KeyId }, SecurityAlgorithms.RsaSha256),
        });
    }

    /// <summary>The keys as JWKs.</summary>
    public static object Certificates()
    {
        var key = Key.ExportParameters(includePrivateParameters: false);
        return new { keys = new[] { new { kty = "RSA", use = "sig", alg = "RS256", kid = KeyId, n = Base64Url.EncodeToString(key.Modulus), e = Base64Url.EncodeToString(key.Exponent) } } };
    }

    /// <summary>The same keys as certificates in PEM, by their names: what Google's own libraries ask for outside a browser.</summary>
    public Dictionary<string, string> PemCertificates() => new() { [KeyId] = _pem.Value };

    private static string PemOf(RSA key, DateTimeOffset now)
    {
        var request = new CertificateRequest(
            "CN=federated-signon.system.gserviceaccount.com", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(30));
        return certificate.ExportCertificatePem();
    }
}
