using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using TrendVault.Core.Data;
using TrendVault.Core.Embedded;

[assembly: AssemblyFixture(typeof(TrendVault.Tests.App.TestServers))]

namespace TrendVault.Tests.App;

/// <summary>One PostgreSQL cluster for the whole run, with a migrated template that each test class copies.</summary>
public sealed class TestServers : IAsyncLifetime
{
    private const string Template = "template_trendvault";

    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"tv-tests-{Path.GetRandomFileName()[..8]}");
    private EmbeddedPostgres? _postgres;
    private int _databases;

    /// <summary>True for a cluster that waits for the disk at each commit, as a user's does. It costs the tests time and shows them nothing.</summary>
    internal bool IsDurable { get; init; }

    public async ValueTask InitializeAsync()
    {
        _postgres = await EmbeddedPostgres.StartAsync(_folder, IsDurable, NullLogger.Instance, CancellationToken.None);
        await ExecuteAsync($"create database {Template}");
        var template = new DataOptions { DatabaseUrl = Unpooled(Template) };
        await Migrator.RunAsync(template, NullLogger.Instance, CancellationToken.None);
    }

    /// <summary>A fresh, migrated database; its connection string is what <c>DATABASE_URL</c> takes.</summary>
    public async Task<string> CreateDatabaseAsync()
    {
        var name = $"test_{Interlocked.Increment(ref _databases)}";
        await ExecuteAsync($"create database {name} template {Template}");
        return EmbeddedPostgres.ConnectionStringFor(_folder, name);
    }

    /// <summary>A redis-server of its own, so that a test may flush or stop it.</summary>
    internal static Task<EmbeddedRedis> StartRedisAsync()
    {
        var folder = Directory.CreateTempSubdirectory("tv-redis-").FullName;
        return EmbeddedRedis.StartAsync(folder, folder, NullLogger.Instance, CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        if (_postgres is not null)
            await _postgres.DisposeAsync();
        if (Directory.Exists(_folder))
            Directory.Delete(_folder, recursive: true);
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(Unpooled("postgres"));
        await connection.OpenAsync();
        await connection.ExecuteAsync(sql, null, CancellationToken.None);
    }

    // A pooled connection to the template would make it impossible to copy.
    private string Unpooled(string database) =>
        new NpgsqlConnectionStringBuilder(EmbeddedPostgres.ConnectionStringFor(_folder, database)) { Pooling = false }.ConnectionString;
}
