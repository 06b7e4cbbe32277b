using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;
using BC = BCrypt.Net.BCrypt;

namespace TrendVault.Core.Auth;

/// <summary>bcrypt over base64 of HMAC-SHA-384: bcrypt alone reads 72 bytes and stops at a NUL, so the end of a long password would not count.</summary>
internal sealed class PasswordHasher(IOptions<AuthOptions> options)
{
    // Not a secret: it only keeps these digests apart from any other SHA-384 of the same password.
    private static readonly byte[] Key = Encoding.ASCII.GetBytes("TrendVault password v1");

    private readonly int _cost = options.Value.BcryptCost;
    private string? _nobody;

    public string Hash(string password) => BC.HashPassword(Digest(password), _cost);

    public static bool Verify(string password, string hash) => BC.Verify(Digest(password), hash);

    /// <summary>Takes as long as <see cref="Verify"/>, so that an unknown e-mail cannot be told by the clock.</summary>
    public void VerifyNobody(string password)
    {
        _nobody ??= Hash("");
        Verify(password, _nobody);
    }

    /// <summary>True when the hash was made with another cost than today's.</summary>
    public bool IsOutdated(string hash) => BC.PasswordNeedsRehash(hash, _cost);

    private static string Digest(string password) =>
        Convert.ToBase64String(HMACSHA384.HashData(Key, Encoding.UTF8.GetBytes(password)));
}
