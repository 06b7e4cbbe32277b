using System.Text.Encodings.Web;
using Htmx;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;
using TrendVault.Core.Auth;
using TrendVault.Core.Data;

namespace TrendVault.Web;

/// <summary>Knows a browser by its session cookie, and sends one that is not signed in to the sign-in page.</summary>
internal sealed class SessionHandler(
    Sessions sessions, BrowserSessions browsers, IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory loggers, UrlEncoder encoder)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, loggers, encoder)
{
    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (browsers.ReadCookie(Request) is not { } token)
            return AuthenticateResult.NoResult();

        try
        {
            if (await sessions.FindAsync(token, Context.RequestAborted) is not { } session)
                return AuthenticateResult.Fail("The session has ended.");
            Context.Features.Set(session);
            return Success(session);
        }
        catch (Exception e) when (Outage.IsOf(e))
        {
            // Kept until somebody has to be signed in: the error page must come out without the database.
            return AuthenticateResult.Fail(e);
        }
    }

    private AuthenticateResult Success(SignedIn session) =>
        AuthenticateResult.Success(new AuthenticationTicket(
            SignInSchemes.Principal(session, Scheme.Name),
            new AuthenticationProperties { ExpiresUtc = session.ExpiresAt },
            Scheme.Name));

    protected override async Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        Outage.Rethrow((await HandleAuthenticateOnceSafeAsync()).Failure);

        // A form that was sent after the session's end cannot be sent again by a link: back to the page it stood on.
        var target = HttpMethods.IsGet(Request.Method) && !Request.IsHtmx()
            ? Request.Path + Request.QueryString
            : ReturnUrl.OfReferer(Request);
        var signIn = $"/signin?returnUrl={Uri.EscapeDataString(target)}";
        if (Request.IsHtmx())
        {
            Response.StatusCode = StatusCodes.Status401Unauthorized;
            Response.Headers["HX-Redirect"] = signIn;
        }
        else
        {
            Response.Redirect(signIn);
        }
    }
}
