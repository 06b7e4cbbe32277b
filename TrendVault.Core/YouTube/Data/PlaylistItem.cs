using Newtonsoft.Json;

namespace TrendVault.Core.YouTube.Data;

/// <summary>A video's place in a playlist.</summary>
internal sealed class PlaylistItem
{
    /// <summary>Title and when it was added.</summary>
    [JsonProperty("snippet")]
    public PlaylistItemSnippet? Snippet { get; set; }

    [JsonProperty("contentDetails")]
    public PlaylistItemContentDetails? ContentDetails { get; set; }
}

/// <summary>What is said of a playlist's item.</summary>
internal sealed class PlaylistItemSnippet
{
    [JsonProperty("title")]
    public string? Title { get; set; }

    /// <summary>When it was added to the playlist; in a channel's uploads, when it was uploaded. RFC 3339, UTC.</summary>
    [JsonProperty("publishedAt")]
    public string? PublishedAtRaw { get; set; }
}

/// <summary>What a playlist's item points to.</summary>
internal sealed class PlaylistItemContentDetails
{
    /// <summary>Eleven characters.</summary>
    [JsonProperty("videoId")]
    public string? VideoId { get; set; }
}

/// <summary>One page of a playlist.</summary>
internal sealed class PlaylistItemListResponse
{
    /// <summary>May be absent.</summary>
    [JsonProperty("items")]
    public IList<PlaylistItem>? Items { get; set; }
}
