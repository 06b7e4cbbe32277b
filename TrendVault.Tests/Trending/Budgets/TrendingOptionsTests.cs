using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using TrendVault.Core.Settings;
using TrendVault.Core.Trending;

namespace TrendVault.Tests.Trending;

public sealed class TrendingOptionsTests
{
    [Theory]
    [InlineData("TIKTOK_SOURCE", "scraper", "TIKTOK_SOURCE must be one of apify, research, but it is \"scraper\".")]
    [InlineData("TIKTOK_SOURCE", "1", "TIKTOK_SOURCE must be one of apify, research, but it is \"1\".")]
    [InlineData("TIKTOK_RESEARCH_CLIENT_KEY", "aw1", "TIKTOK_RESEARCH_CLIENT_SECRET is missing: set it beside TIKTOK_RESEARCH_CLIENT_KEY.")]
    [InlineData("TIKTOK_RESEARCH_CLIENT_SECRET", "s", "TIKTOK_RESEARCH_CLIENT_KEY is missing: set it beside TIKTOK_RESEARCH_CLIENT_SECRET.")]
    [InlineData("TIKTOK_RESEARCH_REQUESTS_PER_DAY", "0", "TIKTOK_RESEARCH_REQUESTS_PER_DAY must be a number from 1 to 1000000.")]
    [InlineData("TIKTOK_API_URL", "https://open.tiktokapis.com/v2", "TIKTOK_API_URL must be a http(s) address that ends with a slash.")]
    [InlineData("TIKTOK_WEB_URL", "ftp://tiktok.example/", "TIKTOK_WEB_URL must be a http(s) address that ends with a slash.")]
    [InlineData("APIFY_URL", "https://api.apify.com/v2", "APIFY_URL must be a http(s) address that ends with a slash.")]
    [InlineData("APIFY_ACTOR", "clockworks/tiktok-scraper", "APIFY_ACTOR must look like clockworks~tiktok-scraper.")]
    [InlineData("APIFY_INPUT", "[]", "APIFY_INPUT must be a JSON object, such as {\"hashtags\":[\"fyp\"],\"resultsPerPage\":50}.")]
    [InlineData("APIFY_RUNS_PER_DAY", "many", "APIFY_RUNS_PER_DAY must be a whole number, but it is \"many\".")]
    public void A_wrong_setting_is_told_in_one_sentence(string name, string value, string sentence) =>
        Assert.Equal([sentence], Assert.Throws<OptionsValidationException>(() => Read((name, value))).Failures);

    [Fact]
    public void TikTok_is_read_by_Apify_unless_another_source_is_named()
    {
        Assert.Equal(TikTokSource.Apify, Read().TikTokSource);
        Assert.Equal(TikTokSource.Research, Read(("TIKTOK_SOURCE", "Research")).TikTokSource);
    }

    private static TrendingOptions Read(params (string Name, string Value)[] settings) =>
        new ConfigurationBuilder()
            .AddInMemoryCollection(settings.ToDictionary(setting => setting.Name, setting => (string?)setting.Value))
            .Build()
            .ReadSettings<TrendingOptions>();
}
