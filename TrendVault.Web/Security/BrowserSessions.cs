using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Options;
using TrendVault.Core.Auth;

namespace TrendVault.Web;

/// <summary>Signs browsers in and out: a session in the database, its token in a cookie.</summary>
internal sealed class BrowserSessions(Sessions sessions, SecurityLog security, IOptions<AppOptions> options, IDataProtectionProvider protection)
{
    private readonly bool _https = options.Value.IsHttps;
    private readonly IDataProtector _protector = protection.CreateProtector("known browser");

    private string SessionCookie => CookieNames.For("session", _https);

    private string KnownCookie => CookieNames.For("known", _https);

    public string? ReadCookie(HttpRequest request) =>
        request.Cookies.TryGetValue(SessionCookie, out var token) && token is { Length: > 0 and < 100 } ? token : null;

    /// <summary>Always a new session: one that was there before the password was known is ended.</summary>
    public async Task SignInAsync(HttpContext context, User user, CancellationToken cancellationToken)
    {
        if (context.Features.Get<SignedIn>() is { } before)
            await sessions.EndAsync(before.UserId, before.SessionId, cancellationToken);

        var token = await sessions.StartAsync(user.Id, Client(context), cancellationToken);
        context.Response.Cookies.Append(SessionCookie, token, Cookie(TimeSpan.FromDays(30)));
        context.Response.Cookies.Append(KnownCookie, MarkKnown(user.Email), Cookie(TimeSpan.FromDays(180)));
    }

    public async Task SignOutAsync(HttpContext context, CancellationToken cancellationToken)
    {
        if (context.Features.Get<SignedIn>() is { } session)
        {
            await sessions.EndAsync(session.UserId, session.SessionId, cancellationToken);
            security.SignedOut(session.UserId, session.SessionId, Client(context).Address);
        }

        context.Response.Cookies.Delete(SessionCookie, Cookie(lifetime: null));
    }

    /// <summary>Who asks, as far as the request tells.</summary>
    /// <param name="email">The account that it is about; a browser that signed in to it before is told apart from all others.</param>
    public ClientInfo Client(HttpContext context, string? email = null) =>
        new(
            ClientAddress.Group(ClientAddress.Of(context, options.Value)),
            context.Request.Headers.UserAgent.ToString() is { Length: > 0 } agent ? agent : null,
            KnownTo(context.Request, email));

    private CookieOptions Cookie(TimeSpan? lifetime) => new()
    {
        HttpOnly = true,
        Secure = _https,
        SameSite = SameSiteMode.Lax,
        Path = "/",
        MaxAge = lifetime,
        IsEssential = true,
    };

    private string MarkKnown(string email) =>
        Base64Url.EncodeToString(_protector.Protect([.. Digest(email), .. RandomNumberGenerator.GetBytes(16)]));

    private string? KnownTo(HttpRequest request, string? email)
    {
        if (!EmailAddress.TryNormalize(email, out var address) || !request.Cookies.TryGetValue(KnownCookie, out var cookie))
            return null;

        try
        {
            var mark = _protector.Unprotect(Base64Url.DecodeFromChars(cookie));
            return mark.AsSpan(0, 32).SequenceEqual(Digest(address)) ? Convert.ToHexString(mark) : null;
        }
        catch (Exception e) when (e is FormatException or CryptographicException)
        {
            return null;
        }
    }

    private static byte[] Digest(string email) => SHA256.HashData(Encoding.UTF8.GetBytes(email));
}

internal static class CookieNames
{
    /// <summary>The prefix makes browsers insist on Secure, this host and the whole site; plain-http loopback cannot have it.</summary>
    public static string For(string name, bool https) => https ? $"__Host-tv_{name}" : $"tv_{name}";
}
