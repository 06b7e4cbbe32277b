using Newtonsoft.Json;

namespace TrendVault.Core.YouTube.Data;

/// <summary>One hit: an id and little else, without counts or duration.</summary>
internal sealed class SearchResult
{
    /// <summary>An object here, unlike a video's id.</summary>
    [JsonProperty("id")]
    public ResourceId? Id { get; set; }
}

/// <summary>What a hit is.</summary>
internal sealed class ResourceId
{
    /// <summary>Set for a video.</summary>
    [JsonProperty("videoId")]
    public string? VideoId { get; set; }
}

/// <summary>One page of hits.</summary>
internal sealed class SearchListResponse
{
    /// <summary>In the order asked for.</summary>
    [JsonProperty("items")]
    public IList<SearchResult>? Items { get; set; }

    /// <summary>For the next page; absent on the last.</summary>
    [JsonProperty("nextPageToken")]
    public string? NextPageToken { get; set; }
}

/// <summary>A category of a region.</summary>
internal sealed class VideoCategory
{
    /// <summary>Such as "10".</summary>
    [JsonProperty("id")]
    public string? Id { get; set; }

    [JsonProperty("snippet")]
    public VideoCategorySnippet? Snippet { get; set; }
}

/// <summary>What is said of a category.</summary>
internal sealed class VideoCategorySnippet
{
    /// <summary>In the language asked for.</summary>
    [JsonProperty("title")]
    public string? Title { get; set; }

    /// <summary>True when an upload may name it.</summary>
    [JsonProperty("assignable")]
    public bool? Assignable { get; set; }
}

/// <summary>All categories of a region.</summary>
internal sealed class VideoCategoryListResponse
{
    /// <summary>Assignable or not.</summary>
    [JsonProperty("items")]
    public IList<VideoCategory>? Items { get; set; }
}
