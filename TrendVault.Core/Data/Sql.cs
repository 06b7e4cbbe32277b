using System.Data.Common;
using Dapper;
using Npgsql;

namespace TrendVault.Core.Data;

/// <summary>The few verbs that every store uses. Each takes the token, which Dapper's own short forms drop.</summary>
internal static class Sql
{
    /// <summary>All rows of one statement, on a connection of its own.</summary>
    public static async Task<IReadOnlyList<T>> QueryAsync<T>(
        this NpgsqlDataSource db, string sql, object? parameters, CancellationToken cancellationToken)
    {
        await using var connection = await db.OpenConnectionAsync(cancellationToken);
        return await connection.QueryAsync<T>(sql, parameters, cancellationToken);
    }

    /// <summary>The only row, or the type's default when there is none.</summary>
    public static async Task<T?> QuerySingleOrDefaultAsync<T>(
        this NpgsqlDataSource db, string sql, object? parameters, CancellationToken cancellationToken)
    {
        await using var connection = await db.OpenConnectionAsync(cancellationToken);
        return await connection.QuerySingleOrDefaultAsync<T>(sql, parameters, cancellationToken);
    }

    /// <summary>Runs one statement and answers how many rows it changed.</summary>
    public static async Task<int> ExecuteAsync(
        this NpgsqlDataSource db, string sql, object? parameters, CancellationToken cancellationToken)
    {
        await using var connection = await db.OpenConnectionAsync(cancellationToken);
        return await connection.ExecuteAsync(sql, parameters, cancellationToken);
    }

    /// <summary>All rows of one statement, on the caller's connection (and its open transaction).</summary>
    public static async Task<IReadOnlyList<T>> QueryAsync<T>(
        this DbConnection connection, string sql, object? parameters, CancellationToken cancellationToken) =>
        (await connection.QueryAsync<T>(new CommandDefinition(sql, parameters, cancellationToken: cancellationToken))).AsList();

    /// <summary>The only row, or the type's default, on the caller's connection (and its open transaction).</summary>
    public static Task<T?> QuerySingleOrDefaultAsync<T>(
        this DbConnection connection, string sql, object? parameters, CancellationToken cancellationToken) =>
        connection.QuerySingleOrDefaultAsync<T?>(new CommandDefinition(sql, parameters, cancellationToken: cancellationToken));

    /// <summary>Runs one statement on the caller's connection (and its open transaction); answers the rows changed.</summary>
    public static Task<int> ExecuteAsync(
        this DbConnection connection, string sql, object? parameters, CancellationToken cancellationToken) =>
        connection.ExecuteAsync(new CommandDefinition(sql, parameters, cancellationToken: cancellationToken));

    /// <summary>
    /// Runs <paramref name="work"/> in one transaction. Npgsql gives a connection's open transaction to every command on it,
    /// so the work needs the connection only. An exception rolls everything back.
    /// </summary>
    public static async Task<T> InTransactionAsync<T>(
        this NpgsqlDataSource db, Func<NpgsqlConnection, Task<T>> work, CancellationToken cancellationToken)
    {
        await using var connection = await db.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var result = await work(connection);
        await transaction.CommitAsync(cancellationToken);
        return result;
    }

    /// <summary>Escapes LIKE's wildcards in a user's text, for <c>like '%' || @text || '%' escape '\'</c>.</summary>
    public static string EscapeLike(string text) =>
        text.Replace(@"\", @"\\", StringComparison.Ordinal)
            .Replace("%", @"\%", StringComparison.Ordinal)
            .Replace("_", @"\_", StringComparison.Ordinal);
}
