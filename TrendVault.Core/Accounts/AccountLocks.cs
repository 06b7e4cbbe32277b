using Medallion.Threading.Redis;
using StackExchange.Redis;

namespace TrendVault.Core.Accounts;

/// <summary>One writer of an account's tokens at a time, over all instances: whoever renews them, or seals them with another key.</summary>
internal sealed class AccountLocks(IDatabase redis)
{
    // A refresh may take as long as a platform call may.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(35);

    private readonly RedisDistributedSynchronizationProvider _locks = new(redis);

    /// <summary>Holds the account until the answer is disposed. What is read before may have been written since.</summary>
    /// <exception cref="PlatformException">Redis is away, or somebody holds the account for long: to be tried again.</exception>
    internal async Task<IAsyncDisposable> AcquireAsync(Guid accountId, CancellationToken cancellationToken)
    {
        try
        {
            return await _locks.CreateLock($"lock:account:{accountId}").AcquireAsync(Patience, cancellationToken);
        }
        catch (Exception e) when (e is RedisException or RedisTimeoutException or TimeoutException)
        {
            throw new PlatformException(Remedy.Retry, "unavailable", "TrendVault cannot renew the connection at the moment.", inner: e);
        }
    }
}
