using Microsoft.Extensions.Options;
using TrendVault.Core.Accounts;

namespace TrendVault.Core.TikTok;

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
            throw TikTokErrors.OfOAuth(answer.Status, answer.Body?.Error ?? "", answer.RetryAfter);
    }

    private async Task<TokenGrant> AskForTokensAsync(Dictionary<string, string> form, CancellationToken cancellationToken)
    {
        var answer = await PostAsync("v2/oauth/token/", form, cancellationToken);
        return answer is { IsSuccess: true, Body: { Error: null or "", AccessToken: { Length: > 0 } token } body }
            ? new TokenGrant(token, TimeSpan.FromSeconds(body.ExpiresIn), body.RefreshToken, body.Scope?.Split(',', StringSplitOptions.RemoveEmptyEntries))
            : throw TikTokErrors.OfOAuth(answer.Status, answer.Body?.Error ?? "", answer.RetryAfter);
    }

    private async Task<TikTokAnswer<OAuthAnswer>> PostAsync(string path, Dictionary<string, string> form, CancellationToken cancellationToken)
    {
        form["client_key"] = options.Value.ClientKey;
        form["client_secret"] = options.Value.ClientSecret;
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(options.Value.PublishUrl, path)) { Content = new FormUrlEncodedContent(form) };
        return await line.SendAsync<OAuthAnswer>(request, cancellationToken);
    }

    private sealed record OAuthAnswer(string? Error, string? AccessToken, long ExpiresIn, string? RefreshToken, string? Scope);
}
