using System.Security.Claims;
using TrendVault.Core.Auth;

namespace TrendVault.Web;

/// <summary>The ways to say who one is, and what is known of the caller afterwards.</summary>
internal static class SignInSchemes
{
    /// <summary>The browser's cookie.</summary>
    public const string Session = "session";

    /// <summary>An access token or an API key.</summary>
    public const string Bearer = "bearer";

    /// <summary>Chooses one of the two by the request: the API never reads a cookie, a page never a token.</summary>
    public const string ByRequest = "by-request";

    /// <summary>The session that a cookie or access token stands for.</summary>
    public const string SessionIdClaim = "sid";

    /// <summary>The API key that was sent.</summary>
    public const string KeyIdClaim = "key";

    /// <summary>What an API key may do, one claim each; a session may do everything and has none.</summary>
    public const string ScopeClaim = "scope";

    public static ClaimsPrincipal Principal(SignedIn session, string scheme) =>
        Principal(scheme, session.UserId, session.Name, session.Email, session.Role, new Claim(SessionIdClaim, session.SessionId.ToString()));

    public static ClaimsPrincipal Principal(ApiKeyCaller caller) =>
        Principal(
            Bearer,
            caller.UserId,
            caller.Name,
            caller.Email,
            caller.Role,
            [new Claim(KeyIdClaim, caller.KeyId.ToString()), .. caller.Scopes.Select(scope => new Claim(ScopeClaim, scope))]);

    public static string Choose(HttpContext context)
    {
        var path = context.Request.Path;
        if (path.StartsWithSegments("/api"))
            return Bearer;
        var sendsToken = context.Request.Headers.Authorization.Count > 0 || context.Request.Query.ContainsKey(BearerHandler.QueryToken);
        return path.StartsWithSegments("/hubs") && sendsToken ? Bearer : Session;
    }

    private static ClaimsPrincipal Principal(string scheme, Guid userId, string name, string email, UserRole role, params Claim[] more) =>
        new(new ClaimsIdentity(
            [
                new Claim(ClaimTypes.NameIdentifier, userId.ToString()),
                new Claim(ClaimTypes.Name, name),
                new Claim(ClaimTypes.Email, email),
                new Claim(ClaimTypes.Role, Core.Data.EnumText<UserRole>.Of(role)),
                .. more,
            ],
            scheme));
}
