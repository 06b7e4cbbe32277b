using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.AspNetCore.Http.HttpResults;
using TrendVault.Web.Sandbox.Faults;

namespace TrendVault.Web.Sandbox.TikTok;

/// <summary>TikTok's consent page and its OAuth server: one for the app's own tokens and for those of creators. Every path ends with a slash.</summary>
internal static class LoginKit
{
    private const string AuthorizePath = "/v2/auth/authorize/";

    public static void MapLoginKit(this WebApplication app)
    {
        app.MapGet(AuthorizePath, (HttpContext context, SandboxOptions options, SandboxFaults faults, CreatorGrants grants) =>
            Authorize(context, options, faults, grants));
        app.MapPost(AuthorizePath, (HttpContext context, SandboxOptions options, CreatorGrants grants) => DecideAsync(context, options, grants));
        app.MapPost("/v2/oauth/token/", TokenAsync).AddEndpointFilter(TikTokPaths.RequireSlashAsync);
        app.MapPost("/v2/oauth/revoke/", RevokeAsync).AddEndpointFilter(TikTokPaths.RequireSlashAsync);
    }

    private static IResult Authorize(HttpContext context, SandboxOptions options, SandboxFaults faults, CreatorGrants grants)
    {
        var query = context.Request.Query.ToDictionary(pair => pair.Key, pair => pair.Value.ToString());
        ConsentPages.Protect(context, formAction: "'none'");
        if (!TryRead(query, options, out var request, out var refusal))
            return refusal;
        if (Creator.ByEmail(faults.Switches.ConsentAs) is { } creator)
            return Allowed(creator, request.Scopes, request, grants);

        ConsentPages.ProtectForm(context, request.RedirectUri);
        return new RazorComponentResult<CreatorConsentPage>(new Dictionary<string, object?>
        {
            [nameof(CreatorConsentPage.Request)] = request,
            [nameof(CreatorConsentPage.Fields)] = query,
        });
    }

    private static async Task<IResult> DecideAsync(HttpContext context, SandboxOptions options, CreatorGrants grants)
    {
        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        var fields = form.ToDictionary(pair => pair.Key, pair => pair.Value.ToString());
        ConsentPages.Protect(context, formAction: "'none'");
        if (!TryRead(fields, options, out var request, out var refusal))
            return refusal;

        return fields.GetValueOrDefault("decision") == "allow" && Creator.ById(fields.GetValueOrDefault("creator")) is { } creator
            ? Allowed(creator, [.. form["grant"].OfType<string>()], request, grants)
            : Return(request, new QueryBuilder { { "error", "access_denied" }, { "error_description", "User denied the request." } });
    }

    private static IResult Allowed(Creator creator, IReadOnlyList<string> ticked, CreatorRequest request, CreatorGrants grants)
    {
        var (code, scopes) = grants.IssueCode(creator, ticked, request);
        return Return(request, new QueryBuilder { { "code", code }, { "scopes", string.Join(',', scopes) } });
    }

    private static IResult Return(CreatorRequest request, QueryBuilder answer)
    {
        answer.Add("state", request.State);
        return Results.Redirect(request.RedirectUri + answer.ToQueryString());
    }

    private static bool TryRead(IReadOnlyDictionary<string, string> fields, SandboxOptions options, out CreatorRequest request, out IResult refusal)
    {
        request = new CreatorRequest(
            fields.GetValueOrDefault("redirect_uri") ?? "",
            CreatorScopes.Parse(fields.GetValueOrDefault("scope")),
            fields.GetValueOrDefault("state") ?? "",
            fields.GetValueOrDefault("code_challenge"));
        var (redirectUri, scopes, state, challenge) = request;
        (string Error, string Reason)? wrong = fields switch
        {
            _ when fields.GetValueOrDefault("client_key") != SandboxSettings.TikTokKey => ("client_key", "The client key is not known."),
            _ when !options.RedirectUris.Contains(redirectUri, StringComparer.Ordinal) => ("redirect_uri", $"The redirect URI {redirectUri} is not registered."),
            _ when fields.GetValueOrDefault("response_type") != "code" => ("response_type", "The response type must be code."),
            _ when scopes.Count == 0 || scopes.Any(scope => !CreatorScopes.IsKnown(scope)) => ("scope", "The scopes must be known ones, between commas."),
            _ when state.Length == 0 => ("state", "The state is missing."),
            _ when challenge is not null && fields.GetValueOrDefault("code_challenge_method") != "S256" => ("code_challenge_method", "The method of the code challenge must be S256."),
            _ => null,
        };
        refusal = wrong is { } error ? ConsentPages.Blocked("TikTok", 400, error.Error, error.Reason) : Results.Empty;
        return wrong is null;
    }

    private static async Task<IResult> TokenAsync(HttpRequest request, SandboxFaults faults, AppTokens appTokens, CreatorGrants grants)
    {
        if (!request.HasFormContentType)
            return TikTokError.Flat(400, "invalid_request", "Only `application/x-www-form-urlencoded` is accepted as Content-Type.");
        var form = await request.ReadFormAsync(request.HttpContext.RequestAborted);
        request.HttpContext.Response.Headers.CacheControl = "no-store";
        if (faults.Switches.RefuseClient)
            return InvalidClient();
        return form["grant_type"].ToString() switch
        {
            "client_credentials" when IsClient(form, SandboxSettings.ResearchKey, SandboxSettings.ResearchSecret) => OfApp(appTokens),
            "authorization_code" when IsCreatorsClient(form) =>
                OfCreator(grants.Redeem(form["code"].ToString(), form["redirect_uri"].ToString(), form["code_verifier"].ToString()), "invalid_request", "Authorization code is expired or used."),
            "refresh_token" when IsCreatorsClient(form) =>
                OfCreator(grants.Refresh(form["refresh_token"].ToString()), "invalid_grant", "Refresh token is invalid or expired."),
            "client_credentials" or "authorization_code" or "refresh_token" => InvalidClient(),
            _ => TikTokError.Flat(400, "unsupported_grant_type", "Grant type is not supported by the authorization server."),
        };
    }

    private static IResult OfApp(AppTokens tokens)
    {
        var (token, seconds) = tokens.Issue();
        return SandboxJson.Ok(new { access_token = token, expires_in = seconds, token_type = "Bearer" });
    }

    // The refusals of this endpoint come with a status of 200, as has been seen.
    private static IResult OfCreator(CreatorTokens? tokens, string error, string description) => tokens is null
        ? TikTokError.Flat(200, error, description)
        : SandboxJson.Ok(new
        {
            open_id = tokens.OpenId,
            scope = string.Join(',', tokens.Scopes),
            access_token = tokens.Access,
            expires_in = tokens.Seconds,
            refresh_token = tokens.Refresh,
            refresh_expires_in = tokens.RefreshSeconds,
            token_type = "Bearer",
        });

    private static async Task<IResult> RevokeAsync(HttpRequest request, CreatorGrants grants)
    {
        var form = await request.ReadFormAsync(request.HttpContext.RequestAborted);
        if (!IsCreatorsClient(form))
            return InvalidClient();
        return grants.Revoke(form["token"].ToString())
            ? SandboxJson.Ok(new { })
            : TikTokError.Flat(400, "invalid_request", "The access token is invalid.");
    }

    private static bool IsCreatorsClient(IFormCollection form) => IsClient(form, SandboxSettings.TikTokKey, SandboxSettings.TikTokSecret);

    private static bool IsClient(IFormCollection form, string key, string secret) => form["client_key"] == key && form["client_secret"] == secret;

    private static IResult InvalidClient() => TikTokError.Flat(401, "invalid_client", "Client key or secret is incorrect.");
}
