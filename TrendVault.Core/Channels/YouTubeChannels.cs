using Google.Apis.Auth.OAuth2;
using TrendVault.Core.YouTube;
using TrendVault.Core.YouTube.Data;

namespace TrendVault.Core.Channels;

/// <summary>Reads the YouTube channels behind a token.</summary>
internal sealed class YouTubeChannels(YouTubeServices services, YouTubeQuota quota, TimeProvider time)
{
    /// <summary>None for an account without a channel.</summary>
    /// <exception cref="PlatformException">YouTube refuses, or does not answer.</exception>
    public async Task<IReadOnlyList<PlatformChannel>> ListMineAsync(string accessToken, CancellationToken cancellationToken)
    {
        using var youTube = services.Create(GoogleCredential.FromAccessToken(accessToken));
        var request = youTube.Channels.List("snippet,statistics");
        request.Mine = true;
        request.MaxResults = 50;
        await quota.SpendAsync(YouTubeBucket.General);
        try
        {
            var answer = await request.ExecuteAsync(cancellationToken);
            return [.. (answer.Items ?? []).Where(channel => channel.Id is not null).Select(Map)];
        }
        catch (Exception e) when (YouTubeErrors.ToPlatformException(e, time.GetUtcNow(), cancellationToken) is { } problem)
        {
            return problem.Code == "no_channel" ? [] : throw await quota.NoteAsync(problem, YouTubeBucket.General);
        }
    }

    private static PlatformChannel Map(Channel channel) => new(
        channel.Id!,
        CleanText.Line(channel.Snippet?.Title, 200) ?? channel.Id!,
        CleanText.Line(channel.Snippet?.CustomUrl, 200),
        channel.Snippet?.Thumbnails?.Values.OrderBy(picture => picture.Width).FirstOrDefault(picture => picture.Url is not null)?.Url,
        channel.Statistics is { HiddenSubscriberCount: not true, SubscriberCount: { } count } ? (long)count : null);
}
