using Npgsql;
using StackExchange.Redis;

namespace TrendVault.Core.Jobs;

/// <summary>Tells a dependency that is away or busy, which passes, from a mistake, which does not.</summary>
internal static class Outage
{
    /// <summary>True for PostgreSQL or Redis not answering, and for a transaction that PostgreSQL asks to run again.</summary>
    public static bool IsOf(Exception e) => e switch
    {
        PostgresException server => server.IsTransient || server.SqlState is PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown,
        NpgsqlException or RedisException or RedisTimeoutException => true,
        AggregateException many => many.InnerExceptions.Any(IsOf),
        _ => false,
    };
}
