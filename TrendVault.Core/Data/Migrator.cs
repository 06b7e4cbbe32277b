using System.Net.Sockets;
using DbUp;
using DbUp.Engine.Output;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace TrendVault.Core.Data;

/// <summary>Brings the database to the schema of <c>db/</c>. The scripts travel inside the assembly.</summary>
internal static class Migrator
{
    // Any number that no other advisory lock of TrendVault uses: "TVmg" in ASCII.
    private const long LockKey = 0x54566D67;

    /// <summary>How long a server that is still starting is waited for.</summary>
    public static readonly TimeSpan DefaultPatience = TimeSpan.FromSeconds(20);

    /// <summary>
    /// Runs what is missing, one transaction a script. Instances that start at once queue on an advisory lock, which PostgreSQL
    /// frees if its holder dies.
    /// </summary>
    /// <exception cref="StartupException">The database cannot be reached or used; the message says what to change.</exception>
    public static async Task RunAsync(
        DataOptions options, ILogger log, CancellationToken cancellationToken, TimeSpan? patience = null)
    {
        var connectionString = DatabaseUrl.ToConnectionString(options.DatabaseUrl);
        var address = new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false, Timeout = 5 };
        await using var connection = new NpgsqlConnection(address.ConnectionString);
        await OpenAsync(connection, address, log, patience ?? DefaultPatience, cancellationToken);

        await connection.ExecuteAsync("select pg_advisory_lock(@LockKey)", new { LockKey }, cancellationToken);
        Upgrade(connectionString, log);
    }

    private static async Task OpenAsync(
        NpgsqlConnection connection, NpgsqlConnectionStringBuilder address, ILogger log, TimeSpan patience, CancellationToken cancellationToken)
    {
        var giveUp = DateTime.UtcNow + patience;
        while (true)
        {
            try
            {
                await connection.OpenAsync(cancellationToken);
                return;
            }
            catch (NpgsqlException e) when (MayStillBeStarting(e) && DateTime.UtcNow < giveUp)
            {
                log.LogWarning("PostgreSQL at {Host}:{Port} does not answer yet, asking again", address.Host, address.Port);
                await Task.Delay(TimeSpan.FromSeconds(1), cancellationToken);
            }
            catch (NpgsqlException e)
            {
                throw new StartupException(Sentence(address, e));
            }
        }
    }

    private static bool MayStillBeStarting(NpgsqlException e) =>
        e is PostgresException { SqlState: PostgresErrorCodes.CannotConnectNow }
        || e.InnerException is SocketException { SocketErrorCode: SocketError.ConnectionRefused };

    private static string Sentence(NpgsqlConnectionStringBuilder address, NpgsqlException e) => e switch
    {
        PostgresException { SqlState: PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification } =>
            $"DATABASE_URL: PostgreSQL at {address.Host}:{address.Port} refuses the user or the password. Correct them.",
        PostgresException { SqlState: PostgresErrorCodes.InvalidCatalogName } =>
            $"DATABASE_URL: PostgreSQL at {address.Host}:{address.Port} has no database \"{address.Database}\". Create it or name another.",
        PostgresException server => $"DATABASE_URL: PostgreSQL at {address.Host}:{address.Port} answers: {server.MessageText}.",
        _ => $"DATABASE_URL: no PostgreSQL answers at {address.Host}:{address.Port}. Check the host, the port and that the server runs.",
    };

    private static void Upgrade(string connectionString, ILogger log)
    {
        var result = DeployChanges.To
            .PostgresqlDatabase(connectionString)
            .WithScriptsEmbeddedInAssembly(typeof(Migrator).Assembly, name => name.StartsWith("db/", StringComparison.Ordinal))
            .JournalToPostgresqlTable("public", "schema_versions")
            .WithTransactionPerScript()
            .LogTo(new UpgradeLog(log))
            .Build()
            .PerformUpgrade();

        if (!result.Successful)
            throw new StartupException($"The database could not be brought up to date: {result.ErrorScript?.Name}: {result.Error.Message}");
    }

    private sealed class UpgradeLog(ILogger log) : IUpgradeLog
    {
        public void LogTrace(string format, params object[] args) => log.LogTrace("{Message}", Text(format, args));

        public void LogDebug(string format, params object[] args) => log.LogDebug("{Message}", Text(format, args));

        public void LogInformation(string format, params object[] args) => log.LogDebug("{Message}", Text(format, args));

        public void LogWarning(string format, params object[] args) => log.LogWarning("{Message}", Text(format, args));

        public void LogError(string format, params object[] args) => log.LogError("{Message}", Text(format, args));

        public void LogError(Exception ex, string format, params object[] args) => log.LogError(ex, "{Message}", Text(format, args));

        private static string Text(string format, object[] args) =>
            args.Length == 0 ? format : string.Format(System.Globalization.CultureInfo.InvariantCulture, format, args);
    }
}
