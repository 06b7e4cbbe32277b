using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Configuration;

namespace TrendVault.Core.YouTube;

/// <summary>Where YouTube is and how TrendVault reads it.</summary>
public sealed class YouTubeOptions : IValidatableObject
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

    /// <summary>The day's budget of a bucket.</summary>
    public long LimitOf(YouTubeBucket bucket) => bucket switch
    {
        YouTubeBucket.Search => QuotaSearches,
        YouTubeBucket.Upload => QuotaUploads,
        _ => QuotaUnits,
    };

    /// <summary>Page of a video.</summary>
    public string WatchUrlOf(string videoId) => WatchUrl + Uri.EscapeDataString(videoId);

    /// <inheritdoc />
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (ApiUrl.Scheme is not ("http" or "https") || !ApiUrl.AbsolutePath.EndsWith('/'))
            yield return new ValidationResult("YOUTUBE_API_URL must be a http(s) address that ends with a slash.");
        if (UploadUrl is { } upload && (upload.Scheme is not ("http" or "https") || !upload.AbsolutePath.EndsWith('/')))
            yield return new ValidationResult("YOUTUBE_UPLOAD_URL must be a http(s) address that ends with a slash.");
        if (!Uri.TryCreate(WatchUrl, UriKind.Absolute, out var watch) || watch.Scheme is not ("http" or "https"))
            yield return new ValidationResult("YOUTUBE_WATCH_URL must be the start of a http(s) address, such as https://www.youtube.com/watch?v=.");
    }
}
