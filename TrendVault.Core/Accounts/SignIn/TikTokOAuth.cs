using System.Net;
using Microsoft.Extensions.Options;
using TrendVault.Core.TikTok;

namespace TrendVault.Core.Accounts;

/// <summary>TikTok's OAuth server. Its refresh tokens work once: each refresh brings the next one.</summary>
/// <remarks><see href="https://developers.tiktok.com/doc/oauth-user-access-token-management"/></remarks>
internal sealed class TikTokOAuth(TikTokLine line, IOptions<TikTokOptions> options)
{
    public Task<TokenGrant> ExchangeAsync(string code, string verifier, string redirectUri, CancellationToken cancellationToken)
    {
        var form = new Dictionary<string, string>
        {
            ["grant_type"] = "authorization_code",
            ["code"] = code,
            ["redirect_uri"] = redirectUri,
        };
        if (options.Value.Pkce != TikTokPkce.None)
            form["code_verifier"] = verifier;
        return AskForTokensAsync(form, cancellationToken);
    }

    public Task<TokenGrant> RefreshAsync(string refreshToken, CancellationToken cancellationToken) =>
        AskForTokensAsync(new() { ["grant_type"] = "refresh_token", ["refresh_token"] = refreshToken }, cancellationToken);

    /// <param name="accessToken">One that is alive: TikTok takes no other here.</param>
    public async Task RevokeAsync(string accessToken, CancellationToken cancellationToken)
    {
        // The answer is empty or an empty object.
        var answer = await PostAsync("v2/oauth/revoke/", new() { ["token"] = accessToken }, cancellationToken);
        if (!answer.IsSuccess || answer.Body is { Error.Length: > 0 })
            throw Refusal(answer.Status, answer.Body?.Error ?? "", answer.RetryAfter);
    }

    private async Task<TokenGrant> AskForTokensAsync(Dictionary<string, string> form, CancellationToken cancellationToken)
    {
        var answer = await PostAsync("v2/oauth/token/", form, cancellationToken);
        return answer is { IsSuccess: true, Body: { Error: null or "", AccessToken: { Length: > 0 } token } body }
            ? new TokenGrant(token, TimeSpan.FromSeconds(body.ExpiresIn), body.RefreshToken, body.Scope?.Split(',', StringSplitOptions.RemoveEmptyEntries))
            : throw Refusal(answer.Status, answer.Body?.Error ?? "", answer.RetryAfter);
    }

    private async Task<TikTokAnswer<OAuthAnswer>> PostAsync(string path, Dictionary<string, string> form, CancellationToken cancellationToken)
    {
        form["client_key"] = options.Value.ClientKey;
        form["client_secret"] = options.Value.ClientSecret;
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(options.Value.PublishUrl, path)) { Content = new FormUrlEncodedContent(form) };
        return await line.SendAsync<OAuthAnswer>(request, cancellationToken);
    }

    // By its error only: the statuses vary.
    private static PlatformException Refusal(HttpStatusCode status, string error, TimeSpan? retryAfter) => error switch
    {
        "invalid_grant" => TikTokErrors.Reconnect(),
        "invalid_client" or "unauthorized_client" =>
            new(Remedy.Configure, ClientGate.Refused, "TikTok refuses TrendVault's own credentials. Check TIKTOK_CLIENT_KEY and TIKTOK_CLIENT_SECRET."),
        "server_error" or "temporarily_unavailable" => TikTokErrors.Unavailable(retryAfter),
        _ when status is HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError => TikTokErrors.Unavailable(retryAfter),
        "" => TikTokErrors.Unreadable(),
        // A used or expired code too.
        _ => new(Remedy.GiveUp, "tiktok_refused", "TikTok refuses this request. Connect the account again from the Accounts page."),
    };

    private sealed record OAuthAnswer(string? Error, string? AccessToken, long ExpiresIn, string? RefreshToken, string? Scope);
}
