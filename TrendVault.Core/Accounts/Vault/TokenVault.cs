using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;
using Npgsql;

namespace TrendVault.Core.Accounts;

/// <summary>
/// Seals the secrets of users for the database: AES-256-GCM, with a key per user that PBKDF2 derives from the master key. Whoever
/// has the database has nothing without the master key, and the other way round.
/// </summary>
internal sealed class TokenVault
{
    private const int IvBytes = 12;
    private const int TagBytes = 16;
    private static readonly TimeSpan Remembered = TimeSpan.FromMinutes(5);

    private readonly NpgsqlDataSource _db;
    private readonly TimeProvider _time;
    private readonly int _rounds;
    private readonly MasterKey _current;
    private readonly MasterKey? _previous;
    private readonly ConcurrentDictionary<(Guid UserId, string KeyId), DerivedKey> _derived = [];

    /// <summary>A vault with the keys of the settings.</summary>
    public TokenVault(NpgsqlDataSource db, IOptions<VaultOptions> options, TimeProvider time)
    {
        _db = db;
        _time = time;
        _rounds = options.Value.Rounds;
        _current = new MasterKey(options.Value.Key);
        _previous = options.Value.PreviousKey.Length > 0 ? new MasterKey(options.Value.PreviousKey) : null;
    }

    /// <summary>Of the key that seals.</summary>
    internal string CurrentKeyId => _current.Id;

    /// <summary>Of the keys that open.</summary>
    internal string[] KeyIds => _previous is null ? [_current.Id] : [_current.Id, _previous.Id];

    /// <summary>Seals with the current key.</summary>
    public async Task<SealedSecret> SealAsync(SecretOwner owner, string secret, CancellationToken cancellationToken)
    {
        var key = await DeriveAsync(_current, owner.UserId, cancellationToken);
        var plain = Encoding.UTF8.GetBytes(secret);
        var sealedSecret = new SealedSecret
        {
            Blob = new byte[plain.Length],
            Iv = RandomNumberGenerator.GetBytes(IvBytes),
            Tag = new byte[TagBytes],
            KeyId = _current.Id,
        };

        using var aes = new AesGcm(key, TagBytes);
        aes.Encrypt(sealedSecret.Iv, plain, sealedSecret.Blob, sealedSecret.Tag, AssociatedData(owner, _current.Id));
        CryptographicOperations.ZeroMemory(plain);
        return sealedSecret;
    }

    /// <summary>Opens with the key that sealed it, current or previous.</summary>
    /// <exception cref="SealBrokenException">It does not open, and never will.</exception>
    public async Task<string> OpenAsync(SecretOwner owner, SealedSecret secret, CancellationToken cancellationToken)
    {
        var key = await DeriveAsync(Find(secret.KeyId) ?? throw new SealBrokenException(), owner.UserId, cancellationToken);
        var plain = new byte[secret.Blob.Length];
        try
        {
            using var aes = new AesGcm(key, TagBytes);
            aes.Decrypt(secret.Iv, secret.Blob, secret.Tag, plain, AssociatedData(owner, secret.KeyId));
            return Encoding.UTF8.GetString(plain);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            throw new SealBrokenException(e);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(plain);
        }
    }

    private MasterKey? Find(string keyId) => keyId == _current.Id ? _current : keyId == _previous?.Id ? _previous : null;

    // No part can hold a line end, so no two owners give the same bytes.
    private static byte[] AssociatedData(SecretOwner owner, string keyId) =>
        Encoding.UTF8.GetBytes($"{owner.Purpose}\n{owner.RowId}\n{owner.UserId}\n{EnumText<Platform>.Of(owner.Platform)}\n{keyId}");

    /// <summary>
    /// 600,000 rounds take a quarter of a second, so a key is kept for five minutes and derived once, however many ask. An entry
    /// that is no longer wanted is dropped, never wiped: another caller may be using its bytes.
    /// </summary>
    private async Task<byte[]> DeriveAsync(MasterKey master, Guid userId, CancellationToken cancellationToken)
    {
        var now = _time.GetUtcNow();
        foreach (var (id, key) in _derived)
        {
            if (key.Until <= now || key.Value is { IsValueCreated: true, Value: { IsCompleted: true, IsCompletedSuccessfully: false } })
                _derived.TryRemove(KeyValuePair.Create(id, key));
        }

        var derived = _derived.GetOrAdd((userId, master.Id), _ => new DerivedKey(new(() => DeriveNewAsync(master, userId)), now + Remembered));
        return await derived.Value.Value.WaitAsync(cancellationToken);
    }

    // Without the caller's token: others wait for the same key.
    private async Task<byte[]> DeriveNewAsync(MasterKey master, Guid userId)
    {
        var salt = await _db.QuerySingleOrDefaultAsync<byte[]>(
            "select token_salt from users where id = @userId",
            new { userId },
            CancellationToken.None) ?? throw new SealBrokenException();
        return await Task.Run(() => Rfc2898DeriveBytes.Pbkdf2(master.Bytes, salt, _rounds, HashAlgorithmName.SHA256, VaultOptions.KeyBytes));
    }

    private sealed record DerivedKey(Lazy<Task<byte[]>> Value, DateTimeOffset Until);

    private sealed class MasterKey
    {
        public MasterKey(string base64)
        {
            Bytes = Convert.FromBase64String(base64);
            Id = Convert.ToHexStringLower(SHA256.HashData([.. "trendvault key id "u8, .. Bytes]))[..12];
        }

        public byte[] Bytes { get; }

        /// <summary>Names the key in rows without telling anything of it.</summary>
        public string Id { get; }
    }
}
