using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;
using TrendVault.Core.Auth;
using TrendVault.Core.Data;

namespace TrendVault.Web;

/// <summary>Knows a script by its access token or API key. Refusals are JSON, never a redirect.</summary>
internal sealed class BearerHandler(
    AccessTokens tokens,
    Sessions sessions,
    ApiKeys keys,
    IOptionsMonitor<AuthenticationSchemeOptions> options,
    ILoggerFactory loggers,
    UrlEncoder encoder)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, loggers, encoder)
{
    /// <summary>Browsers cannot set a header on a WebSocket: at the hub, and nowhere else, the token may stand in the query.</summary>
    public const string QueryToken = "access_token";

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (ReadToken() is not { Length: > 0 } token)
            return AuthenticateResult.NoResult();

        try
        {
            return token.StartsWith(ApiKeys.Prefix, StringComparison.Ordinal) ? await ByKeyAsync(token) : await ByAccessTokenAsync(token);
        }
        catch (Exception e) when (Outage.IsOf(e))
        {
            return AuthenticateResult.Fail(e);
        }
    }

    private string? ReadToken()
    {
        var header = Request.Headers.Authorization.ToString();
        if (header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase))
            return header["Bearer ".Length..].Trim();
        return Request.Path.StartsWithSegments("/hubs") ? Request.Query[QueryToken].ToString() : null;
    }

    private async Task<AuthenticateResult> ByAccessTokenAsync(string token)
    {
        if (await tokens.ReadAsync(token) is not { } access
            || await sessions.FindApiAsync(access.SessionId, Context.RequestAborted) is not { } session
            || session.UserId != access.UserId)
        {
            return AuthenticateResult.Fail("The access token is not valid.");
        }

        Context.Features.Set(session);
        return Success(SignInSchemes.Principal(session, Scheme.Name), access.ExpiresAt);
    }

    private async Task<AuthenticateResult> ByKeyAsync(string key) =>
        await keys.FindAsync(key, Context.RequestAborted) is { } caller
            ? Success(SignInSchemes.Principal(caller), expires: null)
            : AuthenticateResult.Fail("The API key is not valid.");

    private AuthenticateResult Success(System.Security.Claims.ClaimsPrincipal principal, DateTimeOffset? expires) =>
        AuthenticateResult.Success(new AuthenticationTicket(principal, new AuthenticationProperties { ExpiresUtc = expires }, Scheme.Name));

    protected override async Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        Outage.Rethrow((await HandleAuthenticateOnceSafeAsync()).Failure);
        Response.Headers.WWWAuthenticate = "Bearer";
        await Envelope
            .Error(StatusCodes.Status401Unauthorized, "unauthorized", "Send a valid access token or API key in the Authorization header.")
            .ExecuteAsync(Context);
    }

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties) =>
        Envelope
            .Error(StatusCodes.Status403Forbidden, "forbidden", "This token or key may not do that.")
            .ExecuteAsync(Context);
}
