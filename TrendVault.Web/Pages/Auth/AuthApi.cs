using TrendVault.Core.Auth;
using TrendVault.Core.Data;

namespace TrendVault.Web.Pages.Auth;

internal static class AuthApi
{
    public static void MapAuthApi(this WebApplication app)
    {
        var auth = app.MapApi("/api/auth");
        auth.MapPost("/register", RegisterAsync).AllowAnonymous().RequireLimit(Limits.SignIns);
        auth.MapPost("/login", LoginAsync).AllowAnonymous().RequireLimit(Limits.SignIns);
        auth.MapPost("/refresh", RefreshAsync).AllowAnonymous().RequireLimit(Limits.SignIns);
        auth.MapPost("/logout", LogoutAsync);
        auth.MapGet("/me", MeAsync);
    }

    private static async Task<IResult> RegisterAsync(
        RegisterBody body, AuthService auth, ApiSessions api, BrowserSessions browsers, HttpContext context, CancellationToken cancellationToken)
    {
        var client = browsers.Client(context);
        return await auth.RegisterAsync(body.Email, body.Password, body.Name, client, cancellationToken) switch
        {
            RegisterOutcome.Registered { User: var user } =>
                SignedInAnswer(StatusCodes.Status201Created, await api.StartAsync(user.Id, client, cancellationToken), user),
            RegisterOutcome.Invalid { Errors: var errors } =>
                Envelope.Error(StatusCodes.Status400BadRequest, "invalid_request", string.Join(' ', errors.Values), errors),
            _ => Envelope.Error(StatusCodes.Status403Forbidden, "registration_closed", "Registration is closed here. Ask the admin for an account."),
        };
    }

    private static async Task<IResult> LoginAsync(
        LoginBody body, AuthService auth, ApiSessions api, BrowserSessions browsers, HttpContext context, CancellationToken cancellationToken)
    {
        var client = browsers.Client(context);
        switch (await auth.SignInAsync(body.Email, body.Password, client, cancellationToken))
        {
            case SignInOutcome.Welcome { User: var user }:
                return SignedInAnswer(StatusCodes.Status200OK, await api.StartAsync(user.Id, client, cancellationToken), user);
            case SignInOutcome.Throttled { RetryAfter: var wait }:
                Problem.RateLimited(wait).Raise(context);
                return Results.Empty;
            default:
                return Envelope.Error(StatusCodes.Status401Unauthorized, "invalid_credentials", Sentences.WrongPassword);
        }
    }

    private static async Task<IResult> RefreshAsync(
        RefreshBody body, AuthService auth, ApiSessions api, BrowserSessions browsers, HttpContext context, CancellationToken cancellationToken) =>
        await api.RefreshAsync(body.RefreshToken ?? "", browsers.Client(context), cancellationToken) is var (userId, tokens)
        && await auth.FindAsync(userId, cancellationToken) is { } user
            ? SignedInAnswer(StatusCodes.Status200OK, tokens, user)
            : Envelope.Error(StatusCodes.Status401Unauthorized, "invalid_refresh_token", "The refresh token is not valid any more. Sign in again.");

    private static async Task<IResult> LogoutAsync(
        Sessions sessions, SecurityLog security, BrowserSessions browsers, HttpContext context, CancellationToken cancellationToken)
    {
        if (context.Features.Get<SignedIn>() is not { } session)
            return Envelope.Error(StatusCodes.Status400BadRequest, "not_a_session", "An API key is not signed out, it is revoked on the Settings page.");

        await sessions.EndAsync(session.UserId, session.SessionId, cancellationToken);
        security.SignedOut(session.UserId, session.SessionId, browsers.Client(context).Address);
        return Envelope.Ok(new { signedOut = true });
    }

    private static async Task<IResult> MeAsync(AuthService auth, HttpContext context, CancellationToken cancellationToken) =>
        await auth.FindAsync(context.User.Id(), cancellationToken) is { } user
            ? Envelope.Ok(UserView.Of(user))
            : Envelope.NotFound("user");

    private static IResult SignedInAnswer(int status, TokenPair tokens, User user) =>
        Envelope.Success(status, new { tokens.AccessToken, tokens.RefreshToken, tokens.ExpiresIn, User = UserView.Of(user) });

    private sealed record RegisterBody(string? Email, string? Password, string? Name);

    private sealed record LoginBody(string? Email, string? Password);

    private sealed record RefreshBody(string? RefreshToken);

    private sealed record UserView(Guid Id, string Email, string Name, string Role, string? AvatarUrl, DateTimeOffset CreatedAt)
    {
        public static UserView Of(User user) =>
            new(user.Id, user.Email, user.Name, EnumText<UserRole>.Of(user.Role), user.AvatarUrl, user.CreatedAt);
    }
}
