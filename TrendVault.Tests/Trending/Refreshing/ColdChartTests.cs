using System.Net;
using TrendVault.Tests.App;
using TrendVault.Web.Sandbox.Faults;

namespace TrendVault.Tests.Trending;

public sealed class ColdChartTests(TrendingApp app) : IClassFixture<TrendingApp>
{
    private const int Requests = 500;

    [Theory]
    [InlineData("/api/trending?platform=tiktok&region=KR&limit=1", "/v2/actors", 1)]
    [InlineData("/api/trending?platform=youtube&category=Gaming&region=KR&limit=1", "/youtube/v3/videos", 4)] // a call for each fifty videos
    public async Task Five_hundred_requests_at_once_for_a_cold_chart_fetch_it_once(string url, string path, int calls)
    {
        app.Sandbox.Faults.Order(new FaultOrder { Path = path, Times = Requests }); // counts
        using var client = app.CreateBareClient();

        var statuses = await Task.WhenAll(Enumerable.Range(0, Requests).Select(_ => AskAsync(client, url)));

        Assert.Equal(calls, Requests - app.Sandbox.Faults.Orders.Single(order => order.Path == path).Times);
        Assert.All(statuses, status => Assert.Equal(HttpStatusCode.OK, status));
    }

    // On a busy machine the platform may take longer than a reader waits; who is told to ask again later does.
    private static async Task<HttpStatusCode> AskAsync(HttpClient client, string url)
    {
        while (true)
        {
            using var answer = await client.GetAsync(new Uri(url, UriKind.Relative), TestContext.Current.CancellationToken);
            if (answer.StatusCode != HttpStatusCode.ServiceUnavailable)
                return answer.StatusCode;
            await Task.Delay(answer.Headers.RetryAfter!.Delta!.Value, TestContext.Current.CancellationToken);
        }
    }
}
