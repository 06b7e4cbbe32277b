using Dapper;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using StackExchange.Redis;
using TrendVault.Core.Data;
using TrendVault.Core.Embedded;

namespace TrendVault.Tests.App;

/// <summary>
/// A class fixture: a database and a Redis of the class's own, and a container with both, to which a test adds the feature it
/// is about (<see cref="BuildServices"/>).
/// </summary>
public sealed class TestDatabase(TestServers servers) : IAsyncLifetime
{
    public string DatabaseUrl { get; private set; } = "";

    internal EmbeddedRedis Redis { get; private set; } = null!;

    public NpgsqlDataSource Db { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        DatabaseUrl = await servers.CreateDatabaseAsync();
        Redis = await TestServers.StartRedisAsync();
        Db = DataModule.CreateDataSource(new DataOptions { DatabaseUrl = DatabaseUrl }, loggers: null);
    }

    /// <summary>A container over these servers, with what <paramref name="add"/> registers.</summary>
    public ServiceProvider BuildServices(Action<IServiceCollection, IConfiguration> add, params (string Name, string Value)[] settings)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(settings.ToDictionary(setting => setting.Name, setting => (string?)setting.Value))
            .AddInMemoryCollection(new Dictionary<string, string?> { ["DATABASE_URL"] = DatabaseUrl, ["REDIS_URL"] = Redis.Url })
            .Build();
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(configuration);
        services.AddLogging();
        services.AddData(configuration);
        AddTo(services);
        add(services, configuration);
        return services.BuildServiceProvider(validateScopes: true);
    }

    /// <summary>Gives a container the class's connections: to fork a server process for each anew takes longer than most tests.</summary>
    public void AddTo(IServiceCollection services) => services.AddSingleton(Db);

    /// <summary>A user who may own rows.</summary>
    public async Task<Guid> GivenUserAsync(string? email = null)
    {
        var id = Guid.CreateVersion7();
        await Db.ExecuteAsync(
            """
            insert into users (id, email, password_hash, name, role, token_salt)
            values (@id, @email, 'not a hash', 'Test user', 'user', '\x00')
            """,
            new { id, email = email ?? $"{id:n}@example.org" },
            CancellationToken.None);
        return id;
    }

    /// <summary>One value, for assertions on what a later request would see.</summary>
    public async Task<T?> ScalarAsync<T>(string sql, object? parameters = null)
    {
        await using var connection = await Db.OpenConnectionAsync();
        return await connection.ExecuteScalarAsync<T>(sql, parameters);
    }

    /// <summary>
    /// Does something while PostgreSQL is away: to a client a database that takes no connections and cuts those it has is a server that
    /// is gone.
    /// </summary>
    public async Task WithoutPostgresAsync(Func<Task> meanwhile)
    {
        var address = new NpgsqlConnectionStringBuilder(DatabaseUrl);
        var name = address.Database;
        await using var elsewhere = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(DatabaseUrl) { Database = "postgres" });
        await elsewhere.ExecuteAsync($"alter database {name} allow_connections false", null, TestContext.Current.CancellationToken);
        await elsewhere.ExecuteAsync("select pg_terminate_backend(pid) from pg_stat_activity where datname = @name", new { name }, TestContext.Current.CancellationToken);
        try
        {
            await meanwhile();
        }
        finally
        {
            await elsewhere.ExecuteAsync($"alter database {name} allow_connections true", null, CancellationToken.None);
            Db.Clear();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Db.DisposeAsync();
        await Redis.DisposeAsync();
    }
}
