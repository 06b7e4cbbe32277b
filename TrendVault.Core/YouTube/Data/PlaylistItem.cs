using Newtonsoft.Json;

namespace TrendVault.Core.YouTube.Data;

/// <summary>A video's place in a playlist.</summary>
public sealed class PlaylistItem
{
    /// <summary>Title and when it was added.</summary>
    [JsonProperty("snippet")]
    public PlaylistItemSnippet? Snippet { get; set; }

    /// <summary>Which video.</summary>
    [JsonProperty("contentDetails")]
    public PlaylistItemContentDetails? ContentDetails { get; set; }
}

/// <summary>What is said of a playlist's item.</summary>
public sealed class PlaylistItemSnippet
{
    /// <summary>The video's.</summary>
    [JsonProperty("title")]
    public string? Title { get; set; }

    /// <summary>When it was added to the playlist; in a channel's uploads, when it was uploaded. RFC 3339, UTC.</summary>
    [JsonProperty("publishedAt")]
    public string? PublishedAtRaw { get; set; }
}

/// <summary>What a playlist's item points to.</summary>
public sealed class PlaylistItemContentDetails
{
    /// <summary>Eleven characters.</summary>
    [JsonProperty("videoId")]
    public string? VideoId { get; set; }
}

/// <summary>One page of a playlist.</summary>
public sealed class PlaylistItemListResponse
{
    /// <summary>May be absent.</summary>
    [JsonProperty("items")]
    public IList<PlaylistItem>? Items { get; set; }
}
