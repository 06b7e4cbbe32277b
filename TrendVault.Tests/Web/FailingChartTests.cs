using AngleSharp.Html.Parser;
using Microsoft.Extensions.DependencyInjection;
using TrendVault.Core;
using TrendVault.Core.Trending;
using TrendVault.Tests.App;
using TrendVault.Tests.Trending;

namespace TrendVault.Tests.Web;

/// <summary>Without a worker, which would fetch the chart again.</summary>
public sealed class FailingChartTests(TrendingApp app) : IClassFixture<TrendingApp>
{
    [Fact]
    public async Task A_chart_that_fails_is_named_on_the_status_page_with_its_reason()
    {
        await app.Services.GetRequiredService<TrendingStore>().SaveFailureAsync(
            new ChartKey(Platform.TikTok, "VN", ""), "Apify <b>asks</b> to slow down.", DateTimeOffset.UtcNow.AddMinutes(1), TestContext.Current.CancellationToken);
        using var client = await app.SignInAsync();

        using var page = new HtmlParser().ParseDocument(
            await client.GetStringAsync(new Uri("/status?handler=Refresh", UriKind.Relative), TestContext.Current.CancellationToken));

        var facts = page.QuerySelector(".facts")!.TextContent;
        Assert.Contains("TikTok General, Vietnam", facts, StringComparison.Ordinal);
        Assert.Contains("Apify <b>asks</b> to slow down.", facts, StringComparison.Ordinal);
    }
}
