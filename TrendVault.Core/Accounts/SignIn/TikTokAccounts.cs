using System.Buffers.Text;
using System.Web;
using Microsoft.Extensions.Options;
using TrendVault.Core.Channels;
using TrendVault.Core.TikTok;

namespace TrendVault.Core.Accounts;

/// <summary>TikTok accounts. Each is its own only channel.</summary>
internal sealed class TikTokAccounts(
    TikTokOAuth oauth, TikTokApi api, TikTokCreators creators, SharedMemory memory, IOptions<TikTokOptions> options) : IAccountPlatform
{
    internal const string UploadScope = "video.upload";

    /// <summary>Lets TrendVault see the creator's public posts. An account is connected without it too.</summary>
    internal const string ListScope = "video.list";

    private const string BasicScope = "user.info.basic";

    private readonly ClientGate _gate = new(memory, "tiktok", options.Value.ClientKey, options.Value.ClientSecret, options.Value.PublishUrl.AbsoluteUri);

    public Platform Platform => Platform.TikTok;

    public string Provider => "tiktok";

    public string Name => "TikTok";

    public string? Unavailable => options.Value.ClientKey.Length > 0
        ? null
        : "TikTok accounts cannot be connected: set TIKTOK_CLIENT_KEY and TIKTOK_CLIENT_SECRET.";

    public Task<string?> ReadRefusalAsync() => _gate.ReadRefusalAsync();

    public bool RevokesAccessTokens => true;

    public Uri AuthorizeUrl(string state, string challenge, string redirectUri)
    {
        var query = HttpUtility.ParseQueryString("");
        query["client_key"] = options.Value.ClientKey;
        query["response_type"] = "code";
        query["scope"] = options.Value.VideoList ? $"{BasicScope},{UploadScope},{ListScope}" : $"{BasicScope},{UploadScope}";
        query["redirect_uri"] = redirectUri;
        query["state"] = state;
        // Else whoever is signed in at TikTok is connected without being asked, and nobody could connect a second account.
        query["disable_auto_auth"] = "1";
        if (options.Value.Pkce != TikTokPkce.None)
        {
            query["code_challenge"] = options.Value.Pkce == TikTokPkce.Hex ? Convert.ToHexStringLower(Base64Url.DecodeFromChars(challenge)) : challenge;
            query["code_challenge_method"] = "S256";
        }

        return new UriBuilder(options.Value.AuthUrl) { Query = query.ToString() }.Uri;
    }

    public Task<TokenGrant> ExchangeAsync(string code, string verifier, string redirectUri, CancellationToken cancellationToken) =>
        _gate.AskAnywayAsync(() => oauth.ExchangeAsync(code, verifier, redirectUri, cancellationToken));

    public string? MissingGrant(IReadOnlyCollection<string> scopes) => scopes switch
    {
        _ when !scopes.Contains(UploadScope) => "TrendVault may not put drafts into your inbox: leave the switch for that on on TikTok's page.",
        _ when !scopes.Contains(BasicScope) => "TrendVault may not see which account it is: leave the switch for your profile on on TikTok's page.",
        _ => null,
    };

    public Task<TokenGrant> RefreshAsync(string refreshToken, CancellationToken cancellationToken) =>
        _gate.AskAsync(() => oauth.RefreshAsync(refreshToken, cancellationToken));

    public Task RevokeAsync(string token, CancellationToken cancellationToken) => oauth.RevokeAsync(token, cancellationToken);

    public async Task<PlatformOwner> ReadOwnerAsync(string accessToken, CancellationToken cancellationToken)
    {
        var user = await api.ReadUserAsync(accessToken, cancellationToken);
        return new PlatformOwner(user.OpenId, CleanText.Line(user.DisplayName, 200) ?? "TikTok account", Email: null, user.AvatarUrl);
    }

    public Task<IReadOnlyList<PlatformChannel>> ReadChannelsAsync(string accessToken, CancellationToken cancellationToken) =>
        creators.ListMineAsync(accessToken, cancellationToken);
}
