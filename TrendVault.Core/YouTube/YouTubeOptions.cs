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
