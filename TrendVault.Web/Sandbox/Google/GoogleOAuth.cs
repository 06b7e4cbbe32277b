using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.AspNetCore.Http.HttpResults;
using TrendVault.Web.Sandbox.Faults;

namespace TrendVault.Web.Sandbox.Google;

/// <summary>Google's sign-in and consent, its token endpoint, revocation, user info and keys.</summary>
internal static class GoogleOAuth
{
    public static void MapGoogleOAuth(this WebApplication app)
    {
        app.MapGet("/o/oauth2/v2/auth", (HttpContext context, SandboxOptions options, SandboxFaults faults, Grants grants) =>
            Authorize(context, options, faults, grants));
        app.MapPost("/o/oauth2/v2/auth", (HttpContext context, SandboxOptions options, Grants grants) => DecideAsync(context, options, grants));
        app.MapPost("/token", TokenAsync);
        app.MapPost("/revoke", RevokeAsync);
        app.MapGet("/v1/userinfo", UserInfo);
        app.MapMethods("/tokeninfo", [HttpMethods.Get, HttpMethods.Post], TokenInfoAsync);
        app.MapGet("/oauth2/v3/certs", (HttpResponse response) => Keys(response, IdTokens.Certificates()));
        app.MapGet("/oauth2/v1/certs", (HttpResponse response, IdTokens idTokens) => Keys(response, idTokens.PemCertificates()));
    }

    private static IResult Authorize(HttpContext context, SandboxOptions options, SandboxFaults faults, Grants grants)
    {
        var query = context.Request.Query.ToDictionary(pair => pair.Key, pair => pair.Value.ToString());
        ConsentPages.Protect(context, formAction: "'none'");
        if (!TryRead(query, options, out var request, out var refusal))
            return refusal;

        if (Identity.ByEmail(faults.Switches.ConsentAs) is { } identity)
            return Allowed(identity, request.Scopes, request, grants);

        ConsentPages.ProtectForm(context, request.RedirectUri);
        return new RazorComponentResult<ConsentPage>(new Dictionary<string, object?>
        {
            [nameof(ConsentPage.Request)] = request,
            [nameof(ConsentPage.Fields)] = query,
        });
    }

    private static async Task<IResult> DecideAsync(HttpContext context, SandboxOptions options, Grants grants)
    {
        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        var fields = form.ToDictionary(pair => pair.Key, pair => pair.Value.ToString());
        ConsentPages.Protect(context, formAction: "'none'");
        if (!TryRead(fields, options, out var request, out var refusal))
            return refusal;

        if (fields.GetValueOrDefault("decision") != "allow" || Identity.BySub(fields.GetValueOrDefault("identity") ?? "") is not { } identity)
            return Results.Redirect(Return(request, new QueryBuilder { { "error", "access_denied" } }));
        return Allowed(identity, [.. form["grant"].OfType<string>()], request, grants);
    }

    private static IResult Allowed(Identity identity, IReadOnlyList<string> ticked, AuthorizeRequest request, Grants grants)
    {
        var code = grants.IssueCode(identity, ticked, request);
        return Results.Redirect(Return(request, new QueryBuilder
        {
            { "code", code }, { "scope", string.Join(' ', request.Scopes) }, { "authuser", "0" }, { "prompt", "consent" },
        }));
    }

    private static string Return(AuthorizeRequest request, QueryBuilder answer)
    {
        if (request.State is { } state)
            answer.Add("state", state);
        return request.RedirectUri + answer.ToQueryString();
    }

    private static bool TryRead(IReadOnlyDictionary<string, string> fields, SandboxOptions options, out AuthorizeRequest request, out IResult refusal)
    {
        request = null!;
        refusal = null!;
        var redirectUri = fields.GetValueOrDefault("redirect_uri") ?? "";
        var scopes = Scopes.Parse(fields.GetValueOrDefault("scope"));
        (int Status, string Error, string Reason)? wrong = fields switch
        {
            _ when fields.GetValueOrDefault("client_id") != SandboxSettings.ClientId => (401, "invalid_client", "The OAuth client was not found."),
            _ when !options.RedirectUris.Contains(redirectUri, StringComparer.Ordinal) => (400, "redirect_uri_mismatch", $"The redirect URI in the request, {redirectUri}, is not one of those registered for the client."),
            _ when fields.GetValueOrDefault("response_type") != "code" => (400, "invalid_request", "Required parameter is missing: response_type."),
            _ when scopes.Count == 0 => (400, "invalid_request", "Missing required parameter: scope."),
            _ when scopes.FirstOrDefault(scope => !Scopes.IsKnown(scope)) is { } unknown => (400, "invalid_scope", $"Some requested scopes were invalid: {unknown}."),
            _ when fields.GetValueOrDefault("code_challenge_method") is not (null or "S256" or "plain") => (400, "invalid_request", "Invalid code_challenge_method."),
            _ => null,
        };
        if (wrong is { } error)
        {
            refusal = ConsentPages.Blocked("Google", error.Status, error.Error, error.Reason);
            return false;
        }

        var prompt = (fields.GetValueOrDefault("prompt") ?? "").Split(' ');
        request = new AuthorizeRequest
        {
            RedirectUri = redirectUri,
            Scopes = scopes,
            State = fields.GetValueOrDefault("state"),
            Challenge = fields.GetValueOrDefault("code_challenge"),
            ChallengeMethod = fields.GetValueOrDefault("code_challenge_method") ?? "plain",
            LoginHint = fields.GetValueOrDefault("login_hint"),
            Nonce = fields.GetValueOrDefault("nonce"),
            Offline = fields.GetValueOrDefault("access_type") == "offline",
            AsksConsent = prompt.Contains("consent"),
            IncludeGrantedScopes = fields.GetValueOrDefault("include_granted_scopes") == "true",
        };
        return true;
    }

    private static async Task<IResult> TokenAsync(HttpRequest request, SandboxFaults faults, Grants grants, IdTokens idTokens)
    {
        if (!request.HasFormContentType)
            return OAuthError.Of(400, "invalid_request", "The request must be form-encoded.");
        var form = await request.ReadFormAsync(request.HttpContext.RequestAborted);
        if (faults.Switches.RefuseClient || !IsClient(request, form))
            return OAuthError.Of(401, "invalid_client", "The provided client secret is invalid.");

        IssuedTokens? issued;
        switch (form["grant_type"].ToString())
        {
            case "authorization_code" when form["code"].ToString() is { Length: > 0 } code:
                issued = grants.Redeem(code, form["redirect_uri"].ToString(), form["code_verifier"].FirstOrDefault());
                if (issued is null)
                    return OAuthError.Of(400, "invalid_grant", "Malformed auth code.");
                break;
            case "refresh_token" when form["refresh_token"].ToString() is { Length: > 0 } refreshToken:
                issued = grants.Refresh(refreshToken);
                if (issued is null)
                    return OAuthError.Of(400, "invalid_grant", "Token has been expired or revoked.");
                break;
            case "authorization_code" or "refresh_token":
                return OAuthError.Of(400, "invalid_request", "Missing required parameter.");
            default:
                return OAuthError.Of(400, "unsupported_grant_type", "Invalid grant_type.");
        }

        request.HttpContext.Response.Headers.CacheControl = "no-store";
        return SandboxJson.Ok(new
        {
            access_token = issued.AccessToken,
            expires_in = issued.ExpiresIn,
            refresh_token = issued.RefreshToken,
            scope = string.Join(' ', issued.Scopes),
            token_type = "Bearer",
            id_token = idTokens.For(issued),
        });
    }

    private static bool IsClient(HttpRequest request, IFormCollection form)
    {
        var (id, secret) = (form["client_id"].ToString(), form["client_secret"].ToString());
        if (request.Headers.Authorization.ToString() is { } basic && basic.StartsWith("Basic ", StringComparison.OrdinalIgnoreCase))
        {
            var pair = Encoding.UTF8.GetString(Convert.FromBase64String(basic[6..])).Split(':', 2);
            (id, secret) = (Uri.UnescapeDataString(pair[0]), pair.Length > 1 ? Uri.UnescapeDataString(pair[1]) : "");
        }

        return id == SandboxSettings.ClientId
            && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes(SandboxSettings.ClientSecret));
    }

    private static async Task<IResult> RevokeAsync(HttpRequest request, Grants grants)
    {
        var token = request.Query["token"].FirstOrDefault();
        if (token is null && request.HasFormContentType)
            token = (await request.ReadFormAsync(request.HttpContext.RequestAborted))["token"].FirstOrDefault();
        return token is not null && grants.Revoke(token)
            ? SandboxJson.Ok(new { })
            : OAuthError.Of(400, "invalid_token", "Token expired or revoked");
    }

    // The libraries keep the keys for as long as the answer says.
    private static IResult Keys(HttpResponse response, object keys)
    {
        response.Headers.CacheControl = "public, max-age=21600, must-revalidate, no-transform";
        return SandboxJson.Ok(keys);
    }

    private static async Task<IResult> TokenInfoAsync(HttpRequest request, Grants grants, TimeProvider time)
    {
        var token = request.Query["access_token"].FirstOrDefault() ?? BearerOf(request);
        if (token is null && request.HasFormContentType)
            token = (await request.ReadFormAsync(request.HttpContext.RequestAborted))["access_token"].FirstOrDefault();
        if (token is null || grants.Inspect(token) is not { } facts)
            return OAuthError.Of(400, "invalid_token", "Invalid Value");

        var email = facts.Scopes.Contains(Scopes.Email) ? Identity.BySub(facts.Sub)?.Email : null;
        return SandboxJson.Ok(new
        {
            azp = SandboxSettings.ClientId,
            aud = SandboxSettings.ClientId,
            sub = facts.Sub,
            scope = string.Join(' ', facts.Scopes),
            // Numbers and truth values are strings here.
            exp = Text(facts.ExpiresAt.ToUnixTimeSeconds()),
            expires_in = Text((long)(facts.ExpiresAt - time.GetUtcNow()).TotalSeconds),
            email,
            email_verified = email is null ? null : "true",
            access_type = facts.Offline ? "offline" : "online",
        });
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static string? BearerOf(HttpRequest request) =>
        request.Headers.Authorization.ToString() is { } header && header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase)
            ? header[7..]
            : null;

    private static IResult UserInfo(HttpContext context, Grants grants, SandboxAddress address)
    {
        var grant = BearerOf(context.Request) is { } token ? grants.FindByAccessToken(token) : null;
        if (grant is null || Identity.BySub(grant.Sub) is not { } identity)
        {
            context.Response.Headers.WWWAuthenticate = "Bearer realm=\"https://accounts.google.com/\", error=\"invalid_token\"";
            return OAuthError.Of(401, "invalid_request", "Invalid Credentials");
        }

        var profile = grant.Scopes.Contains(Scopes.Profile);
        var email = grant.Scopes.Contains(Scopes.Email);
        return SandboxJson.Ok(new
        {
            sub = identity.Sub,
            name = profile ? identity.Name : null,
            given_name = profile ? identity.GivenName : null,
            family_name = profile ? identity.FamilyName : null,
            picture = profile ? address.Of($"faces/{identity.Sub}=s96-c") : null,
            email = email ? identity.Email : null,
            email_verified = email ? true : (bool?)null,
        });
    }
}
