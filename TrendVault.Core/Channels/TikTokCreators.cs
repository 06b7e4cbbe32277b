using TrendVault.Core.TikTok;

namespace TrendVault.Core.Channels;

/// <summary>Reads the TikTok creator behind a token, the one channel of its account.</summary>
internal sealed class TikTokCreators(TikTokApi api)
{
    /// <exception cref="PlatformException">TikTok refuses, or does not answer.</exception>
    public async Task<IReadOnlyList<PlatformChannel>> ListMineAsync(string accessToken, CancellationToken cancellationToken)
    {
        var user = await api.ReadUserAsync(accessToken, cancellationToken);
        return [new PlatformChannel(user.OpenId, CleanText.Line(user.DisplayName, 200) ?? "TikTok account", Handle: null, user.AvatarUrl, Subscribers: null)];
    }
}
