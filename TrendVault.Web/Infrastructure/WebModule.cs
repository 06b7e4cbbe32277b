using StackExchange.Redis;
using TrendVault.Core.Data;
using TrendVault.Core.Jobs;
using TrendVault.Core.Settings;
using TrendVault.Web.Hubs;

namespace TrendVault.Web.Infrastructure;

/// <summary>What the pages, the API and the hub stand on, in the order in which a request meets it.</summary>
internal static class WebModule
{
    public static DataOptions ReadDataOptions(this IConfiguration configuration) => configuration.ReadSettings<DataOptions>();

    public static void AddLogging(this WebApplicationBuilder builder)
    {
        builder.Logging.Configure(options => options.ActivityTrackingOptions = ActivityTrackingOptions.None);
        if (builder.Environment.IsDevelopment())
            builder.Logging.AddSimpleConsole(console => { console.SingleLine = true; console.IncludeScopes = true; console.TimestampFormat = "HH:mm:ss "; });
        else
            builder.Logging.AddJsonConsole(console => console.IncludeScopes = true);
    }

    public static void AddAppSettings(this WebApplicationBuilder builder)
    {
        builder.Services.AddSettings<AppOptions>(builder.Configuration);
        var options = builder.Configuration.ReadSettings<AppOptions>();
        // The demo is for this machine alone; a container has to listen on its own address.
        var host = builder.Environment.IsDevelopment() ? "localhost" : "*";
        builder.WebHost.UseUrls($"http://{host}:{options.Port}");
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);
    }

    public static void AddWeb(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddRazorPages();
        services.ConfigureHttpJsonOptions(json => Json.Configure(json.SerializerOptions));
        services.AddSingleton<PartialRenderer>();
        services.AddSingleton<HeaderCounts>();
        services.AddHttpContextAccessor();
        services.AddScoped<PageFrame>();
        services.AddSingleton<IProgressSink, HubProgressSink>();
        services.AddSignalR().AddStackExchangeRedis(redis =>
        {
            redis.Configuration.ChannelPrefix = RedisChannel.Literal("trendvault");
            redis.ConnectionFactory = async _ => await ConnectionMultiplexer.ConnectAsync(DataModule.RedisConfiguration(builder.Configuration.ReadDataOptions()));
        });
        services.AddAuthorization();
    }

    public static void UseWeb(this WebApplication app)
    {
        app.UseStaticFiles();
        app.UseRouting();
        app.UseAuthorization();
    }

    public static void MapHealth(this WebApplication app) =>
        app.MapGet("/health/live", () => Results.Text("live"));
}
