using Newtonsoft.Json;

namespace TrendVault.Core.YouTube.Data;

/// <summary>A channel.</summary>
internal sealed class Channel
{
    /// <summary>UC and 22 characters.</summary>
    [JsonProperty("id")]
    public string? Id { get; set; }

    /// <summary>Name and pictures.</summary>
    [JsonProperty("snippet")]
    public ChannelSnippet? Snippet { get; set; }

    [JsonProperty("statistics")]
    public ChannelStatistics? Statistics { get; set; }

    /// <summary>Where its uploads are listed.</summary>
    [JsonProperty("contentDetails")]
    public ChannelContentDetails? ContentDetails { get; set; }
}

/// <summary>What is said of a channel.</summary>
internal sealed class ChannelSnippet
{
    [JsonProperty("title")]
    public string? Title { get; set; }

    /// <summary>Such as @mychannel.</summary>
    [JsonProperty("customUrl")]
    public string? CustomUrl { get; set; }

    /// <summary>By size name.</summary>
    [JsonProperty("thumbnails")]
    public IDictionary<string, Thumbnail>? Thumbnails { get; set; }
}

/// <summary>A channel's counts.</summary>
internal sealed class ChannelStatistics
{
    /// <summary>Rounded by YouTube.</summary>
    [JsonProperty("subscriberCount")]
    public ulong? SubscriberCount { get; set; }

    /// <summary>True when the count is not shown.</summary>
    [JsonProperty("hiddenSubscriberCount")]
    public bool? HiddenSubscriberCount { get; set; }
}

/// <summary>A channel's lists.</summary>
internal sealed class ChannelContentDetails
{
    /// <summary>By purpose: likes, uploads.</summary>
    [JsonProperty("relatedPlaylists")]
    public IDictionary<string, string>? RelatedPlaylists { get; set; }
}

/// <summary>One page of channels; no items for an account without one.</summary>
internal sealed class ChannelListResponse
{
    /// <summary>May be absent.</summary>
    [JsonProperty("items")]
    public IList<Channel>? Items { get; set; }
}
