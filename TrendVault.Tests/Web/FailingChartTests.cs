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
        await app.Services.GetRequiredService<ChartRows>().SaveFailureAsync(
            new ChartKey(Platform.TikTok, "VN", ""), "Apify <b>asks</b> to slow down.", DateTimeOffset.UtcNow.AddMinutes(1), TestContext.Current.CancellationToken);
        using var client = await app.SignInAsync();

        using var page = new HtmlParser().ParseDocument(
            await client.GetStringAsync(new Uri("/status?handler=Refresh", UriKind.Relative), TestContext.Current.CancellationToken));

        var facts = page.QuerySelector(".facts")!.TextContent;
        Assert.Contains("TikTok General, Vietnam", facts, StringComparison.Ordinal);
        Assert.Contains("Apify <b>asks</b> to slow down.", facts, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Charts_that_fail_for_one_reason_are_told_together()
    {
        const string Reason = "The key is refused.";
        foreach (var region in (string[])["JP", "KR", "DE"])
        {
            await app.Services.GetRequiredService<ChartRows>().SaveFailureAsync(
                new ChartKey(Platform.YouTube, region, "Music"), Reason, DateTimeOffset.UtcNow.AddMinutes(1), TestContext.Current.CancellationToken);
        }

        using var client = await app.SignInAsync();

        using var page = new HtmlParser().ParseDocument(
            await client.GetStringAsync(new Uri("/status?handler=Refresh", UriKind.Relative), TestContext.Current.CancellationToken));

        var line = Assert.Single(page.QuerySelectorAll(".facts > div"), line => line.TextContent.Contains(Reason, StringComparison.Ordinal));
        Assert.Equal("3 charts", line.QuerySelector("summary")!.TextContent);
        Assert.Equal(
            ["YouTube Music, Germany", "YouTube Music, Japan", "YouTube Music, South Korea"],
            line.QuerySelectorAll("li").Select(item => item.TextContent).Order(StringComparer.Ordinal));
    }
}
