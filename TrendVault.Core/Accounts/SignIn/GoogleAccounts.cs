using System.Web;
using Microsoft.Extensions.Options;
using TrendVault.Core.Channels;

namespace TrendVault.Core.Accounts;

/// <summary>Google accounts, for YouTube.</summary>
internal sealed class GoogleAccounts(GoogleOAuth google, YouTubeChannels channels, SharedMemory memory, IOptions<GoogleOptions> options) : IAccountPlatform
{
    private readonly ClientGate _gate = new(memory, "google", options.Value.ClientId, options.Value.ClientSecret, options.Value.TokenUrl.AbsoluteUri);

    internal const string UploadScope = "https://www.googleapis.com/auth/youtube.upload";
    internal const string ReadScope = "https://www.googleapis.com/auth/youtube.readonly";

    // channels.list is not allowed with youtube.upload alone; thumbnails need nothing more than that.
    private const string AskedScopes = "openid email profile " + UploadScope + " " + ReadScope;

    public Platform Platform => Platform.YouTube;

    public string Provider => "google";

    public string Name => "Google";

    public string? Unavailable => options.Value.ClientId.Length > 0
        ? null
        : "Google accounts cannot be connected: set GOOGLE_CLIENT_ID and GOOGLE_CLIENT_SECRET.";

    public Task<string?> ReadRefusalAsync() => _gate.ReadRefusalAsync();

    public bool RevokesAccessTokens => false;

    public Uri AuthorizeUrl(string state, string challenge, string redirectUri)
    {
        var query = HttpUtility.ParseQueryString("");
        query["client_id"] = options.Value.ClientId;
        query["redirect_uri"] = redirectUri;
        query["response_type"] = "code";
        query["scope"] = AskedScopes;
        query["access_type"] = "offline";
        // Without it a second connection of the same account brings no refresh token.
        query["prompt"] = "consent select_account";
        query["include_granted_scopes"] = "true";
        query["state"] = state;
        query["code_challenge"] = challenge;
        query["code_challenge_method"] = "S256";
        return new UriBuilder(options.Value.AuthUrl) { Query = query.ToString() }.Uri;
    }

    public Task<TokenGrant> ExchangeAsync(string code, string verifier, string redirectUri, CancellationToken cancellationToken) =>
        _gate.AskAnywayAsync(() => google.ExchangeAsync(code, verifier, redirectUri, cancellationToken));

    public string? MissingGrant(IReadOnlyCollection<string> scopes) => scopes switch
    {
        _ when !scopes.Contains(UploadScope) => "TrendVault may not upload videos to your channel: leave the box for that ticked on Google's page.",
        _ when !scopes.Contains(ReadScope) => "TrendVault may not see which channel it is: leave the box for viewing your YouTube account ticked on Google's page.",
        _ => null,
    };

    public Task<TokenGrant> RefreshAsync(string refreshToken, CancellationToken cancellationToken) =>
        _gate.AskAsync(() => google.RefreshAsync(refreshToken, cancellationToken));

    public Task RevokeAsync(string token, CancellationToken cancellationToken) => google.RevokeAsync(token, cancellationToken);

    public async Task<PlatformOwner> ReadOwnerAsync(string accessToken, CancellationToken cancellationToken)
    {
        var user = await google.ReadUserAsync(accessToken, cancellationToken);
        return new PlatformOwner(user.Sub, CleanText.Line(user.Name, 200) ?? user.Email ?? "Google account", user.Email, user.Picture);
    }

    public Task<IReadOnlyList<PlatformChannel>> ReadChannelsAsync(string accessToken, CancellationToken cancellationToken) =>
        channels.ListMineAsync(accessToken, cancellationToken);
}
