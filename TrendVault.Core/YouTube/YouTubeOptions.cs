using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Configuration;

namespace TrendVault.Core.YouTube;

/// <summary>How a Google project's quota is divided.</summary>
internal enum YouTubePool
{
    /// <summary>Searches and uploads have budgets of their own.</summary>
    Buckets,

    /// <summary>As older projects have it: all calls are paid from the units.</summary>
    Shared,
}

/// <summary>Where YouTube is and how TrendVault reads it.</summary>
internal sealed class YouTubeOptions : IValidatableObject
{
    /// <summary>For public reads: charts and searches. Empty turns YouTube's charts off.</summary>
    [ConfigurationKeyName("YOUTUBE_API_KEY")]
    public string ApiKey { get; set; } = "";

    /// <summary>Base of the Data API, uploads included.</summary>
    [ConfigurationKeyName("YOUTUBE_API_URL")]
    public Uri ApiUrl { get; set; } = new("https://youtube.googleapis.com/");

    /// <summary>Base for calls in a user's name, uploads included; <see cref="ApiUrl"/> when it is not set.</summary>
    [ConfigurationKeyName("YOUTUBE_UPLOAD_URL")]
    public Uri? UploadUrl { get; set; }

    /// <summary>What a video's id is appended to for its page.</summary>
    [ConfigurationKeyName("YOUTUBE_WATCH_URL")]
    public string WatchUrl { get; set; } = "https://www.youtube.com/watch?v=";

    /// <summary>What a video's id is appended to for the player that other sites may frame.</summary>
    [ConfigurationKeyName("YOUTUBE_EMBED_URL")]
    public string EmbedUrl { get; set; } = "https://www.youtube-nocookie.com/embed/";

    /// <summary>Units a day for all that has no bucket of its own; each Google project has its own figure.</summary>
    [ConfigurationKeyName("YOUTUBE_QUOTA_UNITS")]
    [Range(0, 100_000_000, ErrorMessage = "YOUTUBE_QUOTA_UNITS must be a number from 0 to 100000000.")]
    public int QuotaUnits { get; set; } = 10_000;

    /// <summary>Calls of search.list a day.</summary>
    [ConfigurationKeyName("YOUTUBE_QUOTA_SEARCHES")]
    [Range(0, 100_000_000, ErrorMessage = "YOUTUBE_QUOTA_SEARCHES must be a number from 0 to 100000000.")]
    public int QuotaSearches { get; set; } = 100;

    /// <summary>Uploads a day.</summary>
    [ConfigurationKeyName("YOUTUBE_QUOTA_UPLOADS")]
    [Range(0, 100_000_000, ErrorMessage = "YOUTUBE_QUOTA_UPLOADS must be a number from 0 to 100000000.")]
    public int QuotaUploads { get; set; } = 100;

    /// <summary>How the project's quota is divided.</summary>
    [ConfigurationKeyName("YOUTUBE_QUOTA_POOL")]
    public YouTubePool QuotaPool { get; set; } = YouTubePool.Buckets;

    /// <summary>What a call of a list method costs.</summary>
    [ConfigurationKeyName("YOUTUBE_COST_LIST")]
    [Range(1, 10_000, ErrorMessage = "YOUTUBE_COST_LIST must be a number from 1 to 10000.")]
    public int CostList { get; set; } = 1;

    /// <summary>What a call of search.list costs; when it is not set, 1 in a bucket of its own and 100 in a shared pool.</summary>
    [ConfigurationKeyName("YOUTUBE_COST_SEARCH")]
    [Range(1, 10_000, ErrorMessage = "YOUTUBE_COST_SEARCH must be a number from 1 to 10000.")]
    public int? CostSearch { get; set; }

    /// <summary>What the start of an upload costs; when it is not set, 1 in a bucket of its own and 100 in a shared pool.</summary>
    [ConfigurationKeyName("YOUTUBE_COST_UPLOAD")]
    [Range(1, 10_000, ErrorMessage = "YOUTUBE_COST_UPLOAD must be a number from 1 to 10000.")]
    public int? CostUpload { get; set; }

    /// <summary>From which bucket calls are paid that have <paramref name="bucket"/> where there is one.</summary>
    public YouTubeBucket BucketOf(YouTubeBucket bucket) => QuotaPool == YouTubePool.Shared ? YouTubeBucket.General : bucket;

    /// <summary>The day's budget of a bucket.</summary>
    public long LimitOf(YouTubeBucket bucket) => BucketOf(bucket) switch
    {
        YouTubeBucket.Search => QuotaSearches,
        YouTubeBucket.Upload => QuotaUploads,
        _ => QuotaUnits,
    };

    /// <summary>What one call costs.</summary>
    public int CostOf(YouTubeBucket bucket) => bucket switch
    {
        YouTubeBucket.Search => CostSearch ?? CostInPool,
        YouTubeBucket.Upload => CostUpload ?? CostInPool,
        _ => CostList,
    };

    private int CostInPool => QuotaPool == YouTubePool.Shared ? 100 : 1;

    /// <summary>Page of a video.</summary>
    public string WatchUrlOf(string videoId) => WatchUrl + Uri.EscapeDataString(videoId);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (ApiUrl.Scheme is not ("http" or "https") || !ApiUrl.AbsolutePath.EndsWith('/'))
            yield return new ValidationResult("YOUTUBE_API_URL must be a http(s) address that ends with a slash.");
        if (UploadUrl is { } upload && (upload.Scheme is not ("http" or "https") || !upload.AbsolutePath.EndsWith('/')))
            yield return new ValidationResult("YOUTUBE_UPLOAD_URL must be a http(s) address that ends with a slash.");
        if (!Uri.TryCreate(WatchUrl, UriKind.Absolute, out var watch) || watch.Scheme is not ("http" or "https"))
            yield return new ValidationResult("YOUTUBE_WATCH_URL must be the start of a http(s) address, such as https://www.youtube.com/watch?v=.");
        if (!Uri.TryCreate(EmbedUrl, UriKind.Absolute, out var embed) || embed.Scheme is not ("http" or "https"))
            yield return new ValidationResult("YOUTUBE_EMBED_URL must be the start of a http(s) address, such as https://www.youtube-nocookie.com/embed/.");
    }
}
