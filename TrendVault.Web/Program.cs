using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Options;
using TrendVault.Core;
using TrendVault.Core.Accounts;
using TrendVault.Core.Auth;
using TrendVault.Core.Channels;
using TrendVault.Core.Data;
using TrendVault.Core.Downloads;
using TrendVault.Core.Egress;
using TrendVault.Core.Embedded;
using TrendVault.Core.Jobs;
using TrendVault.Core.Storage;
using TrendVault.Core.Trending;
using TrendVault.Core.Uploads;
using TrendVault.Web;
using TrendVault.Web.Hubs;
using TrendVault.Web.Pages.Accounts;
using TrendVault.Web.Pages.Auth;
using TrendVault.Web.Pages.Downloads;
using TrendVault.Web.Pages.Trending;
using TrendVault.Web.Pages.Uploads;

try
{
    var rotatesKeys = KeyCommand.IsIn(args);
    var builder = WebApplication.CreateBuilder(args);
    builder.AddLogging();
    using var startLog = LoggerFactory.Create(logging => logging.AddConfiguration(builder.Configuration.GetSection("Logging")).AddConsole());
    builder.AddAppSettings();

    // Each of these fills in the settings that the environment leaves out; from there on nothing knows what is embedded.
    DevelopmentSecrets.FillIn(builder);
    await using var servers = await EmbeddedServers.StartAsync(builder.Configuration, startLog, CancellationToken.None);
    await using var sandbox = await SandboxComposition.StartAsync(builder, startLog);
    await Migrator.RunAsync(builder.Configuration.ReadDataOptions(), startLog.CreateLogger("TrendVault.Migrations"), CancellationToken.None);

    builder.Services.AddSingleton(new Surroundings(servers.Names, sandbox.Platforms, sandbox.Origin));
    builder.Services
        .AddData(builder.Configuration)
        .AddStorage(builder.Configuration)
        .AddEgress(builder.Configuration)
        .AddJobs(builder.Configuration)
        .AddAuth(builder.Configuration)
        .AddTrending(builder.Configuration)
        .AddDownloads(builder.Configuration)
        .AddAccounts(builder.Configuration)
        .AddChannels(builder.Configuration)
        .AddUploads(builder.Configuration);
    builder.AddWeb();
    builder.Services.AddTrendingPages().AddDownloadsPages().AddUploadsPages();

    await using var app = builder.Build();
    var keys = app.Services.GetRequiredService<KeyRotation>();
    if (rotatesKeys)
        return await KeyCommand.RunAsync(args, keys, CancellationToken.None);

    await keys.RequireKeysAsync(CancellationToken.None);
    app.UseWeb();
    app.MapRazorPages();
    app.MapHub<ProgressHub>(ProgressHub.Path, hub => hub.CloseOnAuthenticationExpiration = true);
    app.MapAuthApi();
    app.MapTrendingApi();
    app.MapDownloadsApi();
    app.MapAccountsApi();
    app.MapUploadsApi();
    app.MapHealth();

    await app.RunAsync();
    return 0;
}
catch (Exception e) when (e is StartupException or OptionsValidationException)
{
    foreach (var sentence in e is OptionsValidationException invalid ? invalid.Failures : [e.Message])
        await Console.Error.WriteLineAsync($"TrendVault cannot start. {sentence}");
    return 78; // EX_CONFIG
}
catch (IOException e) when (e.InnerException is AddressInUseException)
{
    await Console.Error.WriteLineAsync("TrendVault cannot start. PORT is used by another program: stop that one, or set PORT to a free one.");
    return 78;
}

/// <summary>Named for the tests, which start the whole app.</summary>
public partial class Program;
