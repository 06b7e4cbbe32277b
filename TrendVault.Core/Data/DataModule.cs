using System.Reflection;
using Dapper;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;
using StackExchange.Redis;
using TrendVault.Core.Settings;

namespace TrendVault.Core.Data;

/// <summary>The connections that every feature shares.</summary>
internal static class DataModule
{
    // Whoever makes a data source reads and writes by it, with a container or without.
    static DataModule() => ConfigureDapper();

    /// <summary>Registers PostgreSQL and Redis, and Dapper's settings, which are the process's.</summary>
    public static IServiceCollection AddData(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSettings<DataOptions>(configuration);

        var options = configuration.ReadSettings<DataOptions>();
        services.AddSingleton(provider => CreateDataSource(options, provider.GetService<ILoggerFactory>()));
        services.AddSingleton<IConnectionMultiplexer>(_ => ConnectionMultiplexer.Connect(RedisConfiguration(options)));
        services.AddSingleton(provider => provider.GetRequiredService<IConnectionMultiplexer>().GetDatabase());
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton<SharedMemory>();
        return services;
    }

    /// <summary>A data source for <see cref="DataOptions.DatabaseUrl"/>; a statement in a request may take 5 seconds.</summary>
    public static NpgsqlDataSource CreateDataSource(DataOptions options, ILoggerFactory? loggers)
    {
        var builder = new NpgsqlDataSourceBuilder(DatabaseUrl.ToConnectionString(options.DatabaseUrl));
        builder.ConnectionStringBuilder.CommandTimeout = 5;
        builder.ConnectionStringBuilder.Timeout = 5;
        builder.ConnectionStringBuilder.ApplicationName = "trendvault";
        // Planning the queue's claim costs 2 ms each time, several times its execution; what runs often is planned once.
        builder.ConnectionStringBuilder.MaxAutoPrepare = 100;
        return builder.UseLoggerFactory(loggers).Build();
    }

    /// <summary>Redis may be lost at any time: commands give up after 500 ms and the connection heals by itself.</summary>
    public static ConfigurationOptions RedisConfiguration(DataOptions options)
    {
        var redis = RedisUrl.Parse(options.RedisUrl);
        redis.AbortOnConnectFail = false;
        redis.ConnectTimeout = 5000;
        redis.AsyncTimeout = 500;
        redis.SyncTimeout = 500;
        redis.ClientName = "trendvault";
        return redis;
    }

    private static void ConfigureDapper()
    {
        DefaultTypeMap.MatchNamesWithUnderscores = true;
        SqlMapper.Settings.PreferTypeHandlersForEnums = true;
        foreach (var type in typeof(DataModule).Assembly.GetTypes())
        {
            if (type.GetCustomAttribute<StoredAsTextAttribute>() is { } stored)
                SqlMapper.AddTypeHandler(type, HandlerOf(type, stored));
        }

        SqlMapper.AddTypeHandler(new DateTimeOffsetHandler());
        SqlMapper.AddTypeHandler(new TextListHandler());
    }

    private static SqlMapper.ITypeHandler HandlerOf(Type type, StoredAsTextAttribute stored) =>
        (SqlMapper.ITypeHandler)Activator.CreateInstance(stored.Handler ?? typeof(EnumText<>.Handler).MakeGenericType(type))!;
}
