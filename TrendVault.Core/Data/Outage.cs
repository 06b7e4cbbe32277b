using System.Runtime.ExceptionServices;
using Npgsql;
using StackExchange.Redis;

namespace TrendVault.Core.Data;

/// <summary>What an exception of TrendVault's own says of itself, to be judged as the servers' are.</summary>
internal interface IMayBeOutage
{
    /// <summary>A server that is needed does not answer now, which passes by itself.</summary>
    bool IsOutage { get; }
}

/// <summary>Tells a server that is away or busy, which passes, from a mistake, which does not.</summary>
internal static class Outage
{
    /// <summary>True for PostgreSQL, Redis or the object store not answering, and for a transaction that PostgreSQL asks to run again.</summary>
    public static bool IsOf(Exception? e) => e switch
    {
        IMayBeOutage own => own.IsOutage,
        PostgresException server => server.IsTransient || server.SqlState is PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown,
        NpgsqlException or RedisException or RedisTimeoutException => true,
        AggregateException many => many.InnerExceptions.Any(IsOf),
        _ => false,
    };

    /// <summary>Throws an outage on, and leaves anything else alone.</summary>
    public static void Rethrow(Exception? e)
    {
        if (IsOf(e))
            ExceptionDispatchInfo.Throw(e!);
    }
}
