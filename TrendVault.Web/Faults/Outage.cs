using System.Runtime.ExceptionServices;
using Npgsql;
using StackExchange.Redis;
using TrendVault.Core.Storage;

namespace TrendVault.Web.Infrastructure;

/// <summary>Errors that mean: a server we need is not there now. They answer 503 and pass by themselves.</summary>
internal static class Outage
{
    public static bool Is(Exception? e) => e is
        NpgsqlException { IsTransient: true }
        or PostgresException { SqlState: PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown or PostgresErrorCodes.CannotConnectNow }
        or NpgsqlException { InnerException: System.Net.Sockets.SocketException or IOException or TimeoutException }
        or RedisConnectionException
        or RedisTimeoutException
        or StorageException { Missing: false };

    /// <summary>Throws an outage on, and leaves anything else alone.</summary>
    public static void Rethrow(Exception? e)
    {
        if (Is(e))
            ExceptionDispatchInfo.Throw(e!);
    }
}
