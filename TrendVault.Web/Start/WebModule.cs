using System.Text.Encodings.Web;
using System.Text.Unicode;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.WebEncoders;
using StackExchange.Redis;
using TrendVault.Core.Data;
using TrendVault.Core.Jobs;
using TrendVault.Core.Settings;
using TrendVault.Core.Work;
using TrendVault.Web.Hubs;

namespace TrendVault.Web;

/// <summary>What the pages, the API and the hub stand on, in the order in which a request meets it.</summary>
internal static class WebModule
{
    public static DataOptions ReadDataOptions(this IConfiguration configuration) => configuration.ReadSettings<DataOptions>();

    public static void AddLogging(this WebApplicationBuilder builder)
    {
        builder.Logging.Configure(options => options.ActivityTrackingOptions = ActivityTrackingOptions.None);
        // It warns at each new key that the key lies open in the database; it seals form tokens, never a password or a platform's token.
        builder.Logging.AddFilter("Microsoft.AspNetCore.DataProtection.KeyManagement.XmlKeyManager", LogLevel.Error);
        if (builder.Environment.IsDevelopment())
            builder.Logging.AddSimpleConsole(console => { console.SingleLine = true; console.IncludeScopes = true; console.TimestampFormat = "HH:mm:ss "; });
        else
            builder.Logging.AddJsonConsole(console => console.IncludeScopes = true);
        builder.Services.RemoveAll<ILoggerProvider>().AddSingleton<ILoggerProvider, LogLines>();
    }

    public static void AddAppSettings(this WebApplicationBuilder builder)
    {
        builder.Services.AddSettings<AppOptions>(builder.Configuration);
        var options = builder.Configuration.ReadSettings<AppOptions>();
        // The demo is for this machine alone; a container has to listen on its own address.
        var host = builder.Environment.IsDevelopment() ? "localhost" : "*";
        builder.WebHost.UseUrls($"http://{host}:{options.Port}");
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = 5 * 1024 * 1024; // a thumbnail and a watermark of 2 MB each with their form; the API takes 64 KB
        });
    }

    public static void AddWeb(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        var options = builder.Configuration.ReadSettings<AppOptions>();
        services.AddSettings<LimitOptions>(builder.Configuration);
        services.AddRazorPages().AddMvcOptions(mvc => mvc.Filters.Add<FormRules>());
        services.Configure<CookieTempDataProviderOptions>(flash =>
        {
            flash.Cookie.Name = CookieNames.For("flash", options.IsHttps);
            flash.Cookie.Path = "/";
            flash.Cookie.SecurePolicy = options.IsHttps ? CookieSecurePolicy.Always : CookieSecurePolicy.None;
        });
        services.ConfigureHttpJsonOptions(json => Json.Configure(json.SerializerOptions));
        services.AddCors(cors => cors.AddPolicy(ApiGroup.Cors, policy => policy
            .WithOrigins(options.CorsOrigins).AllowAnyHeader().AllowAnyMethod().WithExposedHeaders("Retry-After", "X-Request-Id")));
        services.AddSingleton<ImageOrigins>();
        services.AddSingleton<OutgoingLinks>();
        services.AddSingleton<PlatformPlayers>();
        services.AddSingleton<BrowserSessions>();
        services.AddSingleton<PartialRenderer>();
        services.AddSingleton<MinuteCache>();
        services.AddSingleton<RequestLimits>();
        services.AddSingleton<KeptPages>();
        services.AddSingleton<KeptRequests>();
        services.AddSingleton<OwnMemory>();
        services.AddHostedService<Greeting>();
        services.Configure<HostOptions>(host => host.ShutdownTimeout = builder.Configuration.ReadSettings<JobOptions>().ShutdownTimeout);
        services.AddSingleton<HeaderCounts>();
        // Markup is encoded in any script; letters need not be, and as entities they cost eight bytes each.
        services.Configure<WebEncoderOptions>(encoder => encoder.TextEncoderSettings = new TextEncoderSettings(UnicodeRanges.All));
        services.AddHttpContextAccessor();
        services.AddScoped<PageFrame>();
        services.AddSignIn(options);
        services.AddProgressHub(builder.Configuration);
    }

    private static void AddSignIn(this IServiceCollection services, AppOptions options)
    {
        services
            .AddAuthentication(SignInSchemes.ByRequest)
            .AddPolicyScheme(SignInSchemes.ByRequest, displayName: null, policy => policy.ForwardDefaultSelector = SignInSchemes.Choose)
            .AddScheme<AuthenticationSchemeOptions, SessionHandler>(SignInSchemes.Session, configureOptions: null)
            .AddScheme<AuthenticationSchemeOptions, BearerHandler>(SignInSchemes.Bearer, configureOptions: null);
        services.AddAuthorization(Policies.Define);

        services.AddSingleton<KeyRing>();
        services.AddSingleton<IConfigureOptions<KeyManagementOptions>>(provider => provider.GetRequiredService<KeyRing>());
        services.AddDataProtection().SetApplicationName("TrendVault");
        services.AddAntiforgery(antiforgery =>
        {
            antiforgery.HeaderName = "RequestVerificationToken";
            antiforgery.SuppressXFrameOptionsHeader = true; // frame-ancestors says it on every answer
            antiforgery.Cookie.Name = CookieNames.For("xsrf", options.IsHttps);
            antiforgery.Cookie.SameSite = SameSiteMode.Strict;
            antiforgery.Cookie.SecurePolicy = options.IsHttps ? CookieSecurePolicy.Always : CookieSecurePolicy.None;
            antiforgery.Cookie.Path = "/";
        });
    }

    private static void AddProgressHub(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton<IProgressSink, HubProgressSink>();
        services.AddSingleton<HubConnections>();
        services.AddHostedService(provider => provider.GetRequiredService<HubConnections>());
        services.AddSignalR(hub => hub.MaximumReceiveMessageSize = 32 * 1024).AddStackExchangeRedis(redis =>
        {
            redis.Configuration.ChannelPrefix = RedisChannel.Literal("trendvault");
            redis.ConnectionFactory = async _ => await ConnectionMultiplexer.ConnectAsync(DataModule.RedisConfiguration(configuration.ReadDataOptions()));
        });
    }

    public static void UseWeb(this WebApplication app)
    {
        app.UsePublicAddress();
        app.UseMiddleware<RequestLog>();
        app.UseMiddleware<SecurityHeaders>();
        app.UseMiddleware<ProblemMiddleware>();
        app.UseMiddleware<KeptRequestsMiddleware>();
        app.UseStaticFiles(new StaticFileOptions { OnPrepareResponse = file => StaticFileCaching.Apply(file.Context) });
        app.UseMiddleware<RequestRules>();
        app.UseRouting();
        app.UseCors();
        app.UseAuthentication();
        app.UseMiddleware<LimitMiddleware>();
        app.UseAuthorization();
        app.UseMiddleware<IdempotencyMiddleware>();
    }

    /// <summary>Behind a proxy the request is the public one: links, cookies and redirects are made from PUBLIC_URL, never from Host.</summary>
    private static void UsePublicAddress(this WebApplication app)
    {
        if (app.Services.GetRequiredService<IOptions<AppOptions>>().Value.PublicUrl is not { } url)
            return;
        app.Use((context, next) =>
        {
            context.Request.Scheme = url.Scheme;
            context.Request.Host = HostString.FromUriComponent(url);
            return next(context);
        });
    }
}
