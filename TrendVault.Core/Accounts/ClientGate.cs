using System.Security.Cryptography;
using System.Text;

namespace TrendVault.Core.Accounts;

/// <summary>
/// Stands before what is asked of an OAuth server by itself, in the background: one that refuses TrendVault's own credentials is asked
/// again after an hour, once for all accounts and instances, and at once with other credentials.
/// </summary>
/// <param name="memory">Where it is remembered for all instances.</param>
/// <param name="provider">The platform's word.</param>
/// <param name="credentials">With which it is asked.</param>
/// <remarks>Key: <c>oauth:refused:{provider}:{fingerprint of the credentials}</c>.</remarks>
internal sealed class ClientGate(SharedMemory memory, string provider, params string[] credentials)
{
    /// <summary>The code of a refusal that concerns the credentials, and so every account.</summary>
    public const string Refused = "client_refused";

    private static readonly TimeSpan RefusalKept = TimeSpan.FromHours(1);

    private string Key => field ??= $"oauth:refused:{provider}:{Fingerprint()}";

    /// <summary>The sentence with which the credentials were refused; null while they are taken, as far as is known.</summary>
    public Task<string?> ReadRefusalAsync() => memory.GetAsync(Key);

    /// <summary>Asks, unless the credentials were refused within the hour.</summary>
    /// <exception cref="PlatformException">It failed, or would.</exception>
    public async Task<T> AskAsync<T>(Func<Task<T>> ask) => await ReadRefusalAsync() is { } refusal
        ? throw new PlatformException(Remedy.Configure, Refused, refusal)
        : await AskAnywayAsync(ask);

    /// <summary>Asks for a user who waits for it: what was refused may be mended at the platform by now.</summary>
    /// <exception cref="PlatformException">It failed.</exception>
    public async Task<T> AskAnywayAsync<T>(Func<Task<T>> ask)
    {
        try
        {
            var answer = await ask();
            await memory.RemoveAsync(Key);
            return answer;
        }
        catch (PlatformException e) when (e.Code == Refused)
        {
            await memory.SetAsync(Key, e.Message, RefusalKept);
            throw;
        }
    }

    private string Fingerprint() =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', credentials))).AsSpan(0, 8));
}
