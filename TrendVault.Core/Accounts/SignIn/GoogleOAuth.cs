using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.Options;

namespace TrendVault.Core.Accounts;

/// <summary>Google's OAuth server for web servers: three posts and a read.</summary>
/// <remarks><see href="https://developers.google.com/identity/protocols/oauth2/web-server"/></remarks>
internal sealed class GoogleOAuth(IHttpClientFactory clients, IOptions<GoogleOptions> options)
{
    public const string ClientName = "google-oauth";

    // A token, at most 2 KB as documented, an id token and a little around it.
    public const int LongestAnswer = 64 * 1024;

    public Task<TokenGrant> ExchangeAsync(string code, string verifier, string redirectUri, CancellationToken cancellationToken) =>
        AskForTokensAsync(
            new()
            {
                ["grant_type"] = "authorization_code",
                ["code"] = code,
                ["code_verifier"] = verifier,
                ["redirect_uri"] = redirectUri,
            },
            cancellationToken);

    public Task<TokenGrant> RefreshAsync(string refreshToken, CancellationToken cancellationToken) =>
        AskForTokensAsync(new() { ["grant_type"] = "refresh_token", ["refresh_token"] = refreshToken }, cancellationToken);

    public async Task RevokeAsync(string token, CancellationToken cancellationToken)
    {
        using var content = new FormUrlEncodedContent([new("token", token)]);
        using var answer = await SendAsync(new(HttpMethod.Post, options.Value.RevokeUrl) { Content = content }, cancellationToken);
        if (answer.IsSuccessStatusCode)
            return;

        var error = await ReadErrorAsync(answer, cancellationToken);
        // Expired or revoked before.
        if (error != "invalid_token")
            throw Refusal(answer.StatusCode, error);
    }

    public async Task<GoogleUser> ReadUserAsync(string accessToken, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, options.Value.UserInfoUrl);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", accessToken);
        using var answer = await SendAsync(request, cancellationToken);
        return answer.IsSuccessStatusCode
            ? await ReadAsync<GoogleUser>(answer, cancellationToken)
            : throw Refusal(answer.StatusCode, answer.StatusCode == HttpStatusCode.Unauthorized ? "invalid_grant" : "");
    }

    private async Task<TokenGrant> AskForTokensAsync(Dictionary<string, string> form, CancellationToken cancellationToken)
    {
        form["client_id"] = options.Value.ClientId;
        form["client_secret"] = options.Value.ClientSecret;
        using var content = new FormUrlEncodedContent(form);
        using var answer = await SendAsync(new(HttpMethod.Post, options.Value.TokenUrl) { Content = content }, cancellationToken);
        if (!answer.IsSuccessStatusCode)
            throw Refusal(answer.StatusCode, await ReadErrorAsync(answer, cancellationToken));

        var tokens = await ReadAsync<TokenAnswer>(answer, cancellationToken);
        return string.IsNullOrEmpty(tokens.AccessToken)
            ? throw Unreadable(inner: null)
            : new TokenGrant(
                tokens.AccessToken,
                TimeSpan.FromSeconds(tokens.ExpiresIn),
                tokens.RefreshToken,
                tokens.Scope?.Split(' ', StringSplitOptions.RemoveEmptyEntries));
    }

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            return await clients.CreateClient(ClientName).SendAsync(request, cancellationToken);
        }
        catch (Exception e) when (e is HttpRequestException or IOException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw new PlatformException(Remedy.Retry, "google_unreachable", "Google cannot be reached.", inner: e);
        }
    }

    private static async Task<T> ReadAsync<T>(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        try
        {
            return await OutsideJson.ReadAsync<T>(answer.Content, options: null, cancellationToken) ?? throw Unreadable(inner: null);
        }
        catch (JsonException e)
        {
            throw Unreadable(e);
        }
    }

    // A flat object; but a proxy on the way answers HTML.
    private static async Task<string> ReadErrorAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        try
        {
            return (await OutsideJson.ReadAsync<ErrorAnswer>(answer.Content, options: null, cancellationToken))?.Error ?? "";
        }
        catch (JsonException)
        {
            return "";
        }
    }

    // By error only: the descriptions vary, and the statuses of the rarer ones too.
    private static PlatformException Refusal(HttpStatusCode status, string error) => error switch
    {
        _ when status is HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError =>
            new(Remedy.Retry, "google_unavailable", "Google has a fault of its own right now."),
        "invalid_grant" =>
            new(Remedy.Reauthorize, "reconnect_needed", "Google no longer accepts this connection. Connect the account again on the Accounts page."),
        "invalid_client" or "deleted_client" =>
            new(Remedy.Configure, ClientGate.Refused, "Google refuses TrendVault's own credentials. Check GOOGLE_CLIENT_ID and GOOGLE_CLIENT_SECRET."),
        // The credentials are good, but this connection was made with others.
        "unauthorized_client" => new(
            Remedy.Configure,
            "client_unauthorized",
            "Google keeps this connection for another GOOGLE_CLIENT_ID. Set that one again, or connect the account again on the Accounts page."),
        "redirect_uri_mismatch" =>
            new(Remedy.GiveUp, "redirect_uri_mismatch", "Google does not know this address of TrendVault. Register PUBLIC_URL with /oauth/callback at its end as a redirect URI."),
        "access_denied" or "admin_policy_enforced" or "org_internal" =>
            new(Remedy.GiveUp, error, "The administrator of this Google account does not allow TrendVault."),
        _ => new(Remedy.GiveUp, "google_refused", "Google refuses this request."),
    };

    private static PlatformException Unreadable(Exception? inner) =>
        new(Remedy.Retry, "google_unreadable", "Google answered something that cannot be read.", inner: inner);

    private sealed record TokenAnswer
    {
        [JsonPropertyName("access_token")]
        public string? AccessToken { get; init; }

        [JsonPropertyName("expires_in")]
        public long ExpiresIn { get; init; }

        [JsonPropertyName("refresh_token")]
        public string? RefreshToken { get; init; }

        [JsonPropertyName("scope")]
        public string? Scope { get; init; }
    }

    private sealed record ErrorAnswer
    {
        [JsonPropertyName("error")]
        public string? Error { get; init; }
    }
}

/// <summary>Who granted a token, as Google says it.</summary>
internal sealed record GoogleUser
{
    [JsonPropertyName("sub")]
    public required string Sub { get; init; }

    [JsonPropertyName("name")]
    public string? Name { get; init; }

    [JsonPropertyName("email")]
    public string? Email { get; init; }

    [JsonPropertyName("picture")]
    public string? Picture { get; init; }
}
