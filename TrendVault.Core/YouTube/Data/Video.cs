using Newtonsoft.Json;

namespace TrendVault.Core.YouTube.Data;

/// <summary>A video. What YouTube leaves out is null: hidden likes, comments that are off.</summary>
internal sealed class Video
{
    /// <summary>Eleven characters.</summary>
    [JsonProperty("id")]
    public string? Id { get; set; }

    /// <summary>Title, channel, pictures.</summary>
    [JsonProperty("snippet")]
    public VideoSnippet? Snippet { get; set; }

    /// <summary>Duration.</summary>
    [JsonProperty("contentDetails")]
    public VideoContentDetails? ContentDetails { get; set; }

    /// <summary>Privacy, licence, how the upload went.</summary>
    [JsonProperty("status")]
    public VideoStatus? Status { get; set; }

    [JsonProperty("statistics")]
    public VideoStatistics? Statistics { get; set; }

    /// <summary>Its player, as large as was asked for.</summary>
    [JsonProperty("player")]
    public VideoPlayer? Player { get; set; }

    /// <summary>How far YouTube has come with it; owner only.</summary>
    [JsonProperty("processingDetails")]
    public VideoProcessingDetails? ProcessingDetails { get; set; }
}

/// <summary>What is said of a video.</summary>
internal sealed class VideoSnippet
{
    /// <summary>RFC 3339, UTC.</summary>
    [JsonProperty("publishedAt")]
    public string? PublishedAtRaw { get; set; }

    [JsonProperty("channelId")]
    public string? ChannelId { get; set; }

    /// <summary>1 to 100 characters; HTML-escaped in search answers, plain here.</summary>
    [JsonProperty("title")]
    public string? Title { get; set; }

    /// <summary>At most 5,000 bytes.</summary>
    [JsonProperty("description")]
    public string? Description { get; set; }

    [JsonProperty("channelTitle")]
    public string? ChannelTitle { get; set; }

    /// <summary>At most 500 characters in all.</summary>
    [JsonProperty("tags")]
    public IList<string>? Tags { get; set; }

    /// <summary>Such as "22".</summary>
    [JsonProperty("categoryId")]
    public string? CategoryId { get; set; }

    /// <summary>none, live or upcoming.</summary>
    [JsonProperty("liveBroadcastContent")]
    public string? LiveBroadcastContent { get; set; }

    /// <summary>By size name. A map, since new sizes appear and old ones may be missing.</summary>
    [JsonProperty("thumbnails")]
    public IDictionary<string, Thumbnail>? Thumbnails { get; set; }
}

/// <summary>One picture.</summary>
internal sealed class Thumbnail
{
    /// <summary>Where it is.</summary>
    [JsonProperty("url")]
    public string? Url { get; set; }

    /// <summary>Pixels.</summary>
    [JsonProperty("width")]
    public long? Width { get; set; }

    /// <summary>Pixels.</summary>
    [JsonProperty("height")]
    public long? Height { get; set; }
}

/// <summary>What is in a video's file.</summary>
internal sealed class VideoContentDetails
{
    /// <summary>ISO 8601; P0D or PT0S for a live one.</summary>
    [JsonProperty("duration")]
    public string? Duration { get; set; }
}

/// <summary>A video's state at YouTube.</summary>
internal sealed class VideoStatus
{
    /// <summary>uploaded, processed, failed, rejected, deleted.</summary>
    [JsonProperty("uploadStatus")]
    public string? WorkStatus { get; set; }

    /// <summary>Why it failed.</summary>
    [JsonProperty("failureReason")]
    public string? FailureReason { get; set; }

    /// <summary>Why it was rejected.</summary>
    [JsonProperty("rejectionReason")]
    public string? RejectionReason { get; set; }

    /// <summary>public, unlisted or private; public where an upload does not say.</summary>
    [JsonProperty("privacyStatus")]
    public string? PrivacyStatus { get; set; }

    /// <summary>RFC 3339; with a private video only.</summary>
    [JsonProperty("publishAt")]
    public string? PublishAtRaw { get; set; }

    /// <summary>youtube or creativeCommon.</summary>
    [JsonProperty("license")]
    public string? License { get; set; }

    /// <summary>Other sites may show it.</summary>
    [JsonProperty("embeddable")]
    public bool? Embeddable { get; set; }

    /// <summary>What the uploader says; the one to write.</summary>
    [JsonProperty("selfDeclaredMadeForKids")]
    public bool? SelfDeclaredMadeForKids { get; set; }
}

/// <summary>A video's counts, which pass 2^31; null when hidden.</summary>
internal sealed class VideoStatistics
{
    [JsonProperty("viewCount")]
    public ulong? ViewCount { get; set; }

    /// <summary>Likes.</summary>
    [JsonProperty("likeCount")]
    public ulong? LikeCount { get; set; }

    /// <summary>Comments.</summary>
    [JsonProperty("commentCount")]
    public ulong? CommentCount { get; set; }
}

/// <summary>A player in the shape of the video; without a size where YouTube does not know the shape.</summary>
internal sealed class VideoPlayer
{
    /// <summary>Pixels.</summary>
    [JsonProperty("embedWidth")]
    public long? EmbedWidth { get; set; }

    /// <summary>Pixels.</summary>
    [JsonProperty("embedHeight")]
    public long? EmbedHeight { get; set; }
}

/// <summary>How far YouTube has come with an upload.</summary>
internal sealed class VideoProcessingDetails
{
    /// <summary>processing, succeeded, failed, or terminated: no longer told.</summary>
    [JsonProperty("processingStatus")]
    public string? ProcessingStatus { get; set; }
}

/// <summary>One page of videos.</summary>
internal sealed class VideoListResponse
{
    /// <summary>Fewer than asked when some are gone.</summary>
    [JsonProperty("items")]
    public IList<Video>? Items { get; set; }

    /// <summary>For the next page; absent on the last.</summary>
    [JsonProperty("nextPageToken")]
    public string? NextPageToken { get; set; }
}
