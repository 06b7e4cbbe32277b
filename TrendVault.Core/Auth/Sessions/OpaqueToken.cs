using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace TrendVault.Core.Auth;

/// <summary>A random secret that is shown once; the database knows its SHA-256 only, which needs no salt at 256 bits.</summary>
internal static class OpaqueToken
{
    public static string Create() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    public static byte[] Hash(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));
}
