using Microsoft.Extensions.Logging;
using Npgsql;
using TrendVault.Core.Storage;

namespace TrendVault.Core.Channels;

/// <summary>Copies of channels' pictures, since the addresses that TikTok gives end within hours.</summary>
/// <remarks><see href="https://developers.tiktok.com/doc/tiktok-api-v2-get-user-info"/></remarks>
internal sealed class ChannelPictures(
    NpgsqlDataSource db, ChannelStore channels, IObjectStore objects, IHttpClientFactory clients, ILogger<ChannelPictures> log)
{
    internal const string ClientName = "channel-pictures";

    internal const long MostBytes = 1024 * 1024;

    /// <summary>The copy of a channel's picture; null when there is none.</summary>
    /// <exception cref="StorageException">The store is down.</exception>
    public async Task<Stream?> OpenAsync(Guid userId, PublishingChannel channel, CancellationToken cancellationToken)
    {
        if (channel.PictureType is null)
            return null;
        try
        {
            return await objects.OpenAsync(KeyOf(userId, channel), 0, length: null, cancellationToken);
        }
        catch (StorageException e) when (e.Missing)
        {
            return null;
        }
    }

    /// <summary>Copies the pictures of an account's channels. Where one cannot be had, the copy of before stays.</summary>
    internal async Task CopyAsync(Guid userId, Guid accountId, CancellationToken cancellationToken)
    {
        foreach (var channel in (await OfAccountAsync(userId, accountId, cancellationToken)).Where(channel => channel.MissingSince is null))
        {
            try
            {
                await CopyAsync(userId, channel, cancellationToken);
            }
            catch (Exception e) when (e is HttpRequestException or StorageException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
            {
                log.LogInformation("The picture of channel {ChannelId} was not copied: {Error}", channel.Id, e.Message);
            }
        }
    }

    /// <summary>Removes the copies of channels that are no longer connected.</summary>
    internal async Task RemoveAsync(Guid userId, IReadOnlyList<PublishingChannel> gone)
    {
        foreach (var channel in gone.Where(channel => channel.PictureType is not null))
        {
            try
            {
                await objects.DeleteAsync(KeyOf(userId, channel), CancellationToken.None);
            }
            catch (StorageException e)
            {
                log.LogWarning(e, "The picture of channel {ChannelId}, which is no longer connected, stays", channel.Id);
            }
        }
    }

    internal async Task<IReadOnlyList<PublishingChannel>> OfAccountAsync(Guid userId, Guid accountId, CancellationToken cancellationToken) =>
        [.. (await channels.ListAsync(userId, cancellationToken)).Where(channel => channel.ConnectedAccountId == accountId)];

    private static string KeyOf(Guid userId, PublishingChannel channel) => $"faces/{userId}/{channel.Id}";

    private async Task CopyAsync(Guid userId, PublishingChannel channel, CancellationToken cancellationToken)
    {
        if (!Uri.TryCreate(channel.AvatarUrl, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
            return;
        using var client = clients.CreateClient(ClientName);
        var picture = await client.GetByteArrayAsync(address, cancellationToken);
        if (PictureHeader.ContentTypeOf(picture) is not { } contentType)
        {
            log.LogInformation("The picture of channel {ChannelId} was not copied: it is no JPEG, PNG or WebP", channel.Id);
            return;
        }

        await objects.PutAsync(KeyOf(userId, channel), new MemoryStream(picture), contentType, cancellationToken);
        await db.ExecuteAsync(
            """
            update channels
            set picture_type = @contentType
            where id = @Id
              and user_id = @userId
            """,
            new { contentType, channel.Id, userId },
            cancellationToken);
    }
}
