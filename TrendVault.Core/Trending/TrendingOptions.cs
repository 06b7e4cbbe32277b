using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using Microsoft.Extensions.Configuration;

namespace TrendVault.Core.Trending;

/// <summary>Where TikTok's charts come from, and what a day of discovery may cost.</summary>
public sealed class TrendingOptions : IValidatableObject
{
    /// <summary>Apify's token. Empty turns TikTok's charts off.</summary>
    [ConfigurationKeyName("APIFY_API_KEY")]
    public string ApifyKey { get; set; } = "";

    /// <summary>Base of Apify's API.</summary>
    [ConfigurationKeyName("APIFY_URL")]
    public Uri ApifyUrl { get; set; } = new("https://api.apify.com/");

    /// <summary>The actor that reads TikTok, as <c>user~name</c>: publishers rename and retire them.</summary>
    [ConfigurationKeyName("APIFY_ACTOR")]
    [RegularExpression("^[A-Za-z0-9_.-]+(~[A-Za-z0-9_.-]+)?$", ErrorMessage = "APIFY_ACTOR must look like clockworks~tiktok-scraper.")]
    public string ApifyActor { get; set; } = "clockworks~tiktok-scraper";

    /// <summary>The actor's input, a JSON object; <c>{region}</c> stands for the region's code.</summary>
    [ConfigurationKeyName("APIFY_INPUT")]
    public string ApifyInput { get; set; } =
        """
        {"hashtags":["fyp","trending","viral"],"resultsPerPage":50,"proxyCountryCode":"{region}","shouldDownloadVideos":false,
         "shouldDownloadCovers":false,"shouldDownloadSubtitles":false,"shouldDownloadSlideshowImages":false,"shouldDownloadAvatars":false}
        """;

    /// <summary>Runs that may be started a day, over all regions; a chart is fetched no more often than they last.</summary>
    [ConfigurationKeyName("APIFY_RUNS_PER_DAY")]
    [Range(1, 1_000_000, ErrorMessage = "APIFY_RUNS_PER_DAY must be a number from 1 to 1000000.")]
    public int ApifyRunsPerDay { get; set; } = 96;

    /// <summary>What one run may cost at most, in US cents.</summary>
    [ConfigurationKeyName("APIFY_MAX_CENTS_PER_RUN")]
    [Range(1, 100_000, ErrorMessage = "APIFY_MAX_CENTS_PER_RUN must be a number from 1 to 100000.")]
    public int ApifyMaxCentsPerRun { get; set; } = 50;

    /// <summary>The input for a region.</summary>
    public string ApifyInputFor(string region) => ApifyInput.Replace("{region}", region, StringComparison.Ordinal);

    /// <inheritdoc />
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (ApifyUrl.Scheme is not ("http" or "https") || !ApifyUrl.AbsolutePath.EndsWith('/'))
            yield return new ValidationResult("APIFY_URL must be a http(s) address that ends with a slash.");
        if (!IsJsonObject(ApifyInputFor(Regions.Default)))
            yield return new ValidationResult("APIFY_INPUT must be a JSON object, such as {\"hashtags\":[\"fyp\"],\"resultsPerPage\":50}.");
    }

    private static bool IsJsonObject(string text)
    {
        try
        {
            using var json = JsonDocument.Parse(text);
            return json.RootElement.ValueKind == JsonValueKind.Object;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
