using System.Globalization;
using System.Xml;
using TrendVault.Web.Sandbox.Catalogue;
using TrendVault.Web.Sandbox.Google;

namespace TrendVault.Web.Sandbox.YouTube;

/// <summary>Videos and channels as the API's JSON writes them: 64-bit numbers as strings, what is unknown left out.</summary>
internal sealed class YouTubeResources(SandboxAddress address, UploadDesk uploads, TimeProvider time)
{
    public object VideoOf(Video video, YouTubeCall call)
    {
        var counts = YouTubeCatalogue.CountsOf(video, time.GetUtcNow());
        return new
        {
            kind = "youtube#video",
            etag = Etag(video.Id, counts.Views),
            id = video.Id,
            snippet = call.Part("snippet", () => (object)new
            {
                publishedAt = Rfc3339(video.PublishedAt),
                channelId = video.Channel.Id,
                title = video.Title,
                description = video.Description,
                thumbnails = Thumbnails(video.Id, video.HasLargeThumbnails, video.HasHugeThumbnails),
                channelTitle = video.Channel.Title,
                tags = video.Tags.Count > 0 ? video.Tags : null,
                categoryId = Text(video.Category),
                liveBroadcastContent = video.IsLive ? "live" : "none",
                defaultLanguage = video.Language,
                localized = new { title = video.Title, description = video.Description },
                defaultAudioLanguage = video.Language,
            }),
            contentDetails = call.Part("contentDetails", () => (object)new
            {
                // What goes on still has no length, which is written in either way.
                duration = video.IsLive ? video.Dice.OneIn(2, "no length") ? "P0D" : "PT0S" : XmlConvert.ToString(video.Duration),
                dimension = "2d",
                definition = "hd",
                caption = video.Captioned ? "true" : "false",
                licensedContent = !video.CreativeCommons,
                regionRestriction = video.BlockedIn.Count > 0 ? new { blocked = video.BlockedIn } : null,
                contentRating = new { },
                projection = "rectangular",
            }),
            status = call.Part("status", () => (object)new
            {
                uploadStatus = "processed",
                privacyStatus = "public",
                license = video.CreativeCommons ? "creativeCommon" : "youtube",
                embeddable = true,
                publicStatsViewable = true,
                madeForKids = video.MadeForKids,
            }),
            statistics = call.Part("statistics", () => (object)new
            {
                viewCount = Text(counts.Views),
                likeCount = video.LikesHidden ? null : Text(counts.Likes),
                favoriteCount = "0",
                commentCount = video.CommentsOff ? null : Text(counts.Comments),
            }),
            player = call.Part("player", () => (object)PlayerOf(video, call)),
            localizations = call.Part("localizations", () => (object)new Dictionary<string, object> { [video.Language] = new { video.Title, video.Description } }),
            topicDetails = call.Part("topicDetails", () => (object)new { topicCategories = Array.Empty<string>() }),
        };
    }

    public object VideoOf(UploadedVideo video, YouTubeCall call, bool owner)
    {
        var (status, privacy) = (video.UploadStatusAt(time.GetUtcNow()), uploads.PrivacyOf(video));
        return new
        {
            kind = "youtube#video",
            etag = Etag(video.Id, status.Length),
            id = video.Id,
            snippet = call.Part("snippet", () => (object)new
            {
                publishedAt = Rfc3339(video.UploadedAt),
                channelId = video.ChannelId,
                title = video.Metadata.Title,
                description = video.Metadata.Description,
                thumbnails = Thumbnails(video.Id, large: true),
                channelTitle = Identity.ByChannel(video.ChannelId)?.Channel?.Title,
                tags = video.Metadata.Tags.Count > 0 ? video.Metadata.Tags : null,
                categoryId = video.Metadata.CategoryId,
                liveBroadcastContent = "none",
                localized = new { title = video.Metadata.Title, description = video.Metadata.Description },
            }),
            contentDetails = call.Part("contentDetails", () => (object)new
            {
                // The length is known once the file has been looked through, and never of one that nothing can be read of.
                duration = status == "processed" && video.Duration is { } length ? XmlConvert.ToString(length) : "P0D",
                dimension = "2d",
                definition = "hd",
                caption = "false",
                licensedContent = false,
                contentRating = new { },
                projection = "rectangular",
            }),
            status = call.Part("status", () => (object)new
            {
                uploadStatus = status,
                failureReason = status == "failed" ? video.EndReason ?? "invalidFile" : null,
                rejectionReason = status == "rejected" ? video.EndReason ?? "duplicate" : null,
                privacyStatus = privacy,
                publishAt = privacy == "private" ? video.Metadata.PublishAt : null,
                license = video.Metadata.License,
                embeddable = video.Metadata.Embeddable,
                publicStatsViewable = true,
                madeForKids = video.Metadata.SelfDeclaredMadeForKids ?? false,
                selfDeclaredMadeForKids = owner ? video.Metadata.SelfDeclaredMadeForKids : null,
            }),
            statistics = call.Part("statistics", () => (object)new { viewCount = "0", likeCount = "0", favoriteCount = "0", commentCount = "0" }),
            processingDetails = call.Part("processingDetails", () => (object)ProcessingOf(video, status)),
            player = call.Part("player", () => (object)new { embedHtml = Embed(video.Id) }),
        };
    }

    public object SearchResultOf(Video video) => new
    {
        kind = "youtube#searchResult",
        etag = Etag(video.Id, 1),
        id = new { kind = "youtube#video", videoId = video.Id },
        snippet = new
        {
            publishedAt = Rfc3339(video.PublishedAt),
            channelId = video.Channel.Id,
            title = Escaped(video.Title),
            description = Escaped(video.Description.Split('\n')[0]),
            thumbnails = Thumbnails(video.Id, large: false),
            channelTitle = Escaped(video.Channel.Title),
            liveBroadcastContent = video.IsLive ? "live" : "none",
            publishTime = Rfc3339(video.PublishedAt),
        },
    };

    public object SearchResultOf(UploadedVideo video) => new
    {
        kind = "youtube#searchResult",
        etag = Etag(video.Id, 1),
        id = new { kind = "youtube#video", videoId = video.Id },
        snippet = new
        {
            publishedAt = Rfc3339(video.UploadedAt),
            channelId = video.ChannelId,
            title = Escaped(video.Metadata.Title),
            description = Escaped(video.Metadata.Description),
            thumbnails = Thumbnails(video.Id, large: false),
            channelTitle = Identity.ByChannel(video.ChannelId)?.Channel?.Title,
            liveBroadcastContent = "none",
        },
    };

    public object ChannelOf(Channel channel, YouTubeCall call) =>
        ChannelOf(channel.Id, channel.Title, channel.Handle, channel.Subscribers, 40 + (channel.Subscribers % 900), null, call);

    public object ChannelOf(IdentityChannel channel, int uploads, YouTubeCall call) =>
        ChannelOf(channel.Id, channel.Title, channel.Handle, channel.Subscribers, channel.Videos + uploads, channel.LongUploads ? "allowed" : "eligible", call);

    public object PlaylistItemOf(UploadedVideo video, int position, YouTubeCall call) => new
    {
        kind = "youtube#playlistItem",
        etag = Etag(video.Id, position),
        id = Ids.ForChannel("UU", Dice.Named(video.Id)),
        snippet = call.Part("snippet", () => (object)new
        {
            publishedAt = Rfc3339(video.UploadedAt),
            channelId = video.ChannelId,
            title = video.Metadata.Title,
            description = video.Metadata.Description,
            thumbnails = Thumbnails(video.Id, large: true),
            playlistId = Identity.UploadsOf(video.ChannelId),
            position,
            resourceId = new { kind = "youtube#video", videoId = video.Id },
        }),
        contentDetails = call.Part("contentDetails", () => (object)new { videoId = video.Id, videoPublishedAt = Rfc3339(video.UploadedAt) }),
        status = call.Part("status", () => (object)new { privacyStatus = uploads.PrivacyOf(video) }),
    };

    public Dictionary<string, object> Thumbnails(string id, bool large, bool huge = false)
    {
        var all = new Dictionary<string, object>
        {
            ["default"] = Thumbnail(id, "default", 120, 90),
            ["medium"] = Thumbnail(id, "mqdefault", 320, 180),
            ["high"] = Thumbnail(id, "hqdefault", 480, 360),
        };
        if (large)
        {
            all["standard"] = Thumbnail(id, "sddefault", 640, 480);
            all["maxres"] = Thumbnail(id, "maxresdefault", 1280, 720);
        }

        // Sizes of September 2026.
        if (large && huge)
        {
            all["fhd"] = Thumbnail(id, "fhddefault", 1920, 1080);
            all["uhd"] = Thumbnail(id, "uhddefault", 3840, 2160);
        }

        return all;
    }

    public static string Etag(string id, long state) => Ids.Text(Dice.Named(id).Roll(Text(state)));

    public static string Rfc3339(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private object ChannelOf(string id, string title, string handle, long subscribers, long videos, string? longUploads, YouTubeCall call) => new
    {
        kind = "youtube#channel",
        etag = Etag(id, videos),
        id,
        snippet = call.Part("snippet", () => (object)new
        {
            title,
            description = "",
            customUrl = handle,
            publishedAt = "2019-03-02T10:00:00Z",
            thumbnails = new Dictionary<string, object>
            {
                ["default"] = new { url = address.Of($"faces/{id}=s88"), width = 88, height = 88 },
                ["medium"] = new { url = address.Of($"faces/{id}=s240"), width = 240, height = 240 },
                ["high"] = new { url = address.Of($"faces/{id}=s800"), width = 800, height = 800 },
            },
            localized = new { title, description = "" },
            country = "FR",
        }),
        contentDetails = call.Part("contentDetails", () => (object)new { relatedPlaylists = new { likes = "LL", uploads = Identity.UploadsOf(id) } }),
        statistics = call.Part("statistics", () => (object)new
        {
            viewCount = Text(subscribers * 37),
            subscriberCount = Text(subscribers),
            hiddenSubscriberCount = false,
            videoCount = Text(videos),
        }),
        status = call.Part("status", () => (object)new { privacyStatus = "public", isLinked = true, longUploadsStatus = longUploads ?? "longUploadsUnspecified" }),
    };

    private static object ProcessingOf(UploadedVideo video, string status) => new
    {
        processingStatus = status switch { "uploaded" => "processing", "processed" => "succeeded", "failed" => "failed", _ => "terminated" },
        processingProgress = status == "uploaded" ? new { partsTotal = Text(video.Bytes), partsProcessed = Text(video.Bytes / 2), timeLeftMs = "2000" } : null,
        fileDetailsAvailability = status == "processed" ? "available" : "inProgress",
    };

    /// <summary>Its size is told only to who asks for one, in the shape of the video.</summary>
    private object PlayerOf(Video video, YouTubeCall call)
    {
        var (wide, high) = video.IsVertical ? (9, 16) : (16, 9);
        var (maxWidth, maxHeight) = (call.Number("maxWidth", 72, 8192), call.Number("maxHeight", 72, 8192));
        if (maxWidth is null && maxHeight is null)
            return new { embedHtml = Embed(video.Id) };

        var height = Math.Min(maxHeight ?? int.MaxValue, (long)(maxWidth ?? int.MaxValue) * high / wide);
        return new { embedHtml = Embed(video.Id), embedHeight = Text(height), embedWidth = Text(height * wide / high) };
    }

    private object Thumbnail(string id, string name, int width, int height) => new { url = address.Of($"vi/{id}/{name}.jpg"), width, height };

    private string Embed(string id) => $"<iframe width=\"480\" height=\"270\" src=\"{address.Of("watch?v=" + id)}\"></iframe>";

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    // Only what HTML needs, not every letter beyond ASCII as WebUtility would: &#39; and &amp; are what YouTube sends.
    private static string Escaped(string text) => text
        .Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal).Replace(">", "&gt;", StringComparison.Ordinal)
        .Replace("\"", "&quot;", StringComparison.Ordinal).Replace("'", "&#39;", StringComparison.Ordinal);
}
