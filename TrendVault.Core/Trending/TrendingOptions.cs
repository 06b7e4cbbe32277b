using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using Microsoft.Extensions.Configuration;

namespace TrendVault.Core.Trending;

/// <summary>Who reads TikTok.</summary>
internal enum TikTokSource
{
    /// <summary>An actor at Apify.</summary>
    Apify,

    /// <summary>TikTok's own Research API, which is open to non-profit research institutions only.</summary>
    Research,
}

/// <summary>Where TikTok's charts come from, and what a day of discovery may cost.</summary>
internal sealed class TrendingOptions : IValidatableObject
{
    /// <summary>Whose credentials must be there, and whose budget is spent.</summary>
    [ConfigurationKeyName("TIKTOK_SOURCE")]
    public TikTokSource TikTokSource { get; set; } = TikTokSource.Apify;

    /// <summary>Apify's token. Empty turns TikTok's charts off, if they come from there.</summary>
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

    /// <summary>The client of TikTok's Research API. Empty turns TikTok's charts off, if they come from there.</summary>
    [ConfigurationKeyName("TIKTOK_RESEARCH_CLIENT_KEY")]
    public string ResearchClientKey { get; set; } = "";

    /// <summary>Its secret.</summary>
    [ConfigurationKeyName("TIKTOK_RESEARCH_CLIENT_SECRET")]
    public string ResearchClientSecret { get; set; } = "";

    /// <summary>Queries a day, over all regions; a chart is fetched no more often than they last.</summary>
    [ConfigurationKeyName("TIKTOK_RESEARCH_REQUESTS_PER_DAY")]
    [Range(1, 1_000_000, ErrorMessage = "TIKTOK_RESEARCH_REQUESTS_PER_DAY must be a number from 1 to 1000000.")]
    public int ResearchRequestsPerDay { get; set; } = 1000;

    /// <summary>Base of TikTok's API.</summary>
    [ConfigurationKeyName("TIKTOK_API_URL")]
    public Uri TikTokApiUrl { get; set; } = new("https://open.tiktokapis.com/");

    /// <summary>Base of TikTok's pages, where a source does not give their addresses.</summary>
    [ConfigurationKeyName("TIKTOK_WEB_URL")]
    public Uri TikTokWebUrl { get; set; } = new("https://www.tiktok.com/");

    /// <summary>The input for a region.</summary>
    public string ApifyInputFor(string region) => ApifyInput.Replace("{region}", region, StringComparison.Ordinal);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (var (name, url) in new[] { ("APIFY_URL", ApifyUrl), ("TIKTOK_API_URL", TikTokApiUrl), ("TIKTOK_WEB_URL", TikTokWebUrl) })
        {
            if (url.Scheme is not ("http" or "https") || !url.AbsolutePath.EndsWith('/'))
                yield return new ValidationResult($"{name} must be a http(s) address that ends with a slash.");
        }

        if (!IsJsonObject(ApifyInputFor(Regions.Default)))
            yield return new ValidationResult("APIFY_INPUT must be a JSON object, such as {\"hashtags\":[\"fyp\"],\"resultsPerPage\":50}.");
        if (ResearchClientKey.Length > 0 && ResearchClientSecret.Length == 0)
            yield return new ValidationResult("TIKTOK_RESEARCH_CLIENT_SECRET is missing: set it beside TIKTOK_RESEARCH_CLIENT_KEY.");
        if (ResearchClientSecret.Length > 0 && ResearchClientKey.Length == 0)
            yield return new ValidationResult("TIKTOK_RESEARCH_CLIENT_KEY is missing: set it beside TIKTOK_RESEARCH_CLIENT_SECRET.");
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
