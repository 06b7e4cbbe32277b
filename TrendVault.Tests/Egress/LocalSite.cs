using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace TrendVault.Tests.Egress;

/// <summary>A web site on a port of loopback, which keeps what it was asked.</summary>
internal sealed class LocalSite : IAsyncDisposable
{
    public const string CertificateName = "CN=localhost";

    private readonly WebApplication _app;

    private LocalSite(WebApplication app) => _app = app;

    public Uri Address => new(_app.Urls.Single());

    /// <summary>As DOWNLOAD_PRIVATE_ENDPOINTS names it.</summary>
    public string Endpoint => Address.Authority;

    public ConcurrentQueue<string> Paths { get; } = new();

    public static async Task<LocalSite> StartAsync(RequestDelegate answer, bool isSecure = false)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.ConfigureHttpsDefaults(https => https.ServerCertificate = Certificate()));
        builder.WebHost.UseUrls($"{(isSecure ? "https" : "http")}://127.0.0.1:0");
        var site = new LocalSite(builder.Build());
        site._app.Run(context =>
        {
            site.Paths.Enqueue(context.Request.Path);
            return answer(context);
        });
        await site._app.StartAsync();
        return site;
    }

    public async ValueTask DisposeAsync()
    {
        using var atOnce = new CancellationTokenSource(TimeSpan.Zero);
        await _app.StopAsync(atOnce.Token);
        await _app.DisposeAsync();
    }

    private static X509Certificate2 Certificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(CertificateName, key, HashAlgorithmName.SHA256);
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
    }
}
