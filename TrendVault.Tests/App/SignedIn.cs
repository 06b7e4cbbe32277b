using System.Net;
using System.Net.Http.Headers;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using TrendVault.Core.Auth;
using TrendVault.Tests.Auth;
using TrendVault.Web;

namespace TrendVault.Tests.App;

/// <summary>Clients of a running app, signed in without the sign-in page. None follows redirects.</summary>
public static class SignedInExtensions
{
    private static readonly ClientInfo TestClient = new("127.0.0.1", "tests");

    /// <summary>A user of the test's own.</summary>
    internal static async Task<User> GivenUserAsync(this TrendVaultApp app, string? email = null, string password = AuthServices.GoodPassword)
    {
        var outcome = await app.Services.GetRequiredService<AuthService>().RegisterAsync(
            email ?? $"{Guid.CreateVersion7():n}@example.org", password, "Test user", TestClient, TestContext.Current.CancellationToken);
        return Assert.IsType<RegisterOutcome.Registered>(outcome).User;
    }

    /// <summary>
    /// A browser's client: sends the session cookie, and with every unsafe request the antiforgery token. Without
    /// <paramref name="user"/> a new one is made.
    /// </summary>
    internal static async Task<HttpClient> SignInAsync(this TrendVaultApp app, User? user = null)
    {
        user ??= await app.GivenUserAsync();
        var sessions = app.Services.GetRequiredService<Sessions>();
        var token = await sessions.StartAsync(user.Id, TestClient, TestContext.Current.CancellationToken);
        var session = (await sessions.FindAsync(token, TestContext.Current.CancellationToken))!;

        var context = new DefaultHttpContext { RequestServices = app.Services, User = SignInSchemes.Principal(session, SignInSchemes.Session) };
        var tokens = app.Services.GetRequiredService<IAntiforgery>().GetTokens(context);

        var client = app.CreateBareClient(new AntiforgeryHeader(tokens.HeaderName!, tokens.RequestToken!));
        client.DefaultRequestHeaders.Add("Cookie", $"tv_session={token}; tv_xsrf={tokens.CookieToken}");
        return client;
    }

    /// <summary>A script's client: sends an access token. Without <paramref name="user"/> a new one is made.</summary>
    internal static async Task<HttpClient> ApiClientAsync(this TrendVaultApp app, User? user = null)
    {
        user ??= await app.GivenUserAsync();
        var tokens = await app.Services.GetRequiredService<ApiSessions>().StartAsync(user.Id, TestClient, TestContext.Current.CancellationToken);
        var client = app.CreateBareClient();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", tokens.AccessToken);
        return client;
    }

    /// <summary>A stranger's client: follows no redirect, keeps no cookie.</summary>
    public static HttpClient CreateBareClient(this TrendVaultApp app) => app.CreateBareClient(handler: null);

    private static HttpClient CreateBareClient(this TrendVaultApp app, DelegatingHandler? handler)
    {
        var sockets = new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, AutomaticDecompression = DecompressionMethods.All };
        if (handler is not null)
            handler.InnerHandler = sockets;
        return new HttpClient(handler ?? (HttpMessageHandler)sockets) { BaseAddress = app.Address };
    }

    private sealed class AntiforgeryHeader(string name, string token) : DelegatingHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (request.Method != HttpMethod.Get)
                request.Headers.TryAddWithoutValidation(name, token);
            return base.SendAsync(request, cancellationToken);
        }
    }
}
